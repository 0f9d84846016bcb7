/** Observations of every other kind → Observation; organizers → Observation with members, batteries of results → DiagnosticReport. */
import type { CodeableConcept, DiagnosticReport, Observation, ObservationReferenceRange } from 'fhir/r4'
import { attribute, child, children } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { quantity } from '../datatypes/quantity.ts'
import { when } from '../datatypes/time.ts'
import { readValue } from '../datatypes/value.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, partitionMembers, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  isNegated,
  nestedStatements,
  openStatement,
  relate,
  relateNested,
  statementText,
} from '../statement.ts'
import { CATEGORY_BY_SECTION } from '../tables/sections.ts'
import { OBSERVATION_STATUS, REQUEST_INTENT } from '../tables/statuses.ts'
import { PARTICIPATIONS, participations } from './participations.ts'
import { keepOtherValue } from './problem.ts'
import { readRequest } from './procedure.ts'

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
const COMMON = ['id', 'code', 'effectiveTime', 'entryRelationship', 'component', ...PARTICIPATIONS]
const EXPRESSED = new Set([...COMMON, 'value', 'interpretationCode', 'methodCode', 'targetSiteCode', 'referenceRange'])

export function readObservation(at: Located, reading: Reading, context: Context): string[] {
  if (
    REQUEST_INTENT[attribute(at.element, 'moodCode') ?? ''] !== undefined &&
    child(at.element, 'value') === undefined
  ) {
    return readRequest(at, reading, context)
  }
  const trace = openStatement(at, reading, context)
  const [value, ...more] = children(at.element, 'value')
  const read = readValue(value, reading)
  const observation: Observation = {
    ...shared(at, reading, context, trace),
    interpretation: children(at.element, 'interpretationCode').flatMap((code) => concept(code, reading) ?? []),
    method: concept(child(at.element, 'methodCode'), reading),
    bodySite: concept(child(at.element, 'targetSiteCode'), reading),
    referenceRange: each(at, 'referenceRange').flatMap((range) => readReferenceRange(range, reading, trace)),
    ...read?.value,
  }
  if (isNegated(at, context)) trace.details.push({ url: 'negationInd', valueBoolean: true })
  trace.details.push(...(read?.extras ?? []))
  for (const extra of more) {
    const further = readValue(extra, reading)
    if (further !== undefined) trace.details.push({ url: 'value', ...further.value }, ...further.extras)
  }
  for (const name of ['methodCode', 'targetSiteCode']) {
    for (const extra of children(at.element, name).slice(1))
      trace.details.push(...[detail(extra, reading)].flatMap((kept) => kept ?? []))
  }
  expressNested(observation, at, reading, trace, context)
  carryRest(trace, at, reading, context, EXPRESSED)
  return [addResource(reading, observation, trace)]
}

function shared(at: Located, reading: Reading, context: Context, trace: Trace): Observation {
  const who = participations(at, reading)
  const { moment, period } = when(child(at.element, 'effectiveTime'))
  const category = CATEGORY_BY_SECTION[context.section]
  for (const informant of who.informants) trace.details.push({ url: 'informant', valueReference: informant })
  for (const extra of children(at.element, 'effectiveTime').slice(1)) {
    trace.details.push(...[detail(extra, reading)].flatMap((kept) => kept ?? []))
  }
  return {
    resourceType: 'Observation',
    identifier: identifiers(at.element, reading),
    status: OBSERVATION_STATUS[codeOf(child(at.element, 'statusCode'))?.toLowerCase() ?? ''] ?? 'unknown',
    category: category === undefined ? [] : [{ coding: [{ system: CATEGORY, code: category }] }],
    code: stated(at, reading),
    subject: { reference: reading.patient },
    effectiveDateTime: moment?.value,
    _effectiveDateTime:
      period === undefined ? (moment === undefined ? { extension: absent() } : moment.element) : undefined,
    effectivePeriod: period,
    performer: [...who.performers, ...who.authors],
  }
}

