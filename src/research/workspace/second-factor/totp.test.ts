import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { acceptedStep, base32, codeAt, stepOf, type TotpAlgorithm } from './totp.ts'

const seed = (length: number) => Buffer.from('1234567890'.repeat(7).slice(0, length))
const SEEDS: Readonly<Record<TotpAlgorithm, Buffer>> = { sha1: seed(20), sha256: seed(32), sha512: seed(64) }

/** RFC 6238, appendix B. */
const VECTORS: readonly (readonly [number, string, string, string])[] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
]

/** RFC 4226, appendix D. */
const HOTP = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')

describe('one-time passwords', () => {
  it('are those of RFC 6238', () => {
    for (const [seconds, sha1, sha256, sha512] of VECTORS) {
      const step = stepOf(new Date(seconds * 1000))
      assert.equal(codeAt(SEEDS.sha1, step, 8, 'sha1'), sha1)
      assert.equal(codeAt(SEEDS.sha256, step, 8, 'sha256'), sha256)
      assert.equal(codeAt(SEEDS.sha512, step, 8, 'sha512'), sha512)
    }
  })

  it('are those of RFC 4226', () => {
    for (const [counter, code] of HOTP.entries()) assert.equal(codeAt(SEEDS.sha1, counter), code)
  })

  it('are taken one step early or late, never twice, never older than the last', () => {
    const now = new Date(1234567890_000)
    const step = stepOf(now)
    for (const [difference, taken] of [
      [-2, false],
      [-1, true],
      [0, true],
      [1, true],
      [2, false],
    ] as const) {
      const code = codeAt(SEEDS.sha1, step + difference)
      assert.equal(acceptedStep(SEEDS.sha1, code, now, 0), taken ? step + difference : undefined)
    }
    assert.equal(acceptedStep(SEEDS.sha1, codeAt(SEEDS.sha1, step), now, step), undefined)
    assert.equal(acceptedStep(SEEDS.sha1, codeAt(SEEDS.sha1, step - 1), now, step), undefined)
    for (const wrong of ['', '00000', `${codeAt(SEEDS.sha1, step)} `, 'abcdef']) {
      assert.equal(acceptedStep(SEEDS.sha1, wrong, now, 0), undefined)
    }
  })

  it('have secrets in the base 32 of RFC 4648', () => {
    const written = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))
    assert.deepEqual(written, ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'])
  })
})
