/**
 * Dispensed items (eHDSI eDispensation 1.3.6.1.4.1.12559.11.10.1.3.1.3.3, IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.7.3) →
 * MedicationDispense as MPD writes it, with the prescription item that it fulfils.
 */
import type { MedicationDispense } from 'fhir/r4'
import { attribute, child } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { quantity } from '../datatypes/quantity.ts'
import { moment, when } from '../datatypes/time.ts'
import { first, type Located } from '../located.ts'
import { addResource, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  type Nested,
  nestedStatements,
  openStatement,
  relateNested,
  subordinate,
} from '../statement.ts'
import { DISPENSE_STATUS } from '../tables/statuses.ts'
import { DISPENSE_RECORDED_EXTENSION } from '../tables/urls.ts'
import { readMedicine } from './medicine.ts'
import { PARTICIPATIONS, participations } from './participations.ts'
import { isSubstitution, readPrescription } from './prescription.ts'

const EXPRESSED = new Set([
  'id',
  'code',
  'effectiveTime',
  'product',
  'quantity',
  'entryRelationship',
  'component',
  ...PARTICIPATIONS,
])

/** A supply of a medicine that was handed out. */
export function readDispense(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const product = first(at, 'product')
  const { moment: given, period } = when(child(at.element, 'effectiveTime'))
  const performed = moment(first(at, 'performer', 'time')?.element)
  const handed = given?.value === undefined ? performed : given
  const dispense: MedicationDispense = {
    resourceType: 'MedicationDispense',
    extension: recordedBy(handed?.value ?? reading.header?.date),
    identifier: identifiers(at.element, reading),
    status: statusOf(at),
    type: concept(child(at.element, 'code'), reading),
    ...(product === undefined
      ? { medicationCodeableConcept: { extension: absent() } }
      : { medicationReference: { reference: readMedicine(product, reading) } }),
    subject: { reference: reading.patient },
    performer: [...who.performers, ...who.authors].map((actor) => ({ actor })),
    quantity: quantity(child(at.element, 'quantity')),
    whenHandedOver: handed?.value,
    _whenHandedOver: handed?.element,
  }
  if (period !== undefined) trace.details.push({ url: 'effectiveTime', valuePeriod: period })
  for (const nested of nestedStatements(at)) expressNested(dispense, nested, reading, trace, context)
  carryRest(trace, at, reading, context, EXPRESSED)
  return [addResource(reading, dispense, trace)]
}

/** What is stated as an event happened, even where no status is given (eHDSI eDispensation has none). */
function statusOf(at: Located): MedicationDispense['status'] {
  const stated = codeOf(child(at.element, 'statusCode'))?.toLowerCase()
  if (stated !== undefined) return DISPENSE_STATUS[stated] ?? 'unknown'
  return (attribute(at.element, 'moodCode') ?? 'EVN') === 'EVN' ? 'completed' : 'unknown'
}

/** MPD wants to know when it was recorded. */
function recordedBy(date: string | undefined): MedicationDispense['extension'] {
  return date === undefined ? [] : [{ url: DISPENSE_RECORDED_EXTENSION, valueDateTime: date }]
}

function expressNested(
  dispense: MedicationDispense,
  nested: Nested,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const { kind, statement: inner, typeCode } = nested
  if (typeCode === 'REFR' && inner.element.name === 'substanceAdministration' && !nested.negated) {
    // What the section is called by is the dispensation; the header names the prescription.
    const { group: _, ...around } = context
    const group = reading.header?.fulfils
    const held = readPrescription(inner, reading, group === undefined ? around : { ...around, group })
    dispense.authorizingPrescription = [
      ...(dispense.authorizingPrescription ?? []),
      ...held.map((reference) => ({ reference })),
    ]
  } else if (isSubstitution(nested) && dispense.substitution === undefined) {
    const done = concept(child(inner.element, 'value'), reading)
    const denied = nested.negated || attribute(inner.element, 'negationInd') === 'true'
    dispense.substitution = { wasSubstituted: !denied, ...(done === undefined ? {} : { type: done }) }
    subordinate(trace, inner, reading, context)
  } else if (kind === 'comment' || kind === 'fulfilment-instruction') {
    const note = annotation(inner, reading, trace, context)
    if (note !== undefined) dispense.note = [...(dispense.note ?? []), note]
  } else relateNested(trace, nested, reading, context)
}
