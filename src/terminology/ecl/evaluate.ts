/** From the tree to the set: one case for each kind of constraint. */
import { conceptFilterTest } from './component-filters.ts'
import type { ConceptSet } from './concept-set.ts'
import { descriptionMatcher } from './description-filters.ts'
import { hierarchyOfConcept, hierarchyOfEverything, hierarchyOfSet } from './evaluate-hierarchy.ts'
import { withHistory } from './evaluate-history.ts'
import { membersOf } from './evaluate-members.ts'
import { dotted, refined } from './evaluate-refinement.ts'
import { type Evaluation, everything, spendSet } from './evaluation.ts'
import type { Compound, ConceptFiltered, Constraint, DescriptionFiltered, HierarchyConstraint } from './syntax.ts'

/** The concepts that satisfy the constraint. References must have been checked (`resolve.ts`). */
export function evaluate(evaluation: Evaluation, constraint: Constraint): ConceptSet {
  const { sets, substrate, budget } = evaluation
  budget.spend(1)
  switch (constraint.kind) {
    case 'concept': {
      const ordinal = substrate.ordinalOf(constraint.id)
      return sets.of(ordinal < 0 ? new Uint32Array() : Uint32Array.of(ordinal))
    }
    case 'any':
      return everything(evaluation)
    case 'alternate':
      return sets.of(new Uint32Array())
    case 'hierarchy':
      return hierarchy(evaluation, constraint)
    case 'memberOf':
      return membersOf(evaluation, constraint, evaluate)
    case 'compound':
      return compound(evaluation, constraint)
    case 'refined':
      return refined(evaluation, evaluate(evaluation, constraint.focus), constraint.refinement, evaluate)
    case 'dotted':
      return dotted(evaluation, evaluate(evaluation, constraint.focus), constraint.attributes, evaluate)
    case 'descriptionFiltered':
      return descriptionFiltered(evaluation, constraint)
    case 'conceptFiltered':
      return conceptFiltered(evaluation, constraint)
    case 'history':
      return withHistory(evaluation, constraint, evaluate)
  }
}

function hierarchy(evaluation: Evaluation, { operator, of }: HierarchyConstraint): ConceptSet {
  if (of.kind === 'concept') {
    const ordinal = evaluation.substrate.ordinalOf(of.id)
    return ordinal < 0 ? evaluation.sets.of(new Uint32Array()) : hierarchyOfConcept(evaluation, operator, ordinal)
  }
  if (of.kind === 'any') return hierarchyOfEverything(evaluation, operator)
  return hierarchyOfSet(evaluation, operator, evaluate(evaluation, of))
}

function compound(evaluation: Evaluation, { operator, parts }: Compound): ConceptSet {
  return evaluation.sets.fold(
    operator,
    parts.map((part) => () => {
      const operand = evaluate(evaluation, part)
      spendSet(evaluation, operand)
      return operand
    }),
  )
}

function descriptionFiltered(evaluation: Evaluation, { of, filters }: DescriptionFiltered): ConceptSet {
  const { sets } = evaluation
  const base = evaluate(evaluation, of)
  const matcher = descriptionMatcher(evaluation, filters, evaluate)
  const found = matcher.candidates()
  const candidates = found === undefined ? base : sets.and(base, found)
  return sets.of(candidates.toUint32Array().filter((concept) => matcher.matches(concept)))
}

function conceptFiltered(evaluation: Evaluation, { of, filters }: ConceptFiltered): ConceptSet {
  const { sets, substrate, budget } = evaluation
  const base =
    asksForActive(filters) && of.kind === 'any' ? sets.range(0, substrate.conceptCount) : evaluate(evaluation, of)
  const test = conceptFilterTest(evaluation, filters, evaluate)
  budget.spend(base.size)
  return sets.of(base.toUint32Array().filter(test))
}

/** A filter on `*` that names the active status means all concepts, the inactive ones too; else it could never be false. */
export function asksForActive(filters: ConceptFiltered['filters']): boolean {
  return filters.some(({ kind }) => kind === 'active')
}
