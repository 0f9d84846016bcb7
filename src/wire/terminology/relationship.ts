/**
 * Equivalence (R4: what the target is to the source) and relationship (R5: what the source is to the target) of a mapping.
 * R4 concept-map-equivalence: "wider: the target mapping is wider in meaning than the source concept".
 */
const TO_R5: Readonly<Record<string, string>> = {
  relatedto: 'related-to',
  inexact: 'related-to',
  equivalent: 'equivalent',
  equal: 'equivalent',
  wider: 'source-is-narrower-than-target',
  subsumes: 'source-is-narrower-than-target',
  narrower: 'source-is-broader-than-target',
  specializes: 'source-is-broader-than-target',
  disjoint: 'not-related-to',
  // A code beside "unmatched" contradicts it; the word is kept beside it.
  unmatched: 'not-related-to',
}

const TO_R4: Readonly<Record<string, string>> = {
  'related-to': 'relatedto',
  equivalent: 'equivalent',
  'source-is-narrower-than-target': 'wider',
  'source-is-broader-than-target': 'narrower',
  'not-related-to': 'disjoint',
}

export function relationshipOf(equivalence: string): string | undefined {
  return Object.hasOwn(TO_R5, equivalence) ? TO_R5[equivalence] : undefined
}

/** An unknown relationship says nothing more than that the two are related. */
export function equivalenceOf(relationship: string): string {
  return (Object.hasOwn(TO_R4, relationship) ? TO_R4[relationship] : undefined) ?? 'relatedto'
}
