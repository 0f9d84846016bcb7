/** An attribute of a refinement made ready for whole sets: its types, and its values as bits. */
import type { ConceptSet } from './concept-set.ts'
import { bitsOf, createBits, type DenseBits, hasBit, setBit } from './dense-bits.ts'
import type { Evaluation } from './evaluation.ts'
import { type AttributeTest, bounds } from './rows.ts'
import type { ConcreteValue, Ordinal } from './substrate.ts'
import type { Attribute, Comparison, Constraint } from './syntax.ts'
import { comparisonSteps, concreteTest } from './value-test.ts'

type Evaluate = (evaluation: Evaluation, constraint: Constraint) => ConceptSet

export type ConceptOrValue = Ordinal | ConcreteValue

export type CompiledValue =
  | { readonly kind: 'any' }
  | { readonly kind: 'concepts'; readonly bits: DenseBits; readonly negated: boolean; readonly list: Uint32Array }
  | { readonly kind: 'concrete'; readonly fits: (value: ConcreteValue) => boolean; readonly steps: number }

export interface CompiledAttribute extends AttributeTest<ConceptOrValue> {
  /** Types that the edition uses and the name allows. Ascending. */
  readonly types: Uint32Array
  readonly value: CompiledValue
}

export function compileAttribute(evaluation: Evaluation, attribute: Attribute, evaluate: Evaluate): CompiledAttribute {
  const types = typesOf(evaluation, attribute.name, evaluate)
  const allowed = new Set(types)
  const value = compileValue(evaluation, attribute.value, evaluate)
  return {
    types,
    value,
    reverse: attribute.reverse,
    ...bounds(attribute.cardinality),
    holds: ({ type, target }) => allowed.has(type) && valueHolds(value, target),
    identity: (target) => target,
  }
}

function typesOf(evaluation: Evaluation, name: Constraint, evaluate: Evaluate): Uint32Array {
  const used = evaluation.substrate.attributeTypes()
  if (name.kind === 'any') return used
  const named = evaluate(evaluation, name)
  return used.filter((type) => named.has(type))
}

/** `= *` is any value at all, a concrete one too; `!= *` is none. */
function compileValue(evaluation: Evaluation, comparison: Comparison, evaluate: Evaluate): CompiledValue {
  if (comparison.kind !== 'constraint') {
    return { kind: 'concrete', fits: concreteTest(comparison), steps: 1 + comparisonSteps(comparison) }
  }
  const count = evaluation.substrate.conceptCount
  if (comparison.value.kind === 'any') {
    return comparison.operator === '='
      ? { kind: 'any' }
      : { kind: 'concepts', bits: createBits(count), negated: false, list: new Uint32Array() }
  }
  const list = evaluate(evaluation, comparison.value).toUint32Array()
  evaluation.budget.spend(list.length >>> 3)
  return { kind: 'concepts', bits: bitsOf(list, count), negated: comparison.operator === '!=', list }
}

export function valueHolds(value: CompiledValue, target: ConceptOrValue): boolean {
  switch (value.kind) {
    case 'any':
      return true
    case 'concepts':
      return typeof target === 'number' && hasBit(value.bits, target) !== value.negated
    case 'concrete':
      return typeof target !== 'number' && value.fits(target)
  }
}

/** Marks every subject that has the attribute at least once. */
export function markSubjects(evaluation: Evaluation, attribute: CompiledAttribute): DenseBits {
  const { substrate, budget, thresholds } = evaluation
  const { value, types, reverse } = attribute
  const marked = createBits(substrate.conceptCount)
  const markAll = (concepts: Uint32Array): void => {
    budget.spend(1 + concepts.length)
    for (const concept of concepts) setBit(marked, concept)
  }
  for (const type of types) {
    if (!reverse && value.kind === 'any') markAll(substrate.withAttribute(type))
    else if (!reverse && value.kind === 'concepts' && !value.negated && value.list.length <= thresholds.fewValues) {
      for (const target of value.list) markAll(substrate.sourcesOf(target, type))
    } else visitMatches(evaluation, attribute, type, (subject) => setBit(marked, subject))
  }
  return marked
}

/** Calls for each matching relationship of the type: its subject, and the concept at the other end ({@link NO_CONCEPT} for a value). */
export function visitMatches(
  { columns, budget }: Evaluation,
  { value, reverse }: CompiledAttribute,
  type: number,
  visit: (subject: Ordinal, other: Ordinal) => void,
): void {
  const { sources, targets, values } = columns.column(type)
  budget.spend(1 + (sources.length >>> 2))
  if (value.kind === 'concrete') {
    budget.spend(values.size * value.steps)
    if (!reverse)
      for (const [index, concrete] of values) if (value.fits(concrete)) visit(sources[index] ?? 0, NO_CONCEPT)
    return
  }
  for (let index = 0; index < sources.length; index += 1) {
    const source = sources[index] ?? 0
    const target = targets[index] ?? NO_CONCEPT
    const isConcept = target !== NO_CONCEPT
    if (reverse) {
      if (isConcept && (value.kind === 'any' || hasBit(value.bits, source) !== value.negated)) visit(target, source)
    } else if (value.kind === 'any' || (isConcept && hasBit(value.bits, target) !== value.negated))
      visit(source, target)
  }
}

export const NO_CONCEPT = 0xffffffff
