/** Random programs give the same rows on every engine. `TESSERA_TREES` says how many, for long runs. */
import { test } from 'node:test'
import fc from 'fast-check'
import { agreement } from './testing/agreement.ts'
import { fill } from './testing/engines.ts'
import { EVENTS, NOTHING, PERSONS, randomRows } from './testing/random-rows.ts'
import { randomProgram, randomSelect } from './testing/random-trees.ts'

const engines = agreement(async (all) => {
  await fill(all, PERSONS, randomRows(PERSONS, 25, 11))
  await fill(all, EVENTS, randomRows(EVENTS, 40, 12))
  await fill(all, NOTHING, [])
})

const settings = {
  numRuns: Number(process.env.TESSERA_TREES ?? 150),
  seed: Number(process.env.TESSERA_SEED ?? 20_260_301),
  endOnFailure: process.env.TESSERA_SHRINK === undefined,
}

test('random selects', async () => {
  const same = fc.asyncProperty(randomSelect, async (select) => {
    await engines.rows(select)
  })
  await fc.assert(same, settings)
})

test('random programs', async () => {
  const same = fc.asyncProperty(randomProgram, async (program) => {
    await engines.results(program)
  })
  await fc.assert(same, settings)
})
