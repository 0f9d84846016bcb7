import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical-json.ts'
import { hashOf, NO_HASH } from './chain.ts'
import { fileWitness } from './witness.ts'

describe('canonical JSON', () => {
  it('is that of RFC 8785 §3.2.2 and §3.2.3', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\u0027\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
    // The example of §3.2.3: UTF-16 code units, so the surrogate pair of 😀 comes before U+FB33.
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    assert.deepEqual(Object.values(JSON.parse(canonicalJson(keys).replace('"1":', '"one":'))), [2, 4, 6, 7, 1, 5, 3])
  })

  it('says the same as the value, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = canonicalJson(value)
        assert.equal(text, canonicalJson(Object.fromEntries(Object.entries(value).reverse())))
        assert.equal(canonicalJson(JSON.parse(text)), text)
      }),
    )
  })

  it('refuses what JSON cannot say', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1]) {
      assert.throws(() => canonicalJson({ value }), TypeError)
    }
  })
})

describe('the hash of an entry', () => {
  it('is the SHA-256 of the canonical JSON of everything that it covers', () => {
    const covered = { node: 'P"T', sequence: 7, recorded: '2026-11-24T10:00:00.000Z', previousHash: NO_HASH }
    const event = { resourceType: 'AuditEvent', outcomeDesc: 'É "quoted"' }
    const expected = createHash('sha256')
      .update(canonicalJson({ ...covered, event }))
      .digest('hex')
    assert.equal(hashOf({ ...covered, event: canonicalJson(event) }), expected)
  })
})

describe('a witness in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-witness-'))
  after(() => rmSync(directory, { recursive: true, force: true }))

  it('remembers the head for its owner only, and nothing when empty', async () => {
    const path = join(directory, 'witness.json')
    const witness = fileWitness(path)
    assert.equal(await witness.read(), undefined)
    const head = { sequence: 3, hash: 'a'.repeat(64) }
    await witness.write(head)
    assert.deepEqual(await witness.read(), head)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    writeFileSync(path, '')
    assert.equal(await witness.read(), undefined)
  })
})
