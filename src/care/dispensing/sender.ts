/**
 * Sends what waits in the outbox: one attempt at a time, the same bytes with the same id, again until country A's answer is
 * known. Each attempt is in the ledger of this country.
 */
import { randomUUID } from 'node:crypto'
import type { Log } from '#platform/log/log.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import type {
  BorderAnswer,
  BorderRefusal,
  DispensationSubmission,
  SubmissionReceipt,
  Wire,
} from '../border/border-service.ts'
import type { AccessOutcome, AccessRecord } from '../context/access-record.ts'
import type { CareProblemCode } from '../context/care-context.ts'
import type { BorderRecorder, ExchangedEnvelopes } from '../context/recorder.ts'
import { type AskingCall, NOT_REPEATABLE, type OpenChannel } from '../country-b/channels/channel.ts'
import { classOf } from '../country-b/document-classes.ts'
import type { OutboxEntry } from './dispensing.ts'
import type { Held, Outbox, Waiting } from './outbox.ts'
import type { Answer } from './submission-state.ts'

export interface SenderOptions {
  /** This node, for the ledger. */
  readonly country: string
  readonly homeCommunityId: string
  readonly address: string
  readonly outbox: Outbox
  /** The way to a country, over the wire on which the submission was begun; undefined while there is none. */
  readonly open: (
    country: string,
    wire: Wire,
  ) => Promise<{ readonly channel: OpenChannel; readonly participant: Participant } | undefined>
  readonly recorder: BorderRecorder
  readonly clock: () => Date
  readonly log: Log
}

export interface ReconcileReport {
  readonly tried: number
  readonly accepted: number
  readonly refused: number
  /** Still not known, or waiting for a person. */
  readonly unknown: number
}

export interface Sender {
  /** One attempt. The entry as it stands afterwards; also when another replica is at it. */
  send(entry: OutboxEntry): Promise<OutboxEntry>
  /** Takes up whatever is due: for a timer, and at start. */
  reconcile(): Promise<ReconcileReport>
}

/** How long the document of an accepted dispensation is kept for its discard: 90 days. */
const KEPT_MS = 90 * 24 * 3_600_000

export function sender(options: SenderOptions): Sender {
  const { outbox, clock, log } = options

  async function attempt(submissionId: string): Promise<OutboxEntry | undefined> {
    const held = await outbox.hold(submissionId, clock())
    if (!held) return undefined
    const asked = await submit(options, held)
    const { answer, code } = await meaning(asked, held)
    const entry = await outbox.learn(held, answer, clock(), code)
    if (!(await record(options, entry, held.waiting, asked))) {
      log.warn('dispensation-not-recorded', { country: entry.country, code: entry.state })
    }
    return entry
  }

  return {
    async send(entry) {
      return (await attempt(entry.submissionId)) ?? (await outbox.entry(entry.submissionId)) ?? entry
    },
    async reconcile() {
      const report = { tried: 0, accepted: 0, refused: 0, unknown: 0 }
      for (const submissionId of await outbox.due(clock())) {
        const entry = await attempt(submissionId)
        if (!entry) continue
        report.tried += 1
        report[entry.state === 'sending' ? 'unknown' : entry.state] += 1
      }
      for (const submissionId of await outbox.unrecorded()) await recordLate(options, submissionId)
      await outbox.forget(new Date(clock().getTime() - KEPT_MS))
      return report
    },
  }
}

interface Asked {
  readonly result: BorderAnswer<SubmissionReceipt>
  readonly channel: OpenChannel | undefined
  readonly call: AskingCall
  readonly participant: Participant | undefined
  readonly exchanged: readonly ExchangedEnvelopes[]
}

async function submit(options: SenderOptions, { entry, waiting, wire }: Held): Promise<Asked> {
  const exchanged: ExchangedEnvelopes[] = []
  const call: AskingCall = {
    caller: waiting.caller,
    emergencyReasonGiven: waiting.emergencyReasonGiven,
    requestId: randomUUID(),
    heard: (one) => exchanged.push(one),
  }
  const way = await options.open(entry.country, wire)
  if (!way) return { result: NO_WAY, channel: undefined, participant: undefined, call, exchanged }
  const { channel, participant } = way
  let result: Asked['result']
  try {
    result = await channel.channel.submit(submissionOf(entry, waiting), call)
  } catch (error) {
    options.log.failure('submission-broke', error, { country: entry.country })
    result = BROKE
  }
  return { result, channel, participant, call, exchanged }
}

/** Equal each time: a repetition is the first one again. */
function submissionOf(entry: OutboxEntry, waiting: Waiting): DispensationSubmission {
  const { kind, submissionId, dispensationId, prescriptionId, confirmedAt } = entry
  return {
    kind,
    submissionId,
    dispensationId,
    patient: waiting.patient,
    prescriptionId,
    submitted: confirmedAt,
    document: { format: waiting.format, bytes: Buffer.from(waiting.document, 'base64') },
  }
}

