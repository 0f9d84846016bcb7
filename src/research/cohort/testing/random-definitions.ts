/** Valid definitions of any kind, for properties: every domain with every attribute that it declares. */
import fc from 'fast-check'
import { demographicAttributes } from '../criteria/demographics.ts'
import type { Attribute, Domain } from '../criteria/domain.ts'
import { domainList } from '../criteria/domains.ts'

const setNumber = fc.integer({ min: 0, max: 3 })
const concept = fc.record({ CONCEPT_ID: fc.constantFrom(1, 2, 3, 4, 8507, 8507) })
const dayNumber = fc.noBias(fc.integer({ min: 0, max: 5000 }))
const day = dayNumber.map(isoDay)
const comparison = fc.constantFrom('lt', 'lte', 'eq', '!eq', 'gt', 'gte', 'bt', '!bt')
const mostlyNot = fc.constantFrom(false, false, false, true)

function isoDay(number: number): string {
  return new Date(Date.UTC(2006, 0, 1) + number * 86_400_000).toISOString().slice(0, 10)
}

/** Mostly from the lesser to the greater. */
function range(numbers: fc.Arbitrary<number>) {
  return fc.tuple(comparison, numbers, numbers, mostlyNot).map(([Op, one, other, reversed]) => {
    const [Value, Extent] = one < other === reversed ? [other, one] : [one, other]
    return { Op, Value, Extent }
  })
}

const limit = fc.record({ Type: fc.constantFrom('All', 'All', 'First', 'Last') })

function attributeValue(attribute: Attribute): fc.Arbitrary<unknown> {
  switch (attribute.kind) {
    case 'date':
      return range(dayNumber).map(({ Op, Value, Extent }) => ({ Op, Value: isoDay(Value), Extent: isoDay(Extent) }))
    case 'number':
      return range(fc.noBias(fc.integer({ min: 0, max: 90 })))
    case 'text':
      return fc.record({
        Op: fc.constantFrom('startsWith', 'contains', 'endsWith', '!contains', 'eq'),
        Text: fc.oneof({ weight: 6, arbitrary: fc.constantFrom('a', 'b', 'A') }, fc.string({ minLength: 1 })),
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

/** Few of them, so that events are left. */
function attributesOf(
  attributes: Readonly<Record<string, Attribute>>,
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const all = Object.entries(attributes)
  const some = fc
    .constantFrom(0, 0, 1, 1, 1, 2)
    .map((number) => Math.min(number, all.length))
    .chain((number) => fc.subarray(all, { minLength: number, maxLength: number }))
  return some.chain((chosen) => {
    const values = chosen.flatMap(([name, attribute]) => [
      [name, attributeValue(attribute)] as const,
      ...(attribute.kind === 'concepts' && attribute.excludedBy !== undefined
        ? [[attribute.excludedBy, fc.boolean()] as const]
        : []),
    ])
    return fc.record(Object.fromEntries(values))
  })
}

function criterionOf(domain: Domain, group: fc.Arbitrary<unknown>): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const dateType = fc.constantFrom('START_DATE', 'END_DATE')
  const offset = fc.integer({ min: -30, max: 30 })
  const always = {
    ...(domain.withoutFirst !== true && { First: fc.option(fc.boolean()) }),
    DateAdjustment: fc.option(
      fc.record({ StartWith: dateType, StartOffset: offset, EndWith: dateType, EndOffset: offset }),
      { freq: 1 },
    ),
    CorrelatedCriteria: fc.option(group, { freq: 1 }),
  }
  const sets = {
    ...(domain.concept && { CodesetId: fc.option(setNumber) }),
    ...(domain.source && { [domain.source.attribute]: fc.option(setNumber, { freq: 1 }) }),
  }
  return fc
    .tuple(fc.record({ ...always, ...sets }, { requiredKeys: [] }), attributesOf(domain.attributes))
    .map(([common, attributes]) => ({ [domain.name]: { ...common, ...attributes } }))
}

/** Mostly on the side that lets the window hold something. */
function bound(side: -1 | 1) {
  const Coeff = fc.constantFrom(side, side, side, -side)
  return fc.record({ Days: fc.integer({ min: 0, max: 400 }), Coeff }, { requiredKeys: ['Coeff'] })
}
const window = fc.record(
  { Start: bound(-1), End: bound(1), UseIndexEnd: fc.boolean(), UseEventEnd: fc.boolean() },
  { requiredKeys: ['Start', 'End'] },
)
const occurrence = fc.record(
  { Type: fc.constantFrom(0, 1, 2, 2, 2), Count: fc.constantFrom(0, 1, 1, 1, 2, 3), IsDistinct: fc.boolean() },
  { requiredKeys: ['Type', 'Count'] },
)

/** One of the columns by which events of the criterion's domain can be counted. */
function counting(criterion: unknown) {
  const [named] = Object.keys(Object(criterion))
  const domain = domainList.find(({ name }) => name === named)
  const columns = domain === undefined ? [] : ['START_DATE', 'END_DATE', ...Object.keys(domain.counts)]
  return fc.option(fc.constantFrom(...columns), { freq: 2, nil: undefined })
}

const { group, criterion } = fc.letrec((tie) => ({
  criterion: fc.oneof(...domainList.map((domain) => criterionOf(domain, tie('group')))),
  correlated: tie('criterion').chain((found) =>
    fc.record(
      {
        Criteria: fc.constant(found),
        StartWindow: window,
        EndWindow: window,
        Occurrence: fc
          .tuple(occurrence, counting(found))
          .map(([counts, CountColumn]) => (CountColumn === undefined ? counts : { ...counts, CountColumn })),
        RestrictVisit: mostlyNot,
        IgnoreObservationPeriod: fc.boolean(),
      },
      { requiredKeys: ['Criteria', 'StartWindow', 'Occurrence'] },
    ),
  ),
  group: fc.record({
    Type: fc.constantFrom('ALL', 'ANY', 'ANY', 'AT_LEAST', 'AT_MOST'),
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
      isExcluded: mostlyNot,
      includeDescendants: fc.boolean(),
      includeMapped: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

/** As JSON. */
export const randomDefinition: fc.Arbitrary<unknown> = fc.record(
  {
    ConceptSets: fc
      .array(conceptSet, { minLength: 3, maxLength: 4 })
      .map((sets) => sets.map((expression, id) => ({ id, name: `${id}`, expression }))),
    PrimaryCriteria: fc.record({
      CriteriaList: fc.array(criterion, { minLength: 1, maxLength: 2 }),
      ObservationWindow: fc.record({ PriorDays: fc.constantFrom(0, 0, 30, 365), PostDays: fc.constantFrom(0, 0, 30) }),
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
    CensorWindow: fc.record(
      {
        StartDate: dayNumber.map((number) => isoDay(number / 2)),
        EndDate: dayNumber.map((number) => isoDay(2500 + number)),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['ConceptSets', 'PrimaryCriteria'] },
)
