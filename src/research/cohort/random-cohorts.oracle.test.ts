/** Random cohorts on a made population: every engine gives the same rows, and they are those of plain loops. */
import { it } from 'node:test'
import { agreement } from '../query/testing/agreement.ts'
import { unwrapped } from '../query/testing/engines.ts'
import type { Tables } from './compilation.ts'
import { compileTogether } from './compile.ts'
import { assertAsLoops, randomCohorts, settle } from './testing/random-cohorts.ts'

const random = randomCohorts(101, 50, 40)
let tables: Tables = new Map()
const engines = agreement(async (all) => {
  tables = await settle(all, 'made', random.population)
})

it('random cohorts are the same on every engine and in plain loops', async () => {
  assertAsLoops(random, await engines.results(unwrapped(compileTogether(random.cohorts, tables)), true))
})
