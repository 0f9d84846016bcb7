/** Random cohorts on a made population: the compiled program gives what plain loops over the same rows give. */
import { after, before, describe, it } from 'node:test'
import { columns } from '../query/build.ts'
import { inlineStep, select, source, step, table } from '../query/build-relations.ts'
import type { Rows } from '../query/engine.ts'
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

  it('are the same alone, and together over views of the tables', async () => {
    const random = randomCohorts(31, 40, 40)
    for (const engine of running?.engines ?? []) {
      const tables = await settle([engine], 'ways', random.population)
      const alone = new Map<string, Rows>()
      for (const cohort of random.cohorts) {
        const answer = unwrapped(await engine.run(unwrapped(compileTogether([cohort], tables))))
        for (const [name, rows] of answer) alone.set(name, rows)
      }
      assertAsLoops(random, alone)
      const views = random.population.map(({ name, columns: all }) =>
        inlineStep(
          `view_${name}`,
          select({
            from: source(tables.get(name) ?? table(name), 'v'),
            columns: columns('v', ...all.map((one) => one.name)),
          }),
        ),
      )
      const named = new Map(random.population.map(({ name }) => [name, step(`view_${name}`)]))
      const { steps, results } = unwrapped(compileTogether(random.cohorts, named))
      assertAsLoops(random, unwrapped(await engine.run({ steps: [...views, ...steps], results })))
    }
  })
})
