import assert from 'node:assert/strict'
import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { ProblemError } from '#platform/result/problem-error.ts'
import { nextRevocationList, REVOCATIONS } from '#research/permits/revocation-list.ts'
import { type SigningKey, signJson, verifyJson } from '#research/permits/signed-json.ts'
import { readTrustList, type TrustedParty } from '#research/permits/trust-list.ts'
import { privateKeyPem } from '#trust/keys/authority.ts'
import { makeResearchKeys, openResearchKeys, partyOf } from './keys.ts'

const NOW = new Date('2026-11-28T12:00:00Z')
const BODY = { id: 'hdab-pt', name: 'Body of Portugal', country: 'PT', certificates: ['ab'.repeat(32)] }
const FILES = ['disclosure.secret', 'made', 'signing.key.pem', 'sums.key.pem']

const home = mkdtempSync(join(tmpdir(), 'tessera-research-keys-'))
after(() => rmSync(home, { recursive: true, force: true }))
const folderOf = (name: string): string => join(home, name, 'research', 'keys')
const bytesOf = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')])

async function madeAt(name: string, now = NOW): Promise<string> {
  assert.equal(await makeResearchKeys(folderOf(name), now), true)
  return folderOf(name)
}

/** As it arrives at other nodes: written down, and read from their lists. */
async function verified(key: SigningKey, issued: Date, party: TrustedParty, now: Date): Promise<string> {
  const trust = readTrustList(JSON.parse(JSON.stringify([party])))
  assert.ok(trust.ok)
  const list = nextRevocationList(undefined, { memberState: 'PT', id: BODY.id }, undefined, issued)
  const read = await verifyJson(await signJson(list, REVOCATIONS, key), REVOCATIONS, trust.value, now)
  return read.ok ? 'believed' : read.problem.code
}

const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('nothing was wrong'),
    (error: unknown) => {
      assert.ok(error instanceof ProblemError, String(error))
      return error.problem
    },
  )

describe('the keys of a health data access body', () => {
  it('are made once, for nobody else to read, and stay byte for byte', async () => {
    const folder = await madeAt('once')
    assert.deepEqual(readdirSync(folder), FILES)
    for (const name of FILES) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    const before = bytesOf(folder)
    assert.equal(await makeResearchKeys(folder, new Date('2031-01-01T00:00:00Z')), false)
    assert.deepEqual(bytesOf(folder), before)
    assert.deepEqual(readdirSync(join(home, 'once', 'research')), ['keys'])
  })

  it('are those of the first of several that begin at once', async () => {
    const folder = folderOf('together')
    const made = await Promise.all(Array.from({ length: 5 }, () => makeResearchKeys(folder, NOW)))
    assert.equal(made.filter(Boolean).length, 1)
    assert.deepEqual(readdirSync(folder), FILES)
    await openResearchKeys(folder)
  })

  it('sign what is believed by the entry, for five years and no day longer', async () => {
    const keys = await openResearchKeys(await madeAt('signs'))
    const party = partyOf(keys, BODY)
    const [key] = party.keys
    assert.deepEqual([key?.from, key?.until], ['2026-11-28T12:00:00.000Z', '2031-11-28T12:00:00.000Z'])
    const much = new Date('2035-01-01T00:00:00Z')
    assert.equal(await verified(keys.signing, NOW, party, much), 'believed')
    assert.equal(await verified(keys.signing, new Date('2031-11-28T11:59:59Z'), party, much), 'believed')
    assert.equal(await verified(keys.signing, new Date('2031-11-28T12:00:00Z'), party, much), 'key-not-valid-then')
    const others = await openResearchKeys(await madeAt('others'))
    assert.equal(await verified({ ...others.signing, kid: keys.signing.kid }, NOW, party, much), 'signature-wrong')
  })

  it('make masks with others by the key for sums in the entry', async () => {
    const [keys, other] = [await openResearchKeys(await madeAt('sums')), generateKeyPairSync('x25519')]
    const { sumKey = '' } = partyOf(keys, BODY)
    const registered = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: sumKey }, format: 'jwk' })
    assert.deepEqual(
      diffieHellman({ privateKey: other.privateKey, publicKey: registered }),
      diffieHellman({ privateKey: keys.sums, publicKey: other.publicKey }),
    )
  })

  it('take the place of earlier ones by two files, when both stand on the list (docs/OPERATOR.md)', async () => {
    const folder = await madeAt('rotated')
    const before = await openResearchKeys(folder)
    const later = new Date('2031-06-01T00:00:00Z')
    const next = await madeAt('next', later)
    const added = partyOf(await openResearchKeys(next), BODY).keys
    const registered = partyOf(before, BODY)
    const both = { ...registered, keys: [...registered.keys, ...added] }
    for (const name of ['signing.key.pem', 'made']) cpSync(join(next, name), join(folder, name))

    const now = await openResearchKeys(folder)
    assert.deepEqual([now.secret, now.sums.equals(before.sums)], [before.secret, true])
    assert.deepEqual(partyOf(now, BODY).keys, added)
    assert.equal(await verified(now.signing, later, both, later), 'believed')
    assert.equal(await verified(before.signing, NOW, both, later), 'believed')
    assert.equal(await verified(now.signing, later, registered, later), 'key-unknown')
  })
})

