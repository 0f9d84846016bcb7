/**
 * Cases in the database. A case is written by whoever names its version: of two who decide at once, the second is told and
 * decides anew on what the first has done. Nothing is locked but the one row, for the moment of writing.
 */
import type { Kysely, Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Command } from '../case/commands.ts'
import { decide } from '../case/decide.ts'
import { type CaseEvent, readEvent } from '../case/events.ts'
import { evolve, replay } from '../case/evolve.ts'
import type { CaseProblemCode } from '../case/situation.ts'
import type { CaseState } from '../case/state.ts'
import { calendarOf, type Procedure, type Procedures, procedureOf } from '../procedure.ts'
import { rulesInForce } from '../rules/rule-set.ts'
import { rowsOf, STATE_FORMAT } from './case-rows.ts'
import { errandsOf, targetOf } from './errands.ts'
import type { CaseTables } from './migrations.ts'

/** `case-changed`: somebody was faster; look again. */
export type CaseStoreProblemCode = CaseProblemCode | 'case-changed'

export interface Handled {
  readonly state: CaseState
  readonly events: readonly CaseEvent[]
}

export interface CaseStore {
  /**
   * Decides on a command and stores what follows, or says why not.
   * @param seen version that the person looked at; without it the command is decided on whatever is newest
   */
  handle(caseId: string, command: Command, seen?: number): Promise<Result<Handled, CaseStoreProblemCode>>
  load(caseId: string): Promise<CaseState | undefined>
  /** In order. */
  events(caseId: string): Promise<readonly CaseEvent[]>
  /** The rules and calendars of a case. */
  procedureFor(state: CaseState): Procedure
}

/** A transaction of the tables of cases, with what stands beside the events. */
export type CaseTransaction = Transaction<CaseTables>

const ATTEMPTS = 5

/** Needs `caseMigrations`. */
export function openCaseStore(database: Database, procedures: Procedures): CaseStore {
  const kysely = database.kysely.$extendTables<CaseTables>()
  const body = procedures.body.country

  async function procedureOfCommand(state: CaseState | undefined, command: Command): Promise<Procedure> {
    const procedure = state ? procedureOf(procedures, state.ruleSet) : newest(procedures, command.at)
    return command.kind === 'submit' ? { ...procedure, exclusions: await exclusionsOf(kysely, body) } : procedure
  }

  return {
    async handle(caseId, command, seen) {
      if (command.kind === 'draft' && command.caseId !== caseId) throw new Error('A draft names another case.')
      for (let attempt = 1; ; attempt += 1) {
        const state = await loadState(kysely, body, caseId)
        if (seen !== undefined && (state?.version ?? 0) !== seen) return changed()
        const procedure = await procedureOfCommand(state, command)
        const decided = decide(state, command, procedure)
        if (!decided.ok) return decided
        const stored = await store(kysely, state, decided.value, procedure, new Date(command.at).toISOString())
        if (stored) return ok({ state: stored, events: decided.value })
        if (seen !== undefined || attempt === ATTEMPTS) return changed()
      }
    },
    load: (caseId) => loadState(kysely, body, caseId),
    events: (caseId) => eventsOf(kysely, body, caseId),
    procedureFor: (state) => procedureOf(procedures, state.ruleSet),
  }
}

/** Undefined when another writer was faster. */
async function store(
  kysely: Kysely<CaseTables>,
  before: CaseState | undefined,
  events: readonly CaseEvent[],
  procedure: Procedure,
  at: string,
): Promise<CaseState | undefined> {
  try {
    return await inTransaction(kysely, (transaction) => append(transaction, before, events, procedure, at))
  } catch (error) {
    // Two began the same case.
    if (isUniqueViolation(error)) return undefined
    throw error
  }
}

/**
 * Adds events after the version of `before`, with everything derived from them and the errands that follow.
 * Undefined, and nothing stored, when the case has another version by now.
 */
export async function append(
  transaction: CaseTransaction,
  before: CaseState | undefined,
  events: readonly CaseEvent[],
  procedure: Procedure,
  at: string,
): Promise<CaseState | undefined> {
  let after = before
  for (const event of events) after = evolve(after, event)
  if (!after) return undefined
  const rows = rowsOf(after, at, procedure)
  if (!(await takeRow(transaction, rows.case, before?.version))) return undefined
  const first = before?.version ?? 0
  await transaction
    .insertInto('research_case_event')
    .values(events.map((event, index) => eventRow(procedure.body.country, rows.case.case_id, first + index + 1, event)))
    .execute()
  await replaceDerived(transaction, rows)
  await addErrands(transaction, before, after, events, procedure.body.country, at)
  return after
}

