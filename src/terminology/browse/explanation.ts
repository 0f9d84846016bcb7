/** An expression constraint as a tree of what can be said in words (portal/terminology/browser.ts, `Explanation`). */
import type { ExplainedOperator, Explanation, Reference } from '#portal/terminology/browser.ts'
import { printEcl } from '../ecl/index.ts'
import type { Attribute, Cardinality, Comparison, Constraint, HierarchyOperator, Refinement } from '../ecl/syntax.ts'

/** Finds the words of a concept; undefined when the edition does not have it. */
export type FindReference = (sctid: string) => Reference | undefined

const OPERATORS: Readonly<Record<HierarchyOperator, ExplainedOperator>> = {
  descendantOf: 'descendants',
  descendantOrSelfOf: 'descendants-or-self',
  childOf: 'children',
  childOrSelfOf: 'children-or-self',
  ancestorOf: 'ancestors',
  ancestorOrSelfOf: 'ancestors-or-self',
  parentOf: 'parents',
  parentOrSelfOf: 'parents-or-self',
  top: 'top',
  bottom: 'bottom',
}

const COMPOUND = { and: 'all', or: 'some', minus: 'minus' } as const

export function explain(constraint: Constraint, find: FindReference): Explanation {
  const deeper = (part: Constraint): Explanation => explain(part, find)
  switch (constraint.kind) {
    case 'concept': {
      const concept = find(constraint.id)
      return concept ? { kind: 'concept', concept } : { kind: 'source', text: constraint.id }
    }
    case 'any':
      return { kind: 'any' }
    case 'hierarchy':
      return { kind: 'operator', operator: OPERATORS[constraint.operator], of: deeper(constraint.of) }
    case 'memberOf': {
      const members: Explanation = { kind: 'operator', operator: 'members', of: deeper(constraint.of) }
      return constraint.filters.length === 0 ? members : filtered(members, constraint, constraint.of)
    }
    case 'compound':
      return { kind: COMPOUND[constraint.operator], parts: constraint.parts.map(deeper) }
    case 'refined':
      return { kind: 'refined', of: deeper(constraint.focus), conditions: conditions(constraint.refinement, find) }
    case 'dotted':
      return constraint.attributes.reduce<Explanation>(
        (of, attribute) => ({ kind: 'dotted', of, attribute: deeper(attribute) }),
        deeper(constraint.focus),
      )
    case 'descriptionFiltered':
    case 'conceptFiltered':
    case 'history':
      return filtered(deeper(constraint.of), constraint, constraint.of)
    case 'alternate':
      return { kind: 'source', text: printEcl(constraint) }
  }
}

/** Filters are shown as they are written: what follows the part that they filter. */
function filtered(of: Explanation, whole: Constraint, inner: Constraint): Explanation {
  const written = printEcl(whole)
  const start = written.lastIndexOf('{{')
  const own = printEcl(inner)
  const filters = written.startsWith(own) ? written.slice(own.length).trim() : written.slice(Math.max(0, start))
  return { kind: 'filtered', of, filters: [filters] }
}

function conditions(refinement: Refinement, find: FindReference): readonly Explanation[] {
  if (refinement.kind === 'set' && refinement.operator === 'and') {
    return refinement.parts.flatMap((part) => conditions(part, find))
  }
  return [condition(refinement, find)]
}

function condition(refinement: Refinement, find: FindReference): Explanation {
  switch (refinement.kind) {
    case 'set':
      return {
        kind: refinement.operator === 'and' ? 'all' : 'some',
        parts: refinement.parts.map((part) => condition(part, find)),
      }
    case 'group':
      return {
        kind: 'group',
        ...cardinality(refinement.cardinality),
        conditions: conditions(refinement.of, find),
      }
    case 'attribute':
      return attribute(refinement, find)
  }
}

function attribute({ name, reverse, cardinality: range, value }: Attribute, find: FindReference): Explanation {
  return {
    kind: 'attribute',
    name: explain(name, find),
    comparison: value.operator,
    reverse,
    ...cardinality(range),
    value: comparedValue(value, find),
  }
}

function comparedValue(value: Comparison, find: FindReference): Explanation {
  switch (value.kind) {
    case 'constraint':
      return explain(value.value, find)
    case 'boolean':
      return { kind: 'value', text: String(value.value) }
    case 'number':
    case 'time':
      return oneOf(value.values)
    case 'string':
      return oneOf(value.terms.map(({ text }) => `"${text}"`))
  }
}

function oneOf(texts: readonly string[]): Explanation {
  const parts = texts.map((text): Explanation => ({ kind: 'value', text }))
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'some', parts }
}

function cardinality(range: Cardinality | undefined): { readonly cardinality?: string } {
  if (!range) return {}
  const most = range.maximum === 'many' ? '*' : String(range.maximum)
  return { cardinality: `${range.minimum}..${most}` }
}
