/**
 * A dispensation of another country, or its discard: taken exactly once (dispensing/country-a). First what this very
 * submission was answered before; then the rules; then the journal, the national side, and the answer that stays.
 */
import { createHash } from 'node:crypto'
import type { NationalDispensation, NationalProblemCode } from '#national/connector.ts'
import type { Problem } from '#platform/result/result.ts'
import { ehdsiError, isEhdsiCode } from '#wire/errors/ehdsi-errors.ts'
import type { DispensationSubmission, SubmissionReceipt, VerifiedCaller } from '../border/border-service.ts'
import { type Delivering, deliver, writeWork } from '../dispensing/country-a/deliver.ts'
import type { DispensingJournal, JournalEntry, NewSubmission, Settlement } from '../dispensing/country-a/journal.ts'
import type { AuthenticatedCall } from './authenticated-call.ts'
import { checkedDispensation, type SubmissionPatient } from './check-dispensation.ts'
import { type Desk, type DeskAnswer, type Done, nationalCaller, receive, refused } from './desk.ts'
import { comparableId } from './dispensation-id.ts'
import { openClasses, openFile } from './patient-file.ts'
import { type CareRefusal, careRefusal, NOT_ALLOWED, NOT_IDENTIFIABLE, nationalRefusal } from './refusals.ts'

export async function submitDispensation(
  desk: Desk,
  given: DispensationSubmission,
  call: AuthenticatedCall,
): Promise<DeskAnswer<SubmissionReceipt>> {
  const began = desk.even.now()
  const submission = {
    ...given,
    submissionId: comparableId(given.submissionId),
    dispensationId: comparableId(given.dispensationId),
  }
  const answer = await receive<SubmissionReceipt>(
    desk,
    {
      step: submission.kind === 'discard' ? 'discard' : 'dispense',
      service: 'edispensation',
      patients: [submission.patient],
      document: submission.dispensationId,
      prescription: submission.prescriptionId,
      submission: submission.submissionId,
    },
    call,
    async (caller): Promise<Done<SubmissionReceipt>> => {
      const journal = desk.dispensations
      if (!journal) return refused(NOT_TAKEN)
      if (!isUsable(submission.submissionId) || !isUsable(submission.dispensationId)) return refused(UNUSABLE_ID)
      const classCodes = desk.policies.find(({ service }) => service === 'edispensation')?.documentClasses ?? []
      const file = await openFile(desk, caller, 'edispensation', classCodes)
      if (file.refusal) return refused(file.refusal)
      const { person, patient, decisions } = file
      // Unknown and opted out are answered as a prescription that does not exist, and look the same.
      if (!person) return refused(NOT_IDENTIFIABLE, { patient, detail: 'unknown-patient' })
      const classes = openClasses(decisions)
      if (!classes.open) {
        const refusal = classes.reason === 'consent' ? NOT_IDENTIFIABLE : NOT_ALLOWED
        return refused(refusal, { patient, detail: classes.reason })
      }
      return take(desk, journal, submission, caller, { patient, identifiers: person.identifiers })
    },
  )
  if (!answer.ok && answer.refusal === NOT_IDENTIFIABLE) await desk.even.settle(began)
  return answer
}

/** Ids are keys: something, and no more than a key should be. */
function isUsable(id: string): boolean {
  return id !== '' && id.length <= 300
}

async function take(
  desk: Desk,
  journal: DispensingJournal,
  submission: DispensationSubmission,
  caller: VerifiedCaller,
  who: SubmissionPatient,
): Promise<Done<SubmissionReceipt>> {
  const row = rowOf(desk, submission, caller, who)
  const known = await journal.find(row)
  if (known) return answerTo(desk, journal, row, known, false)
  const checked =
    submission.kind === 'discard'
      ? await checkedDiscard(journal, submission, caller, who)
      : await checkedDispensation(desk, submission, caller, who)
  // What cannot be looked at now is not written: nothing was taken, and the same may succeed later.
  if (!checked.ok && checked.refusal.status >= 500) return refused(NOT_NOW, { detail: checked.refusal.code })
  const content = checked.ok
    ? { work: writeWork({ caller: nationalCaller(caller), dispensation: checked.value }) }
    : { settlement: settlementOf(checked.refusal) }
  // A refusal is written, too: between the look and now a replica may have accepted this very submission.
  const { entry, first } = await journal.open(row, content)
  return answerTo(desk, journal, row, entry, first)
}

