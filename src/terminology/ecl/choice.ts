/** Choices of concepts in filters, asked by identifier: what a row names need not be a concept of the edition. */

import type { ConceptSet } from './concept-set.ts'
import { bitsOf, hasBit } from './dense-bits.ts'
import type { Evaluation } from './evaluation.ts'
import type { ConceptChoice, Constraint } from './syntax.ts'

export type IdentifierTest = (sctid: string) => boolean

/** References written out are compared as they stand (a module or type may be known by name only); other constraints are evaluated. */
export function choiceTest(
  evaluation: Evaluation,
  choice: ConceptChoice,
  evaluate: (evaluation: Evaluation, constraint: Constraint) => ConceptSet,
): IdentifierTest {
  if (choice.kind === 'concept') return (sctid) => sctid === choice.id
  if (choice.kind === 'list') {
    const ids = new Set(choice.concepts.map(({ id }) => id))
    return (sctid) => ids.has(sctid)
  }
  return setTest(evaluation, evaluate(evaluation, choice))
}

export function setTest({ substrate }: Evaluation, set: ConceptSet): IdentifierTest {
  const bits = bitsOf(set.toUint32Array(), substrate.conceptCount)
  const known = new Map<string, boolean>()
  return (sctid) => {
    const before = known.get(sctid)
    if (before !== undefined) return before
    const ordinal = substrate.ordinalOf(sctid)
    const answer = ordinal >= 0 && hasBit(bits, ordinal)
    if (known.size < 10_000) known.set(sctid, answer)
    return answer
  }
}
