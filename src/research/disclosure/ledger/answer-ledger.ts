/**
 * The ledger of answers: what one applicant was told about one dataset, under all his permits. An answer is decided while its
 * row is locked, and stored before anybody sees it: two questions at once cannot both pass, and a process that dies has
 * at most stored an answer that nobody got.
 *
 * A new release of the dataset does not begin anew: persons keep their numbers from release to release (a release that gives others is
 * not used, `omop/current/compare-releases.ts`), so that an answer from one and an answer from the next are compared like two of the
 * same, and the few persons by which they differ are not told.
 */
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { failed, type Result } from '#platform/result/result.ts'
import type { PersonKeys } from '../persons.ts'
import type { DisclosureProblemCode } from '../problems.ts'
import { EXPOSURE_LIMITS } from '../read-rules.ts'
import { type Exposure, emptyExposure } from './exposure.ts'
import { packKeys, unpackKeys } from './key-list.ts'
import type { DisclosureTables } from './migrations.ts'

export interface AnswerScope {
  readonly dataset: string
  /** Legal person or natural person who holds the permits: answers under all of them are taken together. */
  readonly applicant: string
  readonly permit: string
}

export interface AnswerDecision<T> {
  readonly result: Result<T, DisclosureProblemCode>
  /** Persons behind each number that is told, of those that the exposure admitted. */
  readonly told: 'all-admitted' | readonly PersonKeys[]
  /** What was hidden and why; JSON, for this node's auditors. */
  readonly account: unknown
}

export interface AnswerLedger {
  /**
   * Durable when it resolves.
   * @param refusalsBeforeReview so many refusals, and nothing is answered any more
   * @param work may run more than once, and has no effect beside the exposure
   */
  decide<T>(
    scope: AnswerScope,
    refusalsBeforeReview: number,
    work: (exposure: Exposure) => AnswerDecision<T>,
  ): Promise<Result<T, DisclosureProblemCode>>
  /** A person has looked at the refusals of an applicant: he may ask again. */
  forgiveRefusals(scope: Pick<AnswerScope, 'dataset' | 'applicant'>): Promise<void>
}

/** What was answered up to a sequence. */
interface Remembered {
  readonly exposure: Exposure
  sequence: number
  /** Holds something that may not have been stored. */
  unsure: boolean
}

const SCOPES_IN_MEMORY = 8

export function openAnswerLedger(database: Database): AnswerLedger {
  const kysely = database.kysely.$extendTables<DisclosureTables>()
  const remembered = new Map<string, Remembered>()
  const queues = new Map<string, Promise<unknown>>()

  const recall = (name: string): Remembered => {
    const known = remembered.get(name)
    remembered.delete(name)
    const fresh = { exposure: emptyExposure(EXPOSURE_LIMITS.numbers), sequence: 0, unsure: false }
    const memory = known && !known.unsure ? known : fresh
    remembered.set(name, memory)
    for (const oldest of remembered.keys()) if (remembered.size > SCOPES_IN_MEMORY) remembered.delete(oldest)
    return memory
  }

  /** In this process one after the other, so that what is remembered has one writer. */
  const inTurn = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(name) ?? Promise.resolve()).then(work, work)
    queues.set(name, turn)
    const leave = () => {
      if (queues.get(name) === turn) queues.delete(name)
    }
    turn.then(leave, leave)
    return turn
  }

  return {
    decide: (scope, refusalsBeforeReview, work) => {
      const name = JSON.stringify([scope.dataset, scope.applicant])
      return inTurn(name, async () => {
        let memory = recall(name)
        const result = await inTransaction(kysely, async (transaction) => {
          if (memory.unsure) memory = recall(name)
          memory.unsure = true
          return decideLocked(transaction, scope, memory, refusalsBeforeReview, work)
        })
        memory.unsure = false
        return result
      })
    },
    forgiveRefusals: async ({ dataset, applicant }) => {
      const head = kysely.updateTable('disclosure_head').set({ refusals: 0 })
      await head.where('dataset', '=', dataset).where('applicant', '=', applicant).execute()
    },
  }
}

