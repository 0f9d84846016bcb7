/**
 * An expression as a subject of constraints: what it lies under, and its attributes, those that it inherits from its
 * focus concepts included.
 *
 * It lies under its focus concepts and all above them, and under every fully defined concept whose definition it
 * fulfils: whose primitive ancestors are above the expression, and each of whose attributes (group by group) the
 * expression has, with the same or a more special name and value. That is what a classifier would find for one
 * expression over an edition already classified, but for role chains and general axioms.
 */
import { includesSorted } from '../../ecl/concept-set.ts'
import type { Evaluation } from '../../ecl/evaluation.ts'
import { conceptSubject, type Subject } from '../../ecl/match.ts'
import { type Edge, groupsOf } from '../../ecl/rows.ts'
import type { ConcreteValue, EclSubstrate } from '../../ecl/substrate.ts'
import type { Expression, ExpressionAttribute, ExpressionValue } from './syntax.ts'

type Row = Edge<Subject | ConcreteValue>

/** The expression must be valid in the edition (`validateExpression`). */
export function expressionSubject(evaluation: Evaluation, expression: Expression): Subject {
  const { substrate } = evaluation
  const focus = expression.focus.map(({ id }) => conceptSubject(evaluation, substrate.ordinalOf(id)))
  const [only] = focus
  if (only !== undefined && focus.length === 1 && expression.refinement.length === 0) return only
  const rows = withoutRedundant(evaluation, [
    ownRows(evaluation, expression),
    ...focus.map((subject) => subject.edges.forward()),
  ])
  let above: Uint32Array | undefined
  return {
    concept: -1,
    ancestors: () => {
      above ??= ancestorsOf(evaluation, focus, rows)
      return above
    },
    edges: { forward: () => rows, reversed: () => [] },
  }
}

function ownRows(evaluation: Evaluation, { refinement }: Expression): readonly Row[] {
  let groups = 0
  return refinement.flatMap((part) => {
    if (part.kind === 'attribute') return [row(evaluation, part, 0)]
    groups += 1
    const group = groups
    return part.attributes.map((attribute) => row(evaluation, attribute, group))
  })
}

function row(evaluation: Evaluation, { name, value }: ExpressionAttribute, group: number): Row {
  return { type: evaluation.substrate.ordinalOf(name.id), target: target(evaluation, value), group }
}

function target(evaluation: Evaluation, value: ExpressionValue): Subject | ConcreteValue {
  switch (value.kind) {
    case 'concept':
      return conceptSubject(evaluation, evaluation.substrate.ordinalOf(value.id))
    case 'expression':
      return expressionSubject(evaluation, value)
    case 'number':
      return { kind: 'number', value: Number(value.text) }
    case 'string':
      return { kind: 'string', value: value.text }
    case 'boolean':
      return { kind: 'boolean', value: value.value }
  }
}

/** All rows, groups numbered anew, without groups that another one makes more precise: first written, then inherited. */
function withoutRedundant({ substrate, budget }: Evaluation, lists: readonly (readonly Row[])[]): readonly Row[] {
  const groups = lists.flatMap((rows) => groupsOf(rows))
  const kept: (readonly Row[])[] = []
  for (const group of groups) {
    budget.spend(1 + kept.length * group.length)
    if (!kept.some((other) => fulfils(substrate, other, group))) kept.push(group)
  }
  return kept.flatMap((group, index) => group.map((one) => ({ ...one, group: one.group === 0 ? 0 : index + 1 })))
}

/** Every attribute of `wanted` is in `given`, with the same or a more special name and value. */
function fulfils(substrate: EclSubstrate, given: readonly Row[], wanted: readonly Row[]): boolean {
  return wanted.every((want) =>
    given.some((have) => isOrUnder(substrate, have.type, want.type) && valueFulfils(have.target, want.target)),
  )
}

function isOrUnder(substrate: EclSubstrate, concept: number, above: number): boolean {
  return concept === above || includesSorted(substrate.ancestorsOf(concept), above)
}

function valueFulfils(given: Subject | ConcreteValue, wanted: Subject | ConcreteValue): boolean {
  if ('kind' in given || 'kind' in wanted) {
    return 'kind' in given && 'kind' in wanted && given.kind === wanted.kind && given.value === wanted.value
  }
  // An expression wanted as a value is fulfilled by itself alone: it has no place in the hierarchy to be under.
  return (
    given === wanted ||
    (wanted.concept >= 0 && (given.concept === wanted.concept || includesSorted(given.ancestors(), wanted.concept)))
  )
}

function ancestorsOf(evaluation: Evaluation, focus: readonly Subject[], rows: readonly Row[]): Uint32Array {
  const above = new Set<number>()
  for (const subject of focus) {
    above.add(subject.concept)
    for (const ancestor of subject.ancestors()) above.add(ancestor)
  }
  // A defined concept that is found may be the last condition of another.
  for (let before = -1; before !== above.size; ) {
    before = above.size
    for (const concept of definedCandidates(evaluation, rows)) {
      if (above.has(concept) || !fulfilsDefinition(evaluation, concept, rows, above)) continue
      above.add(concept)
      for (const ancestor of evaluation.substrate.ancestorsOf(concept)) above.add(ancestor)
    }
  }
  return Uint32Array.from(above).sort()
}

/** Fully defined concepts with at least one attribute of which the expression has the value, or one under it. */
function definedCandidates({ substrate, budget }: Evaluation, rows: readonly Row[]): ReadonlySet<number> {
  const candidates = new Set<number>()
  for (const { target: value } of rows) {
    if ('kind' in value) continue
    const values = value.concept >= 0 ? [value.concept, ...value.ancestors()] : [...value.ancestors()]
    for (const one of values) {
      const sources = substrate.sourcesOf(one)
      budget.spend(1 + sources.length)
      for (const source of sources) if (substrate.isDefined(source)) candidates.add(source)
    }
  }
  return candidates
}

function fulfilsDefinition(
  evaluation: Evaluation,
  concept: number,
  rows: readonly Row[],
  above: ReadonlySet<number>,
): boolean {
  const { substrate, budget } = evaluation
  const ancestors = substrate.ancestorsOf(concept)
  budget.spend(1 + ancestors.length)
  if (!ancestors.every((ancestor) => above.has(ancestor) || substrate.isDefined(ancestor))) return false
  const given = groupsOf(rows)
  return groupsOf(conceptSubject(evaluation, concept).edges.forward()).every((wanted) => {
    budget.spend(rows.length * wanted.length)
    return given.some((group) => fulfils(substrate, group, wanted))
  })
}
