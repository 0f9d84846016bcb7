import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { parseXml } from '#platform/xml/parse.ts'
import { testAuthority, testSigner } from '../signature/testing/signers.ts'
import { verifySigned } from '../signature/verify-signed.ts'
import { backgroundSigning } from './signing.ts'

describe('signing in the background', () => {
  const signer = testSigner(testAuthority())
  const signing = backgroundSigning(signer)
  after(() => signing.close())

  it('gives each text its signature, in order', async () => {
    const batches = await Promise.all([
      signing.sign(['<a n="1">x</a>', '<a n="2">x</a>']),
      signing.sign(['<a n="3">x</a>']),
      signing.sign([]),
    ])
    assert.deepEqual(
      batches.map(({ length }) => length),
      [2, 1, 0],
    )
    for (const [index, text] of batches.flat().entries()) {
      const parsed = parseXml(Buffer.from(text))
      assert.ok(parsed.ok)
      const verified = verifySigned(parsed.value.root)
      assert.ok(verified.ok)
      assert.equal(verified.value.element.attributes[0]?.value, String(index + 1))
    }
  })

  it('rejects what does not end as it begins and goes on', async () => {
    await assert.rejects(signing.sign(['<a>']), TypeError)
    assert.equal((await signing.sign(['<a>x</a>'])).length, 1)
  })

  it('starts again after it was closed', async () => {
    const pending = signing.sign(['<a>x</a>'])
    await signing.close()
    await pending.catch(() => undefined)
    assert.equal((await signing.sign(['<a>x</a>'])).length, 1)
  })
})
