/** Random trees of every rule of the language, over the identifiers of the random editions. */
import fc from 'fast-check'
import type {
  Acceptabilities,
  Attribute,
  Cardinality,
  Comparison,
  ConceptChoice,
  ConceptFilter,
  ConceptReference,
  Constraint,
  DescriptionFilter,
  Equality,
  HierarchyOperator,
  MemberFilter,
  MemberOf,
  Order,
  Refinement,
  SearchTerm,
  TimeComparison,
} from '../syntax.ts'
import {
  bodyId,
  MAP,
  MODULES,
  POSSIBLY,
  REPLACED_BY,
  ROOT,
  SAME_AS,
  SIMPLE,
  TYPES,
  VALUE_TYPE,
} from './arbitrary-edition.ts'

const OPERATORS: readonly HierarchyOperator[] = [
  'descendantOf',
  'descendantOrSelfOf',
  'childOf',
  'childOrSelfOf',
  'ancestorOf',
  'ancestorOrSelfOf',
  'parentOf',
  'parentOrSelfOf',
  'top',
  'bottom',
]

const reference = (...ids: readonly string[]): fc.Arbitrary<ConceptReference> =>
  fc.constantFrom(...ids).map((id) => ({ kind: 'concept', id, at: 0 }))

/** The first three body concepts are in every edition. */
const someConcept = fc.oneof(
  { weight: 4, arbitrary: reference(bodyId(0), bodyId(1), bodyId(2)) },
  { weight: 1, arbitrary: reference(ROOT, '410662002', '900000000000455006', ...TYPES) },
)
const referenceSet = reference(SIMPLE, MAP, SAME_AS, REPLACED_BY, POSSIBLY)
const any: fc.Arbitrary<Constraint> = fc.constant({ kind: 'any', at: 0 })
const equality = fc.constantFrom<Equality>('=', '=', '!=')
const order = fc.constantFrom<Order>('=', '!=', '<', '<=', '>', '>=')

const searchTerm: fc.Arbitrary<SearchTerm> = fc.oneof(
  fc
    .constantFrom('heart', 'HEA att', 'cœur', 'hjarta', 'groß', '"x', '(dis', 'pan', 'j45', 'pill heart')
    .map((text) => ({ type: 'match' as const, text })),
  fc
    .constantFrom('*', '*heart*', 'h*t', 'a\\*b', 'J45.*', 'Größe*', '*a*a*', 'heart')
    .map((text) => ({ type: 'wild' as const, text })),
  fc.constantFrom('heart', 'Heart attack', 'J45', 'fœtal-heart "x"').map((text) => ({ type: 'exact' as const, text })),
)
const searchTerms = fc.array(searchTerm, { minLength: 1, maxLength: 3 })
const date = fc.constantFrom('20190131', '20200731', '20210101', '')
const timeComparison: fc.Arbitrary<TimeComparison> = fc.record({
  kind: fc.constant('time' as const),
  operator: order,
  values: fc.array(date, { minLength: 1, maxLength: 2 }),
})

const cardinality: fc.Arbitrary<Cardinality | undefined> = fc.option(
  fc.constantFrom<Cardinality>(
    { minimum: 0, maximum: 0 },
    { minimum: 0, maximum: 1 },
    { minimum: 0, maximum: 'many' },
    { minimum: 1, maximum: 1 },
    { minimum: 1, maximum: 2 },
    { minimum: 2, maximum: 2 },
    { minimum: 2, maximum: 'many' },
  ),
  { nil: undefined },
)

const acceptabilities: fc.Arbitrary<Acceptabilities | undefined> = fc.option(
  fc.oneof(
    fc
      .uniqueArray(fc.constantFrom('preferred' as const, 'acceptable' as const), { minLength: 1 })
      .map((tokens): Acceptabilities => ({ kind: 'tokens', tokens })),
    fc
      .uniqueArray(reference('900000000000548007', '900000000000549004'), { minLength: 1, selector: ({ id }) => id })
      .map((concepts): Acceptabilities => ({ kind: 'concepts', concepts })),
  ),
  { nil: undefined },
)

function withOptional<K extends string, V, T extends object>(
  given: T,
  key: K,
  found: V | undefined,
): T & { readonly [P in K]?: V } {
  return found === undefined ? given : ({ ...given, [key]: found } as T & { readonly [P in K]?: V })
}

