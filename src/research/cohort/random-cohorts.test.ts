/** Random cohorts on a made population: the compiled program gives what plain loops over the same rows give. */
import { after, before, describe, it } from 'node:test'
import { openEngines, type TestEngines, unwrapped } from '../query/testing/engines.ts'
import { compileTogether } from './compile.ts'
import { assertAsLoops, randomCohorts, settle } from './testing/random-cohorts.ts'

let running: TestEngines | undefined
before(async () => {
  running = await openEngines('duckdb')
})
after(() => running?.close())

describe('random cohorts', () => {
  // With these seeds the test notices most faults that one can put into the compiler by hand.
  for (const seed of [5, 12]) {
    it(`have the members that plain loops find (seed ${seed})`, async () => {
      const random = randomCohorts(seed, 60, 40)
      for (const engine of running?.engines ?? []) {
        const tables = await settle([engine], `seed_${seed}`, random.population)
        assertAsLoops(random, unwrapped(await engine.run(unwrapped(compileTogether(random.cohorts, tables)))))
      }
    })
  }
})