async function takeRow(
  transaction: CaseTransaction,
  row: CaseTables['research_case'],
  version: number | undefined,
): Promise<boolean> {
  if (version === undefined) {
    await transaction.insertInto('research_case').values(row).execute()
    return true
  }
  const { numUpdatedRows } = await transaction
    .updateTable('research_case')
    .set(row)
    .where('body', '=', row.body)
    .where('case_id', '=', row.case_id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function eventRow(body: string, caseId: string, version: number, event: CaseEvent): CaseTables['research_case_event'] {
  return { body, case_id: caseId, version, kind: event.kind, at: event.at, event: JSON.stringify(event) }
}

/** Parties, clocks and exclusions of one case, written anew. */
export async function replaceDerived(transaction: CaseTransaction, rows: ReturnType<typeof rowsOf>): Promise<void> {
  const { body, case_id: caseId } = rows.case
  for (const table of ['research_case_party', 'research_case_clock', 'research_exclusion'] as const) {
    await transaction.deleteFrom(table).where('body', '=', body).where('case_id', '=', caseId).execute()
  }
  if (rows.parties.length > 0) await transaction.insertInto('research_case_party').values(rows.parties).execute()
  if (rows.clocks.length > 0) await transaction.insertInto('research_case_clock').values(rows.clocks).execute()
  if (rows.exclusions.length > 0) await transaction.insertInto('research_exclusion').values(rows.exclusions).execute()
}

async function addErrands(
  transaction: CaseTransaction,
  before: CaseState | undefined,
  after: CaseState,
  events: readonly CaseEvent[],
  body: string,
  at: string,
): Promise<void> {
  for (const errand of errandsOf(before, after, events, body)) {
    const target = targetOf(errand)
    // The row of the case is held, so nobody counts beside us.
    const { last } = await transaction
      .selectFrom('research_case_errand')
      .select(({ fn }) => fn.max('sequence').as('last'))
      .where('body', '=', body)
      .where('case_id', '=', after.caseId)
      .where('target', '=', target)
      .executeTakeFirstOrThrow()
    await transaction
      .insertInto('research_case_errand')
      .values({
        body,
        case_id: after.caseId,
        target,
        sequence: Number(last ?? 0) + 1,
        payload: JSON.stringify(errand),
        state: 'waiting',
        code: null,
        attempts: 0,
        next_try_at: at,
        lease: null,
        lease_until: null,
      })
      .execute()
  }
}

/** From its row when this code wrote it, else from its events. */
export async function loadState(
  kysely: Kysely<CaseTables>,
  body: string,
  caseId: string,
): Promise<CaseState | undefined> {
  const row = await kysely
    .selectFrom('research_case')
    .select(['state', 'state_format'])
    .where('body', '=', body)
    .where('case_id', '=', caseId)
    .executeTakeFirst()
  if (!row) return undefined
  if (row.state_format !== STATE_FORMAT) return replay(await eventsOf(kysely, body, caseId))
  // Written by `rowsOf` of this very format.
  return JSON.parse(row.state) as CaseState
}

async function eventsOf(kysely: Kysely<CaseTables>, body: string, caseId: string): Promise<readonly CaseEvent[]> {
  const rows = await kysely
    .selectFrom('research_case_event')
    .select('event')
    .where('body', '=', body)
    .where('case_id', '=', caseId)
    .orderBy('version')
    .execute()
  return rows.map(({ event }) => storedEvent(event))
}

/** Throws when the database holds something that never was an event. */
export function storedEvent(text: string): CaseEvent {
  const read = readEvent(JSON.parse(text))
  if (!read.ok) throw new TypeError(`A stored event cannot be read at ${read.problem.place?.path ?? '?'}.`)
  return read.value
}

async function exclusionsOf(kysely: Kysely<CaseTables>, body: string): Promise<ReadonlyMap<string, string>> {
  const rows = await kysely
    .selectFrom('research_exclusion')
    .select(({ fn }) => ['party', fn.max('until_day').as('until')])
    .where('body', '=', body)
    .groupBy('party')
    .execute()
  return new Map(rows.map(({ party, until }) => [party, until]))
}

function newest(procedures: Procedures, at: string): Procedure {
  const rules = rulesInForce(procedures.ruleSets, calendarOf(procedures, procedures.body.country).dayOf(at))
  if (!rules) throw new Error('There are no rules in data/research/rules.')
  return procedureOf(procedures, rules.version)
}

function changed(): Result<never, CaseStoreProblemCode> {
  return failed('case-changed', 'Somebody has changed this case meanwhile.', 'Look at it again, then decide.')
}