const arbitraries = fc.letrec<{
  constraint: Constraint
  refinement: Refinement
  inGroup: Refinement
}>((tie) => {
  const constraint = tie('constraint')
  const choice: fc.Arbitrary<ConceptChoice> = fc.oneof(
    reference(...MODULES),
    fc
      .array(reference(...MODULES), { minLength: 2, maxLength: 3 })
      .map((concepts): ConceptChoice => ({ kind: 'list', concepts })),
    constraint,
  )
  const common = fc.oneof(
    fc.record({ kind: fc.constant('module' as const), operator: equality, value: choice }),
    fc.record({ kind: fc.constant('effectiveTime' as const), value: timeComparison }),
    fc.record({ kind: fc.constant('active' as const), operator: equality, value: fc.boolean() }),
  )
  const statusChoice: fc.Arbitrary<ConceptChoice> = reference('900000000000074008', '900000000000073002')
  const conceptFilter: fc.Arbitrary<ConceptFilter> = fc.oneof(
    common,
    fc.record({
      kind: fc.constant('definitionStatus' as const),
      operator: equality,
      values: fc.array(fc.constantFrom('primitive' as const, 'defined' as const), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant('definitionStatusId' as const),
      operator: equality,
      value: fc.oneof(statusChoice, constraint),
    }),
  )
  const dialectConcept = fc
    .tuple(reference('900000000000508004', '900000000000509007'), acceptabilities)
    .map(([concept, some]) => withOptional({ concept }, 'acceptabilities', some))
  const dialectAlias = fc
    .tuple(fc.constantFrom('en-gb', 'en-us'), acceptabilities)
    .map(([alias, some]) => withOptional({ alias, at: 0 }, 'acceptabilities', some))
  const descriptionFilter: fc.Arbitrary<DescriptionFilter> = fc.oneof(
    common,
    fc.record({ kind: fc.constant('term' as const), operator: equality, terms: searchTerms }),
    fc.record({ kind: fc.constant('term' as const), operator: fc.constant('=' as const), terms: searchTerms }),
    fc.record({
      kind: fc.constant('language' as const),
      operator: equality,
      codes: fc.array(fc.constantFrom('en', 'sv'), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant('type' as const),
      operator: equality,
      types: fc.array(fc.constantFrom('synonym' as const, 'fullySpecifiedName' as const, 'definition' as const), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    fc.record({
      kind: fc.constant('typeId' as const),
      operator: equality,
      value: fc.oneof(reference('900000000000003001', '900000000000013009'), constraint),
    }),
    fc.record({
      kind: fc.constant('descriptionId' as const),
      operator: equality,
      ids: fc.array(fc.constantFrom('670169018', '670170017'), { minLength: 1, maxLength: 2 }),
    }),
    fc
      .tuple(equality, fc.array(dialectAlias, { minLength: 1, maxLength: 2 }), acceptabilities)
      .map(([operator, dialects, some]) =>
        withOptional({ kind: 'dialect' as const, operator, dialects }, 'acceptabilities', some),
      ),
    fc
      .tuple(
        equality,
        fc.oneof(
          reference('900000000000508004', '900000000000509007'),
          fc
            .array(dialectConcept, { minLength: 2, maxLength: 3 })
            .map((dialects) => ({ kind: 'dialects' as const, dialects })),
        ),
        acceptabilities,
      )
      .map(([operator, value, some]) =>
        withOptional({ kind: 'dialectId' as const, operator, value }, 'acceptabilities', some),
      ),
  )
  const comparison: fc.Arbitrary<Comparison> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('constraint' as const),
        operator: equality,
        value: fc.oneof(any, constraint),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('number' as const),
        operator: order,
        values: fc.array(fc.constantFrom('1', '2', '+2.5', '-3', '10.0'), { minLength: 1, maxLength: 2 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('string' as const), operator: equality, terms: searchTerms }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('boolean' as const), operator: equality, value: fc.boolean() }),
    },
  )
  const memberComparison: fc.Arbitrary<Comparison> = fc.oneof(
    comparison,
    fc.record({
      kind: fc.constant('time' as const),
      operator: fc.constantFrom<Order>('<', '<=', '>', '>='),
      values: fc.array(date, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('time' as const), operator: order, values: fc.constant(['']) }),
  )
  const memberFilter: fc.Arbitrary<MemberFilter> = fc.oneof(
    common,
    fc.record({
      kind: fc.constant('field' as const),
      field: fc.constantFrom(
        'mapTarget',
        'mapPriority',
        'mapActive',
        'mapDate',
        'targetComponentId',
        'referencedComponentId',
      ),
      value: memberComparison,
      at: fc.constant(0),
    }),
  )
  const memberOf: fc.Arbitrary<MemberOf> = fc.record({
    kind: fc.constant('memberOf' as const),
    fields: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom<MemberOf['fields']>('component', 'all') },
      {
        weight: 1,
        arbitrary: fc.constantFrom<MemberOf['fields']>(
          ['targetComponentId'],
          ['referencedComponentId', 'targetComponentId'],
        ),
      },
    ),
    of: fc.oneof(
      { weight: 4, arbitrary: referenceSet },
      { weight: 1, arbitrary: any },
      { weight: 1, arbitrary: constraint },
    ),
    filters: fc.array(fc.array(memberFilter, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
    at: fc.constant(0),
  })
  const attribute = (reverse: boolean): fc.Arbitrary<Attribute> =>
    fc
      .tuple(
        cardinality,
        fc.oneof(
          { weight: 4, arbitrary: reference(...TYPES, VALUE_TYPE) },
          { weight: 1, arbitrary: any },
          { weight: 1, arbitrary: constraint },
        ),
        comparison,
      )
      .map(([some, name, value]) =>
        withOptional({ kind: 'attribute' as const, reverse, name, value, at: 0 }, 'cardinality', some),
      )
  const set = (part: fc.Arbitrary<Refinement>): fc.Arbitrary<Refinement> =>
    fc.record({
      kind: fc.constant('set' as const),
      operator: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(part, { minLength: 2, maxLength: 3 }),
    })
  const group = (of: fc.Arbitrary<Refinement>): fc.Arbitrary<Refinement> =>
    fc
      .tuple(cardinality, of)
      .map(([some, inner]) => withOptional({ kind: 'group' as const, of: inner, at: 0 }, 'cardinality', some))
  return {
    inGroup: fc.oneof({ maxDepth: 2 }, attribute(false), set(tie('inGroup'))),
    refinement: fc.oneof(
      { maxDepth: 2 },
      attribute(false),
      attribute(true),
      group(tie('inGroup')),
      group(attribute(true)),
      group(set(attribute(true))),
      set(tie('refinement')),
    ),
    constraint: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      someConcept,
      any,
      fc.record({
        kind: fc.constant('hierarchy' as const),
        operator: fc.constantFrom(...OPERATORS),
        of: someConcept,
        at: fc.constant(0),
      }),
      fc.record({
        kind: fc.constant('hierarchy' as const),
        operator: fc.constantFrom(...OPERATORS),
        of: constraint,
        at: fc.constant(0),
      }),
      memberOf,
      fc.oneof(
        fc.record({
          kind: fc.constant('compound' as const),
          operator: fc.constantFrom('and' as const, 'or' as const),
          parts: fc.array(constraint, { minLength: 2, maxLength: 3 }),
        }),
        fc.record({
          kind: fc.constant('compound' as const),
          operator: fc.constant('minus' as const),
          parts: fc.tuple(constraint, constraint),
        }),
      ),
      fc.record({ kind: fc.constant('refined' as const), focus: constraint, refinement: tie('refinement') }),
      fc.record({
        kind: fc.constant('dotted' as const),
        focus: constraint,
        attributes: fc.array(fc.oneof(reference(...TYPES), any, constraint), { minLength: 1, maxLength: 2 }),
      }),
      fc.record({
        kind: fc.constant('descriptionFiltered' as const),
        of: constraint,
        filters: fc.array(descriptionFilter, { minLength: 1, maxLength: 2 }),
      }),
      fc.record({
        kind: fc.constant('conceptFiltered' as const),
        of: constraint,
        filters: fc.array(conceptFilter, { minLength: 1, maxLength: 2 }),
      }),
      fc.record({
        kind: fc.constant('history' as const),
        of: constraint,
        profile: fc.oneof(
          fc.constantFrom('all' as const, 'minimum' as const, 'moderate' as const, 'maximum' as const),
          constraint,
        ),
        at: fc.constant(0),
      }),
    ),
  }
})

export const arbitraryConstraint: fc.Arbitrary<Constraint> = arbitraries.constraint

/** Refinements of everything: the part of the language with the most ways to be evaluated, met too seldom among all. */
export const arbitraryRefined: fc.Arbitrary<Constraint> = arbitraries.refinement.map((refinement) => ({
  kind: 'refined',
  focus: { kind: 'any', at: 0 },
  refinement,
}))
