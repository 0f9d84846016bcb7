/** An invented population as a folder of CSV files. */
import { describeProblem } from '#platform/result/result.ts'
import { writePopulation } from '#research/population/write-population.ts'
import type { GenerateOptions } from '../commands/research.ts'
import { tryWriting } from '../output.ts'
import { EXIT } from '../program.ts'

export async function generatePopulation(options: GenerateOptions): Promise<number> {
  const { country, persons, seed, rareDiseaseFactor, out, json } = options
  let written: ReturnType<typeof writePopulation> | undefined
  const unwritable = await tryWriting(async () => {
    written = writePopulation({ folder: out, country: country.toUpperCase(), persons, seed, rareDiseaseFactor })
  }, out)
  const problem = unwritable ?? (written?.ok ? undefined : written?.problem)
  if (problem || !written?.ok) {
    if (problem) console.error(describeProblem(problem))
    return EXIT.failed
  }
  if (json) console.log(JSON.stringify(written.value, null, 2))
  else for (const [table, rows] of Object.entries(written.value)) console.log(`${table}: ${rows}`)
  return EXIT.fine
}
