import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkDigit, isSctid, partitionOf, readSctid } from './sctid.ts'

test('the check digit of published identifiers is right, and no single or swapped digit passes', () => {
  for (const id of ['138875005', '116680003', '900000000000207008', '46011000052107', '1965081000052110', '101013']) {
    assert.ok(isSctid(id), id)
  }
  fc.assert(
    fc.property(
      fc.bigInt(10_000n, 99_999_999_999_999_999n),
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      (item, at, by) => {
        const id = `${item}${checkDigit(String(item))}`
        assert.ok(isSctid(id))
        const position = at % id.length
        const digit = (Number(id[position]) + by) % 10
        const changed = id.slice(0, position) + digit + id.slice(position + 1)
        assert.equal(isSctid(changed), false)
        const next = id[position + 1]
        if (next === undefined || next === id[position]) return
        assert.equal(isSctid(id.slice(0, position) + next + id[position] + id.slice(position + 2)), false)
      },
    ),
  )
})

test('what is not shaped like an identifier is none', () => {
  for (const text of ['', '12345', '0138875005', '1388750055', '13887500x', '1234567890123456789'])
    assert.equal(isSctid(text), false)
  const pair = { high: 0, low: 0 }
  assert.ok(readSctid(Buffer.from('x900000000000207008'), 1, 19, pair))
  assert.deepEqual(pair, { high: 900000000, low: 207008 })
  assert.equal(partitionOf('46011000052107'), '10')
})
