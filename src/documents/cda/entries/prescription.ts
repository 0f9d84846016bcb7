/**
 * Prescription items (eHDSI ePrescription 1.3.6.1.4.1.12559.11.10.1.3.1.3.2) → MedicationRequest as MPD writes it. The
 * supply inside says how much may be given, the SUBST observation whether another product may, FINSTRUCT what the
 * pharmacist is told.
 */
import type { CodeableConcept, MedicationRequest, MedicationRequestDispenseRequest } from 'fhir/r4'
import { attribute, child } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent, nullFlavorExtension } from '../datatypes/nulls.ts'
import { numberOf, quantity } from '../datatypes/quantity.ts'
import { moment, period, when } from '../datatypes/time.ts'
import { first, type Located } from '../located.ts'
import { addResource, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  looseText,
  type Nested,
  nestedStatements,
  openStatement,
  relateNested,
  subordinate,
} from '../statement.ts'
import { PRESCRIPTION_STATUS, REQUEST_INTENT } from '../tables/statuses.ts'
import { DOSE_PERIOD_EXTENSION } from '../tables/urls.ts'
import { DOSAGE_FIELDS, readDosages, timesOf } from './dosage.ts'
import { addressed, dosagesWith, expressConditions, isReason, medicineOf, reasonsOf } from './intake.ts'
import { PARTICIPATIONS, participations } from './participations.ts'

const EXPRESSED = new Set([
  'id',
  'code',
  'consumable',
  'entryRelationship',
  'component',
  'precondition',
  'repeatNumber',
  ...DOSAGE_FIELDS,
  ...PARTICIPATIONS,
])

/** Reads a prescription item; the header says who prescribed and when where the item does not. */
export function readPrescription(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const authored = moment(first(at, 'author', 'time')?.element)
  const header = reading.header
  const request: MedicationRequest = {
    resourceType: 'MedicationRequest',
    identifier: identifiers(at.element, reading),
    status: PRESCRIPTION_STATUS[codeOf(child(at.element, 'statusCode'))?.toLowerCase() ?? ''] ?? 'unknown',
    intent: intentOf(at),
    doNotPerform: attribute(at.element, 'negationInd') === 'true' ? true : undefined,
    ...medicineOf(at, reading, trace),
    subject: { reference: reading.patient },
    authoredOn: authored?.value ?? header?.date,
    _authoredOn: authored?.value === undefined ? undefined : authored.element,
    requester: who.authors[0] ?? (header?.author === undefined ? undefined : { reference: header.author }),
    groupIdentifier: context.group,
    dosageInstruction: readDosages(at, reading, trace),
    dispenseRequest: repeatsOf(at.element),
  }
  for (const more of [...who.authors.slice(1), ...who.performers, ...who.informants])
    trace.details.push({ url: 'participant', valueReference: more })
  expressPeriod(request, at, trace)
  expressConditions(request.dosageInstruction ?? [], at, reading, trace)
  for (const nested of nestedStatements(at)) expressNested(request, nested, reading, trace, context)
  expressText(request, at, reading)
  carryRest(trace, at, reading, context, request.dosageInstruction?.[0]?.text === undefined ? EXPRESSED : WITH_TEXT)
  return [addResource(reading, request, trace)]
}

const WITH_TEXT = new Set([...EXPRESSED, 'text'])

function intentOf(at: Located): MedicationRequest['intent'] {
  const mood = attribute(at.element, 'moodCode') ?? ''
  // A prescription is written in the mood INT (intent): it is an order all the same.
  return mood === 'INT' ? 'order' : (REQUEST_INTENT[mood] ?? 'order')
}

/** Words of the entry itself are the posology; a reference leads to narrative that says more than that. */
function expressText(request: MedicationRequest, at: Located, reading: Reading): void {
  const words = looseText(at, reading)
  if (words === undefined) return
  const [dosage = {}, ...rest] = request.dosageInstruction ?? []
  request.dosageInstruction = [{ ...dosage, text: words }, ...rest]
}

