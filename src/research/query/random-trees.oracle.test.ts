/** Random programs give the same rows on every engine. `TESSERA_TREES` says how many, for long runs. */
import { test } from 'node:test'
import fc from 'fast-check'
import { agreement } from './testing/agreement.ts'
import { fill } from './testing/engines.ts'
import { EVENTS, NOTHING, PERSONS, randomRows } from './testing/random-rows.ts'
import { randomSelect } from './testing/random-trees.ts'

const engines = agreement(async (all) => {
  await fill(all, PERSONS, randomRows(PERSONS, 25, 11))
  await fill(all, EVENTS, randomRows(EVENTS, 40, 12))
  await fill(all, NOTHING, [])
})

test('random selects', async () => {
  const count = Number(process.env.TESSERA_TREES ?? 150)
  const seed = Number(process.env.TESSERA_SEED ?? 20_260_301)
  await fc.assert(
    fc.asyncProperty(randomSelect, async (select) => {
      await engines.rows(select)
    }),
    { numRuns: count, seed, endOnFailure: process.env.TESSERA_SHRINK === undefined },
  )
})
