/** The ten constraint operators, on one concept and on any set. */
import type { ConceptSet } from './concept-set.ts'
import { createBits, hasBit, ordinalsOf, setBit } from './dense-bits.ts'
import { below, belowOrSelf, type Evaluation, everything, spendSet, withSelf } from './evaluation.ts'
import type { Ordinal } from './substrate.ts'
import type { HierarchyOperator } from './syntax.ts'

type Neighbours = (concept: Ordinal) => Uint32Array

/** Of one concept: lists that the edition has ready. */
export function hierarchyOfConcept(evaluation: Evaluation, operator: HierarchyOperator, concept: Ordinal): ConceptSet {
  const { substrate, sets } = evaluation
  switch (operator) {
    case 'descendantOf':
      return below(evaluation, concept)
    case 'descendantOrSelfOf':
      return belowOrSelf(evaluation, concept)
    case 'childOf':
      return sets.of(substrate.childrenOf(concept))
    case 'childOrSelfOf':
      return sets.of(withSelf(substrate.childrenOf(concept), concept))
    case 'ancestorOf':
      return sets.of(substrate.ancestorsOf(concept))
    case 'ancestorOrSelfOf':
      return sets.of(withSelf(substrate.ancestorsOf(concept), concept))
    case 'parentOf':
      return sets.of(substrate.parentsOf(concept))
    case 'parentOrSelfOf':
      return sets.of(withSelf(substrate.parentsOf(concept), concept))
    case 'top':
    case 'bottom':
      return sets.of(Uint32Array.of(concept))
  }
}

/** Of a set: the union over its concepts. Top and bottom keep those without another of the set above, or below, them. */
export function hierarchyOfSet(evaluation: Evaluation, operator: HierarchyOperator, set: ConceptSet): ConceptSet {
  const { substrate, sets } = evaluation
  const up: Neighbours = (concept) => substrate.parentsOf(concept)
  const down: Neighbours = (concept) => substrate.childrenOf(concept)
  const withSet = (reached: ConceptSet): ConceptSet => sets.or([set, reached])
  spendSet(evaluation, set)
  switch (operator) {
    case 'descendantOf':
      return reach(evaluation, set, down)
    case 'descendantOrSelfOf':
      return withSet(reach(evaluation, set, down))
    case 'ancestorOf':
      return reach(evaluation, set, up)
    case 'ancestorOrSelfOf':
      return withSet(reach(evaluation, set, up))
    case 'childOf':
      return step(evaluation, set, down)
    case 'childOrSelfOf':
      return withSet(step(evaluation, set, down))
    case 'parentOf':
      return step(evaluation, set, up)
    case 'parentOrSelfOf':
      return withSet(step(evaluation, set, up))
    case 'top':
      return sets.minus(set, reach(evaluation, set, down))
    case 'bottom':
      return sets.minus(set, reach(evaluation, set, up))
  }
}

/** Of `*`: most of it is known without walking. Everything that is not the root is a child of something. */
export function hierarchyOfEverything(evaluation: Evaluation, operator: HierarchyOperator): ConceptSet {
  const all = everything(evaluation)
  const keepsAll =
    operator === 'descendantOrSelfOf' ||
    operator === 'ancestorOrSelfOf' ||
    operator === 'childOrSelfOf' ||
    operator === 'parentOrSelfOf'
  return keepsAll ? all : hierarchyOfSet(evaluation, operator, all)
}

function step({ substrate, sets, budget }: Evaluation, set: ConceptSet, neighbours: Neighbours): ConceptSet {
  const reached = createBits(substrate.conceptCount)
  for (const concept of set.toUint32Array()) {
    const next = neighbours(concept)
    budget.spend(1 + next.length)
    for (const neighbour of next) setBit(reached, neighbour)
  }
  return sets.of(ordinalsOf(reached))
}

/** Everything that can be reached in one or more steps. Each concept is left only once. */
function reach({ substrate, sets, budget }: Evaluation, set: ConceptSet, neighbours: Neighbours): ConceptSet {
  const left = createBits(substrate.conceptCount)
  const reached = createBits(substrate.conceptCount)
  const open = [...set.toUint32Array()]
  for (let concept = open.pop(); concept !== undefined; concept = open.pop()) {
    if (hasBit(left, concept)) continue
    setBit(left, concept)
    const next = neighbours(concept)
    budget.spend(1 + next.length)
    for (const neighbour of next) {
      setBit(reached, neighbour)
      if (!hasBit(left, neighbour)) open.push(neighbour)
    }
  }
  return sets.of(ordinalsOf(reached))
}
