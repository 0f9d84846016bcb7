/** Dispensing and taking back: checked against the prescription as it is now, kept in the outbox, then sent. */
import { randomUUID } from 'node:crypto'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { checkDispensation, NOTHING_BEFORE } from '#documents/pharmacy/check-dispensation.ts'
import { dispensationDocument } from '#documents/pharmacy/dispensation-document.ts'
import type { DispensationFacts, Prescription } from '#documents/pharmacy/pharmacy.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import type { DispenseOrder, DispenseOutcome, OutboxEntry } from '../dispensing/dispensing.ts'
import type { Dispensing } from '../dispensing/dispensing-room.ts'
import type { NewSubmission } from '../dispensing/outbox.ts'
import type { Sender } from '../dispensing/sender.ts'
import { type Line, openLine } from './asking.ts'
import { oidOf } from './channels/xdr-submission.ts'
import { careFailure } from './failures.ts'
import type { Lists } from './listing.ts'
import type { Asking } from './options.ts'
import { listing, retrievePrescription } from './pharmacy.ts'

export interface PharmacyDesk {
  readonly asking: Asking
  readonly lists: Lists
  /** Absent in a node that dispenses nothing. */
  readonly dispensing: (Dispensing & { readonly sender: Sender }) | undefined
}

const SERVICE = 'edispensation'

export async function dispense(
  desk: PharmacyDesk,
  context: CareContext,
  order: DispenseOrder,
): Promise<Result<DispenseOutcome, CareProblemCode>> {
  const { dispensing } = desk
  const { country, professional } = context
  if (!dispensing) return careFailure('ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN', country)
  const { outbox, sender } = dispensing
  // Pressed twice: the first press has an entry already, or has made one while this one was looking.
  const firstPress = () => outbox.byConfirmation(professional.organisation.identifier, order.confirmation)
  const earlier = await firstPress()
  if (earlier) return ok(outcomeOf(earlier))
  const prepared = await prepare(desk, dispensing, context, order)
  if (!prepared.ok) {
    const meanwhile = await firstPress()
    return meanwhile ? ok(outcomeOf(meanwhile)) : prepared
  }
  const { entry, isNew } = await outbox.put(prepared.value)
  return ok(outcomeOf(isNew ? await sender.send(entry) : entry))
}

/** The prescription is listed and read again: what was on the screen may have been dispensed elsewhere since. */
async function prepare(
  desk: PharmacyDesk,
  dispensing: Dispensing,
  context: CareContext,
  { prescriptionDocument, items, search, confirmation }: DispenseOrder,
): Promise<Result<NewSubmission, CareProblemCode>> {
  const { asking, lists } = desk
  const { country } = context
  const listed = await lists.list(context, listing(search))
  if (!listed.ok) return listed
  const entry = listed.value.find(({ id }) => id === prescriptionDocument)
  if (!entry?.prescription) return careFailure('ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE', country)
  const retrieved = await retrievePrescription(desk, context, entry, search)
  if (!retrieved.ok) return retrieved
  const { dispensable, prescription, document } = retrieved.value
  if (!dispensable.yes) return careFailure(dispensable.reason, country)
  const now = asking.clock()
  const facts = factsOf(asking, context, items, now)
  const allowed = checkDispensation(prescription, NOTHING_BEFORE, facts, dispensing.rules.of(country))
  if (!allowed.ok) return careFailure(allowed.problem.code, country)
  // What the prescription was found with is needed again when country A takes the dispensation.
  const line = await openLine(asking, { ...questionOf(context), search: search ?? {} }, { requestId: randomUUID() })
  if (!line.ok) return line
  const written = await write(dispensing, line.value, document, facts)
  if (!written) return careFailure('ERROR_ED_INCORRECT_FORMATTING', country)
  return ok(
    submission(
      context,
      line.value,
      { ...entry.prescription, ...numberOf(prescription) },
      {
        kind: 'dispensation',
        confirmation,
        now,
        ...written,
        dispensationId: facts.dispensationId,
      },
    ),
  )
}

function questionOf({ professional, country, patient, purpose, ...rest }: CareContext) {
  return {
    service: SERVICE,
    professional,
    country,
    patient,
    purpose,
    context: { professional, country, patient, purpose, ...rest },
  } as const
}

function factsOf(
  { country }: Asking,
  { professional }: CareContext,
  items: DispenseOrder['items'],
  now: Date,
): DispensationFacts {
  const { identifier, given, family, organisation } = professional
  return {
    dispensationId: `urn:uuid:${randomUUID()}`,
    dispensed: now.toISOString(),
    pharmacist: { identifier, given, family },
    pharmacy: { identifier: organisation.identifier, name: organisation.name, country },
    items,
  }
}

interface Written {
  readonly format: 'cda' | 'fhir'
  readonly bytes: Uint8Array
}

