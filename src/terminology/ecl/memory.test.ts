import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSetCache, liveSetCount, withSets } from './concept-set.ts'
import { openEcl } from './ecl.ts'
import { printEcl } from './print.ts'
import { arbitraryConstraint } from './testing/arbitrary-constraint.ts'
import { arbitraryEdition } from './testing/arbitrary-edition.ts'
import { plainSubstrate } from './testing/plain-edition.ts'
import { syntheticEdition } from './testing/synthetic-edition.ts'

test('no evaluation leaves a set behind in WebAssembly memory, not even one that fails', () => {
  const before = liveSetCount()
  fc.assert(
    fc.property(
      arbitraryEdition,
      fc.array(arbitraryConstraint, { maxLength: 10 }),
      fc.integer({ min: 1, max: 2000 }),
      (edition, trees, budget) => {
        const ecl = openEcl(plainSubstrate(edition), {
          hierarchyBytes: 0,
          thresholds: { fewConcepts: 2, fewValues: 2, worthKeeping: 1 },
        })
        for (const tree of trees) {
          const text = printEcl(tree)
          ecl.evaluate(text, { budget })
          ecl.matches(text, 3, { budget })
          ecl.explain(text, { budget })
          assert.equal(liveSetCount(), before, text)
        }
        ecl.close()
      },
    ),
    { numRuns: 200 },
  )
})

test('the cache of hierarchies stays within its bound, and is freed at the end', () => {
  const edition = syntheticEdition(3000)
  const before = liveSetCount()
  const ecl = openEcl(edition, { hierarchyBytes: 4000, answerConcepts: 0 })
  let most = 0
  for (let concept = 0; concept < 3000; concept += 1) {
    assert.ok(ecl.evaluate(`<< ${edition.id(concept)} MINUS ${edition.id(0)}`).ok)
    most = Math.max(most, liveSetCount() - before)
  }
  assert.ok(most > 1 && most < 40, `${most} sets`)
  ecl.close()
  assert.equal(liveSetCount(), before)
})

test('a scope frees its sets when its work throws', () => {
  const before = liveSetCount()
  assert.throws(() =>
    withSets((sets) => {
      sets.fold('or', [() => sets.of(Uint32Array.of(1)), () => sets.and(sets.range(0, 9), sets.of(Uint32Array.of(2)))])
      throw new Error('stop')
    }),
  )
  assert.equal(liveSetCount(), before)
})

test('a cache forgets what was used longest ago', () => {
  const cache = createSetCache(400)
  for (const key of [1, 2]) cache.put(key, Uint32Array.of(key))
  cache.get(1)
  cache.put(3, Uint32Array.of(3))
  cache.trim()
  assert.deepEqual(
    [1, 2, 3].map((key) => cache.get(key)?.has(key) ?? false),
    [true, false, true],
  )
  cache.close()
})
