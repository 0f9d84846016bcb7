/** Conditions and their eras. */
import { concepts, counted, type Domain, era, event, onEnd, onStart, personAndVisit, text, whole } from './domain.ts'

export const conditionOccurrence: Domain = {
  name: 'ConditionOccurrence',
  table: 'condition_occurrence',
  id: 'condition_occurrence_id',
  person: 'person_id',
  concept: 'condition_concept_id',
  source: { attribute: 'ConditionSourceConcept', column: 'condition_source_concept_id' },
  start: 'condition_start_date',
  end: { column: 'condition_end_date', days: 1 },
  hasVisit: true,
  dateAdjustment: 'free',
  attributes: {
    OccurrenceStartDate: onStart,
    OccurrenceEndDate: onEnd,
    ...concepts('ConditionType', event('condition_type_concept_id'), 'ConditionTypeExclude'),
    StopReason: text('stop_reason'),
    ...concepts('ConditionStatus', event('condition_status_concept_id')),
    ...personAndVisit,
  },
  counts: {
    DOMAIN_CONCEPT: counted('condition_concept_id'),
    DOMAIN_SOURCE_CONCEPT: counted('condition_source_concept_id'),
    DURATION: { kind: 'length' },
    VISIT_DETAIL_ID: counted('visit_detail_id'),
  },
  vocabularyDomains: ['Condition'],
}

export const conditionEra: Domain = {
  name: 'ConditionEra',
  table: 'condition_era',
  id: 'condition_era_id',
  person: 'person_id',
  concept: 'condition_concept_id',
  start: 'condition_era_start_date',
  end: { column: 'condition_era_end_date' },
  hasVisit: false,
  dateAdjustment: 'free',
  attributes: { ...era, OccurrenceCount: whole('condition_occurrence_count') },
  counts: {
    DOMAIN_CONCEPT: counted('condition_concept_id'),
    ERA_OCCURRENCES: counted('condition_occurrence_count'),
    DURATION: { kind: 'length' },
  },
  vocabularyDomains: ['Condition'],
}
