/** Lists over the cases of a body, against replaying every case for each list. SQLite; `TESSERA_BENCH_CASES` sets their number. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, inTransaction, openDatabase } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import type { CaseEvent } from '../src/research/applications/case/events.ts'
import { replay } from '../src/research/applications/case/evolve.ts'
import { overdueBoard } from '../src/research/applications/clocks/board.ts'
import { clocksOf } from '../src/research/applications/clocks/clocks.ts'
import type { Procedure } from '../src/research/applications/procedure.ts'
import { openCaseLists } from '../src/research/applications/store/case-lists.ts'
import { append } from '../src/research/applications/store/case-store.ts'
import { type CaseTables, caseMigrations } from '../src/research/applications/store/migrations.ts'
import { procedureIn, proceduresOf } from '../src/research/applications/testing/example-case.ts'
import { makeCase } from '../src/research/applications/testing/many-cases.ts'
import { type Benchmark, median } from './benchmark.ts'

const CASES = Number(process.env.TESSERA_BENCH_CASES ?? 3000)
const NOW = '2030-09-02T08:00:00Z'

export const benchmark: Benchmark = { name: 'cases of a body: list, overdue board, register', run }

async function run(): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-cases-'))
  const database = await openDatabase(`sqlite:${join(directory, 'cases.db')}`)
  try {
    return await measure(database)
  } finally {
    await database.close()
    rmSync(directory, { recursive: true })
  }
}

async function measure(database: Database): Promise<readonly string[]> {
  await migrate(database, caseMigrations)
  const procedure = await procedureIn('FR')
  const events = await fill(database, procedure)
  const lists = openCaseLists(database, await proceduresOf('FR'))
  const rounds = { rounds: 5, warmUp: 1 }
  let [overdue, naiveOverdue] = [0, 0]
  const page = await median(() => lists.list({ limit: 100 }), rounds)
  const board = await median(async () => {
    overdue = (await lists.overdue(NOW)).length
  }, rounds)
  const register = await median(() => lists.register({ limit: 100 }), rounds)
  const naive = await median(async () => {
    naiveOverdue = await overdueByReplay(database, procedure)
  }, rounds)
  const line = (what: string, time: number): string =>
    `${what.padEnd(46)} ${time.toFixed(1).padStart(8)} ms  ${(naive / time).toFixed(0).padStart(6)} × faster than replay`
  return [
    `${CASES} cases, ${events} events; median of 5 rounds; ${overdue} clocks overdue (by replay: ${naiveOverdue})`,
    `${'replay of every event, then sort [baseline]'.padEnd(46)} ${naive.toFixed(1).padStart(8)} ms`,
    line('page of 100 cases', page),
    line('overdue board, all rows', board),
    line('page of 100 of the public register', register),
  ]
}

async function fill(database: Database, procedure: Procedure): Promise<number> {
  const kysely = database.kysely.$extendTables<CaseTables>()
  let events = 0
  await inTransaction(kysely, async (transaction) => {
    for (let index = 0; index < CASES; index += 1) {
      const made = makeCase(index, procedure)
      events += made.events.length
      const last = made.events.at(-1)?.at ?? NOW
      await append(transaction, undefined, made.events, procedure, last)
    }
  })
  return events
}

/** What a body without derived rows would do for its board. */
async function overdueByReplay(database: Database, procedure: Procedure): Promise<number> {
  const rows = await database.kysely
    .$extendTables<CaseTables>()
    .selectFrom('research_case_event')
    .select(['case_id', 'event'])
    .orderBy('case_id')
    .orderBy('version')
    .execute()
  const cases = new Map<string, CaseEvent[]>()
  // Without checking what was stored: the cheapest replay there is.
  for (const { case_id: id, event } of rows) {
    const events = cases.get(id) ?? []
    events.push(JSON.parse(event) as CaseEvent)
    cases.set(id, events)
  }
  const clocks = [...cases].flatMap(([caseId, events]) => {
    const state = replay(events)
    if (!state) return []
    return clocksOf(state, procedure).map((clock) => ({ ...clock, caseId, title: state.application?.title ?? '' }))
  })
  return overdueBoard(clocks, procedure, NOW).length
}
