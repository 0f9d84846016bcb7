/**
 * Allergy observations (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.6, CCD alert, eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.17) →
 * AllergyIntolerance, one for each agent.
 */
import type { AllergyIntolerance, AllergyIntoleranceReaction, CodeableConcept } from 'fhir/r4'
import { child, words } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { moment } from '../datatypes/time.ts'
import { readValue } from '../datatypes/value.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  isNegated,
  type Nested,
  nestedStatements,
  openStatement,
  original,
  relateNested,
  statementText,
  subordinate,
} from '../statement.ts'
import {
  ABSENT_CODES,
  ABSENT_EQUIVALENT,
  ALLERGY_TYPE,
  CLINICAL_STATUS,
  CONCERN_STATUS,
  CRITICALITY,
  SEVERITY,
  VERIFICATION_STATUS,
} from '../tables/statuses.ts'
import { ABSENT_UNKNOWN, ALLERGY_ABATEMENT_EXTENSION, ALLERGY_TYPE_EXTENSION } from '../tables/urls.ts'
import { PARTICIPATIONS, participations } from './participations.ts'
import { keepOtherValue, mapped } from './problem.ts'

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical'
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification'

const EXPRESSED = new Set([
  'id',
  'code',
  'value',
  'effectiveTime',
  'participant',
  'entryRelationship',
  'component',
  ...PARTICIPATIONS,
])

export function readAllergy(at: Located, reading: Reading, context: Context): string[] {
  const agents = each(at, 'participant').filter(({ element }) => holdsAgent(element))
  const others = each(at, 'participant').filter(({ element }) => !holdsAgent(element))
  const trace = openStatement(at, reading, context)
  for (const other of others) trace.details.push(...[detail(other.element, reading)].flatMap((found) => found ?? []))
  const allergy = readShared(at, reading, trace, context, agents)
  const [, ...further] = agents
  const references = [addResource(reading, allergy, trace)]
  // An observation with several agents states several allergies: none of them may hide behind the first.
  for (const agent of further) {
    const own = newTrace(agent.path)
    references.push(
      addResource(
        reading,
        { ...structuredClone(allergy), code: agentCode(agent, reading, own) ?? {}, identifier: [] },
        own,
      ),
    )
  }
  return references
}

function holdsAgent(participant: Located['element']): boolean {
  const role = child(participant, 'participantRole')
  return child(role, 'playingEntity') !== undefined || child(role, 'code') !== undefined
}

function readShared(
  at: Located,
  reading: Reading,
  trace: Trace,
  context: Context,
  agents: readonly Located[],
): AllergyIntolerance {
  const who = participations(at, reading)
  const kind = child(at.element, 'code')
  const value = readValue(child(at.element, 'value'), reading)
  trace.details.push(...(value?.extras ?? []))
  const agent = agents[0] === undefined ? undefined : agentCode(agents[0], reading, trace)
  const type = concept(kind, reading)
  const allergy: AllergyIntolerance = {
    resourceType: 'AllergyIntolerance',
    extension: type === undefined ? [] : [{ url: ALLERGY_TYPE_EXTENSION, valueCodeableConcept: type }],
    identifier: identifiers(at.element, reading),
    patient: { reference: reading.patient },
    code: chooseCode(at, agent, value?.value ?? {}, reading, trace),
  }
  expressType(allergy, [codeOf(kind), codeOf(child(at.element, 'value'))])
  if (isNegated(at, context)) expressNegation(allergy, agent, codeOf(child(at.element, 'value')))
  expressNested(allergy, nestedStatements(at), reading, trace, context)
  allergy.clinicalStatus ??= statusOfConcern(allergy, at, context)
  expressTime(allergy, at)
  allergy.recorder = who.authors[0]
  allergy.asserter = who.informants[0] ?? who.performers[0]
  allergy.recordedDate = who.recorded
  carryRest(trace, at, reading, context, EXPRESSED)
  return allergy
}

/** The agent: playingEntity code, with its name as words when the code brings none. */
function agentCode(participant: Located, reading: Reading, trace: Trace): CodeableConcept | undefined {
  const role = first(participant, 'participantRole')
  const entity = first(role, 'playingEntity')
  const found = concept(child(entity?.element, 'code') ?? child(role?.element, 'code'), reading)
  const names = each(entity, 'name')
    .map(({ element }) => words(element))
    .filter((name) => name !== '')
  for (const part of [...(role ? every(role) : []), ...(entity ? every(entity) : [])]) {
    if (['playingEntity', 'code', 'name'].includes(part.element.name)) continue
    const extra = detail(part.element, reading)
    if (extra !== undefined) trace.details.push({ url: 'agent', extension: [extra] })
  }
  const [name, ...further] = names
  const text = found?.text ?? name
  for (const extra of found?.text === undefined || found.text === name ? further : names) {
    trace.details.push({ url: 'agent-name', valueString: extra })
  }
  if (found === undefined && text === undefined) return undefined
  return { ...found, ...(text === undefined ? {} : { text }) }
}

