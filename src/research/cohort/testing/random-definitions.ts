/** Valid definitions of any kind, for properties: every domain with every attribute that it declares. */
import fc from 'fast-check'
import { demographicAttributes } from '../criteria/demographics.ts'
import type { Attribute, Domain } from '../criteria/domain.ts'
import { domainList } from '../criteria/domains.ts'

const setNumber = fc.integer({ min: 0, max: 3 })
const concept = fc.record({ CONCEPT_ID: fc.integer({ min: 1, max: 5 }) })
const day = fc
  .integer({ min: 0, max: 20_000 })
  .map((number) => new Date(Date.UTC(1960, 0, 1) + number * 86_400_000).toISOString().slice(0, 10))
const comparison = fc.constantFrom('lt', 'lte', 'eq', '!eq', 'gt', 'gte', 'bt', '!bt')
const limit = fc.record({ Type: fc.constantFrom('All', 'First', 'Last') })

function attributeValue(attribute: Attribute): fc.Arbitrary<unknown> {
  switch (attribute.kind) {
    case 'date':
      return fc.record({ Op: comparison, Value: day, Extent: day })
    case 'number': {
      const number = fc.integer({ min: 0, max: 90 })
      return fc.record({ Op: comparison, Value: number, Extent: number })
    }
    case 'text':
      return fc.record({
        Op: fc.constantFrom('startsWith', 'contains', 'endsWith', '!contains', 'eq'),
        Text: fc.string({ minLength: 1 }),
      })
    case 'concepts':
      return fc.array(concept, { minLength: 1, maxLength: 3 })
    case 'selection':
      return fc.record({ CodesetId: fc.option(setNumber), IsExclusion: fc.boolean() })
    case 'set':
      return setNumber
    case 'abnormal':
      return fc.boolean()
    case 'period':
      return fc.record({ StartDate: day, EndDate: day }, { requiredKeys: [] })
  }
}

function attributesOf(attributes: Readonly<Record<string, Attribute>>) {
  const values = Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, attributeValue(attribute)]),
  )
  return fc.record(values, { requiredKeys: [] })
}

function criterionOf(domain: Domain, group: fc.Arbitrary<unknown>): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const dateType = fc.constantFrom('START_DATE', 'END_DATE')
  const offset = fc.integer({ min: -30, max: 30 })
  const always = {
    First: fc.option(fc.boolean()),
    DateAdjustment: fc.option(
      fc.record({ StartWith: dateType, StartOffset: offset, EndWith: dateType, EndOffset: offset }),
    ),
    CorrelatedCriteria: fc.option(group, { freq: 3 }),
  }
  const sets = {
    ...(domain.concept && { CodesetId: fc.option(setNumber) }),
    ...(domain.source && { [domain.source.attribute]: fc.option(setNumber) }),
  }
  return fc
    .tuple(fc.record({ ...always, ...sets }, { requiredKeys: [] }), attributesOf(domain.attributes))
    .map(([common, attributes]) => ({ [domain.name]: { ...common, ...attributes } }))
}

const bound = fc.record(
  { Days: fc.integer({ min: 0, max: 400 }), Coeff: fc.constantFrom(-1, 1) },
  { requiredKeys: ['Coeff'] },
)
const window = fc.record(
  { Start: bound, End: bound, UseIndexEnd: fc.boolean(), UseEventEnd: fc.boolean() },
  { requiredKeys: ['Start', 'End'] },
)
const occurrence = fc.record(
  {
    Type: fc.constantFrom(0, 1, 2),
    Count: fc.integer({ min: 0, max: 3 }),
    IsDistinct: fc.boolean(),
    CountColumn: fc.constantFrom('DOMAIN_CONCEPT', 'START_DATE', 'END_DATE', 'VISIT_ID', 'DURATION'),
  },
  { requiredKeys: ['Type', 'Count'] },
)

const { group, criterion } = fc.letrec((tie) => ({
  criterion: fc.oneof(...domainList.map((domain) => criterionOf(domain, tie('group')))),
  correlated: fc.record(
    {
      Criteria: tie('criterion'),
      StartWindow: window,
      EndWindow: window,
      Occurrence: occurrence,
      RestrictVisit: fc.boolean(),
      IgnoreObservationPeriod: fc.boolean(),
    },
    { requiredKeys: ['Criteria', 'StartWindow', 'Occurrence'] },
  ),
  group: fc.record({
    Type: fc.constantFrom('ALL', 'ANY', 'AT_LEAST', 'AT_MOST'),
    Count: fc.integer({ min: 0, max: 2 }),
    CriteriaList: fc.array(tie('correlated'), { maxLength: 2, depthIdentifier: 'nesting' }),
    DemographicCriteriaList: fc.array(attributesOf(demographicAttributes), { maxLength: 1 }),
    Groups: fc.array(tie('group'), { maxLength: 1, depthIdentifier: 'nesting' }),
  }),
}))

const conceptSet = fc.record({
  items: fc.array(
    fc.record({
      concept,
      isExcluded: fc.boolean(),
      includeDescendants: fc.boolean(),
      includeMapped: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
})

/** As JSON. */
export const randomDefinition: fc.Arbitrary<unknown> = fc.record(
  {
    ConceptSets: fc
      .array(conceptSet, { maxLength: 4 })
      .map((sets) => sets.map((expression, id) => ({ id, name: `${id}`, expression }))),
    PrimaryCriteria: fc.record({
      CriteriaList: fc.array(criterion, { minLength: 1, maxLength: 2 }),
      ObservationWindow: fc.record({ PriorDays: fc.integer({ min: 0, max: 365 }), PostDays: fc.constant(0) }),
      PrimaryCriteriaLimit: limit,
    }),
    AdditionalCriteria: group,
    QualifiedLimit: limit,
    InclusionRules: fc.array(fc.record({ name: fc.string(), expression: group }), { maxLength: 2 }),
    ExpressionLimit: limit,
    EndStrategy: fc.oneof(
      fc.record({
        DateOffset: fc.record({
          DateField: fc.constantFrom('StartDate', 'EndDate'),
          Offset: fc.integer({ min: 0, max: 99 }),
        }),
      }),
      fc.record({
        CustomEra: fc.record(
          { DrugCodesetId: setNumber, GapDays: fc.nat(60), Offset: fc.nat(9), DaysSupplyOverride: fc.nat(30) },
          { requiredKeys: ['DrugCodesetId'] },
        ),
      }),
    ),
    CensoringCriteria: fc.array(criterion, { maxLength: 1 }),
    CollapseSettings: fc.record({ CollapseType: fc.constant('ERA'), EraPad: fc.nat(30) }),
    CensorWindow: fc.record({ StartDate: day, EndDate: day }, { requiredKeys: [] }),
  },
  { requiredKeys: ['ConceptSets', 'PrimaryCriteria'] },
)
