/** Nine cohorts of the shapes that phenotype libraries are made of, in OHDSI's cohort language, over the bulk population. */
import type { CohortDefinition } from '../../src/research/analysis/analysis.ts'
import { FIRST_CONDITION, FIRST_LAB } from './bulk-population.ts'

const ALL = { Type: 'All' }
const FIRST = { Type: 'First' }

/** Concept sets by number: conditions with what is below them, which some 5 to 25 of a hundred persons have, and labs. */
const SETS = [40, 61, 83, 110, 150, 210].map((number, id) => ({
  id,
  name: `Group ${number}`,
  expression: { items: [item(FIRST_CONDITION + number)] },
}))
const LAB_SETS = [3, 8].map((number, index) => ({
  id: SETS.length + index,
  name: `Lab ${number}`,
  expression: { items: [item(FIRST_LAB + number)] },
}))
const LAB = SETS.length

function item(concept: number) {
  return { concept: { CONCEPT_ID: concept }, isExcluded: false, includeDescendants: true, includeMapped: false }
}

interface Shape {
  readonly primary: readonly unknown[]
  readonly prior?: number
  readonly limit?: typeof ALL
  readonly rules?: readonly unknown[]
  readonly exitAfter?: number
  readonly eraPad?: number
}

export function nineCohorts(): readonly { readonly name: string; readonly definition: CohortDefinition }[] {
  const shapes: Readonly<Record<string, Shape>> = {
    'first diagnosis': { primary: [diagnosis(0, { First: true })], limit: FIRST },
    'episodes of 30 days': { primary: [diagnosis(1)], exitAfter: 30, eraPad: 30 },
    'first diagnosis, high lab within 90 days': {
      primary: [diagnosis(0, { First: true })],
      prior: 365,
      limit: FIRST,
      rules: [rule([within(lab(LAB, 6.5), 0, 90)])],
    },
    'without another diagnosis in the half year before': {
      primary: [diagnosis(2)],
      prior: 180,
      rules: [rule([within(diagnosis(3), -180, -1, 0)])],
    },
    'twice within half a year': {
      primary: [diagnosis(3)],
      limit: FIRST,
      rules: [rule([within(diagnosis(3), 1, 180)])],
    },
    'high lab': { primary: [lab(LAB + 1, 12)], exitAfter: 0 },
    'women from 18 to 64': {
      primary: [diagnosis(4, { Age: { Value: 18, Extent: 64, Op: 'bt' }, Gender: [{ CONCEPT_ID: 8532 }] })],
    },
    'diagnosis or lab, any of two signs': {
      primary: [diagnosis(5), lab(LAB, 8)],
      limit: FIRST,
      rules: [rule([within(diagnosis(1), -365, 0), within(lab(LAB + 1, 11), -365, 0)], 'ANY')],
    },
    'two of three signs, none of a fourth': {
      primary: [diagnosis(2, { First: true })],
      prior: 90,
      limit: FIRST,
      rules: [
        {
          name: 'signs',
          expression: {
            ...group(
              [within(diagnosis(0), -365, 365), within(diagnosis(1), -365, 365), within(lab(LAB, 7), -365, 365)],
              'AT_LEAST',
            ),
            Count: 2,
          },
        },
        rule([within(diagnosis(4), -365, 0, 0)]),
      ],
    },
  }
  return Object.entries(shapes).map(([name, shape]) => ({ name, definition: definition(shape) }))
}

function definition({ primary, prior = 0, limit = ALL, rules = [], exitAfter, eraPad = 0 }: Shape): CohortDefinition {
  return {
    ConceptSets: [...SETS, ...LAB_SETS],
    PrimaryCriteria: {
      CriteriaList: primary,
      ObservationWindow: { PriorDays: prior, PostDays: 0 },
      PrimaryCriteriaLimit: limit,
    },
    QualifiedLimit: limit,
    ExpressionLimit: limit,
    InclusionRules: rules,
    CensoringCriteria: [],
    CollapseSettings: { CollapseType: 'ERA', EraPad: eraPad },
    CensorWindow: {},
    ...(exitAfter !== undefined && { EndStrategy: { DateOffset: { DateField: 'StartDate', Offset: exitAfter } } }),
  }
}

function diagnosis(set: number, more: object = {}) {
  return { ConditionOccurrence: { CodesetId: set, ...more } }
}

function lab(set: number, above: number) {
  return { Measurement: { CodesetId: set, ValueAsNumber: { Value: above, Op: 'gt' } } }
}

/** Days from the event; `count` 0: none of it, otherwise at least so many. */
function within(criteria: object, from: number, to: number, count = 1) {
  const bound = (days: number) => ({ Days: Math.abs(days), Coeff: days < 0 ? -1 : 1 })
  return {
    Criteria: criteria,
    StartWindow: { Start: bound(from), End: bound(to), UseEventEnd: false },
    Occurrence: { Type: count === 0 ? 0 : 2, Count: count },
  }
}

function group(criteria: readonly unknown[], type: string) {
  return { Type: type, CriteriaList: criteria, DemographicCriteriaList: [], Groups: [] }
}

function rule(criteria: readonly unknown[], type = 'ALL') {
  return { name: 'rule', expression: group(criteria, type) }
}