/** Null flavours that authors wrote where a code or words should stand. */
const NOTHING = /^(?:(?:NA|NI|UNK|NASK|ASKU|NAV|MSK|N\/A)\s*)+$/

function saysWhat(code: CodeableConcept | undefined): boolean {
  const words = [code?.text, ...(code?.coding ?? []).flatMap((coding) => [coding.code, coding.display])]
  return words.some((word) => word !== undefined && !NOTHING.test(word))
}

/**
 * FHIR ait-1 wants a status. A concern that is "completed" without an end date does not make an allergy inactive: many
 * systems write it so, and an allergy must not disappear by it. What the source does not say is unknown.
 */
function statusOfConcern(allergy: AllergyIntolerance, at: Located, context: Context): CodeableConcept {
  const stated = context.concernStatus?.toLowerCase() ?? ''
  const ended = moment(child(child(at.element, 'effectiveTime'), 'high'))?.value !== undefined
  const code = isAbsence(allergy.code)
    ? 'active'
    : stated === 'completed' && !ended
      ? undefined
      : CONCERN_STATUS[stated]
  return code === undefined ? { extension: absent() } : { coding: [{ system: CLINICAL, code }] }
}

/** What the patient is allergic to: the agent; without one, the observation's value (often a statement of absence). */
function chooseCode(
  at: Located,
  agent: CodeableConcept | undefined,
  value: NonNullable<ReturnType<typeof readValue>>['value'],
  reading: Reading,
  trace: Trace,
): CodeableConcept {
  const stated = value.valueCodeableConcept
  const absence = isAbsence(stated)
  if (saysWhat(agent) && agent !== undefined) {
    if (value.dataAbsentReason !== undefined)
      trace.details.push({ url: 'value', valueCodeableConcept: value.dataAbsentReason })
    if (stated !== undefined) trace.details.push({ url: 'value', valueCodeableConcept: stated })
    else keepOtherValue(value, trace)
    if (value.valueString !== undefined) trace.details.push({ url: 'value', valueString: value.valueString })
    return withEquivalent(agent)
  }
  if (agent !== undefined && absence === false) trace.details.push({ url: 'agent', valueCodeableConcept: agent })
  if (stated !== undefined && saysWhat(stated)) return withEquivalent(stated)
  if (stated === undefined) keepOtherValue(value, trace)
  else trace.details.push({ url: 'value', valueCodeableConcept: stated })
  const text = value.valueString ?? statementText(at, reading)
  const kind = concept(child(at.element, 'code'), reading)
  if (text !== undefined) return { ...agent, text }
  return saysWhat(kind) && kind !== undefined ? { ...kind } : { extension: absent(child(at.element, 'value')) }
}

function isAbsence(code: CodeableConcept | undefined): boolean {
  return code?.coding?.some((coding) => ABSENT_CODES.has(coding.code ?? '')) ?? false
}

function withEquivalent(code: CodeableConcept): CodeableConcept {
  const equal = code.coding?.map((coding) => ABSENT_EQUIVALENT[coding.code ?? '']).find((found) => found !== undefined)
  if (equal === undefined) return code
  return { ...code, coding: [...(code.coding ?? []), { system: ABSENT_UNKNOWN, code: equal }] }
}

function expressType(allergy: AllergyIntolerance, codes: readonly (string | undefined)[]): void {
  for (const code of codes) {
    const known = ALLERGY_TYPE[code ?? '']
    if (known === undefined) continue
    allergy.type ??= known.type
    if (known.category !== undefined && allergy.category === undefined) allergy.category = [known.category]
  }
}

/** `negationInd`: the patient is not allergic to the agent; without an agent and without a code of absence, to nothing. */
function expressNegation(
  allergy: AllergyIntolerance,
  agent: CodeableConcept | undefined,
  value: string | undefined,
): void {
  if (isAbsence(allergy.code)) return
  const specific = value !== undefined && ALLERGY_TYPE[value] === undefined && !NOTHING.test(value)
  if (saysWhat(agent) || specific) {
    allergy.verificationStatus = { coding: [{ system: VERIFICATION, code: 'refuted' }] }
    return
  }
  const code = NONE_KNOWN[allergy.category?.[0] ?? ''] ?? 'no-known-allergies'
  allergy.code = { ...allergy.code, coding: [{ system: ABSENT_UNKNOWN, code }, ...(allergy.code?.coding ?? [])] }
}

/** What the denial of a whole kind of allergies says (IPS absent or unknown data). */
const NONE_KNOWN: Readonly<Record<string, string>> = {
  medication: 'no-known-medication-allergies',
  food: 'no-known-food-allergies',
  environment: 'no-known-environmental-allergies',
}

