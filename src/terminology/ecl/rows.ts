/**
 * A refinement asked of one subject's attributes, row by row. Used where whole sets say too little (groups,
 * cardinalities) or cost too much (one concept, a post-coordinated expression).
 *
 * Counting (ECL 2.2, 6.5–6.6): an attribute outside braces counts the relationships of the subject whatever their
 * group; inside braces those of one group; a group's cardinality counts groups. An ungrouped relationship is a group
 * of its own. A reversed attribute counts the concepts it comes from; its groups are those of the concepts it comes from.
 */
import type { Cardinality, Refinement } from './syntax.ts'

/** One relationship as seen from the subject: its type and the other end. */
export interface Edge<Value> {
  readonly type: number
  readonly target: Value
  /** What keeps edges together; 0 means on its own. For reversed edges: source and group. */
  readonly group: number
}

export interface EdgeSource<Value> {
  forward(): readonly Edge<Value>[]
  reversed(): readonly Edge<Value>[]
}

/** An attribute of the refinement, ready to be asked. */
export interface AttributeTest<Value> {
  readonly reverse: boolean
  readonly minimum: number
  readonly maximum: number
  holds(edge: Edge<Value>): boolean
  /** Tells the other ends apart, for counting reversed edges. */
  identity(target: Value): unknown
}

/** The refinement with its attributes made ready. */
export type RowTest<Value> =
  | { readonly kind: 'attribute'; readonly test: AttributeTest<Value> }
  | {
      readonly kind: 'group'
      readonly minimum: number
      readonly maximum: number
      readonly reverse: boolean
      readonly of: RowTest<Value>
    }
  | { readonly kind: 'set'; readonly operator: 'and' | 'or'; readonly parts: readonly RowTest<Value>[] }

export function bounds(cardinality: Cardinality | undefined): { readonly minimum: number; readonly maximum: number } {
  if (cardinality === undefined) return { minimum: 1, maximum: Number.POSITIVE_INFINITY }
  const { minimum, maximum } = cardinality
  return { minimum, maximum: maximum === 'many' ? Number.POSITIVE_INFINITY : maximum }
}

/** Whether a group's attributes are reversed; `mixed` when some are and some are not. */
export function directionOf(refinement: Refinement): 'forward' | 'reversed' | 'mixed' {
  if (refinement.kind === 'attribute') return refinement.reverse ? 'reversed' : 'forward'
  const directions = new Set((refinement.kind === 'set' ? refinement.parts : [refinement.of]).map(directionOf))
  const [only] = directions
  return directions.size === 1 && only !== undefined ? only : 'mixed'
}

export function rowsSatisfy<Value>(test: RowTest<Value>, source: EdgeSource<Value>): boolean {
  switch (test.kind) {
    case 'attribute':
      return within(test.test, test.test.reverse ? source.reversed() : source.forward())
    case 'group': {
      const count = countGroups(test.of, groupsOf(test.reverse ? source.reversed() : source.forward()))
      return count >= test.minimum && count <= test.maximum
    }
    case 'set':
      return test.operator === 'and'
        ? test.parts.every((part) => rowsSatisfy(part, source))
        : test.parts.some((part) => rowsSatisfy(part, source))
  }
}

/** How many of the groups satisfy the attributes of a pair of braces. */
export function countGroups<Value>(test: RowTest<Value>, groups: Iterable<readonly Edge<Value>[]>): number {
  let count = 0
  for (const group of groups) if (groupSatisfies(test, group)) count += 1
  return count
}

function groupSatisfies<Value>(test: RowTest<Value>, group: readonly Edge<Value>[]): boolean {
  if (test.kind === 'attribute') return within(test.test, group)
  if (test.kind === 'group') return groupSatisfies(test.of, group)
  return test.operator === 'and'
    ? test.parts.every((part) => groupSatisfies(part, group))
    : test.parts.some((part) => groupSatisfies(part, group))
}

/** Whether no attribute at all would satisfy the braces, as `{ [0..0] … }`. */
export function satisfiedByNothing<Value>(test: RowTest<Value>): boolean {
  return groupSatisfies(test, [])
}

export function groupsOf<Value>(edges: readonly Edge<Value>[]): readonly (readonly Edge<Value>[])[] {
  const groups: Edge<Value>[][] = []
  const byNumber = new Map<number, Edge<Value>[]>()
  for (const edge of edges) {
    const group = edge.group === 0 ? undefined : byNumber.get(edge.group)
    if (group !== undefined) group.push(edge)
    else {
      const started = [edge]
      groups.push(started)
      if (edge.group !== 0) byNumber.set(edge.group, started)
    }
  }
  return groups
}

function within<Value>(test: AttributeTest<Value>, edges: readonly Edge<Value>[]): boolean {
  const held = edges.filter((edge) => test.holds(edge))
  const count = test.reverse ? new Set(held.map(({ target }) => test.identity(target))).size : held.length
  return count >= test.minimum && count <= test.maximum
}
