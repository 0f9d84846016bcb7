/** What the parts of a compilation share. */
import type { Relation } from '../query/tree.ts'
import type { ConceptSetRegistry, OwnConceptSets } from './concept-sets.ts'
import type { Scans } from './scans.ts'
import type { Steps } from './steps.ts'

/** The tables of the data by their OMOP name; a permit's views may stand for the tables. */
export type Tables = ReadonlyMap<string, Relation>

/** Of a whole batch. */
export interface SharedCompilation {
  /** Notes what is missing and gives an empty answer, so that the caller can say all of it at once. */
  readonly table: (name: string) => Relation
  readonly steps: Steps
  readonly conceptSets: ConceptSetRegistry
  readonly scans: Scans
  readonly observationPeriods: () => Relation
}

/** Of one cohort. */
export interface Compilation extends Omit<SharedCompilation, 'conceptSets'> {
  readonly conceptSets: OwnConceptSets
}

/**
 * Events that criteria are looked for around: (person_id, event_id, start_date, end_date, visit_occurrence_id,
 * op_start_date, op_end_date), the last two being the observation period that the event lies in.
 */
export interface EventTable {
  readonly relation: Relation
  /** A limit has been applied: no person has two of them, so that nothing has to be chosen or merged any more. */
  readonly oneOfEach: boolean
}

export const eventColumns = ['person_id', 'event_id', 'start_date', 'end_date', 'visit_occurrence_id'] as const
export const periodColumns = ['op_start_date', 'op_end_date'] as const
