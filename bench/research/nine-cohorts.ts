/** Nine cohorts of the shapes that phenotype libraries are made of, in OHDSI's cohort language, over the bulk population. */
import type { CohortDefinition } from '../../src/research/analysis/analysis.ts'
import { FIRST_CONDITION, FIRST_LAB } from './bulk-population.ts'

const ALL = { Type: 'All' }
const FIRST = { Type: 'First' }

/** Numbers of conditions, taken with what is below them, and of labs with a high value of each. */
interface Frequency {
  readonly conditions: readonly [number, number, number, number, number, number]
  readonly labs: readonly [Lab, Lab]
}

interface Lab {
  readonly number: number
  readonly high: number
}

const FREQUENCIES = {
  /** 5 to 25 of a hundred persons have each of the conditions, nearly all of them the labs. */
  common: { conditions: [40, 61, 83, 110, 150, 210], labs: [{ number: 3, high: 7 }, { number: 8, high: 12 }] },
  /**
   * As the nine of the published comparison, from asthma (8 of a hundred persons) to transverse myelitis (2 of ten
   * thousand): 8, 4, 2, 1, 0.3 and 0.02 of a hundred; the labs are some that one person in four and one in ten has.
   */
  published: { conditions: [110, 190, 330, 600, 1500, 15_000], labs: [{ number: 20, high: 25 }, { number: 60, high: 15 }] },
} as const satisfies Readonly<Record<string, Frequency>> // biome-ignore format: a table

export type FrequencyName = keyof typeof FREQUENCIES

const LAB = FREQUENCIES.common.conditions.length

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

export function nineCohorts(
  name: FrequencyName,
): readonly { readonly name: string; readonly definition: CohortDefinition }[] {
  const frequency: Frequency = FREQUENCIES[name]
  const [first, second] = frequency.labs
  const sets = [
    ...frequency.conditions.map((number) => FIRST_CONDITION + number),
    FIRST_LAB + first.number,
    FIRST_LAB + second.number,
  ]
  const shapes: Readonly<Record<string, Shape>> = {
    'first diagnosis': { primary: [diagnosis(0, { First: true })], limit: FIRST },
    'episodes of 30 days': { primary: [diagnosis(1)], exitAfter: 30, eraPad: 30 },
    'first diagnosis, high lab within 90 days': {
      primary: [diagnosis(0, { First: true })],
      prior: 365,
      limit: FIRST,
      rules: [rule([within(lab(LAB, first.high), 0, 90)])],
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
    'high lab': { primary: [lab(LAB + 1, second.high)], exitAfter: 0 },
    'women from 18 to 64': {
      primary: [diagnosis(4, { Age: { Value: 18, Extent: 64, Op: 'bt' }, Gender: [{ CONCEPT_ID: 8532 }] })],
    },
    'diagnosis or lab, any of two signs': {
      primary: [diagnosis(5), lab(LAB, first.high + 1)],
      limit: FIRST,
      rules: [rule([within(diagnosis(1), -365, 0), within(lab(LAB + 1, second.high - 1), -365, 0)], 'ANY')],
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
              [
                within(diagnosis(0), -365, 365),
                within(diagnosis(1), -365, 365),
                within(lab(LAB, first.high), -365, 365),
              ],
              'AT_LEAST',
            ),
            Count: 2,
          },
        },
        rule([within(diagnosis(4), -365, 0, 0)]),
      ],
    },
  }
  return Object.entries(shapes).map(([name, shape]) => ({ name, definition: definition(shape, sets) }))
}

function definition(shape: Shape, sets: readonly number[]): CohortDefinition {
  const { primary, prior = 0, limit = ALL, rules = [], exitAfter, eraPad = 0 } = shape
  return {
    ConceptSets: sets.map((concept, id) => ({ id, name: `Set ${id}`, expression: { items: [item(concept)] } })),
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
