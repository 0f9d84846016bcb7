/** Which expression belongs to which published data: facts of circe-be's own tests, restated. */

type Json = Readonly<Record<string, unknown>>

/** A criterion, and the attributes that its two test methods set. */
export interface CriterionCase {
  readonly domain: string
  /** First part of the names of the files. */
  readonly file: string
  readonly conceptSet?: number
  /** Attributes of the variant `conceptset`, as concept set numbers. */
  readonly selections?: Readonly<Record<string, number>>
  /** The variant `user_defined` of the dates. */
  readonly userDefined?: Json
}

const inSeptember = { StartDate: '2000-09-01', EndDate: '2000-09-30' }

export const criterionCases: readonly CriterionCase[] = [
  { domain: 'ConditionEra', file: 'conditionEra', conceptSet: 1, selections: { GenderCS: 1 } },
  {
    domain: 'ConditionOccurrence',
    file: 'conditionOccurrence',
    conceptSet: 1,
    selections: { ConditionTypeCS: 1, GenderCS: 1, VisitTypeCS: 2, ProviderSpecialtyCS: 3 },
  },
  { domain: 'Death', file: 'death', conceptSet: 1, selections: { GenderCS: 1, DeathTypeCS: 1 } },
  {
    domain: 'DeviceExposure',
    file: 'deviceExposure',
    conceptSet: 1,
    selections: { DeviceTypeCS: 1, GenderCS: 1, VisitTypeCS: 2, ProviderSpecialtyCS: 3 },
  },
  { domain: 'DoseEra', file: 'doseEra', conceptSet: 1, selections: { GenderCS: 1, UnitCS: 3 } },
  { domain: 'DrugEra', file: 'drugEra', conceptSet: 1, selections: { GenderCS: 1 } },
  {
    domain: 'DrugExposure',
    file: 'drugExposure',
    conceptSet: 1,
    selections: {
      DrugTypeCS: 2,
      GenderCS: 1,
      RouteConceptCS: 3,
      DoseUnitCS: 2,
      ProviderSpecialtyCS: 3,
      VisitTypeCS: 2,
    },
  },
  {
    domain: 'Measurement',
    file: 'measurement',
    conceptSet: 1,
    selections: {
      GenderCS: 1,
      OperatorCS: 3,
      ValueAsConceptCS: 2,
      UnitCS: 1,
      ProviderSpecialtyCS: 3,
      VisitTypeCS: 2,
    },
  },
  {
    domain: 'Observation',
    file: 'observation',
    conceptSet: 1,
    selections: {
      ObservationTypeCS: 1,
      QualifierCS: 3,
      ValueAsConceptCS: 2,
      UnitCS: 1,
      GenderCS: 1,
      ProviderSpecialtyCS: 3,
      VisitTypeCS: 2,
    },
  },
  { domain: 'ObservationPeriod', file: 'observationPeriod', selections: { PeriodTypeCS: 1 }, userDefined: inSeptember },
  { domain: 'PayerPlanPeriod', file: 'payerPlanPeriod', userDefined: inSeptember },
  {
    domain: 'ProcedureOccurrence',
    file: 'procedureOccurrence',
    conceptSet: 1,
    selections: { GenderCS: 1, ModifierCS: 3, ProcedureTypeCS: 2, VisitTypeCS: 2, ProviderSpecialtyCS: 3 },
  },
  {
    domain: 'Specimen',
    file: 'specimen',
    conceptSet: 1,
    selections: { GenderCS: 1, SpecimenTypeCS: 2, UnitCS: 3, AnatomicSiteCS: 2, DiseaseStatusCS: 3 },
  },
  { domain: 'VisitDetail', file: 'visitDetail', conceptSet: 1 },
  {
    domain: 'VisitOccurrence',
    file: 'visitOccurrence',
    conceptSet: 1,
    selections: { GenderCS: 1, VisitTypeCS: 2, ProviderSpecialtyCS: 3, PlaceOfServiceCS: 2 },
  },
]

export const dateAdjustment: Json = {
  StartWith: 'START_DATE',
  StartOffset: 15,
  EndWith: 'END_DATE',
  EndOffset: -10,
}

const prior365: Json = { Start: { Days: 365, Coeff: -1 }, End: { Days: 0, Coeff: -1 } }
const anyTime: Json = { Start: { Coeff: -1 }, End: { Coeff: 1 } }

