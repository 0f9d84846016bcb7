/** What one evaluation works with, and the sets it starts from. */
import type { ColumnCache } from './attribute-column.ts'
import type { Budget } from './budget.ts'
import type { ConceptSet, SetCache, SetScope } from './concept-set.ts'
import { type EclCode, EclSignal, eclProblem } from './problems.ts'
import type { EclSubstrate, Ordinal } from './substrate.ts'
import type { Constraint } from './syntax.ts'

export interface Evaluation {
  readonly text: string
  readonly substrate: EclSubstrate
  readonly sets: SetScope
  readonly budget: Budget
  /** Sets of `< concept` and `<< concept`. */
  readonly hierarchies: SetCache
  readonly columns: ColumnCache
  readonly thresholds: Thresholds
  /** Sets that were needed to judge one concept, by the part they belong to: the same part is asked of many values. */
  readonly known: Map<Constraint, ConceptSet>
}

/** Sizes at which one way of working becomes cheaper than another. They change the time, never the answer. */
export interface Thresholds {
  /** Refinements of up to so many concepts read their rows one by one. */
  readonly fewConcepts: number
  /** Up to so many values are looked up one by one instead of passing over the column of the attribute. */
  readonly fewValues: number
  /** Hierarchies of fewer concepts cost less to make than to keep. */
  readonly worthKeeping: number
}

export const THRESHOLDS: Thresholds = { fewConcepts: 256, fewValues: 128, worthKeeping: 64 }

/** 138875005 |SNOMED CT Concept|. */
export const ROOT = '138875005'

export function stop(evaluation: Evaluation, code: EclCode, offset: number, sentence: string, next: string): never {
  throw new EclSignal(eclProblem({ code, text: evaluation.text, offset, sentence, next }))
}

/** The steps of handling a whole set at once. */
export function spendSet(evaluation: Evaluation, ...sets: readonly ConceptSet[]): void {
  for (const set of sets) evaluation.budget.spend(1 + (set.size >>> 6))
}

/**
 * What `*` means: everything under the root, which is all active concepts of an edition (ECL 2.2, 6.1: `*` is
 * `<< 138875005`). An edition without the root (a part of one) gives its active concepts.
 */
export function everything(evaluation: Evaluation): ConceptSet {
  const { substrate } = evaluation
  const root = substrate.ordinalOf(ROOT)
  return root >= 0 ? belowOrSelf(evaluation, root) : allActive(evaluation)
}

export function allActive({ substrate, sets, budget }: Evaluation): ConceptSet {
  budget.spend(substrate.conceptCount)
  const active: number[] = []
  for (let concept = 0; concept < substrate.conceptCount; concept += 1)
    if (substrate.isActive(concept)) active.push(concept)
  return sets.of(Uint32Array.from(active))
}

export function below(evaluation: Evaluation, concept: Ordinal): ConceptSet {
  return hierarchy(evaluation, concept * 2, () => evaluation.substrate.descendantsOf(concept))
}

export function belowOrSelf(evaluation: Evaluation, concept: Ordinal): ConceptSet {
  return hierarchy(evaluation, concept * 2 + 1, () => withSelf(evaluation.substrate.descendantsOf(concept), concept))
}

function hierarchy(
  { hierarchies, sets, budget, thresholds }: Evaluation,
  key: number,
  list: () => Uint32Array,
): ConceptSet {
  const kept = hierarchies.get(key)
  if (kept !== undefined) return kept
  const ordinals = list()
  budget.spend(1 + (ordinals.length >>> 3))
  return ordinals.length < thresholds.worthKeeping ? sets.of(ordinals) : hierarchies.put(key, ordinals)
}

/** A sorted list with one more concept, sorted. */
export function withSelf(ordinals: Uint32Array, concept: Ordinal): Uint32Array {
  const result = new Uint32Array(ordinals.length + 1)
  let at = 0
  while (at < ordinals.length && (ordinals[at] ?? 0) < concept) at += 1
  result.set(ordinals.subarray(0, at))
  result[at] = concept
  result.set(ordinals.subarray(at), at + 1)
  return result
}
