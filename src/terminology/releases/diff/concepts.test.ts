import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ConceptState, compareConcepts, isUnchanged } from './concepts.ts'
import { compareCodes } from './difference.ts'

const words = fc.dictionary(
  fc.constantFrom('fr', 'el', 'en'),
  fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }).map((terms) => terms.sort()),
)
const side = fc
  .dictionary(fc.stringMatching(/^[0-9a-b]{1,3}$/), fc.record({ active: fc.boolean(), words }), { maxKeys: 30 })
  .map((concepts) =>
    Object.entries(concepts)
      .map(([code, { active, words: own }]): ConceptState => ({ code, active, words: new Map(Object.entries(own)) }))
      .sort((left, right) => compareCodes(left.code, right.code)),
  )

test('the walk along both sides finds what a comparison one by one finds', () => {
  fc.assert(
    fc.property(side, side, (before, after) => {
      const changes = compareConcepts(before, after, 1000)
      const olds = new Map(before.map((concept) => [concept.code, concept]))
      const nows = new Map(after.map((concept) => [concept.code, concept]))
      const codes = (list: readonly { readonly code: string }[]) => list.map(({ code }) => code)
      assert.deepEqual(codes(changes.added.shown), codes(after.filter(({ code }) => !olds.has(code))))
      assert.deepEqual(codes(changes.removed.shown), codes(before.filter(({ code }) => !nows.has(code))))
      const both = after.filter(({ code }) => olds.has(code))
      const was = (code: string) => olds.get(code)?.active
      assert.deepEqual(codes(changes.inactivated.shown), codes(both.filter(({ code, active }) => was(code) && !active)))
      assert.deepEqual(codes(changes.reactivated.shown), codes(both.filter(({ code, active }) => !was(code) && active)))
      for (const language of ['fr', 'el', 'en']) {
        const expected = both.filter(
          ({ code, words: now }) =>
            (olds.get(code)?.words.get(language) ?? []).join() !== (now.get(language) ?? []).join(),
        )
        assert.deepEqual(codes(changes.words[language]?.shown ?? []), codes(expected))
      }
    }),
  )
})

test('a release compared with itself is unchanged; bounds hold, totals count all', () => {
  fc.assert(
    fc.property(side, side, (one, other) => {
      assert.ok(isUnchanged(compareConcepts(one, one, 5)))
      const bounded = compareConcepts(one, other, 2).added
      assert.equal(bounded.total, compareConcepts(one, other, 1000).added.shown.length)
      assert.ok(bounded.shown.length <= 2)
    }),
  )
})
