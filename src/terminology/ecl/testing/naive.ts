/**
 * ECL straight from the words of the specification, over plain objects: every constraint is asked of every concept.
 * Shares no code with the evaluator it is compared with; slow on purpose.
 */

import type { DescriptionRow } from '../substrate.ts'
import type {
  Acceptabilities,
  Attribute,
  Comparison,
  ConceptChoice,
  ConceptFilter,
  Constraint,
  DescriptionFilter,
  HierarchyOperator,
  MemberFilter,
  MemberOf,
  Order,
  Refinement,
  TimeComparison,
} from '../syntax.ts'
import { fits } from './naive-text.ts'
import {
  bySctid,
  type PlainAttribute,
  type PlainConcept,
  type PlainEdition,
  type PlainMember,
} from './plain-edition.ts'

export interface Naive {
  /** Identifiers that satisfy the constraint, ascending. */
  evaluate(constraint: Constraint): readonly string[]
}

const ALIASES: Readonly<Record<string, string>> = { 'en-gb': '900000000000508004', 'en-us': '900000000000509007' }

export function naive(edition: PlainEdition): Naive {
  const concepts = new Map(edition.concepts.map((concept) => [concept.id, concept]))
  const ids = [...concepts.keys()].sort(bySctid)
  const memory = new Map<Constraint, ReadonlySet<string>>()

  const parents = (id: string): readonly string[] => concepts.get(id)?.parents ?? []
  const isAbove = (above: string, id: string): boolean =>
    parents(id).some((parent) => parent === above || isAbove(above, parent))
  const hasRoot = concepts.has('138875005')

  function setOf(constraint: Constraint): ReadonlySet<string> {
    const known = memory.get(constraint)
    if (known !== undefined) return known
    const set = compute(constraint)
    memory.set(constraint, set)
    return set
  }

  const where = (test: (concept: PlainConcept) => boolean): ReadonlySet<string> =>
    new Set(ids.filter((id) => test(concepts.get(id) as PlainConcept)))

  function compute(constraint: Constraint): ReadonlySet<string> {
    switch (constraint.kind) {
      case 'concept':
        return where(({ id }) => id === constraint.id)
      case 'alternate':
        return new Set()
      case 'any':
        return where(({ id, active }) => (hasRoot ? id === '138875005' || isAbove('138875005', id) : active))
      case 'hierarchy': {
        const inner = setOf(constraint.of)
        return where(({ id }) => relates(constraint.operator, id, inner))
      }
      case 'memberOf':
        return members(constraint)
      case 'compound': {
        const [first = new Set<string>(), ...others] = constraint.parts.map(setOf)
        if (constraint.operator === 'and') return where(({ id }) => first.has(id) && others.every((set) => set.has(id)))
        if (constraint.operator === 'or') return where(({ id }) => first.has(id) || others.some((set) => set.has(id)))
        return where(({ id }) => first.has(id) && !others.some((set) => set.has(id)))
      }
      case 'refined': {
        const focus = setOf(constraint.focus)
        return where((concept) => focus.has(concept.id) && satisfies(concept, constraint.refinement))
      }
      case 'dotted':
        return constraint.attributes.map(setOf).reduce((from, names) => {
          const values = edition.concepts
            .filter(({ id }) => from.has(id))
            .flatMap(({ attributes }) => attributes.filter(({ type }) => names.has(type)).map(({ target }) => target))
          return where(({ id }) => values.includes(id))
        }, setOf(constraint.focus))
      case 'descriptionFiltered': {
        const inner = setOf(constraint.of)
        const named = constraint.filters.some(({ kind }) => kind === 'active')
        return where(
          ({ id, descriptions }) =>
            inner.has(id) &&
            descriptions.some(
              (row) => (named || row.active) && constraint.filters.every((filter) => description(row, filter)),
            ),
        )
      }
      case 'conceptFiltered': {
        const named = constraint.filters.some(({ kind }) => kind === 'active')
        const inner = named && constraint.of.kind === 'any' ? new Set(ids) : setOf(constraint.of)
        return where(
          (concept) => inner.has(concept.id) && constraint.filters.every((filter) => conceptHolds(concept, filter)),
        )
      }
      case 'history': {
        const inner = setOf(constraint.of)
        const former = edition.members
          .filter(({ active, referenceSet }) => active && edition.associations.includes(referenceSet))
          .filter(({ referenceSet }) => inProfile(referenceSet, constraint.profile))
          .filter(({ fields }) => inner.has(fields.targetComponentId ?? ''))
          .map(({ component }) => component)
        return where(({ id }) => inner.has(id) || former.includes(id))
      }
    }
  }

  function inProfile(referenceSet: string, profile: (Constraint & { readonly kind: 'history' })['profile']): boolean {
    if (profile === 'minimum') return referenceSet === '900000000000527005'
    if (profile === 'moderate') {
      return ['900000000000527005', '900000000000526001', '900000000000528000', '1186924009'].includes(referenceSet)
    }
    if (typeof profile === 'string') return isAbove('900000000000522004', referenceSet)
    return setOf(profile).has(referenceSet)
  }

  function relates(operator: HierarchyOperator, id: string, inner: ReadonlySet<string>): boolean {
    const some = (test: (other: string) => boolean): boolean => [...inner].some(test)
    switch (operator) {
      case 'descendantOf':
        return some((other) => isAbove(other, id))
      case 'descendantOrSelfOf':
        return some((other) => other === id || isAbove(other, id))
      case 'childOf':
        return some((other) => parents(id).includes(other))
      case 'childOrSelfOf':
        return some((other) => other === id || parents(id).includes(other))
      case 'ancestorOf':
        return some((other) => isAbove(id, other))
      case 'ancestorOrSelfOf':
        return some((other) => other === id || isAbove(id, other))
      case 'parentOf':
        return some((other) => parents(other).includes(id))
      case 'parentOrSelfOf':
        return some((other) => other === id || parents(other).includes(id))
      case 'top':
        return inner.has(id) && !some((other) => isAbove(other, id))
      case 'bottom':
        return inner.has(id) && !some((other) => isAbove(id, other))
    }
  }

  function members(node: MemberOf): ReadonlySet<string> {
    const all = new Set(edition.members.map(({ referenceSet }) => referenceSet))
    const wanted = node.of.kind === 'any' ? all : setOf(node.of)
    const filters = node.filters.flat()
    const named = filters.some(({ kind }) => kind === 'active')
    const rows = edition.members
      .filter(({ referenceSet, active }) => wanted.has(referenceSet) && (named || active))
      .filter((row) => filters.every((filter) => memberHolds(row, filter)))
    const columns = typeof node.fields === 'string' ? ['referencedComponentId'] : node.fields
    const values = rows.flatMap((row) => columns.map((column) => column_(row, column)))
    return where(({ id }) => values.includes(id))
  }

  function column_(row: PlainMember, name: string): string | undefined {
    return name === 'referencedComponentId' ? row.component : row.fields[name]
  }

  function memberHolds(row: PlainMember, filter: MemberFilter): boolean {
    if (filter.kind === 'field') {
      const text = column_(row, filter.field)
      return text !== undefined && textHolds(text, filter.value)
    }
    return common(row, filter)
  }

  function textHolds(text: string, comparison: Comparison): boolean {
    switch (comparison.kind) {
      case 'constraint':
        return same(comparison.operator, chosen(comparison.value, text))
      case 'number':
        return (
          text !== '' &&
          !Number.isNaN(Number(text)) &&
          anyOrder(comparison.operator, Number(text), comparison.values.map(Number))
        )
      case 'string':
        return same(
          comparison.operator,
          comparison.terms.some((term) => fits(text, term)),
        )
      case 'boolean':
        return (
          ['true', 'false', '1', '0'].includes(text) &&
          same(comparison.operator, ['true', '1'].includes(text) === comparison.value)
        )
      case 'time':
        return (text === '' || /^\d{8}$/.test(text)) && time(Number(text), comparison)
    }
  }

  function common(
    row: { readonly active: boolean; readonly module: string; readonly effectiveTime: number },
    filter: MemberFilter | ConceptFilter | DescriptionFilter,
  ): boolean {
    if (filter.kind === 'module') return same(filter.operator, chosen(filter.value, row.module))
    if (filter.kind === 'effectiveTime') return time(row.effectiveTime, filter.value)
    return filter.kind === 'active' && same(filter.operator, row.active === filter.value)
  }

  function chosen(choice: ConceptChoice, id: string): boolean {
    if (choice.kind === 'list') return choice.concepts.some((concept) => concept.id === id)
    return choice.kind === 'concept' ? choice.id === id : setOf(choice).has(id)
  }

  function conceptHolds(concept: PlainConcept, filter: ConceptFilter): boolean {
    if (filter.kind === 'definitionStatus') {
      return same(filter.operator, filter.values.includes(concept.defined ? 'defined' : 'primitive'))
    }
    if (filter.kind === 'definitionStatusId') {
      return same(filter.operator, chosen(filter.value, concept.defined ? '900000000000073002' : '900000000000074008'))
    }
    return common(concept, filter)
  }

  function description(row: DescriptionRow, filter: DescriptionFilter): boolean {
    switch (filter.kind) {
      case 'term':
        return same(
          filter.operator,
          filter.terms.some((term) => fits(row.term, term)),
        )
      case 'language':
        return same(filter.operator, filter.codes.includes(row.language))
      case 'type':
        return same(
          filter.operator,
          filter.types.some(
            (type) =>
              ({
                synonym: '900000000000013009',
                fullySpecifiedName: '900000000000003001',
                definition: '900000000000550004',
              })[type] === row.type,
          ),
        )
      case 'typeId':
        return same(filter.operator, chosen(filter.value, row.type))
      case 'descriptionId':
        return same(filter.operator, filter.ids.includes(row.id))
      case 'dialect':
      case 'dialectId': {
        const accepted = [...row.acceptability].some(
          ([referenceSet, acceptability]) =>
            allows(filter.acceptabilities, acceptability) &&
            (filter.kind === 'dialect'
              ? filter.dialects.some(
                  (one) => ALIASES[one.alias] === referenceSet && allows(one.acceptabilities, acceptability),
                )
              : filter.value.kind === 'dialects'
                ? filter.value.dialects.some(
                    (one) => one.concept.id === referenceSet && allows(one.acceptabilities, acceptability),
                  )
                : chosen(filter.value, referenceSet)),
        )
        return same(filter.operator, accepted)
      }
      default:
        return common(row, filter)
    }
  }

  function satisfies(concept: PlainConcept, refinement: Refinement): boolean {
    if (refinement.kind === 'set') {
      return refinement.operator === 'and'
        ? refinement.parts.every((part) => satisfies(concept, part))
        : refinement.parts.some((part) => satisfies(concept, part))
    }
    if (refinement.kind === 'attribute') return attributeHolds(refinement, relationships(concept, refinement.reverse))
    const reverse = someReversed(refinement.of)
    const own = relationships(concept, reverse)
    const groups = new Map<string, Relationship[]>()
    own.forEach((one, index) => {
      const key = one.group === 0 ? `alone ${index}` : `${one.owner} ${one.group}`
      groups.set(key, [...(groups.get(key) ?? []), one])
    })
    const count = [...groups.values()].filter((group) => inGroup(refinement.of, group)).length
    return inside(count, refinement.cardinality)
  }

  function inGroup(refinement: Refinement, group: readonly Relationship[]): boolean {
    if (refinement.kind === 'attribute') return attributeHolds(refinement, group)
    if (refinement.kind === 'group') return inGroup(refinement.of, group)
    return refinement.operator === 'and'
      ? refinement.parts.every((part) => inGroup(part, group))
      : refinement.parts.some((part) => inGroup(part, group))
  }

  interface Relationship {
    readonly owner: string
    readonly group: number
    readonly type: string
    readonly end: PlainAttribute['target']
  }

  function relationships(concept: PlainConcept, reverse: boolean): readonly Relationship[] {
    if (!reverse)
      return concept.attributes.map(({ group, type, target }) => ({ owner: concept.id, group, type, end: target }))
    return edition.concepts.flatMap((source) =>
      source.attributes
        .filter(({ target }) => target === concept.id)
        .map(({ group, type }) => ({ owner: source.id, group, type, end: source.id })),
    )
  }

  function attributeHolds(attribute: Attribute, relations: readonly Relationship[]): boolean {
    const names = attribute.name.kind === 'any' ? undefined : setOf(attribute.name)
    const held = relations.filter(
      ({ type, end }) => (names === undefined || names.has(type)) && endHolds(end, attribute.value),
    )
    const count = attribute.reverse ? new Set(held.map(({ end }) => end)).size : held.length
    return inside(count, attribute.cardinality)
  }

  function endHolds(end: PlainAttribute['target'], comparison: Comparison): boolean {
    if (comparison.kind === 'constraint') {
      if (comparison.value.kind === 'any') return comparison.operator === '='
      return typeof end === 'string' && same(comparison.operator, setOf(comparison.value).has(end))
    }
    if (typeof end === 'string') return false
    if (comparison.kind === 'number')
      return end.kind === 'number' && anyOrder(comparison.operator, end.value, comparison.values.map(Number))
    if (comparison.kind === 'boolean')
      return end.kind === 'boolean' && same(comparison.operator, end.value === comparison.value)
    return (
      comparison.kind === 'string' &&
      end.kind === 'string' &&
      same(
        comparison.operator,
        comparison.terms.some((term) => fits(end.value, term)),
      )
    )
  }

  return { evaluate: (constraint) => [...setOf(constraint)].sort(bySctid) }
}