/** From when to when the medicine is to be taken (not how long the prescription may be dispensed). */
function expressPeriod(request: MedicationRequest, at: Located, trace: Trace): void {
  const { interval } = timesOf(at)
  const found = when(interval)
  if (found.period !== undefined) add(request, found.period)
  else if (found.moment?.value !== undefined)
    trace.details.push({
      url: 'effectiveTime',
      valueDateTime: found.moment.value,
      _valueDateTime: found.moment.element,
    })
  else if (interval !== undefined && nullFlavorExtension(interval).length > 0)
    add(request, { extension: nullFlavorExtension(interval) })
}

function add(request: MedicationRequest, valuePeriod: NonNullable<ReturnType<typeof period>>): void {
  request.extension = [...(request.extension ?? []), { url: DOSE_PERIOD_EXTENSION, valuePeriod }]
}

/** repeatNumber counts the times in all (v3), numberOfRepeatsAllowed those after the first (FHIR). */
function repeatsOf(element: Located['element']): MedicationRequestDispenseRequest | undefined {
  const stated = child(element, 'repeatNumber')
  const times = numberOf(attribute(stated, 'value') ?? attribute(child(stated, 'high'), 'value'))
  return times === undefined || !Number.isInteger(times) || times < 1
    ? undefined
    : { numberOfRepeatsAllowed: times - 1 }
}

function expressNested(
  request: MedicationRequest,
  nested: Nested,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const { kind, statement: inner } = nested
  if (kind === 'comment' || kind === 'fulfilment-instruction') {
    const note = annotation(inner, reading, trace, context)
    if (note !== undefined) request.note = [...(request.note ?? []), addressed(note, kind)]
  } else if (isSupply(nested) && request.dispenseRequest?.quantity === undefined) {
    expressSupply(request, inner, reading, trace, context)
  } else if (isSubstitution(nested) && request.substitution === undefined) {
    expressSubstitution(request, inner, reading, trace, context)
  } else if (isReason(nested)) {
    request.reasonReference = [...(request.reasonReference ?? []), ...reasonsOf(nested, reading, context)]
  } else {
    const dosages = dosagesWith(request.dosageInstruction ?? [], nested, reading, trace, context)
    if (dosages === undefined) relateNested(trace, nested, reading, context)
    else request.dosageInstruction = dosages
  }
}

function isSupply({ statement }: Nested): boolean {
  return statement.element.name === 'supply' && first(statement, 'product') === undefined
}

export function isSubstitution({ statement }: Nested): boolean {
  return codeOf(child(statement.element, 'code')) === 'SUBST'
}

/** How much may be given in all, how often, and until when. */
function expressSupply(
  request: MedicationRequest,
  at: Located,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const valid = period(child(at.element, 'effectiveTime'))
  const duration = quantity(child(child(at.element, 'expectedUseTime'), 'width'))
  const stated = quantity(child(at.element, 'quantity'))
  const repeats = repeatsOf(at.element)
  request.dispenseRequest = {
    ...request.dispenseRequest,
    ...repeats,
    ...(stated === undefined ? {} : { quantity: stated }),
    ...(valid === undefined ? {} : { validityPeriod: valid }),
    ...(duration === undefined ? {} : { expectedSupplyDuration: duration }),
  }
  const expressed = ['quantity', 'independentInd']
  if (valid !== undefined) expressed.push('effectiveTime')
  if (duration !== undefined) expressed.push('expectedUseTime')
  if (repeats !== undefined) expressed.push('repeatNumber')
  subordinate(trace, at, reading, context, expressed)
  const independent = attribute(child(at.element, 'independentInd'), 'value')
  if (independent !== undefined) trace.details.push({ url: 'independentInd', valueBoolean: independent === 'true' })
}

/** Whether another product may be given, with the reason (v3 substanceAdminSubstitution). */
function expressSubstitution(
  request: MedicationRequest,
  at: Located,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const value = child(at.element, 'value')
  const reason = nestedStatements(at).find(({ typeCode }) => typeCode === 'RSON')
  const why =
    reason === undefined
      ? undefined
      : (concept(child(reason.statement.element, 'value'), reading) ??
        concept(child(reason.statement.element, 'code'), reading))
  request.substitution = {
    allowedCodeableConcept: concept(value, reading) ?? absentConcept(value),
    ...(why === undefined ? {} : { reason: why }),
  }
  subordinate(trace, at, reading, context)
}

function absentConcept(value: Located['element'] | undefined): CodeableConcept {
  return { extension: absent(value) }
}
