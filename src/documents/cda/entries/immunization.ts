/** Immunization entries (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.12) → Immunization. */
import type { Immunization } from 'fhir/r4'
import { attribute, child } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { quantityOrRange } from '../datatypes/quantity.ts'
import { dateOnly, moment, requiredMoment } from '../datatypes/time.ts'
import { readValue } from '../datatypes/value.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  mergeTrace,
  type Nested,
  nestedStatements,
  openStatement,
  relateNested,
  statementText,
  structural,
  subordinate,
} from '../statement.ts'
import { ABSENT_CODES } from '../tables/statuses.ts'
import { ADMINISTERED_PRODUCT_EXTENSION } from '../tables/urls.ts'
import { medicineFacts } from './medicine.ts'
import { PARTICIPATIONS, participations } from './participations.ts'
import { keepOtherValue } from './problem.ts'

const EXPRESSED = new Set([
  'id',
  'code',
  'effectiveTime',
  'routeCode',
  'approachSiteCode',
  'doseQuantity',
  'consumable',
  'entryRelationship',
  'component',
  ...PARTICIPATIONS,
])

export function readImmunization(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const time = timeOf(at)
  const dose = quantityOrRange(child(at.element, 'doseQuantity'))
  if (dose.range !== undefined) trace.details.push({ url: 'doseQuantity', valueRange: dose.range })
  const immunization: Immunization = {
    resourceType: 'Immunization',
    identifier: identifiers(at.element, reading),
    status: statusOf(at),
    vaccineCode: {},
    patient: { reference: reading.patient },
    occurrenceDateTime: time.value,
    _occurrenceDateTime: time.element,
    route: concept(child(at.element, 'routeCode'), reading),
    site: concept(child(at.element, 'approachSiteCode'), reading),
    doseQuantity: dose.quantity,
    performer: [...who.performers, ...who.authors].map((actor) => ({ actor })),
    recorded: who.recorded,
    reportOrigin: undefined,
  }
  expressProduct(immunization, at, reading, trace)
  keepInterval(at, reading, trace)
  for (const nested of nestedStatements(at)) expressNested(immunization, nested, reading, trace, context)
  carryRest(trace, at, reading, context, EXPRESSED)
  for (const informant of who.informants) trace.details.push({ url: 'informant', valueReference: informant })
  return [addResource(reading, immunization, trace)]
}

function statusOf(at: Located): Immunization['status'] {
  const status = codeOf(child(at.element, 'statusCode'))?.toLowerCase()
  if (attribute(at.element, 'negationInd') === 'true' || status === 'cancelled' || status === 'aborted')
    return 'not-done'
  return status === 'nullified' ? 'entered-in-error' : 'completed'
}

function timeOf(at: Located): ReturnType<typeof requiredMoment> {
  const element = child(at.element, 'effectiveTime')
  return moment(child(element, 'low')) ?? requiredMoment(child(element, 'center') ?? element)
}

/** A vaccination takes a moment; further bounds or times of the source stay as details. */
function keepInterval(at: Located, reading: Reading, trace: Trace): void {
  const [element, ...more] = each(at, 'effectiveTime').map((part) => part.element)
  const high = child(element, 'high')
  for (const extra of [
    ...(high && child(element, 'low') ? [high] : []),
    ...(high && !child(element, 'low') ? [high] : []),
    ...more,
  ]) {
    const kept = detail(extra, reading)
    if (kept !== undefined) trace.details.push(kept)
  }
  for (const extra of each(at, 'approachSiteCode').slice(1)) {
    const kept = detail(extra.element, reading)
    if (kept !== undefined) trace.details.push(kept)
  }
}

const DONE_BY_FACTS = new Set(['code', 'name', 'lotNumberText', 'expirationTime', 'templateId'])

function expressProduct(immunization: Immunization, at: Located, reading: Reading, trace: Trace): void {
  const code = child(at.element, 'code')
  const stated = concept(code, reading)
  const product = first(at, 'consumable', 'manufacturedProduct')
  const material = first(product, 'manufacturedMaterial') ?? first(product, 'manufacturedLabeledDrug')
  if (product !== undefined && material !== undefined) {
    const inner = newTrace(product.path)
    const facts = medicineFacts(product, material, reading, inner)
    for (const part of every(material)) {
      // What only medicines have (form, ingredients, pack) is rare for vaccines and stays a detail.
      if (DONE_BY_FACTS.has(part.element.name) || inner.details.some(({ url }) => url === part.element.name)) continue
      const kept = detail(part.element, reading)
      if (kept !== undefined) inner.details.push(kept)
    }
    for (const extra of identifiers(product.element, reading)) inner.details.push({ url: 'id', valueIdentifier: extra })
    immunization.vaccineCode = facts.code
    immunization.extension = facts.names.map((name) => ({
      url: ADMINISTERED_PRODUCT_EXTENSION,
      extension: [{ url: 'concept', valueCodeableConcept: { text: name } }],
    }))
    if (immunization.vaccineCode.text === undefined && immunization.vaccineCode.coding === undefined) {
      const text = facts.names[0] ?? statementText(at, reading)
      if (text !== undefined) immunization.vaccineCode.text = text
    }
    immunization.lotNumber = facts.lotNumber
    const expiration = dateOnly(child(material.element, 'expirationTime'))
    immunization.expirationDate = expiration?.value
    immunization._expirationDate = expiration?.element
    if (facts.manufacturer !== undefined) immunization.manufacturer = { reference: facts.manufacturer }
    mergeTrace(trace, inner, 'product')
  }
  const says = (immunization.vaccineCode.coding?.length ?? 0) > 0 || immunization.vaccineCode.text !== undefined
  const absence = stated?.coding?.some((coding) => ABSENT_CODES.has(coding.code ?? '')) ?? false
  if (stated !== undefined && (absence || !says)) {
    if (says) trace.details.push({ url: 'vaccine', valueCodeableConcept: immunization.vaccineCode })
    immunization.vaccineCode = stated
  } else {
    structural(trace, code, reading)
    if (code !== undefined && codeOf(code) === undefined && stated !== undefined)
      trace.details.push({ url: 'code', valueCodeableConcept: stated })
  }
  if (Object.keys(immunization.vaccineCode).length === 0) immunization.vaccineCode = { extension: absent() }
}

function expressNested(
  immunization: Immunization,
  nested: Nested,
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const { kind, statement, typeCode } = nested
  if (kind === 'dose-number') {
    const value = readValue(child(statement.element, 'value'), reading)
    const dose = value?.value.valueInteger ?? value?.value.valueQuantity?.value
    if (dose !== undefined && Number.isInteger(dose) && dose > 0) {
      immunization.protocolApplied = [...(immunization.protocolApplied ?? []), { doseNumberPositiveInt: dose }]
    } else {
      if (value?.value.valueString) immunization.protocolApplied = [{ doseNumberString: value.value.valueString }]
      else if (value) keepOtherValue(value.value, trace)
    }
    trace.details.push(...(value?.extras ?? []))
    subordinate(trace, statement, reading, context)
  } else if (kind === 'comment') {
    const note = annotation(statement, reading, trace, context)
    if (note !== undefined) immunization.note = [...(immunization.note ?? []), note]
  } else if (typeCode === 'RSON' && statement.element.name === 'observation') {
    const reason = context.read(statement, reading, { section: '11450-4', read: context.read })
    immunization.reasonReference = reason.map((reference) => ({ reference }))
  } else relateNested(trace, nested, reading, context)
}