function rowOf(
  desk: Desk,
  submission: DispensationSubmission,
  caller: VerifiedCaller,
  { patient }: SubmissionPatient,
): NewSubmission {
  const { submissionId, kind, dispensationId, prescriptionId, document } = submission
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, dispensationId, prescriptionId, patient]))
    .update(document.bytes)
    .digest('hex')
  const { identifier, name } = caller.professional.organisation
  return {
    country: caller.country,
    submissionId,
    kind,
    digest,
    dispensationId,
    prescriptionId,
    patient,
    organisation: identifier || name,
    received: desk.clock().toISOString(),
  }
}

async function answerTo(
  desk: Desk,
  journal: DispensingJournal,
  { digest }: NewSubmission,
  entry: JournalEntry,
  first: boolean,
): Promise<Done<SubmissionReceipt>> {
  const { patient, submissionId } = entry
  if (entry.digest !== digest) return refused(ALTERED, { patient, detail: 'altered-submission' })
  const settlement = await deliver(delivering(desk, journal), entry)
  if (!settlement) return refused(UNDECIDED, { patient, detail: 'undecided' })
  if (settlement.state === 'refused') return refused(refusalOf(settlement), { patient })
  return { answer: { ok: true, value: { submissionId, first } }, outcome: 'success', patient, disclosed: true }
}

/** How this country's submissions are handed over; also for the unfinished ones when a node starts. */
export function delivering(desk: Pick<Desk, 'connector' | 'clock'>, journal: DispensingJournal): Delivering {
  const refusal = (problem: Problem<NationalProblemCode>) => settlementOf(nationalRefusal(problem))
  return { connector: desk.connector, journal, clock: desk.clock, refusal }
}

function settlementOf({ status, code, sentence, next }: CareRefusal) {
  return { state: 'refused', status, code, sentence, next } as const
}

function refusalOf({ code, sentence, next }: Extract<Settlement, { readonly state: 'refused' }>): CareRefusal {
  const known = isEhdsiCode(code) ? code : 'ERROR_ED_GENERIC'
  return careRefusal([ehdsiError(known).status, known], sentence, next)
}

/** Only who dispensed takes back: the same country and organisation, the same patient, and only once. */
async function checkedDiscard(
  journal: DispensingJournal,
  submission: DispensationSubmission,
  caller: VerifiedCaller,
  { patient }: SubmissionPatient,
): Promise<DeskAnswer<NationalDispensation>> {
  const { submissionId, dispensationId, prescriptionId, document } = submission
  const found = await journal.accepted(caller.country, dispensationId)
  const { identifier, name } = caller.professional.organisation
  const own =
    found &&
    !found.discarded &&
    found.dispensation.patient === patient &&
    found.dispensation.organisation === (identifier || name)
  if (!own) return { ok: false, refusal: NOT_DISCARDED }
  return { ok: true, value: { submissionId, dispensationId, prescriptionId, items: [], document } }
}

const NOT_TAKEN = careRefusal(
  [404, 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN'],
  'This country does not take dispensations.',
  'Ask which services the country offers.',
)

const UNUSABLE_ID = careRefusal(
  [400, 'ERROR_ED_INCORRECT_FORMATTING'],
  'The submission or the dispensation has no usable id.',
  'Give each an OID or a UUID.',
)

const ALTERED = careRefusal(
  [409, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'This submission id came before with another content; nothing was changed.',
  'Send a changed dispensation under a new id.',
)

const UNDECIDED = careRefusal(
  [503, 'ERROR_ED_EDISPENSATION_ACK_NOT_RECEIVED'],
  'Whether the national system took the dispensation is not known yet.',
  'Send the same submission again under the same id; it counts once.',
  { outcome: 'unknown' },
)

const NOT_NOW = careRefusal(
  [503, 'ERROR_ED_REGISTRY_NOT_AVAILABLE'],
  'The prescription cannot be looked at now; nothing was taken.',
  'Send the same submission again later.',
)

const NOT_DISCARDED = careRefusal(
  [404, 'ERROR_ED_DISCARD_FAILED'],
  'There is no dispensation of this pharmacy under that id that could be taken back.',
  'Check which dispensation is meant.',
)
