/** Random small editions: a hierarchy with several parents, groups, concrete values, reference sets, names, and a few inactive concepts. */
import fc from 'fast-check'
import type { ConcreteValue, DescriptionRow } from '../substrate.ts'
import type { PlainAttribute, PlainConcept, PlainEdition, PlainMember } from './plain-edition.ts'

export const ROOT = '138875005'
export const TYPES = ['363698007', '116676008', '246075003', '127489000']
export const VALUE_TYPE = '1142135004'
export const MODULES = ['900000000000207008', '31000003106']
export const SAME_AS = '900000000000527005'
export const REPLACED_BY = '900000000000526001'
export const POSSIBLY = '900000000000523009'
const ASSOCIATIONS = [SAME_AS, REPLACED_BY, POSSIBLY]
export const SIMPLE = '447562003'
export const MAP = '900000000000497000'
const METADATA = '900000000000441003'
const HISTORICAL = '900000000000522004'
export const DIALECTS = ['900000000000508004', '900000000000509007']
export const TERMS = [
  'heart',
  'Heart attack',
  'Cœur malade',
  'hjärta',
  'cardiomyopathy (disorder)',
  'a*b',
  'fœtal-heart "x"',
  'Größe 2',
]
export const TIMES = [20190131, 20200731, 20250909, 0]

/** Identifiers whose numerical order says nothing of the hierarchy. */
export function bodyId(index: number): string {
  return String(1_000_000 + ((index * 7919) % 9973) * 11)
}

const SYSTEM: readonly (readonly [string, string])[] = [
  [METADATA, ROOT],
  ['410662002', METADATA],
  [TYPES[0] ?? '', '410662002'],
  [TYPES[1] ?? '', '410662002'],
  [TYPES[2] ?? '', TYPES[0] ?? ''],
  [TYPES[3] ?? '', '410662002'],
  [VALUE_TYPE, '410662002'],
  ['900000000000455006', METADATA],
  [SIMPLE, '900000000000455006'],
  [MAP, '900000000000455006'],
  [HISTORICAL, '900000000000455006'],
  ...ASSOCIATIONS.map((id): readonly [string, string] => [id, HISTORICAL]),
]

const value: fc.Arbitrary<ConcreteValue> = fc.oneof(
  fc.constantFrom(1, 2, 2.5, 10, -3).map((number): ConcreteValue => ({ kind: 'number', value: number })),
  fc.constantFrom('PANADOL', 'heart pill', 'J45.9').map((text): ConcreteValue => ({ kind: 'string', value: text })),
  fc.boolean().map((truth): ConcreteValue => ({ kind: 'boolean', value: truth })),
)

const attribute = (size: number): fc.Arbitrary<PlainAttribute> =>
  fc.record({
    group: fc.constantFrom(0, 0, 1, 1, 2, 3),
    type: fc.constantFrom(...TYPES, VALUE_TYPE),
    target: fc.oneof({ weight: 4, arbitrary: fc.nat(size - 1).map(bodyId) }, { weight: 1, arbitrary: value }),
  })

const description: fc.Arbitrary<DescriptionRow> = fc.record({
  id: fc.constantFrom('670169018', '670170017', '670171018'),
  active: fc.constantFrom(true, true, true, false),
  term: fc.constantFrom(...TERMS),
  language: fc.constantFrom('en', 'sv', 'fr'),
  type: fc.constantFrom('900000000000003001', '900000000000013009', '900000000000550004'),
  module: fc.constantFrom(...MODULES),
  effectiveTime: fc.constantFrom(...TIMES),
  caseSignificance: fc.constant('900000000000448009'),
  acceptability: fc
    .array(fc.tuple(fc.constantFrom(...DIALECTS), fc.constantFrom('preferred' as const, 'acceptable' as const)), {
      maxLength: 2,
    })
    .map((pairs) => new Map(pairs)),
})

const body = (index: number, size: number): fc.Arbitrary<PlainConcept> =>
  fc
    .record({
      inactive: fc.integer({ min: 0, max: 9 }),
      defined: fc.boolean(),
      module: fc.constantFrom(...MODULES),
      effectiveTime: fc.constantFrom(...TIMES),
      parents: fc.uniqueArray(fc.nat(Math.max(0, index - 1)), { minLength: 1, maxLength: 3 }),
      attributes: fc.array(attribute(size), { maxLength: 6 }),
      descriptions: fc.array(description, { maxLength: 3 }),
    })
    .map(({ inactive, parents, attributes, ...rest }) => ({
      ...rest,
      id: bodyId(index),
      active: inactive > 0,
      parents: inactive === 0 ? [] : index === 0 ? [ROOT] : parents.map(bodyId),
      attributes: inactive === 0 ? [] : unique(attributes),
    }))

/** A release has each relationship once. */
function unique(attributes: readonly PlainAttribute[]): readonly PlainAttribute[] {
  return [...new Map(attributes.map((one) => [JSON.stringify(one), one])).values()]
}

const member = (size: number): fc.Arbitrary<PlainMember> =>
  fc
    .record({
      referenceSet: fc.constantFrom(SIMPLE, MAP, ...ASSOCIATIONS),
      active: fc.constantFrom(true, true, false),
      module: fc.constantFrom(...MODULES),
      effectiveTime: fc.constantFrom(...TIMES),
      component: fc.oneof(
        { weight: 5, arbitrary: fc.nat(size - 1).map(bodyId) },
        { weight: 1, arbitrary: fc.constant('670169018') },
      ),
      target: fc.nat(size - 1).map(bodyId),
      mapTarget: fc.constantFrom('J45.9', 'J45', 'I21 heart', ''),
      mapPriority: fc.constantFrom('1', '2', '10'),
      mapActive: fc.constantFrom('true', 'false', ''),
      mapDate: fc.constantFrom('20200101', ''),
    })
    .map(({ target, mapTarget, mapPriority, mapActive, mapDate, ...row }) => ({
      ...row,
      id: 'row',
      fields: { targetComponentId: target, mapTarget, mapPriority, mapActive, mapDate },
    }))

export const arbitraryEdition: fc.Arbitrary<PlainEdition> = fc.integer({ min: 3, max: 24 }).chain((size) =>
  fc
    .tuple(
      fc.tuple(...Array.from({ length: size }, (_, index) => body(index, size))),
      fc.array(member(size), { minLength: 6, maxLength: 24 }),
    )
    .map(([bodies, members]) => ({
      concepts: repair([...system(), ...bodies]),
      members,
      associations: ASSOCIATIONS,
    })),
)

function system(): readonly PlainConcept[] {
  const make = (id: string, parents: readonly string[]): PlainConcept => ({
    id,
    active: true,
    defined: false,
    module: MODULES[0] ?? '',
    effectiveTime: 20190131,
    parents,
    attributes: [],
    descriptions: [],
  })
  return [make(ROOT, []), ...SYSTEM.map(([id, parent]) => make(id, [parent]))]
}

/** No active is-a or attribute leads to an inactive concept; who loses all parents hangs under the root. */
function repair(concepts: readonly PlainConcept[]): readonly PlainConcept[] {
  const inactive = new Set(concepts.filter(({ active }) => !active).map(({ id }) => id))
  return concepts.map((concept) => {
    const parents = concept.parents.filter((parent) => !inactive.has(parent))
    return {
      ...concept,
      parents: concept.active && parents.length === 0 && concept.id !== ROOT ? [ROOT] : parents,
      attributes: concept.attributes.filter(({ target }) => typeof target !== 'string' || !inactive.has(target)),
    }
  })
}
