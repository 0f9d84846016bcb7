/** What differs between two releases of terminology. Lists are bounded, totals never. */
import type { ArtifactId } from '../../artifacts/artifact.ts'

/** The first few of many. */
export interface Bounded<T> {
  readonly total: number
  readonly shown: readonly T[]
}

export interface ConceptNote {
  readonly code: string
  readonly display?: string
}

/** The words of one concept in one language, preferred ones marked. */
export interface WordsChange {
  readonly code: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

export interface ConceptChanges {
  readonly added: Bounded<ConceptNote>
  readonly removed: Bounded<ConceptNote>
  readonly inactivated: Bounded<ConceptNote>
  readonly reactivated: Bounded<ConceptNote>
  /** By language, of concepts that both releases have; `und` where nobody said the language. */
  readonly words: Readonly<Record<string, Bounded<WordsChange>>>
}

export interface SystemDifference {
  /** Canonical URL; of a SNOMED CT edition, with its module. */
  readonly url: string
  readonly kind: 'added' | 'removed' | 'changed'
  /** Versions that each release has; empty text where there is none. */
  readonly before?: string
  readonly after?: string
  readonly concepts: ConceptChanges
}

export interface MemberNote {
  readonly system: string
  readonly code: string
  readonly display?: string
}

export interface ValueSetDifference {
  readonly url: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before?: string
  readonly after?: string
  readonly gained: Bounded<MemberNote>
  readonly lost: Bounded<MemberNote>
  /** Members that are not listed (whole systems, filters over an edition) were not compared, only the definition. */
  readonly incomplete: boolean
  readonly definitionChanged: boolean
}

/** A row of a map, as one line: `relationship system|code`. */
export interface TargetsChange {
  readonly system: string
  readonly code: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

export interface MapDifference {
  readonly url: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before?: string
  readonly after?: string
  readonly targets: Bounded<TargetsChange>
}

export type MeaningAspect = 'display' | 'active' | 'mapping' | 'membership'

/** A coded element of a document that says something else under the other release. */
export interface MeaningChange {
  readonly document: string
  readonly system: string
  readonly code: string
  readonly aspect: MeaningAspect
  /** Language of the display, or URL of the value set. */
  readonly of?: string
  readonly before: string
  readonly after: string
}

export interface DocumentsDifference extends Bounded<MeaningChange> {
  /** Documents touched, of all that were looked at. */
  readonly documents: number
  readonly touched: number
}

export interface ReleaseDifference {
  readonly from: readonly ArtifactId[]
  readonly to: readonly ArtifactId[]
  readonly systems: readonly SystemDifference[]
  readonly valueSets: readonly ValueSetDifference[]
  readonly maps: readonly MapDifference[]
  /** Absent when nobody said which codes documents use. */
  readonly documents?: DocumentsDifference
}

/** Counts all, keeps the first. */
export interface Collector<T> {
  add(item: T): void
  readonly bounded: Bounded<T>
}

export function collector<T>(limit: number): Collector<T> {
  const shown: T[] = []
  let total = 0
  return {
    add(item) {
      total += 1
      if (shown.length < limit) shown.push(item)
    },
    get bounded() {
      return { total, shown }
    },
  }
}

/** By length, then by letters: numbers without leading zeros are in numeric order, as SCTIDs are in an edition. */
export function compareCodes(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}
