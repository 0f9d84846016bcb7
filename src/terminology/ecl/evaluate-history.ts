/** `{{ + HISTORY }}`: inactive concepts that a historical association leads to the set (ECL 2.2, 6.11). */
import profiles from '../../../data/terminology/ecl-history.json' with { type: 'json' }
import { type ConceptSet, includesSorted } from './concept-set.ts'
import { createBits, ordinalsOf, setBit } from './dense-bits.ts'
import type { Evaluation } from './evaluation.ts'
import type { Constraint, HistorySupplemented } from './syntax.ts'

type Evaluate = (evaluation: Evaluation, constraint: Constraint) => ConceptSet

export function withHistory(evaluation: Evaluation, node: HistorySupplemented, evaluate: Evaluate): ConceptSet {
  const { substrate, sets, budget } = evaluation
  const current = evaluate(evaluation, node.of)
  const wanted = associationTest(evaluation, node.profile, evaluate)
  const former = createBits(substrate.conceptCount)
  for (const concept of current.toUint32Array()) {
    budget.spend(1)
    for (const { referenceSet, source } of substrate.associationsTo(concept)) {
      budget.spend(1)
      if (source >= 0 && wanted(referenceSet)) setBit(former, source)
    }
  }
  return sets.or([current, sets.of(ordinalsOf(former))])
}

/** Which association reference sets a profile follows. An edition need not have them all. */
function associationTest(
  evaluation: Evaluation,
  profile: HistorySupplemented['profile'],
  evaluate: Evaluate,
): (referenceSet: number) => boolean {
  const { substrate } = evaluation
  if (typeof profile !== 'string') {
    const chosen = evaluate(evaluation, profile)
    return (referenceSet) => chosen.has(referenceSet)
  }
  if (profile === 'minimum' || profile === 'moderate') {
    const known = new Set(profiles[profile].map((id) => substrate.ordinalOf(id)))
    return (referenceSet) => referenceSet >= 0 && known.has(referenceSet)
  }
  const parent = substrate.ordinalOf(profiles.maximumBelow)
  const all = parent < 0 ? undefined : substrate.descendantsOf(parent)
  return (referenceSet) => all === undefined || includesSorted(all, referenceSet)
}