/** The document in the form of the wire it will travel on. */
async function write(
  { words, writeCda }: Dispensing,
  { wire }: Line,
  prescribed: ClinicalDocument,
  facts: DispensationFacts,
): Promise<Written | undefined> {
  const made = dispensationDocument(prescribed, facts, words)
  if (!made.ok) return undefined
  if (wire === 'fhir') return { format: 'fhir', bytes: new TextEncoder().encode(JSON.stringify(made.value.bundle)) }
  const cda = await writeCda(made.value)
  return cda.ok ? { format: 'cda', bytes: cda.value } : undefined
}

/** The number without the system that it belongs to; none when the document names itself by a technical id. */
function numberOf({ prescriptionId }: Prescription): Pick<OutboxEntry, 'prescriptionNumber'> {
  const number = prescriptionId?.split('|').at(-1)
  return number === undefined || number.startsWith('urn:') ? {} : { prescriptionNumber: number }
}

function submission(
  { professional, country, patient }: CareContext,
  { wire, call }: Pick<Line, 'wire' | 'call'>,
  { prescriptionId, prescriptionNumber }: Pick<OutboxEntry, 'prescriptionId' | 'prescriptionNumber'>,
  made: Written & Pick<NewSubmission, 'kind' | 'confirmation' | 'dispensationId'> & { readonly now: Date },
): NewSubmission {
  return {
    kind: made.kind,
    // An OID, because it is the unique id of a submission set on the IHE wire.
    submissionId: oidOf(randomUUID()),
    dispensationId: made.dispensationId,
    country,
    prescriptionId,
    ...(prescriptionNumber === undefined ? {} : { prescriptionNumber }),
    professional: professional.identifier,
    organisation: professional.organisation.identifier,
    confirmation: made.confirmation,
    wire,
    confirmedAt: made.now,
    waiting: {
      caller: call.caller,
      emergencyReasonGiven: call.emergencyReasonGiven,
      patient,
      format: made.format,
      document: Buffer.from(made.bytes).toString('base64'),
    },
  }
}

/** Takes a dispensation of the same organisation back; one that is not known to be accepted cannot be. */
export async function discard(
  { asking, dispensing }: PharmacyDesk,
  context: CareContext,
  dispensationId: string,
): Promise<Result<DispenseOutcome, CareProblemCode>> {
  const { country, professional, patient } = context
  if (!dispensing) return careFailure('ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN', country)
  const { outbox, sender } = dispensing
  const entries = (await outbox.ofDispensation(dispensationId)).filter(
    (entry) => entry.organisation === professional.organisation.identifier && entry.country === country,
  )
  const given = entries.find(({ kind, state }) => kind === 'dispensation' && state === 'accepted')
  const kept = given && (await outbox.waiting(given.submissionId))
  if (!given || !kept || kept.waiting.patient !== patient) return careFailure('ERROR_ED_DISCARD_FAILED', country)
  const before = entries.filter(({ kind }) => kind === 'discard')
  const running = before.find(({ state }) => state !== 'refused')
  if (running) return ok(outcomeOf(running))
  const line = await openLine(asking, questionOf(context), { requestId: randomUUID() }, kept.wire)
  if (!line.ok) return line
  const { entry, isNew } = await outbox.put(
    submission(context, line.value, given, {
      kind: 'discard',
      // One discard at a time; another may be tried after a refused one.
      confirmation: `discard:${dispensationId}:${before.length}`,
      dispensationId,
      now: asking.clock(),
      format: kept.waiting.format,
      bytes: Buffer.from(kept.waiting.document, 'base64'),
    }),
  )
  return ok(outcomeOf(isNew ? await sender.send(entry) : entry))
}

/** What the pharmacist is told when the answer is not "accepted". */
function outcomeOf(entry: OutboxEntry): DispenseOutcome {
  if (entry.state === 'accepted') return { entry }
  if (entry.state === 'refused') {
    const { sentence, next } = careFailure(entry.code ?? 'ERROR_ED_GENERIC', entry.country).problem
    return { entry, sentence, next }
  }
  if (entry.state === 'sending' && entry.code === undefined) return { entry, ...WAITING.underway }
  return { entry, ...WAITING[entry.needsPerson ? 'person' : entry.state] }
}

const WAITING = {
  underway: {
    sentence: 'It is being sent; the other country has not answered yet.',
    next: 'Look here again in a moment; do not confirm again.',
  },
  sending: {
    sentence: 'The other country could not be reached; it has not been told.',
    next: 'It is told again by itself. Until it has answered, nothing counts as dispensed there.',
  },
  unknown: {
    sentence: 'Whether the other country has it is not known: its answer was lost.',
    next: 'Do not confirm again: the same is sent until the answer is known. Look here before handing anything else out.',
  },
  person: {
    sentence: 'Whether the other country has it could not be found out by asking again.',
    next: 'The national contact point has to call there; do not confirm again.',
  },
} as const
