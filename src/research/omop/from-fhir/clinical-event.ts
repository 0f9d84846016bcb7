/**
 * One fact about a patient on its way from a FHIR resource to a row: what it is, when, and what was found. Which table it
 * goes to is decided later, by the domain of its concept.
 */
import type { Concept, Node } from '#documents/fhir/node.ts'
import type { OmopRow } from '../write-tables.ts'
import type { Day } from './day.ts'

export type EventTable =
  | 'condition_occurrence'
  | 'drug_exposure'
  | 'procedure_occurrence'
  | 'device_exposure'
  | 'measurement'
  | 'observation'

export interface EventValue {
  readonly number?: number
  readonly comparator?: string
  readonly unit?: { readonly system: string; readonly code: string; readonly words: string }
  readonly concept?: Concept
  readonly words?: string
  readonly low?: number
  readonly high?: number
}

export interface ClinicalEvent {
  /** Tells the facts of one resource apart: empty, or `component-1`. */
  readonly part: string
  readonly code: Concept
  /** Where it goes when its code says nothing else. */
  readonly home: EventTable
  readonly start?: Day
  readonly end?: Day
  readonly value?: EventValue
  /** Reference to the encounter. */
  readonly encounter?: string
  /** Columns of the home table that only this kind of resource fills. */
  readonly details: OmopRow
}

export interface Visit {
  readonly className: string
  readonly start?: Day
  readonly end?: Day
}

/** Why a resource is no row. */
export type NotARow =
  | 'administrative'
  | 'carried-by-another'
  | 'entered-in-error'
  | 'not-true'
  | 'not-done'
  | 'only-planned'
  | 'states-absence'
  | 'without-code'
  | 'without-time'
  | 'only-groups-others'
  | 'without-patient'
  | 'person-without-year-of-birth'
  | 'other-patient'
  | 'seen-before'
  | 'no-rule'

/** A sentence for each reason. */
export const NOT_A_ROW: Readonly<Record<NotARow, string>> = {
  administrative: 'It says who wrote or keeps the document, not what happened to the patient.',
  'carried-by-another': 'Its content stands in the row of the resource that refers to it.',
  'entered-in-error': 'The source marks it as entered in error.',
  'not-true': 'The source says that it was refuted.',
  'not-done': 'The source says that it was not done or not taken.',
  'only-planned': 'The source says that it is planned or cancelled; OMOP holds what happened.',
  'states-absence': 'It states that nothing is known or that there is nothing; OMOP holds what there is.',
  'without-code': 'It has neither a code nor words.',
  'without-time': 'Neither it nor its document says when.',
  'only-groups-others': 'It has no value of its own and only groups other observations.',
  'without-patient': 'Its document does not hold the patient whom it is about.',
  'person-without-year-of-birth': 'The patient has no year of birth, which OMOP needs.',
  'other-patient': 'It is about somebody else than the patient of the document.',
  'seen-before': 'The same resource was in an earlier document.',
  'no-rule': 'OMOP CDM 5.4 has no table for it that Tessera fills.',
}

export type ReadResource =
  | { readonly kind: 'events'; readonly events: readonly ClinicalEvent[] }
  | { readonly kind: 'visit'; readonly visit: Visit }
  | { readonly kind: 'not-a-row'; readonly reason: NotARow }

export function notARow(reason: NotARow): ReadResource {
  return { kind: 'not-a-row', reason }
}

/** What readers of resources may ask. */
export interface ReadingContext {
  /** The resource that a reference of this resource means. */
  follow(reference: unknown): Node | undefined
}
