/** `focus : refinement` and `focus . attribute` over whole sets; groups and small sets row by row. */
import {
  type CompiledAttribute,
  type ConceptOrValue,
  compileAttribute,
  markSubjects,
  NO_CONCEPT,
  visitMatches,
} from './compiled-attribute.ts'
import type { ConceptSet } from './concept-set.ts'
import { createBits, type DenseBits, hasBit, ordinalsOf, setBit } from './dense-bits.ts'
import { type Evaluation, spendSet, stop } from './evaluation.ts'
import {
  bounds,
  countGroups,
  directionOf,
  type Edge,
  type EdgeSource,
  groupsOf,
  type RowTest,
  rowsSatisfy,
  satisfiedByNothing,
} from './rows.ts'
import type { Ordinal } from './substrate.ts'
import type { AttributeGroup, Constraint, Refinement } from './syntax.ts'

type Evaluate = (evaluation: Evaluation, constraint: Constraint) => ConceptSet

/** A refinement with every attribute compiled once. */
type Compiled =
  | { readonly kind: 'attribute'; readonly test: CompiledAttribute }
  | {
      readonly kind: 'group'
      readonly minimum: number
      readonly maximum: number
      readonly reverse: boolean
      readonly of: Compiled
    }
  | { readonly kind: 'set'; readonly operator: 'and' | 'or'; readonly parts: readonly Compiled[] }

export function refined(
  evaluation: Evaluation,
  focus: ConceptSet,
  refinement: Refinement,
  evaluate: Evaluate,
): ConceptSet {
  const compiled = compile(evaluation, refinement, evaluate)
  return focus.size <= evaluation.thresholds.fewConcepts
    ? byRows(evaluation, focus, compiled)
    : bySets(evaluation, focus, compiled)
}

export function compile(evaluation: Evaluation, refinement: Refinement, evaluate: Evaluate): Compiled {
  switch (refinement.kind) {
    case 'attribute':
      return { kind: 'attribute', test: compileAttribute(evaluation, refinement, evaluate) }
    case 'group':
      return {
        kind: 'group',
        ...bounds(refinement.cardinality),
        reverse: requireDirection(evaluation, refinement) === 'reversed',
        of: compile(evaluation, refinement.of, evaluate),
      }
    case 'set':
      return {
        kind: 'set',
        operator: refinement.operator,
        parts: refinement.parts.map((part) => compile(evaluation, part, evaluate)),
      }
  }
}

/** The groups of a concept and those of the concepts that point to it are not the same: braces speak of one or the other. */
export function requireDirection(evaluation: Evaluation, group: AttributeGroup): 'forward' | 'reversed' {
  const direction = directionOf(group.of)
  if (direction !== 'mixed') return direction
  return stop(
    evaluation,
    'ecl-mixed-group',
    group.at,
    'a group has attributes with and without the reverse flag.',
    'Put the reversed attributes in a group of their own, or outside of braces.',
  )
}

function byRows(evaluation: Evaluation, focus: ConceptSet, compiled: Compiled): ConceptSet {
  const test: RowTest<ConceptOrValue> = compiled
  evaluation.budget.spend(focus.size * attributeCount(compiled))
  return evaluation.sets.of(
    focus.toUint32Array().filter((concept) => rowsSatisfy(test, conceptEdges(evaluation, concept))),
  )
}

/** The part of `focus` that satisfies the refinement. */
function bySets(evaluation: Evaluation, focus: ConceptSet, compiled: Compiled): ConceptSet {
  spendSet(evaluation, focus)
  switch (compiled.kind) {
    case 'attribute':
      return attributeSet(evaluation, focus, compiled.test)
    case 'group':
      return groupSet(evaluation, focus, compiled)
    case 'set':
      return compiled.operator === 'and'
        ? compiled.parts.reduce((left, part) => bySets(evaluation, left, part), focus)
        : evaluation.sets.fold(
            'or',
            compiled.parts.map((part) => () => bySets(evaluation, focus, part)),
          )
  }
}

function attributeSet(evaluation: Evaluation, focus: ConceptSet, attribute: CompiledAttribute): ConceptSet {
  const { sets } = evaluation
  const { minimum, maximum } = attribute
  if (minimum === 0 && maximum === Number.POSITIVE_INFINITY) return focus
  const present = sets.of(ordinalsOf(markSubjects(evaluation, attribute)))
  if (maximum === Number.POSITIVE_INFINITY && minimum === 1) return sets.and(focus, present)
  if (maximum === 0) return sets.minus(focus, present)
  const counts = countMatches(evaluation, attribute)
  const outside = sets.of(
    present.toUint32Array().filter((concept) => (counts[concept] ?? 0) < minimum || (counts[concept] ?? 0) > maximum),
  )
  return sets.minus(minimum === 0 ? focus : sets.and(focus, present), outside)
}

/** Remembering a pair costs more than passing a row. */
const STEPS_PER_PAIR = 4