function someReversed(refinement: Refinement): boolean {
  if (refinement.kind === 'set') return refinement.parts.some(someReversed)
  return refinement.kind === 'group' ? someReversed(refinement.of) : refinement.reverse
}

function same(operator: '=' | '!=', holds: boolean): boolean {
  return holds === (operator === '=')
}

function inside(count: number, cardinality: Attribute['cardinality']): boolean {
  const { minimum, maximum } = cardinality ?? { minimum: 1, maximum: 'many' }
  return count >= minimum && (maximum === 'many' || count <= maximum)
}

function anyOrder(operator: Order, left: number, rights: readonly number[]): boolean {
  if (operator === '!=') return rights.every((right) => left !== right)
  const tests: Record<Exclude<Order, '!='>, (right: number) => boolean> = {
    '=': (right) => left === right,
    '<': (right) => left < right,
    '<=': (right) => left <= right,
    '>': (right) => left > right,
    '>=': (right) => left >= right,
  }
  return rights.some(tests[operator])
}

function time(value: number, { operator, values }: TimeComparison): boolean {
  return anyOrder(
    operator,
    value,
    values.map((one) => (one === '' ? 0 : Number(one))),
  )
}

function allows(acceptabilities: Acceptabilities | undefined, acceptability: 'preferred' | 'acceptable'): boolean {
  if (acceptabilities === undefined) return true
  if (acceptabilities.kind === 'tokens') return acceptabilities.tokens.includes(acceptability)
  return acceptabilities.concepts.some(
    ({ id }) => id === (acceptability === 'preferred' ? '900000000000548007' : '900000000000549004'),
  )
}