function stated(at: Located, reading: Reading): CodeableConcept {
  const found = concept(child(at.element, 'code'), reading)
  if (found?.coding !== undefined || found?.text !== undefined) return found
  const text = statementText(at, reading)
  if (text !== undefined) return { ...found, text }
  return found ?? { extension: absent() }
}

function expressNested(observation: Observation, at: Located, reading: Reading, trace: Trace, context: Context): void {
  const inner: Context = { section: context.section, read: context.read }
  for (const nested of nestedStatements(at)) {
    const { kind, statement, typeCode } = nested
    const { name } = statement.element
    if (kind === 'comment') {
      const note = annotation(statement, reading, trace, context)
      if (note !== undefined) observation.note = [...(observation.note ?? []), note]
    } else if (typeCode === 'COMP' && (name === 'observation' || name === 'organizer')) {
      const { members, others } = partitionMembers(reading, inner.read(statement, reading, inner))
      relate(trace, typeCode, others)
      observation.hasMember = [...(observation.hasMember ?? []), ...members.map((reference) => ({ reference }))]
    } else relateNested(trace, nested, reading, context)
  }
}

/** observationRange: bounds, words, or what the range means. */
function readReferenceRange(at: Located, reading: Reading, trace: Trace): ObservationReferenceRange[] {
  const range = first(at, 'observationRange')
  if (range === undefined) return []
  const value = readValue(child(range.element, 'value'), reading)?.value
  const bounds = value?.valueRange
  const text = value?.valueString ?? statementText(range, reading)
  const found: ObservationReferenceRange = {
    low: bounds?.low ?? (value?.valueQuantity === undefined ? undefined : quantity(child(range.element, 'value'))),
    high: bounds?.high,
    text,
    type: concept(child(range.element, 'interpretationCode'), reading),
    appliesTo: [concept(child(range.element, 'code'), reading)].flatMap((code) => code ?? []),
  }
  if (value !== undefined && bounds === undefined && value.valueQuantity === undefined) keepOtherValue(value, trace)
  for (const part of every(range)) {
    if (['value', 'interpretationCode', 'code', 'templateId'].includes(part.element.name)) continue
    trace.details.push(...[detail(part.element, reading)].flatMap((kept) => kept ?? []))
  }
  return [found]
}

/** A group of statements. Results of a battery are a report; other groups are an observation with members. */
export function readOrganizer(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const inner: Context = { section: context.section, read: context.read }
  const base = shared(at, reading, context, trace)
  const joined: string[] = []
  for (const nested of nestedStatements(at)) {
    const { kind, statement } = nested
    if (kind === 'comment') {
      const note = annotation(statement, reading, trace, context)
      if (note !== undefined) base.note = [...(base.note ?? []), note]
    } else if (['observation', 'organizer'].includes(statement.element.name))
      joined.push(...inner.read(statement, reading, inner))
    else relateNested(trace, nested, reading, context)
  }
  carryRest(trace, at, reading, context, new Set(COMMON))
  const { members, others } = partitionMembers(reading, joined)
  relate(trace, 'COMP', others)
  const references = members.map((reference) => ({ reference }))
  if (attribute(at.element, 'classCode') === 'BATTERY' && context.section === '30954-2') {
    return [addResource(reading, reportOf(base, references, trace), trace)]
  }
  return [addResource(reading, { ...base, hasMember: references }, trace)]
}

function reportOf(base: Observation, result: DiagnosticReport['result'], trace: Trace): DiagnosticReport {
  for (const note of base.note ?? []) trace.details.push({ url: 'note', valueAnnotation: note })
  return {
    resourceType: 'DiagnosticReport',
    identifier: base.identifier,
    status: base.status,
    code: base.code,
    subject: base.subject,
    effectiveDateTime: base.effectiveDateTime,
    _effectiveDateTime: base._effectiveDateTime,
    effectivePeriod: base.effectivePeriod,
    performer: base.performer,
    result,
  }
}
