/**
 * Nine cohorts as one program against one by one, on the tables and under a permit, and both against circe's SQL where that
 * is at hand. What is timed ends with the entries of each cohort in a table, counted; entries are compared outside the time.
 */
import { isDeepStrictEqual } from 'node:util'
import { compileCohort, compileTogether } from '../../src/research/cohort/compile.ts'
import { readDefinition } from '../../src/research/cohort/read-definition.ts'
import { countRows, named } from '../../src/research/query/build.ts'
import { madeStep, select, source, step } from '../../src/research/query/build-relations.ts'
import type { QueryEngine, Rows } from '../../src/research/query/engine.ts'
import type { Program } from '../../src/research/query/tree.ts'
import type { Say } from '../benchmark.ts'
import { askedOfTheNode } from './asked-of-the-node.ts'
import { circeOnDuckdb, circeOnPostgresql, readCirceSql } from './circe-sql.ts'
import { asked, bestCost, type Cost, costText, expectValue, opened, type Population, SCOPE } from './measuring.ts'
import { type FrequencyName, nineCohorts } from './nine-cohorts.ts'
import { type Asked, underAPermit } from './under-a-permit.ts'

const ON_TABLES: Asked = { tables: SCOPE.tables, asRun: (program) => program }

/** The same cohorts, together and each alone. */
interface Nine {
  readonly batch: Program
  readonly single: readonly Program[]
}

export async function cohortsTogether(population: Population, say: Say): Promise<void> {
  await ofFrequency(population, 'published', say)
  await ofFrequency(population, 'common', say)
}

async function ofFrequency(population: Population, frequency: FrequencyName, say: Say): Promise<void> {
  const nine = compiled(frequency, ON_TABLES)
  const permitted = compiled(frequency, underAPermit())
  const engine = await opened(population)
  const entries = await entriesOf(engine, nine.batch)
  const together = await bestCost(() => asked(engine, entered(nine.batch)))
  say(
    `nine ${WORDS[frequency]} cohorts (${entries.reduce((sum, { rows }) => sum + rows.length, 0)} entries) on DuckDB: ${await againstOneByOne(engine, nine, together)}`,
  )
  say(`  under a permit: ${await againstOneByOne(engine, permitted)}`)
  say(`  asked of a node, released numbers: ${await ofANode(engine, frequency, population)}`)
  await engine.close()
  await inRows(population, nine, permitted, say)
  await againstCirce(population, frequency, entries, together, say)
}

const WORDS = { common: 'common', published: 'rarer' } as const satisfies Record<FrequencyName, string>

function compiled(frequency: FrequencyName, { tables, asRun }: Asked): Nine {
  const cohorts = nineCohorts(frequency).map(({ name, definition }) => ({
    name,
    expression: expectValue(readDefinition(definition)),
  }))
  return {
    batch: asRun(expectValue(compileTogether(cohorts, tables))),
    single: cohorts.map(({ expression }) => asRun(expectValue(compileCohort(expression, tables)))),
  }
}

async function againstOneByOne(
  engine: QueryEngine,
  { batch, single }: Nine,
  measured?: Cost,
  ratio: typeof times = times,
): Promise<string> {
  const same = await sameEntries(engine, single, await entriesOf(engine, batch))
  const together = measured ?? (await bestCost(() => asked(engine, entered(batch))))
  const alone = await bestCost(async () => {
    for (const program of single) await asked(engine, entered(program))
  })
  const told = ratio === secondsOnly ? ({ seconds }: Cost) => `${seconds.toFixed(2)} s` : costText
  return `together ${told(together)}, one by one ${told(alone)}: ${ratio(alone, together)}, ${same ? 'same entries' : 'OTHER ENTRIES'}`
}

/** One question of nine cohorts against nine questions. */
async function ofANode(engine: QueryEngine, frequency: FrequencyName, { folder }: Population): Promise<string> {
  const cohorts = nineCohorts(frequency).map(({ name, definition }) => ({ name, cohort: definition }))
  const { together, oneByOne, told, same } = await askedOfTheNode(engine, cohorts, folder)
  return `one question ${costText(together)}, nine ${costText(oneByOne)}: ${times(oneByOne, together)}, ${same} of ${told} numbers the same`
}

/** Where a scan reads whole rows, as in the published comparison, sharing it is worth more. */
async function inRows(population: Population, nine: Nine, permitted: Nine, say: Say): Promise<void> {
  const filled = await population.inPostgresql()
  if (!filled) return
  say(`  on PostgreSQL: ${await againstOneByOne(filled.engine, nine, undefined, secondsOnly)}`)
  say(`  on PostgreSQL under a permit: ${await againstOneByOne(filled.engine, permitted, undefined, secondsOnly)}`)
}

async function againstCirce(
  population: Population,
  frequency: FrequencyName,
  entries: readonly Rows[],
  together: Cost,
  say: Say,
): Promise<void> {
  const compare = async (where: string, run: () => Promise<readonly Rows['rows'][]>, ratio: typeof times) => {
    const found = await run()
    const same = found.every((rows, index) => isDeepStrictEqual(rows, entries[index]?.rows))
    const cost = await bestCost(run)
    say(
      `  circe's SQL for them, one by one on ${where}: ${cost.seconds.toFixed(2)} s: ${ratio(cost, together)} of ours together on DuckDB, ${same ? 'same entries' : 'OTHER ENTRIES'}`,
    )
  }
  const forDuckdb = readCirceSql(frequency, 'duckdb')
  if (forDuckdb) await compare('DuckDB', () => circeOnDuckdb(population, forDuckdb), times)
  const forPostgresql = readCirceSql(frequency, 'postgresql')
  const postgresql = forPostgresql && (await population.inPostgresql())
  if (postgresql) await compare('PostgreSQL', () => circeOnPostgresql(postgresql.url, forPostgresql), secondsOnly)
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

/** Of all cohorts of a program, in their order. */
async function entriesOf(engine: QueryEngine, program: Program): Promise<readonly Rows[]> {
  const answer = await asked(engine, program)
  return program.results.flatMap(({ name }) => (name.endsWith('cohort') ? (answer.get(name) ?? []) : []))
}

async function sameEntries(
  engine: QueryEngine,
  single: readonly Program[],
  entries: readonly Rows[],
): Promise<boolean> {
  let same = true
  for (const [index, program] of single.entries()) {
    const [found] = await entriesOf(engine, program)
    same &&= isDeepStrictEqual(found?.rows, entries[index]?.rows)
  }
  return same
}
