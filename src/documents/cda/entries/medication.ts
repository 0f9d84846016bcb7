/**
 * Medication entries (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.7, eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.4) → MedicationStatement.
 */
import type { MedicationStatement } from 'fhir/r4'
import { attribute, child } from '#platform/xml/access.ts'
import { codeOf } from '../datatypes/code.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { when } from '../datatypes/time.ts'
import type { Located } from '../located.ts'
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
} from '../statement.ts'
import { MEDICATION_STATUS } from '../tables/statuses.ts'
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
  ...DOSAGE_FIELDS,
  ...PARTICIPATIONS,
])

export function readMedication(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
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
  expressTime(statement, at)
  expressConditions(statement.dosage ?? [], at, reading, trace)
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

function expressTime(statement: MedicationStatement, at: Located): void {
  const { interval } = timesOf(at)
  const { moment, period } = when(interval)
  if (period !== undefined) statement.effectivePeriod = period
  else if (moment !== undefined) {
    statement.effectiveDateTime = moment.value
    statement._effectiveDateTime = moment.element
  } else statement._effectiveDateTime = { extension: absent(interval) }
}

function expressNested(
  statement: MedicationStatement,
  nested: Nested,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  if (nested.kind === 'comment' || nested.kind === 'fulfilment-instruction') {
    const note = annotation(nested.statement, reading, trace, context)
    if (note !== undefined) statement.note = [...(statement.note ?? []), addressed(note, nested.kind)]
  } else if (isReason(nested)) {
    statement.reasonReference = [...(statement.reasonReference ?? []), ...reasonsOf(nested, reading, context)]
  } else {
    const dosages = dosagesWith(statement.dosage ?? [], nested, reading, trace, context)
    if (dosages === undefined) relateNested(trace, nested, reading, context)
    else statement.dosage = dosages
  }
}