describe('keys that are not there, half, or damaged', () => {
  it('are told apart from keys that were never made', async () => {
    const absent = await problemOf(openResearchKeys(folderOf('absent')))
    assert.equal(absent.code, 'research-keys-missing')
    assert.match(`${absent.sentence} ${absent.next}`, /have not been made yet.*tessera research keys/)
    for (const name of FILES) {
      const folder = await madeAt(`without-${name}`)
      rmSync(join(folder, name))
      const before = bytesOf(folder)
      assert.equal(await makeResearchKeys(folder, NOW), false, name)
      const { code, sentence, next } = await problemOf(openResearchKeys(folder))
      assert.deepEqual(
        [code, sentence.includes(name), next],
        ['research-keys-missing', true, 'Restore the folder from a backup.'],
      )
      assert.deepEqual(bytesOf(folder), before)
    }
  })

  it('are made in an empty folder, and not where a file is', async () => {
    mkdirSync(folderOf('empty'), { recursive: true })
    await openResearchKeys(await madeAt('empty'))
    mkdirSync(join(home, 'file', 'research'), { recursive: true })
    writeFileSync(folderOf('file'), 'mine')
    assert.equal(await makeResearchKeys(folderOf('file'), NOW), false)
    assert.equal((await problemOf(openResearchKeys(folderOf('file')))).code, 'research-keys-missing')
    assert.equal(readFileSync(folderOf('file'), 'utf8'), 'mine')
  })

  it('are told when the folder cannot be written', async () => {
    mkdirSync(join(home, 'nowhere'))
    symlinkSync(join(home, 'gone', 'away'), join(home, 'nowhere', 'research'))
    const { code, place } = await problemOf(makeResearchKeys(folderOf('nowhere'), NOW))
    assert.deepEqual([code, place?.file], ['research-keys-not-made', folderOf('nowhere')])
  })

  const p384 = privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)
  const p256 = privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const wrong: readonly (readonly [string, string])[] = [
    ['signing.key.pem', ''],
    ['signing.key.pem', p384],
    ['signing.key.pem', createPublicKey(p256).export({ format: 'pem', type: 'spki' }).toString()],
    ['sums.key.pem', 'no key'],
    // Its public half has the length of one for sums: it would be registered, and no sum would ever work.
    ['sums.key.pem', p256],
    ['disclosure.secret', 'c2hvcnQ'],
    ['made', 'yesterday'],
  ]
  for (const [index, [name, content]] of wrong.entries()) {
    it(`are told in words when ${name} is another thing (${index + 1})`, async () => {
      const folder = await madeAt(`wrong-${index}`)
      writeFileSync(join(folder, name), content)
      assert.equal(await makeResearchKeys(folder, NOW), false)
      const { code, sentence } = await problemOf(openResearchKeys(folder))
      assert.deepEqual(
        [code, sentence],
        ['research-keys-damaged', 'The keys of the health data access body are damaged.'],
      )
      assert.equal(readFileSync(join(folder, name), 'utf8'), content)
    })
  }
})