/** Relationships per subject; for reversed attributes, different sources per subject. */
function countMatches(evaluation: Evaluation, attribute: CompiledAttribute): Uint32Array {
  const { conceptCount } = evaluation.substrate
  const counts = new Uint32Array(conceptCount)
  const pairs = new Set<number>()
  for (const type of attribute.types) {
    visitMatches(evaluation, attribute, type, (subject, other) => {
      if (attribute.reverse && other !== NO_CONCEPT) {
        const pair = subject * conceptCount + other
        evaluation.budget.spend(STEPS_PER_PAIR)
        if (pairs.has(pair)) return
        pairs.add(pair)
      }
      counts[subject] = (counts[subject] ?? 0) + 1
    })
  }
  return counts
}

function groupSet(evaluation: Evaluation, focus: ConceptSet, group: Compiled & { readonly kind: 'group' }): ConceptSet {
  const { sets } = evaluation
  const test: RowTest<ConceptOrValue> = group.of
  const needed = satisfiedByNothing(test) ? undefined : necessary(evaluation, group.of)
  const candidates = needed === undefined ? focus : sets.and(focus, needed)
  const found = createBits(evaluation.substrate.conceptCount)
  const steps = attributeCount(group)
  for (const concept of candidates.toUint32Array()) {
    evaluation.budget.spend(steps)
    const edges = conceptEdges(evaluation, concept)
    const count = countGroups(test, groupsOf(group.reverse ? edges.reversed() : edges.forward()))
    if (count >= group.minimum && count <= group.maximum) setBit(found, concept)
  }
  const inside = sets.of(ordinalsOf(found))
  return group.minimum === 0 ? sets.or([inside, sets.minus(focus, candidates)]) : inside
}

function attributeCount(compiled: Compiled): number {
  if (compiled.kind === 'attribute') return 1
  if (compiled.kind === 'group') return attributeCount(compiled.of)
  return compiled.parts.reduce((sum, part) => sum + attributeCount(part), 0)
}

/** Subjects outside this set have no group that satisfies; absent when nothing can be said. */
function necessary(evaluation: Evaluation, compiled: Compiled): ConceptSet | undefined {
  const { sets } = evaluation
  if (compiled.kind === 'attribute') {
    return compiled.test.minimum === 0 ? undefined : sets.of(ordinalsOf(markSubjects(evaluation, compiled.test)))
  }
  if (compiled.kind === 'group') return necessary(evaluation, compiled.of)
  const parts = compiled.parts.map((part) => necessary(evaluation, part))
  const known = parts.filter((part) => part !== undefined)
  if (compiled.operator === 'or') return known.length === parts.length ? sets.or(known) : undefined
  return known.length === 0 ? undefined : known.reduce((left, right) => sets.and(left, right))
}

/** Relationships of one concept, and those that lead to it. */
export function conceptEdges({ substrate, budget }: Evaluation, concept: Ordinal): EdgeSource<ConceptOrValue> {
  return {
    forward() {
      const rows = substrate.attributesOf(concept)
      budget.spend(1 + rows.length)
      return rows
    },
    reversed() {
      const edges: Edge<ConceptOrValue>[] = []
      for (const source of substrate.sourcesOf(concept)) {
        const rows = substrate.attributesOf(source)
        budget.spend(1 + rows.length)
        for (const { type, target, group } of rows) {
          if (target === concept) edges.push({ type, target: source, group: group === 0 ? 0 : source * GROUPS + group })
        }
      }
      return edges
    },
  }
}

/** More groups than any concept has; only keeps the groups of different sources apart. */
const GROUPS = 65_536

/** `focus . name . name`: the values of the attributes, step by step. Concrete values are no concepts and fall away. */
export function dotted(
  evaluation: Evaluation,
  focus: ConceptSet,
  names: readonly Constraint[],
  evaluate: Evaluate,
): ConceptSet {
  return names.reduce((from, name) => valuesOf(evaluation, from, name, evaluate), focus)
}

function valuesOf(evaluation: Evaluation, from: ConceptSet, name: Constraint, evaluate: Evaluate): ConceptSet {
  const { substrate, sets } = evaluation
  const asValue: Constraint = { kind: 'any', at: 0 }
  const attribute = compileAttribute(
    evaluation,
    { kind: 'attribute', reverse: false, name, value: { kind: 'constraint', operator: '=', value: asValue }, at: 0 },
    evaluate,
  )
  const list = from.toUint32Array()
  const reached = createBits(substrate.conceptCount)
  spendSet(evaluation, from)
  if (list.length <= evaluation.thresholds.fewConcepts) {
    for (const concept of list) {
      for (const edge of conceptEdges(evaluation, concept).forward()) {
        if (typeof edge.target === 'number' && attribute.holds(edge)) setBit(reached, edge.target)
      }
    }
  } else visitValues(evaluation, attribute, list, reached)
  return sets.of(ordinalsOf(reached))
}

function visitValues(
  evaluation: Evaluation,
  attribute: CompiledAttribute,
  from: Uint32Array,
  reached: DenseBits,
): void {
  const inside = createBits(evaluation.substrate.conceptCount)
  for (const concept of from) setBit(inside, concept)
  for (const type of attribute.types) {
    visitMatches(evaluation, attribute, type, (source, target) => {
      if (target !== NO_CONCEPT && hasBit(inside, source)) setBit(reached, target)
    })
  }
}
