/**
 * Hands a submission to the national side and settles it. The national connector answers the same id twice as once, so this
 * may be repeated at any time, by any replica, after any crash: the effect is one, and the first settlement stays.
 */
import { z } from 'zod'
import type { Caller, NationalConnector, NationalDispensation, NationalProblemCode } from '#national/connector.ts'
import type { Problem, Result } from '#platform/result/result.ts'
import type { DispensingJournal, JournalEntry, Settlement } from './journal.ts'

export interface Delivering {
  readonly connector: NationalConnector
  readonly journal: DispensingJournal
  readonly clock: () => Date
  /** What a refusal of the national side is called on the border. */
  refusal(problem: Problem<NationalProblemCode>): Extract<Settlement, { readonly state: 'refused' }>
}

/** Undefined when it cannot be told what the national side did: the submission stays unfinished. */
export async function deliver(
  { connector, journal, clock, refusal }: Delivering,
  entry: JournalEntry,
): Promise<Settlement | undefined> {
  if (entry.settlement) return entry.settlement
  const work = entry.work === undefined ? undefined : readWork(entry.work)
  if (!work) return undefined
  await journal.handing(entry)
  const answer = await handOver(connector, entry, work)
  if (!answer.ok && UNDECIDED.includes(answer.problem.code)) return undefined
  const settlement = answer.ok ? ({ state: 'accepted' } as const) : refusal(answer.problem)
  return (await journal.settle(entry, settlement, clock().toISOString()))?.settlement
}

/** The national side may have acted, or will be able to later. */
const UNDECIDED: readonly NationalProblemCode[] = ['national-unavailable', 'national-dispensation-not-stored']

function handOver(
  connector: NationalConnector,
  { kind, submissionId, dispensationId, patient }: JournalEntry,
  { caller, dispensation }: Work,
): Promise<Result<void, NationalProblemCode>> {
  if (kind === 'discard') return connector.discardDispensation({ submissionId, dispensationId }, patient, caller)
  return connector.submitDispensation(dispensation, patient, caller)
}

/** What stands in the journal until it is settled. */
export interface Work {
  readonly caller: Caller
  readonly dispensation: NationalDispensation
}

export function writeWork({ caller, dispensation }: Work): string {
  const { document, ...rest } = dispensation
  const base64 = Buffer.from(document.bytes).toString('base64')
  return JSON.stringify({ caller, dispensation: { ...rest, document: { format: document.format, base64 } } })
}

const Written = z.object({
  caller: z.object({
    country: z.string(),
    professional: z.object({
      identifier: z.string(),
      name: z.string(),
      role: z.string(),
      organisation: z.string(),
      organisationIdentifier: z.string().default(''),
    }),
    purpose: z.enum(['TREATMENT', 'EMERGENCY']),
  }),
  dispensation: z.object({
    submissionId: z.string(),
    dispensationId: z.string(),
    prescriptionId: z.string(),
    items: z.array(
      z.object({
        prescribedItem: z.string(),
        packages: z.number(),
        product: z.string(),
        substituted: z.boolean(),
      }),
    ),
    document: z.object({ format: z.enum(['cda', 'fhir']), base64: z.string() }),
  }),
})

function readWork(text: string): Work | undefined {
  const parsed = Written.safeParse(JSON.parse(text))
  if (!parsed.success) return undefined
  const { caller, dispensation } = parsed.data
  const { format, base64 } = dispensation.document
  return { caller, dispensation: { ...dispensation, document: { format, bytes: Buffer.from(base64, 'base64') } } }
}

/** On start: everything that was begun and not ended, one after the other. The number that could be settled. */
export async function deliverUnfinished(
  delivering: Delivering,
  onSettled: (entry: JournalEntry, settlement: Settlement) => Promise<void>,
): Promise<number> {
  let settled = 0
  for (const entry of await delivering.journal.unfinished()) {
    const settlement = await deliver(delivering, entry)
    if (!settlement) continue
    settled += 1
    await onSettled(entry, settlement)
  }
  return settled
}
