/**
 * Statements about relatives (subject/relatedSubject, IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.15) → FamilyMemberHistory. A
 * father's diabetes must never be read as the patient's.
 */
import type { FamilyMemberHistory, FamilyMemberHistoryCondition } from 'fhir/r4'
import { child } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { humanNames, identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { dateOnly, moment } from '../datatypes/time.ts'
import { readValue } from '../datatypes/value.ts'
import { every, first, type Located } from '../located.ts'
import { addResource, type Reading, type Trace } from '../reading.ts'
import {
  type Context,
  carryRest,
  isNegated,
  nestedStatements,
  openStatement,
  relateNested,
  statementText,
  subordinate,
} from '../statement.ts'
import { keepOtherValue } from './problem.ts'

const GENDER_SYSTEM = 'http://hl7.org/fhir/administrative-gender'
const GENDERS: Readonly<Record<string, { code: string; display: string }>> = {
  M: { code: 'male', display: 'Male' },
  F: { code: 'female', display: 'Female' },
}

/** Whether a statement says that it is about somebody else. */
export function isAboutRelative(at: Located): boolean {
  return first(at, 'subject', 'relatedSubject') !== undefined
}

export function readFamilyHistory(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const relative = first(at, 'subject', 'relatedSubject')
  const person = first(relative, 'subject')
  const sex = child(person?.element, 'administrativeGenderCode')
  const known = GENDERS[codeOf(sex) ?? '']
  const stated = concept(sex, reading)
  const born = dateOnly(child(person?.element, 'birthTime'))
  const time = moment(child(at.element, 'effectiveTime'))
  const history: FamilyMemberHistory = {
    resourceType: 'FamilyMemberHistory',
    identifier: identifiers(at.element, reading),
    status: 'completed',
    patient: { reference: reading.patient },
    date: time?.value,
    _date: time?.element,
    name: humanNames(person?.element).map(({ text, given, family }) => text ?? [...(given ?? []), family].join(' '))[0],
    relationship: concept(child(relative?.element, 'code'), reading) ?? {
      extension: absent(child(relative?.element, 'code')),
    },
    sex: known === undefined ? stated : { coding: [{ system: GENDER_SYSTEM, ...known }, ...(stated?.coding ?? [])] },
    bornDate: born?.value,
    _bornDate: born?.element,
  }
  keepPerson(relative, person, reading, trace)
  if (at.element.name === 'observation') history.condition = [conditionOf(at, reading, trace)]
  else {
    keepCode(at, reading, trace)
    const nested = nestedStatements(at)
    const conditions = nested.filter(({ statement, negated }) => statement.element.name === 'observation' && !negated)
    history.condition = conditions.map(({ statement }) => {
      const condition = conditionOf(statement, reading, trace)
      subordinate(trace, statement, reading, context, ['value', 'effectiveTime'])
      return condition
    })
    for (const other of nested) if (!conditions.includes(other)) relateNested(trace, other, reading, context)
  }
  if (isNegated(at, context)) trace.details.push({ url: 'negationInd', valueBoolean: true })
  const expressed = new Set(['id', 'code', 'value', 'effectiveTime', 'subject', 'component'])
  if (at.element.name !== 'observation') expressed.add('entryRelationship')
  carryRest(trace, at, reading, context, expressed)
  return [addResource(reading, history, trace)]
}

function keepCode(at: Located, reading: Reading, trace: Trace): void {
  const code = concept(child(at.element, 'code'), reading)
  if (code !== undefined) trace.details.push({ url: 'code', valueCodeableConcept: code })
}

/** What FHIR has no field for: further names with their parts, identifiers, addresses, how the relative died. */
function keepPerson(relative: Located | undefined, person: Located | undefined, reading: Reading, trace: Trace): void {
  const done = new Set(['code', 'subject', 'administrativeGenderCode', 'birthTime', 'templateId'])
  for (const part of [...(relative ? every(relative) : []), ...(person ? every(person) : [])]) {
    if (done.has(part.element.name)) continue
    const kept = detail(part.element, reading)
    if (kept !== undefined) trace.details.push({ url: 'relative', extension: [kept] })
  }
}

function conditionOf(at: Located, reading: Reading, trace: Trace): FamilyMemberHistoryCondition {
  const read = readValue(child(at.element, 'value'), reading)
  const value = read?.value.valueCodeableConcept
  const text = read?.value.valueString ?? statementText(at, reading)
  trace.details.push(...(read?.extras ?? []))
  if (read !== undefined && value === undefined) keepOtherValue(read.value, trace)
  const kind = concept(child(at.element, 'code'), reading)
  if (at.element.name === 'observation' && value !== undefined && kind !== undefined) {
    trace.details.push({ url: 'code', valueCodeableConcept: kind })
  }
  const time = child(at.element, 'effectiveTime')
  const low = moment(child(time, 'low')) ?? moment(time)
  const high = moment(child(time, 'high'))
  if (high !== undefined) trace.details.push({ url: 'high', valueDateTime: high.value, _valueDateTime: high.element })
  if (low?.element !== undefined)
    trace.details.push({ url: 'low', valueDateTime: low.value, _valueDateTime: low.element })
  return {
    code: value ?? (text === undefined ? (kind ?? { extension: absent() }) : { ...kind, text }),
    ...(low?.value === undefined ? {} : { onsetString: low.value }),
  }
}