/** Any event of the domain within the window; the columns that can be counted, by their names in the expected rows. */
export interface WindowCase {
  readonly domain: string
  readonly attributes?: Json
  readonly file: string
  readonly window: Json
  readonly columns: Readonly<Record<string, string>>
}

const dates = {
  start_date: 'START_DATE',
  end_date: 'END_DATE',
  domain_concept_id: 'DOMAIN_CONCEPT',
  duration: 'DURATION',
}

function window(domain: string, more: Readonly<Record<string, string>> = {}): WindowCase {
  return { domain, file: `window${domain}`, window: prior365, columns: { ...dates, ...more } }
}

export const windowCases: readonly WindowCase[] = [
  window('ConditionEra', { occurrence_count: 'ERA_OCCURRENCES' }),
  window('ConditionOccurrence'),
  window('Death'),
  window('DeviceExposure', { quantity: 'QUANTITY' }),
  window('DoseEra', { value_as_number: 'VALUE_AS_NUMBER', unit_concept_id: 'UNIT' }),
  window('DrugEra', { gap_days: 'GAP_DAYS', occurrence_count: 'ERA_OCCURRENCES' }),
  window('DrugExposure', { refills: 'REFILLS', quantity: 'QUANTITY', days_supply: 'DAYS_SUPPLY' }),
  window('Measurement', { value_as_number: 'VALUE_AS_NUMBER', range_high: 'RANGE_HIGH', range_low: 'RANGE_LOW' }),
  window('Observation', { value_as_number: 'VALUE_AS_NUMBER' }),
  window('ObservationPeriod'),
  {
    ...window('ObservationPeriod'),
    file: 'windowObservationPeriodUserDefined',
    attributes: { UserDefinedPeriod: { StartDate: '2008-01-01', EndDate: '2009-01-01' } },
    window: anyTime,
  },
  window('ProcedureOccurrence', { quantity: 'QUANTITY' }),
  window('Specimen'),
  window('VisitDetail'),
  window('VisitOccurrence'),
]

/** A group of one criterion around the events of a cohort; `tables`: names of the expected tables. */
export interface GroupCase {
  readonly file: string
  readonly expected: string
  readonly criterion: Json
  readonly occurrence: Json
}

const anyCondition = { ConditionOccurrence: {} }

function visitDetail(attribute: string, exclude: boolean, expected: string): GroupCase {
  return {
    file: 'visitDetailCodesetCriteria',
    expected,
    criterion: { VisitDetail: { [attribute]: { CodesetId: 1, IsExclusion: exclude } } },
    occurrence: { Type: 0, Count: 1 },
  }
}

export const groupWindow = prior365

export const groupCases: readonly GroupCase[] = [
  { file: 'simpleInclusion', expected: 'inclusion', criterion: anyCondition, occurrence: { Type: 2, Count: 1 } },
  { file: 'simpleInclusion', expected: 'exclusion', criterion: anyCondition, occurrence: { Type: 0, Count: 0 } },
  {
    file: 'distinctStart',
    expected: 'output',
    criterion: anyCondition,
    occurrence: { Type: 2, Count: 2, IsDistinct: true, CountColumn: 'START_DATE' },
  },
  {
    file: 'distinctVisit',
    expected: 'output',
    criterion: anyCondition,
    occurrence: { Type: 2, Count: 2, IsDistinct: true, CountColumn: 'VISIT_ID' },
  },
  {
    file: 'distinctDefault',
    expected: 'output',
    criterion: anyCondition,
    occurrence: { Type: 2, Count: 2, IsDistinct: true },
  },
  visitDetail('GenderCS', false, 'gender_in_codeset'),
  visitDetail('GenderCS', true, 'gender_not_in_codeset'),
  visitDetail('ProviderSpecialtyCS', false, 'provider_in_codeset'),
  visitDetail('ProviderSpecialtyCS', true, 'provider_not_in_codeset'),
  // The published test compares both with the tables of the provider.
  visitDetail('PlaceOfServiceCS', false, 'provider_in_codeset'),
  visitDetail('PlaceOfServiceCS', true, 'provider_not_in_codeset'),
]