type Ledgered = Transaction<DisclosureTables>

async function decideLocked<T>(
  transaction: Ledgered,
  scope: AnswerScope,
  memory: Remembered,
  refusalsBeforeReview: number,
  work: (exposure: Exposure) => AnswerDecision<T>,
): Promise<Result<T, DisclosureProblemCode>> {
  const refusals = await lock(transaction, scope)
  if (refusals >= refusalsBeforeReview) return exhausted()
  await catchUp(transaction, scope, memory)
  const { exposure } = memory
  const before = exposure.rank()
  const decision = work(exposure)
  const told = decision.result.ok ? decision.told : []
  if (told !== 'all-admitted') {
    exposure.truncate(before)
    for (const persons of told) exposure.restore(persons)
  }
  await store(transaction, scope, memory, exposure.independent(before))
  await close(transaction, scope, memory.sequence, refusals + (decision.result.ok ? 0 : 1), decision)
  return decision.result
}

function exhausted() {
  return failed<DisclosureProblemCode>(
    'disclosure-refusals-exhausted',
    'Too many questions about this dataset were refused; it looks like probing.',
    'Ask the health data access body to look at the questions and to open the dataset again.',
  )
}

/** A row is locked by writing it, on both databases. */
async function lock(transaction: Ledgered, { dataset, applicant }: AnswerScope): Promise<number> {
  await transaction
    .insertInto('disclosure_head')
    .values({ dataset, applicant, sequence: 0, refusals: 0 })
    .onConflict((conflict) => conflict.columns(['dataset', 'applicant']).doNothing())
    .execute()
  const head = await transaction
    .updateTable('disclosure_head')
    .set(({ ref }) => ({ refusals: ref('refusals') }))
    .where('dataset', '=', dataset)
    .where('applicant', '=', applicant)
    .returning('refusals')
    .executeTakeFirstOrThrow()
  return head.refusals
}

async function catchUp(transaction: Ledgered, scope: AnswerScope, memory: Remembered): Promise<void> {
  for (;;) {
    const answers = await transaction
      .selectFrom('disclosure_answer')
      .select(['sequence', 'size', 'persons'])
      .where('dataset', '=', scope.dataset)
      .where('applicant', '=', scope.applicant)
      .where('sequence', '>', memory.sequence)
      .orderBy('sequence')
      .limit(50)
      .execute()
    if (answers.length === 0) return
    for (const { sequence, size, persons } of answers) {
      memory.exposure.restore(unpackKeys(persons, size))
      memory.sequence = sequence
    }
  }
}

/** Only what is independent of earlier answers is stored: the rest follows from it. */
async function store(transaction: Ledgered, scope: AnswerScope, memory: Remembered, sets: readonly PersonKeys[]) {
  const { dataset, applicant, permit } = scope
  for (const set of sets) {
    memory.sequence += 1
    const row = { dataset, applicant, permit, sequence: memory.sequence, size: set.length, persons: packKeys(set) }
    await transaction.insertInto('disclosure_answer').values(row).execute()
  }
}

async function close<T>(
  transaction: Ledgered,
  { dataset, applicant, permit }: AnswerScope,
  sequence: number,
  refusals: number,
  { result, account }: AnswerDecision<T>,
): Promise<void> {
  await transaction
    .updateTable('disclosure_head')
    .set({ sequence, refusals })
    .where('dataset', '=', dataset)
    .where('applicant', '=', applicant)
    .execute()
  const outcome = result.ok ? 'released' : result.problem.code
  const decided = { id: randomUUID(), decided: new Date().toISOString(), outcome, account: JSON.stringify(account) }
  await transaction
    .insertInto('disclosure_decision')
    .values({ dataset, applicant, permit, ...decided })
    .execute()
}