const WITHOUT_WAY: BorderRefusal = {
  code: 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  sentence: 'There is no way to that country at present.',
  next: 'It is sent as soon as there is one.',
  outcome: 'failed',
}
const NO_WAY = { ok: false, refusal: WITHOUT_WAY } as const
const BROKE = { ok: false, refusal: { ...WITHOUT_WAY, code: 'ERROR_GENERIC', outcome: 'unknown' } } as const

/** What the answer says about the submission. A refusal that an earlier attempt may have caused is looked into. */
async function meaning(
  { result, channel, call }: Asked,
  { entry, waiting }: Held,
): Promise<{ readonly answer: Answer; readonly code?: CareProblemCode }> {
  if (result.ok) return { answer: { kind: 'accepted' } }
  const { code, outcome } = result.refusal
  if (outcome === 'failed') return { answer: { kind: 'without-effect' }, code }
  if (outcome === 'unknown') return { answer: { kind: 'unknown' }, code }
  const repeatable = (channel?.repeatsAnswers ?? false) && result.refusal.detail !== NOT_REPEATABLE
  if (!repeatable && entry.attempts > 1 && channel && (await isOursThere(channel, call, entry, waiting))) {
    return { answer: { kind: 'accepted' } }
  }
  return { answer: { kind: 'refused', repeatable }, code }
}

/**
 * Does country A's own list name this very dispensation? Only that is proof: that the prescription is closed says nothing of
 * who closed it.
 */
async function isOursThere(
  { channel }: OpenChannel,
  call: AskingCall,
  { dispensationId, prescriptionId, kind }: OutboxEntry,
  { patient }: Waiting,
): Promise<boolean> {
  if (kind === 'discard') return false
  const question = { patient, service: 'eprescription', classCodes: [classOf('eprescription')] } as const
  const listed = await channel.list({ ...question, prescriptionId }, call).catch(() => undefined)
  if (!listed?.ok) return false
  const ours = listed.value.find(({ prescription }) => prescription?.prescriptionId === prescriptionId)
  return ours?.prescription?.dispensations?.includes(dispensationId) ?? false
}

/** True when the ledger has it. What is settled and not recorded is recorded later, by `reconcile`. */
async function record(options: SenderOptions, entry: OutboxEntry, waiting: Waiting, asked: Asked): Promise<boolean> {
  try {
    const [first, ...more] = asked.exchanged
    const access = accessRecord(options, entry, waiting, asked)
    await options.recorder.record(access, first)
    for (const one of more) if (one.wire === 'ihe') await options.recorder.record(access, one)
    if (entry.settledAt !== undefined) await options.outbox.recorded(entry.submissionId)
    return true
  } catch (error) {
    options.log.failure('access-not-recorded', error, { kind: entry.kind, country: entry.country })
    return false
  }
}

async function recordLate(options: SenderOptions, submissionId: string): Promise<void> {
  const found = await options.outbox.entry(submissionId)
  const kept = await options.outbox.waiting(submissionId)
  if (!found || !kept) return
  try {
    await options.recorder.record(accessRecord(options, found, kept.waiting, undefined))
    await options.outbox.recorded(submissionId)
  } catch (error) {
    options.log.failure('access-not-recorded', error, { kind: found.kind, country: found.country })
  }
}

function accessRecord(
  { country, homeCommunityId, address, clock }: SenderOptions,
  entry: OutboxEntry,
  { caller, patient }: Waiting,
  asked: Asked | undefined,
): AccessRecord {
  const { identifier, name, organisation, role } = caller.professional
  const kind = entry.kind === 'discard' ? 'discard' : 'dispense'
  return {
    step: kind,
    side: 'B',
    recorded: clock(),
    requestId: asked?.call.requestId,
    client: { country, homeCommunityId, address },
    server: {
      country: entry.country,
      homeCommunityId: asked?.participant?.homeCommunityId,
      address: asked?.channel?.address ?? 'not asked',
    },
    professional: { identifier, name, organisation, role },
    patient,
    purpose: caller.purpose,
    service: 'edispensation',
    ...(asked?.channel ? { wire: asked.channel.wire } : {}),
    outcome: outcomeOf(entry),
    document: entry.dispensationId,
    prescription: entry.prescriptionId,
    submission: entry.submissionId,
  }
}

function outcomeOf({ state, code }: OutboxEntry): AccessOutcome {
  if (state === 'accepted') return { kind: 'success' }
  return { kind: state === 'refused' ? 'refused' : 'failed', detail: state, ...(code ? { code } : {}) }
}