/** A whole expression with one change for each cohort of the expected table, from 1 on. */
export interface CohortCase {
  readonly folder: string
  /** `<data>_PREP.json`, `<data>_VERIFY.json` */
  readonly data: string
  readonly cohorts: readonly { readonly expression: string; readonly change?: (expression: Expression) => void }[]
}

// biome-ignore lint/suspicious/noExplicitAny: a published expression is changed as JavaScript does it.
type Expression = any

const firstOccurrenceDomains = [
  'ConditionEra',
  'ConditionOccurrence',
  'DeviceExposure',
  'DrugEra',
  'DrugExposure',
  'Measurement',
  'Observation',
  'ProcedureOccurrence',
  'Specimen',
  'VisitOccurrence',
  'PayerPlanPeriod',
]

const noChange = (expression: string) => [{ expression }]

export const cohortCases: readonly CohortCase[] = [
  {
    folder: 'firstOccurrence',
    data: 'firstOccurrenceTest',
    cohorts: firstOccurrenceDomains.map((domain) => ({
      expression: 'firstOccurrenceTestExpression',
      change: (expression: Expression) => {
        expression.PrimaryCriteria.CriteriaList = [{ [domain]: { First: true } }]
      },
    })),
  },
  {
    folder: 'correlatedCriteria',
    data: 'countsTest',
    cohorts: [
      { expression: 'countsExpression' },
      ...[
        { Type: 2, Count: 1 },
        { Type: 1, Count: 0 },
      ].map((occurrence) => ({
        expression: 'countsExpression',
        change: (expression: Expression) => {
          Object.assign(expression.AdditionalCriteria.CriteriaList[0].Occurrence, occurrence)
        },
      })),
      { expression: 'visitExpression' },
    ],
  },
  {
    folder: 'correlatedCriteria',
    data: 'groupTest',
    cohorts: [
      { expression: 'groupExpression' },
      ...['AT_LEAST', 'AT_MOST'].map((Type) => ({
        expression: 'groupExpression',
        change: (expression: Expression) => {
          Object.assign(expression.AdditionalCriteria, { Type, Count: 2 })
        },
      })),
      {
        expression: 'groupExpression',
        change: (expression: Expression) => {
          expression.AdditionalCriteria.Type = 'ALL'
          Object.assign(expression.AdditionalCriteria.Groups[0], { Type: 'AT_MOST', Count: 0 })
        },
      },
      {
        expression: 'groupExpression',
        change: (expression: Expression) => {
          Object.assign(expression.AdditionalCriteria, { Type: 'ALL', Groups: [] })
        },
      },
    ],
  },
  {
    folder: 'limits',
    data: 'limitTest',
    cohorts: [
      { expression: 'limitExpression' },
      ...[1, 2, 3, 4].map((changes) => ({
        expression: 'limitExpression',
        change: (expression: Expression) => {
          expression.ExpressionLimit.Type = 'first'
          if (changes > 1) expression.QualifiedLimit.Type = 'first'
          if (changes > 2) expression.PrimaryCriteria.PrimaryCriteriaLimit.Type = changes > 3 ? 'last' : 'first'
        },
      })),
    ],
  },
  { folder: 'inclusionRules', data: 'simpleInclusionRule', cohorts: noChange('simpleInclusionRule') },
  {
    folder: 'exits',
    data: 'continuousExposure',
    cohorts: [
      { expression: 'continuousExposureExpression' },
      {
        expression: 'continuousExposureExpression',
        change: (expression: Expression) => {
          expression.PrimaryCriteria.PrimaryCriteriaLimit.Type = 'First'
        },
      },
    ],
  },
  { folder: 'exits', data: 'continuousExposureCensor', cohorts: noChange('continuousExposureCensorExpression') },
  { folder: 'exits', data: 'fixedOffset', cohorts: noChange('fixedOffsetExpression') },
  { folder: 'exits', data: 'fixedOffsetCensor', cohorts: noChange('fixedOffsetCensorExpression') },
  { folder: 'exits', data: 'censorEvent', cohorts: noChange('censorEventExpression') },
  { folder: 'censorWindow', data: 'censorWindow', cohorts: noChange('censorWindowExpression') },
  { folder: 'mixedConceptsets', data: 'mixedConceptsets', cohorts: noChange('mixedConceptsetsExpression') },
  { folder: 'eraDupes', data: 'eraDupes', cohorts: noChange('eraDupesExpression') },
]
