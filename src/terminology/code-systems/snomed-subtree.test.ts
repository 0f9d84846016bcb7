import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type SubtreeSource, subtreeOf } from './snomed-subtree.ts'

/** A concept with these below it; its own place among them is anywhere. */
function source(top: number, below: readonly number[], isActive = true): SubtreeSource {
  return {
    conceptCount: Math.max(top, ...below) + 1,
    ordinalOf: (code) => (code === '138875005' ? top : -1),
    isActive: () => isActive,
    isA: (concept, ancestor) => ancestor === top && (concept === top || below.includes(concept)),
    descendantsOf: (_, most = below.length) => Uint32Array.from(below.slice(0, most)),
    descendantCountOf: () => below.length,
    eachDescendant: (_, visit) => {
      for (const concept of below) visit(concept)
    },
  }
}

test('a concept and what is below it come in order from any offset, whatever was read at once', () => {
  const sizes = fc.constantFrom(0, 1, 5, 254, 255, 256, 257, 258, 600)
  fc.assert(
    fc.property(sizes, fc.nat({ max: 700 }), fc.nat({ max: 700 }), (count, top, offset) => {
      const below = Array.from({ length: count }, (_, index) => (index < top ? index : index + 1))
      const subtree = subtreeOf(source(top, below), '<< 138875005')
      const expected = [...below, top].sort((a, b) => a - b)
      assert.equal(subtree?.size, expected.length)
      assert.deepEqual([...(subtree?.iterate(offset) ?? [])], expected.slice(offset))
      assert.deepEqual([...(subtree?.list() ?? [])], expected)
      assert.equal(subtree?.has(top), true)
    }),
  )
})

test('any other constraint, an unknown and an inactive concept are left to the expression', () => {
  for (const text of ['< 138875005', '<< 138875005 OR << 1', '<< 138875005 |SNOMED CT|', '<< 404684003', '*']) {
    assert.equal(subtreeOf(source(3, [4, 5]), text), undefined)
  }
  assert.equal(subtreeOf(source(3, [], false), '<< 138875005'), undefined)
})

test('asked often it says the same, however many sets there are', () => {
  const subtrees = Array.from({ length: 70 }, (_, number) => {
    const below = Array.from({ length: number }, (_, index) => index * 3 + 1)
    return { below: new Set([...below, number * 3]), subtree: subtreeOf(source(number * 3, below), '<< 138875005') }
  })
  for (let round = 0; round < 3; round += 1) {
    for (const { below, subtree } of subtrees) {
      for (let concept = 0; concept < 240; concept += 1) assert.equal(subtree?.has(concept), below.has(concept))
    }
  }
})
