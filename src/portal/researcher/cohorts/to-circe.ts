/** The form of a cohort → an OHDSI Circe expression, as Atlas would write it. */
import type { CohortForm, EventDomain, EventForm, RuleForm } from './cohort-form.ts'

type Json = Readonly<Record<string, unknown>>

const CRITERIA: Readonly<Record<EventDomain, string>> = {
  condition: 'ConditionOccurrence',
  drug: 'DrugExposure',
  procedure: 'ProcedureOccurrence',
  measurement: 'Measurement',
  observation: 'Observation',
  visit: 'VisitOccurrence',
}
/** OMOP domains that are offered for each. */
export const VOCABULARY_DOMAIN: Readonly<Record<EventDomain, string>> = {
  condition: 'Condition',
  drug: 'Drug',
  procedure: 'Procedure',
  measurement: 'Measurement',
  observation: 'Observation',
  visit: 'Visit',
}
const GENDERS = {
  female: { CONCEPT_ID: 8532, CONCEPT_NAME: 'FEMALE' },
  male: { CONCEPT_ID: 8507, CONCEPT_NAME: 'MALE' },
} as const
const OCCURRENCE = { exactly: 0, 'at-most': 1, 'at-least': 2 } as const

/** How rules without a name of their own are called, in the author's language. */
export interface RuleNames {
  /** The rule of age and sex. */
  readonly person: string
  readonly rule: (number: number) => string
}

/** @param form without faults (`faultsOf`) */
export function toCirce(form: CohortForm, names: RuleNames): Json {
  const events = [form.entry, ...form.rules.map(({ event }) => event)]
  const limit = { Type: form.entries === 'all' ? 'All' : 'First' }
  return {
    cdmVersionRange: '>=5.0.0',
    ConceptSets: events.map(conceptSet),
    PrimaryCriteria: {
      CriteriaList: [criterion(form.entry, 0)],
      ObservationWindow: { PriorDays: Number(form.priorDays || 0), PostDays: 0 },
      PrimaryCriteriaLimit: limit,
    },
    QualifiedLimit: limit,
    ExpressionLimit: limit,
    InclusionRules: [
      ...personRule(form, names),
      ...form.rules.map((rule, index) => inclusionRule(rule, index + 1, names)),
    ],
    CensoringCriteria: [],
    CollapseSettings: { CollapseType: 'ERA', EraPad: 0 },
    CensorWindow: {},
  }
}

function conceptSet({ concepts, narrower, domain }: EventForm, id: number): Json {
  return {
    id,
    name: concepts
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 250),
    expression: {
      items: concepts.map((concept) => ({
        concept: { CONCEPT_ID: concept.id, CONCEPT_NAME: concept.name, DOMAIN_ID: VOCABULARY_DOMAIN[domain] },
        includeDescendants: narrower,
      })),
    },
  }
}

function criterion({ domain, comparison, value }: EventForm, set: number): Json {
  const measured =
    domain === 'measurement' && comparison !== ''
      ? { ValueAsNumber: { Value: Number(value.replace(',', '.')), Op: comparison } }
      : {}
  return { [CRITERIA[domain]]: { CodesetId: set, ...measured } }
}

/** Age and sex at the entry. */
function personRule({ ageFrom, ageTo, sex }: CohortForm, { person }: RuleNames): readonly Json[] {
  const demographic: Json = { ...ageRange(ageFrom, ageTo), ...(sex === 'any' ? {} : { Gender: [GENDERS[sex]] }) }
  if (Object.keys(demographic).length === 0) return []
  return [{ name: person, expression: group([], [demographic]) }]
}

function ageRange(from: string, to: string): Json {
  if (from !== '' && to !== '') return { Age: { Value: Number(from), Extent: Number(to), Op: 'bt' } }
  if (from !== '') return { Age: { Value: Number(from), Op: 'gte' } }
  return to === '' ? {} : { Age: { Value: Number(to), Op: 'lte' } }
}

function inclusionRule(rule: RuleForm, set: number, names: RuleNames): Json {
  const { name, occurs, count, event, before, after } = rule
  const correlated = {
    Criteria: criterion(event, set),
    StartWindow: { Start: bound(before, -1), End: bound(after, 1), UseEventEnd: false },
    Occurrence: { Type: OCCURRENCE[occurs], Count: Number(count) },
  }
  return { name: name === '' ? names.rule(set) : name, expression: group([correlated], []) }
}

/** Without days: the whole of the observation on that side. */
function bound(days: string, side: -1 | 1): Json {
  return days === '' ? { Coeff: side } : { Days: Number(days), Coeff: side }
}

function group(criteria: readonly Json[], demographics: readonly Json[]): Json {
  return { Type: 'ALL', CriteriaList: criteria, DemographicCriteriaList: demographics, Groups: [] }
}

/**
 * The cohort as it narrows: the entry alone, then with one rule more each time, the last being the whole. For counts step by
 * step, each released by the nodes as any count is.
 */
export function narrowing(definition: Json): readonly { readonly name: string; readonly cohort: Json }[] {
  const rules: readonly unknown[] = Array.isArray(definition.InclusionRules) ? definition.InclusionRules : []
  const nameOf = (rule: unknown): string =>
    typeof rule === 'object' && rule !== null && 'name' in rule && typeof rule.name === 'string' ? rule.name : ''
  return Array.from({ length: rules.length + 1 }, (_, kept) => ({
    name: kept === 0 ? '' : nameOf(rules[kept - 1]),
    cohort: { ...definition, InclusionRules: rules.slice(0, kept) },
  }))
}
