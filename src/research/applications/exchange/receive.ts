/** What another body tells, taken once: the same message again is answered as the first time, and does nothing. */
import type { Kysely } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { evolve } from '../case/evolve.ts'
import type { CaseState } from '../case/state.ts'
import { type Procedures, procedureOf } from '../procedure.ts'
import { append, loadState } from '../store/case-store.ts'
import type { CaseTables } from '../store/migrations.ts'
import type { CaseMessage } from './message.ts'
import { checkTelling, type TellingProblemCode } from './tellings.ts'

export type ReceiveProblemCode =
  | TellingProblemCode
  | 'message-not-for-us'
  | 'message-out-of-order'
  | 'rules-unknown'
  | 'body-busy'

export interface CaseReceiver {
  /** `repeated`: it was taken before. Refusals with `telling-…` are final and remembered; the others can be tried again. */
  receive(message: CaseMessage): Promise<Result<'taken' | 'repeated', ReceiveProblemCode>>
}

const ATTEMPTS = 5

/** Needs `caseMigrations`. The message's signature and sender were verified before. */
export function openCaseReceiver(database: Database, procedures: Procedures, clock = () => new Date()): CaseReceiver {
  const kysely = database.kysely.$extendTables<CaseTables>()
  return {
    async receive(message) {
      if (message.to !== procedures.body.country || message.from === message.to) {
        return failed('message-not-for-us', 'This message is for another body.', 'Send it there.')
      }
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const taken = await take(kysely, message, procedures, clock().toISOString())
        if (taken) return taken
      }
      return failed('body-busy', 'The case is being worked on.', 'Send it again.')
    },
  }
}

/** Undefined when the case changed at the same moment. */
async function take(
  kysely: Kysely<CaseTables>,
  message: CaseMessage,
  procedures: Procedures,
  at: string,
): Promise<Result<'taken' | 'repeated', ReceiveProblemCode> | undefined> {
  const body = procedures.body.country
  const { caseId, from, sequence, events } = message
  const known = await kysely
    .selectFrom('research_case_told')
    .select(['sequence', 'code'])
    .where('body', '=', body)
    .where('case_id', '=', caseId)
    .where('teller', '=', from)
    .where('sequence', 'in', [sequence, sequence - 1])
    .execute()
  const before = known.find((row) => Number(row.sequence) === sequence)
  if (before) return before.code === null ? ok('repeated') : refusedBefore(before.code)
  if (sequence > 1 && known.length === 0) {
    return failed('message-out-of-order', 'An earlier message of this case is missing.', 'Send that one first.')
  }
  const state = await loadState(kysely, body, caseId)
  const checked = check(state, message, body)
  const ruleSet = state?.ruleSet ?? ruleSetOf(message)
  if (checked.ok && (ruleSet === undefined || !procedures.ruleSets.has(ruleSet))) {
    const sentence = `The rules ${ruleSet ?? ''} of this case are not known here.`
    return failed('rules-unknown', sentence, 'Install them, then send it again.')
  }
  const told = { body, case_id: caseId, teller: from, sequence, code: checked.ok ? null : checked.problem.code }
  try {
    return await inTransaction(kysely, async (transaction) => {
      await transaction.insertInto('research_case_told').values(told).execute()
      if (!checked.ok) return checked
      const procedure = procedureOf(procedures, ruleSet ?? '')
      if (await append(transaction, state, events, procedure, at)) return ok('taken')
      throw new CaseMoved()
    })
  } catch (error) {
    // The same message twice at once, or somebody else wrote to the case: look again.
    if (error instanceof CaseMoved || isUniqueViolation(error)) return undefined
    throw error
  }
}

/** Undoes the transaction. */
class CaseMoved extends Error {}

/** All events of a message, one after another, or none. */
function check(
  before: CaseState | undefined,
  { events, from, caseId }: CaseMessage,
  country: string,
): Result<void, TellingProblemCode> {
  let state = before
  for (const event of events) {
    if (event.kind === 'received' && event.caseId !== caseId) {
      return failed('telling-out-of-place', 'The message names two cases.', 'Correct it.')
    }
    const checked = checkTelling(state, event, from, country)
    if (!checked.ok) return checked
    state = evolve(state, event)
  }
  return ok(undefined)
}

function ruleSetOf({ events }: CaseMessage): string | undefined {
  const [first] = events
  return first?.kind === 'received' ? first.ruleSet : undefined
}

function refusedBefore(code: string): Result<never, TellingProblemCode> {
  const known = code === 'telling-not-entitled' ? code : 'telling-out-of-place'
  return failed(known, 'This message was refused before.', 'Compare the case at both bodies.')
}