function expressNested(
  allergy: AllergyIntolerance,
  nested: readonly Nested[],
  reading: Reading,
  trace: Trace,
  context: Context,
): void {
  const reactions: AllergyIntoleranceReaction[] = []
  let overall: CodeableConcept | undefined
  for (const inner of nested) {
    const { kind, statement } = inner
    const value = concept(child(statement.element, 'value'), reading)
    if (kind === 'manifestation') {
      reactions.push(readReaction(statement, reading, trace, context))
    } else if (kind === 'severity' && overall === undefined && value !== undefined) {
      overall = value
      subordinate(trace, statement, reading, context)
    } else if (kind === 'criticality' && allergy.criticality === undefined && value !== undefined) {
      allergy.criticality = firstMapped(value, CRITICALITY)
      allergy._criticality = original(value)
      subordinate(trace, statement, reading, context)
    } else if (kind === 'certainty' && allergy.verificationStatus === undefined && value !== undefined) {
      allergy.verificationStatus = mapped(value, VERIFICATION, VERIFICATION_STATUS)
      if (allergy.verificationStatus === undefined)
        trace.details.push({ url: 'certainty', valueCodeableConcept: value })
      subordinate(trace, statement, reading, context)
    } else if (kind === 'status' && allergy.clinicalStatus === undefined && value !== undefined) {
      allergy.clinicalStatus = mapped(value, CLINICAL, CLINICAL_STATUS)
      if (allergy.clinicalStatus === undefined) trace.details.push({ url: 'status', valueCodeableConcept: value })
      subordinate(trace, statement, reading, context)
    } else if (kind === 'comment') {
      const note = annotation(statement, reading, trace, context)
      if (note !== undefined) allergy.note = [...(allergy.note ?? []), note]
    } else relateNested(trace, inner, reading, context)
  }
  if (overall !== undefined) applySeverity(reactions, overall)
  allergy.reaction = reactions
}

/** R4 knows severity only of a reaction; a severity of the allergy as a whole goes to each that has none of its own. */
function applySeverity(reactions: AllergyIntoleranceReaction[], severity: CodeableConcept): void {
  if (reactions.length === 0) reactions.push({ manifestation: [{ extension: absent() }] })
  for (const reaction of reactions) {
    if (reaction._severity !== undefined) continue
    reaction.severity = firstMapped(severity, SEVERITY)
    reaction._severity = original(structuredClone(severity))
  }
}

function firstMapped<T>(value: CodeableConcept, map: Readonly<Record<string, T>>): T | undefined {
  return value.coding?.map((coding) => map[coding.code ?? '']).find((found) => found !== undefined)
}

const REACTION_FIELDS = ['value', 'effectiveTime', 'entryRelationship']

function readReaction(at: Located, reading: Reading, trace: Trace, context: Context): AllergyIntoleranceReaction {
  const read = readValue(child(at.element, 'value'), reading)
  const kind = concept(child(at.element, 'code'), reading)
  const text = read?.value.valueString ?? statementText(at, reading)
  const value = read?.value.valueCodeableConcept
  const manifestation = value ?? (text === undefined ? kind : { text })
  const low = moment(child(child(at.element, 'effectiveTime'), 'low') ?? child(at.element, 'effectiveTime'))
  const high = child(child(at.element, 'effectiveTime'), 'high')
  const reaction: AllergyIntoleranceReaction = {
    manifestation: [manifestation ?? { extension: absent(child(at.element, 'value')) }],
    onset: low?.value,
    _onset: low?.element,
  }
  if (value !== undefined && !saysWhat(value) && text !== undefined) reaction.description = text
  for (const nested of nestedStatements(at)) {
    const { kind: inner, statement } = nested
    const severity = inner === 'severity' ? concept(child(statement.element, 'value'), reading) : undefined
    if (severity !== undefined && reaction._severity === undefined) {
      reaction.severity = firstMapped(severity, SEVERITY)
      reaction._severity = original(severity)
      subordinate(trace, statement, reading, context)
    } else if (inner === 'comment') {
      const note = annotation(statement, reading, trace, context)
      if (note !== undefined) reaction.note = [...(reaction.note ?? []), note]
    } else relateNested(trace, nested, reading, context)
  }
  trace.details.push(...(read?.extras ?? []))
  if (read !== undefined && value === undefined) keepOtherValue(read.value, trace)
  const end = moment(high)
  if (end !== undefined)
    trace.details.push({ url: 'reaction-end', valueDateTime: end.value, _valueDateTime: end.element })
  subordinate(trace, at, reading, context, REACTION_FIELDS)
  return reaction
}

function expressTime(allergy: AllergyIntolerance, at: Located): void {
  const element = child(at.element, 'effectiveTime')
  const low = moment(child(element, 'low')) ?? (child(element, 'high') ? undefined : moment(element))
  allergy.onsetDateTime = low?.value
  allergy._onsetDateTime = low?.element
  const high = moment(child(element, 'high'))
  if (high !== undefined) {
    allergy.extension = [
      ...(allergy.extension ?? []),
      { url: ALLERGY_ABATEMENT_EXTENSION, valueDateTime: high.value, _valueDateTime: high.element },
    ]
  }
}
