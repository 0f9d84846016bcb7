/** What the editor works on: words for codes and rows of maps, each with a state, a version and its authors. */

export type WorkStatus = 'draft' | 'in-review' | 'reviewed' | 'rejected'
export const WORK_STATUSES: readonly WorkStatus[] = ['draft', 'in-review', 'reviewed', 'rejected']

/** As in FHIR R5 ConceptMap; `not-related-to` has no target that could be used. */
export const MAP_RELATIONSHIPS = [
  'equivalent',
  'related-to',
  'source-is-narrower-than-target',
  'source-is-broader-than-target',
  'not-related-to',
] as const
export type MapRelationship = (typeof MAP_RELATIONSHIPS)[number]

/** A word for a code. */
export interface DesignationWork {
  readonly kind: 'designation'
  readonly system: string
  readonly code: string
  /** BCP-47. */
  readonly language: string
  readonly term: string
  /** How the source is named to the reader of the term. */
  readonly source: string
  /** What the translator started from. */
  readonly original?: string
}

/** A row of a map. */
export interface MappingWork {
  readonly kind: 'mapping'
  /** Canonical URL of the concept map. */
  readonly map: string
  readonly sourceSystem: string
  readonly sourceCode: string
  readonly targetSystem: string
  readonly targetCode: string
  readonly targetDisplay?: string
  readonly relationship: MapRelationship
  readonly comment?: string
  readonly quality?: string
  /** First and last day of use, `YYYY-MM-DD`. */
  readonly validFrom?: string
  readonly validTo?: string
}

export type WorkContent = DesignationWork | MappingWork

export interface WorkEntry {
  readonly id: string
  /** Counts the changes, from 1. */
  readonly version: number
  readonly status: WorkStatus
  readonly content: WorkContent
  /** Who changed the content since it was last reviewed. */
  readonly authors: readonly string[]
  /** Who reviewed or rejected it; absent before. */
  readonly reviewer?: string
  readonly changedAt: string
}

export type WorkAction = 'add' | 'change' | 'submit' | 'withdraw' | 'review' | 'reject' | 'remove'

/** What an event remembers of an entry. */
export type WorkState = Pick<WorkEntry, 'version' | 'status' | 'content'>

export interface WorkEvent {
  readonly sequence: number
  readonly entry: string
  readonly at: string
  readonly by: string
  readonly action: WorkAction
  readonly before?: WorkState
  readonly after?: WorkState
  readonly note: string
}

export type WorkProblemCode =
  | 'terminology-work-unknown'
  | 'terminology-work-conflict'
  | 'terminology-work-twice'
  | 'terminology-work-unfit'
  | 'terminology-work-state'
  | 'terminology-work-same-person'
  | 'terminology-work-person'
  | 'terminology-work-note'

/** What makes two entries the same: there may be several terms for a code in a language, but each only once. */
export function keyOf(content: WorkContent): string {
  return JSON.stringify(
    content.kind === 'designation'
      ? ['designation', content.system, content.code, content.language, content.term]
      : ['mapping', content.map, content.sourceSystem, content.sourceCode, content.targetSystem, content.targetCode],
  )
}

export function isSameContent(one: WorkContent, other: WorkContent): boolean {
  const plain = (content: WorkContent) => JSON.stringify(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)))
  return plain(one) === plain(other)
}
