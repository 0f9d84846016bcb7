/** Problem observations (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.5, eHDSI problem entry) → Condition. */
import type { CodeableConcept, Condition } from 'fhir/r4'
import { child, children } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { identifiers } from '../datatypes/identity.ts'
import { nullFlavorOf } from '../datatypes/nulls.ts'
import { moment, period } from '../datatypes/time.ts'
import { readValue } from '../datatypes/value.ts'
import type { Located } from '../located.ts'
import { addResource, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  isNegated,
  type Nested,
  nestedStatements,
  openStatement,
  relateNested,
  statementText,
  structural,
  subordinate,
} from '../statement.ts'
import { ABSENT_CODES, CLINICAL_STATUS, CONCERN_STATUS, VERIFICATION_STATUS } from '../tables/statuses.ts'
import { PARTICIPATIONS, participations } from './participations.ts'

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category'
/** LOINC code of the section on past illness; what stands there is over unless it says otherwise. */
const PAST = '11348-0'

const EXPRESSED = new Set([
  'id',
  'code',
  'value',
  'effectiveTime',
  'targetSiteCode',
  'entryRelationship',
  'component',
  ...PARTICIPATIONS,
])

export function readProblem(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const nested = nestedStatements(at)
  const who = participations(at, reading)
  const condition: Condition = {
    resourceType: 'Condition',
    identifier: identifiers(at.element, reading),
    category: categories(at, reading, trace),
    code: codeOfProblem(at, reading, trace),
    bodySite: children(at.element, 'targetSiteCode').flatMap((site) => concept(site, reading) ?? []),
    subject: { reference: reading.patient },
  }
  expressNested(condition, nested, reading, trace, context)
  condition.clinicalStatus ??= statusOfConcern(at, context)
  if (isNegated(at, context) && !condition.code?.coding?.some(({ code }) => ABSENT_CODES.has(code ?? ''))) {
    condition.verificationStatus = { coding: [{ system: VERIFICATION, code: 'refuted' }] }
    condition.clinicalStatus = undefined
  } else if (isNegated(at, context)) trace.details.push({ url: 'negationInd', valueBoolean: true })
  expressTime(condition, child(at.element, 'effectiveTime'))
  condition.recorder = who.authors[0]
  condition.asserter = who.informants[0] ?? who.performers[0]
  condition.recordedDate = who.recorded
  carryRest(trace, at, reading, context, EXPRESSED)
  return [addResource(reading, condition, trace)]
}

/** The kind of problem (finding, diagnosis, …) that the observation's code names. */
function categories(at: Located, reading: Reading, trace: Trace): CodeableConcept[] {
  const code = child(at.element, 'code')
  if (codeOf(code) === undefined) structural(trace, code, reading)
  const kind = nullFlavorOf(code) !== undefined && codeOf(code) === undefined ? undefined : concept(code, reading)
  return [{ coding: [{ system: CATEGORY, code: 'problem-list-item' }] }, ...(kind === undefined ? [] : [kind])]
}

/** The problem itself; when it is not coded, the words that stand for the statement. */
function codeOfProblem(at: Located, reading: Reading, trace: Trace): CodeableConcept {
  const read = readValue(child(at.element, 'value'), reading)
  const value = read?.value.valueCodeableConcept
  if (value === undefined && read !== undefined) keepOtherValue(read.value, trace)
  trace.details.push(...(read?.extras ?? []))
  const found: CodeableConcept = value ?? {}
  if (value === undefined && read?.value.valueString !== undefined) found.text = read.value.valueString
  if (found.text === undefined && found.coding === undefined) found.text = statementText(at, reading)
  if (found.text === undefined && found.coding === undefined && found.extension === undefined) {
    found.extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }]
  }
  return found
}

/** A problem whose value is no code (a quantity, a date) keeps it as a detail. */
export function keepOtherValue(value: object, trace: Trace): void {
  if ('valueString' in value) return
  if (Object.keys(value).length > 0) trace.details.push({ url: 'value', ...value })
}

function expressNested(
  condition: Condition,
  nested: readonly Nested[],
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  for (const inner of nested) {
    const { kind, statement } = inner
    const value = concept(child(statement.element, 'value'), reading)
    if (kind === 'severity' && condition.severity === undefined && value !== undefined) {
      condition.severity = value
      subordinate(trace, statement, reading, context)
    } else if (kind === 'status' && condition.clinicalStatus === undefined && value !== undefined) {
      condition.clinicalStatus = mapped(value, CLINICAL, CLINICAL_STATUS)
      if (condition.clinicalStatus === undefined) trace.details.push({ url: 'status', valueCodeableConcept: value })
      subordinate(trace, statement, reading, context)
    } else if (kind === 'certainty' && condition.verificationStatus === undefined && value !== undefined) {
      condition.verificationStatus = mapped(value, VERIFICATION, VERIFICATION_STATUS)
      if (condition.verificationStatus === undefined)
        trace.details.push({ url: 'certainty', valueCodeableConcept: value })
      subordinate(trace, statement, reading, context)
    } else if (kind === 'comment') {
      const words = annotation(statement, reading, trace, context)
      if (words !== undefined) condition.note = [...(condition.note ?? []), words]
    } else relateNested(trace, inner, reading, context)
  }
}

/** The FHIR code first, then the source's own codings; undefined when the source's code has no equal in FHIR. */
export function mapped(
  value: CodeableConcept,
  system: string,
  map: Readonly<Record<string, string>>,
): CodeableConcept | undefined {
  const code = value.coding?.map((coding) => map[coding.code ?? '']).find((found) => found !== undefined)
  const stated = value.coding ?? []
  const same = stated.some((coding) => coding.system === system && coding.code === code)
  if (code === undefined) return undefined
  return same ? value : { ...value, coding: [{ system, code }, ...stated] }
}

/** A concern that is "completed" without an end does not make a current problem inactive: many systems write it so. */
function statusOfConcern(at: Located, context: Context): CodeableConcept | undefined {
  const stated = context.concernStatus?.toLowerCase() ?? ''
  const past = context.section === PAST
  const ended = past || moment(child(child(at.element, 'effectiveTime'), 'high'))?.value !== undefined
  if (past ? stated === 'active' : stated === 'completed' && !ended) return undefined
  const code = past ? 'inactive' : CONCERN_STATUS[stated]
  return code === undefined ? undefined : { coding: [{ system: CLINICAL, code }] }
}

/** Onset and abatement. An end beside the status "active" would contradict FHIR con-4, so it stays in the onset period. */
function expressTime(condition: Condition, element: ReturnType<typeof child>): void {
  if (element === undefined) return
  const interval = period(element)
  if (interval === undefined) {
    const single = moment(element)
    condition.onsetDateTime = single?.value
    condition._onsetDateTime = single?.element
    return
  }
  const high = moment(child(element, 'high'))
  const over = condition.clinicalStatus?.coding?.some(
    ({ code }) => code === 'inactive' || code === 'resolved' || code === 'remission',
  )
  if (high?.value !== undefined && !over) {
    condition.onsetPeriod = interval
    return
  }
  const low = moment(child(element, 'low'))
  condition.onsetDateTime = low?.value
  condition._onsetDateTime = {
    ...low?.element,
    extension: [...(low?.element?.extension ?? []), ...(interval.extension ?? [])],
  }
  condition.abatementDateTime = high?.value
  condition._abatementDateTime = high?.value === undefined && !over ? undefined : high?.element
  if (high?.value === undefined && !over && high?.element !== undefined) condition.extension = high.element.extension
}
