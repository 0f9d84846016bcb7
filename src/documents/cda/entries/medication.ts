/**
 * Medication entries (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.7, eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.4) → MedicationStatement.
 */
import type { MedicationStatement } from 'fhir/r4'
import { attribute, child } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent, nullFlavorOf } from '../datatypes/nulls.ts'
import { when } from '../datatypes/time.ts'
import { each, first, type Located } from '../located.ts'
import { addResource, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  type Nested,
  nestedStatements,
  openStatement,
  relateNested,
  statementText,
  structural,
  subordinate,
} from '../statement.ts'
import { ABSENT_CODES, MEDICATION_STATUS } from '../tables/statuses.ts'
import { DOSAGE_FIELDS, readDosages, timesOf } from './dosage.ts'
import { readMedicine } from './medicine.ts'
import { PARTICIPATIONS, participations } from './participations.ts'

const EXPRESSED = new Set([
  'id',
  'code',
  'consumable',
  'entryRelationship',
  'component',
  'precondition',
  ...DOSAGE_FIELDS,
  ...PARTICIPATIONS,
])

export function readMedication(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const code = child(at.element, 'code')
  const statement: MedicationStatement = {
    resourceType: 'MedicationStatement',
    identifier: identifiers(at.element, reading),
    status: statusOf(at),
    ...medicineOf(at, reading, trace),
    subject: { reference: reading.patient },
    dosage: readDosages(at, reading, trace),
    informationSource: who.informants[0] ?? who.authors[0] ?? who.performers[0],
    dateAsserted: who.recorded,
  }
  if (statement.medicationCodeableConcept === undefined) keepKind(code, reading, trace)
  expressTime(statement, at)
  expressConditions(statement, at, reading, trace)
  for (const nested of nestedStatements(at)) expressNested(statement, nested, reading, trace, context)
  if ((statement.dosage?.length ?? 0) === 0) {
    const words = statementText(at, reading)
    if (words !== undefined && statement.medicationReference !== undefined) statement.dosage = [{ text: words }]
  }
  carryRest(trace, at, reading, context, EXPRESSED)
  return [addResource(reading, statement, trace)]
}

function statusOf(at: Located): MedicationStatement['status'] {
  if (attribute(at.element, 'negationInd') === 'true') return 'not-taken'
  return MEDICATION_STATUS[codeOf(child(at.element, 'statusCode'))?.toLowerCase() ?? ''] ?? 'unknown'
}

/** Either a statement of absence (code), or the medicine itself. */
function medicineOf(
  at: Located,
  reading: Reading,
  trace: Trace,
): Pick<MedicationStatement, 'medicationReference' | 'medicationCodeableConcept'> {
  const code = child(at.element, 'code')
  const consumable = first(at, 'consumable')
  const stated = concept(code, reading)
  if (stated?.coding?.some((coding) => ABSENT_CODES.has(coding.code ?? ''))) {
    if (consumable !== undefined && !isNull(consumable))
      trace.details.push({ url: 'consumable', valueReference: { reference: readMedicine(consumable, reading) } })
    return { medicationCodeableConcept: stated }
  }
  if (consumable !== undefined) return { medicationReference: { reference: readMedicine(consumable, reading) } }
  return { medicationCodeableConcept: stated ?? { text: statementText(at, reading), extension: absent() } }
}

function isNull(consumable: Located): boolean {
  const material = first(consumable, 'manufacturedProduct', 'manufacturedMaterial')
  return (
    nullFlavorOf(material?.element) !== undefined ||
    (material?.element.children.every((node) => typeof node === 'string') ?? true)
  )
}

/** substanceAdministration/code names the kind of act, not the medicine. */
function keepKind(code: ReturnType<typeof child>, reading: Reading, trace: Trace): void {
  structural(trace, code, reading)
  const kept = code === undefined || codeOf(code) !== undefined ? undefined : detail(code, reading)
  if (kept !== undefined) trace.details.push(kept)
}

function expressTime(statement: MedicationStatement, at: Located): void {
  const { interval } = timesOf(at)
  const { moment, period } = when(interval)
  if (period !== undefined) statement.effectivePeriod = period
  else if (moment !== undefined) {
    statement.effectiveDateTime = moment.value
    statement._effectiveDateTime = moment.element
  } else statement._effectiveDateTime = { extension: absent(interval) }
}

/** preconditions: when the medicine is to be taken only in certain cases. */
function expressConditions(statement: MedicationStatement, at: Located, reading: Reading, trace: Trace): void {
  for (const condition of each(at, 'precondition')) {
    const criterion = first(condition, 'criterion')
    const value = concept(child(criterion?.element, 'code') ?? child(criterion?.element, 'value'), reading)
    const text = criterion === undefined ? undefined : statementText(criterion, reading)
    const reason = value ?? (text === undefined ? undefined : { text })
    const dosage = statement.dosage?.[0]
    if (reason !== undefined && dosage !== undefined && dosage.asNeededCodeableConcept === undefined) {
      dosage.asNeededCodeableConcept = { ...reason, ...(text === undefined ? {} : { text: reason.text ?? text }) }
    } else {
      const kept = detail(condition.element, reading)
      if (kept !== undefined) trace.details.push(kept)
    }
  }
}

function expressNested(
  statement: MedicationStatement,
  nested: Nested,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const { kind, statement: inner, typeCode } = nested
  const { name } = inner.element
  if (kind === 'comment' || kind === 'fulfilment-instruction') {
    const note = annotation(inner, reading, trace, context)
    if (note !== undefined) statement.note = [...(statement.note ?? []), note]
  } else if (kind === 'patient-instruction') {
    const words = statementText(inner, reading)
    subordinate(trace, inner, reading, context, words === undefined ? [] : ['text'])
    const [dosage = {}] = statement.dosage ?? []
    if (words !== undefined) {
      dosage.patientInstruction =
        dosage.patientInstruction === undefined ? words : `${dosage.patientInstruction} ${words}`
      statement.dosage = [dosage, ...(statement.dosage ?? []).slice(1)]
    }
  } else if (typeCode === 'RSON' && name === 'observation') {
    const references = context.read(inner, reading, { section: '11450-4', read: context.read })
    statement.reasonReference = [
      ...(statement.reasonReference ?? []),
      ...references.map((reference) => ({ reference })),
    ]
  } else if (
    name === 'substanceAdministration' &&
    !first(inner, 'consumable', 'manufacturedProduct', 'manufacturedMaterial', 'code')
  ) {
    // Split or tapered doses (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.8 and .9): a further dosage of the same medicine.
    statement.dosage = [...(statement.dosage ?? []), ...readDosages(inner, reading, trace)]
    subordinate(trace, inner, reading, context, [...DOSAGE_FIELDS, 'consumable'])
  } else relateNested(trace, nested, reading, context)
}
