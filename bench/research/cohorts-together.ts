/**
 * Nine cohorts as one program against one by one, and both against circe's SQL where that is at hand. What is timed ends
 * with the entries of each cohort in a table, counted; entries are compared outside the time.
 */
import { isDeepStrictEqual } from 'node:util'
import { compileCohort, compileTogether } from '../../src/research/cohort/compile.ts'
import { readDefinition } from '../../src/research/cohort/read-definition.ts'
import { countRows, named } from '../../src/research/query/build.ts'
import { madeStep, select, source, step } from '../../src/research/query/build-relations.ts'
import type { QueryEngine, Rows } from '../../src/research/query/engine.ts'
import type { Program } from '../../src/research/query/tree.ts'
import { circeOnDuckdb, circeOnPostgresql, readCirceSql } from './circe-sql.ts'
import { asked, bestCost, type Cost, costText, expectValue, opened, type Population, SCOPE } from './measuring.ts'
import { nineCohorts } from './nine-cohorts.ts'

export async function cohortsTogether(population: Population): Promise<readonly string[]> {
  const engine = await opened(population)
  const cohorts = nineCohorts().map(({ name, definition }) => ({
    name,
    expression: expectValue(readDefinition(definition)),
  }))
  const batch = expectValue(compileTogether(cohorts, SCOPE.tables))
  const single = cohorts.map(({ expression }) => expectValue(compileCohort(expression, SCOPE.tables)))
  const entries = await entriesOf(engine, batch, (name) => name.endsWith('.cohort'))
  const together = await bestCost(() => asked(engine, entered(batch)))
  const line = await againstOneByOne(engine, single, entries, together, times)
  await engine.close()
  return [
    `nine cohorts (${entries.reduce((sum, { rows }) => sum + rows.length, 0)} entries) on DuckDB: ${line}`,
    ...(await inRows(population, batch, single, entries)),
    ...(await againstCirce(population, entries, together)),
  ]
}

async function againstOneByOne(
  engine: QueryEngine,
  single: readonly Program[],
  entries: readonly Rows[],
  together: Cost,
  ratio: typeof times,
): Promise<string> {
  const same = await sameEntries(engine, single, entries)
  const alone = await bestCost(async () => {
    for (const program of single) await asked(engine, entered(program))
  })
  const told = ratio === secondsOnly ? ({ seconds }: Cost) => `${seconds.toFixed(2)} s` : costText
  return `together ${told(together)}, one by one ${told(alone)}: ${ratio(alone, together)}, ${same ? 'same entries' : 'OTHER ENTRIES'}`
}

/** Where a scan reads whole rows, as in the published comparison, sharing it is worth more. */
async function inRows(
  population: Population,
  batch: Program,
  single: readonly Program[],
  entries: readonly Rows[],
): Promise<readonly string[]> {
  const filled = await population.inPostgresql()
  if (!filled) return []
  const together = await bestCost(() => asked(filled.engine, entered(batch)))
  return [`  the same on PostgreSQL: ${await againstOneByOne(filled.engine, single, entries, together, secondsOnly)}`]
}

async function againstCirce(
  population: Population,
  entries: readonly Rows[],
  together: Cost,
): Promise<readonly string[]> {
  const lines: string[] = []
  const compare = async (where: string, run: () => Promise<readonly Rows['rows'][]>, ratio: typeof times) => {
    const found = await run()
    const same = found.every((rows, index) => isDeepStrictEqual(rows, entries[index]?.rows))
    const cost = await bestCost(run)
    lines.push(
      `  circe's SQL for them, one by one on ${where}: ${cost.seconds.toFixed(2)} s: ${ratio(cost, together)}, ${same ? 'same entries' : 'OTHER ENTRIES'}`,
    )
  }
  const forDuckdb = readCirceSql('duckdb')
  if (forDuckdb) await compare('DuckDB', () => circeOnDuckdb(population, forDuckdb), times)
  const forPostgresql = readCirceSql('postgresql')
  const postgresql = forPostgresql && (await population.inPostgresql())
  if (postgresql) await compare('PostgreSQL', () => circeOnPostgresql(postgresql.url, forPostgresql), secondsOnly)
  return lines
}

/** PostgreSQL's processor time is that of other processes. */
function secondsOnly(slow: Cost, fast: Cost): string {
  return `${(slow.seconds / fast.seconds).toFixed(1)} times`
}

function times(slow: Cost, fast: Cost): string {
  return `${(slow.seconds / fast.seconds).toFixed(1)} times (${(slow.processor / fast.processor).toFixed(1)} of processors)`
}

/** The program with its cohorts as steps, of which only the sizes are read. */
function entered({ steps, results }: Program): Program {
  const cohorts = results.filter(({ name }) => name.endsWith('cohort'))
  const made = cohorts.map(({ relation }, index) => madeStep(`entered_${index}`, relation))
  return {
    steps: [...steps, ...made],
    results: made.map(({ name }) => ({
      name,
      relation: select({ from: source(step(name), 'e'), columns: [named('entries', countRows())] }),
    })),
  }
}

async function entriesOf(
  engine: QueryEngine,
  program: Program,
  wanted: (name: string) => boolean,
): Promise<readonly Rows[]> {
  const answer = await asked(engine, program)
  return program.results.flatMap(({ name }) => (wanted(name) ? (answer.get(name) ?? []) : []))
}

async function sameEntries(
  engine: QueryEngine,
  single: readonly Program[],
  entries: readonly Rows[],
): Promise<boolean> {
  let same = true
  for (const [index, program] of single.entries()) {
    const [found] = await entriesOf(engine, program, (name) => name === 'cohort')
    same &&= isDeepStrictEqual(found?.rows, entries[index]?.rows)
  }
  return same
}
