/** Death: one row a person, so the person's number is the event's. */
import { age, concepts, type Domain, event, gender, onStart } from './domain.ts'

export const death: Domain = {
  name: 'Death',
  table: 'death',
  id: 'person_id',
  person: 'person_id',
  concept: 'cause_concept_id',
  source: { attribute: 'DeathSourceConcept', column: 'cause_source_concept_id' },
  start: 'death_date',
  end: { days: 1 },
  hasVisit: false,
  dateAdjustment: 'own-dates',
  withoutFirst: true,
  attributes: {
    OccurrenceStartDate: onStart,
    ...concepts('DeathType', event('death_type_concept_id'), 'DeathTypeExclude'),
    Age: age('start'),
    ...concepts('Gender', gender),
  },
  counts: {
    DOMAIN_CONCEPT: { kind: 'column', column: 'cause_concept_id', nullAs: 0 },
    DOMAIN_SOURCE_CONCEPT: { kind: 'column', column: 'cause_source_concept_id' },
    DURATION: { kind: 'one' },
  },
  vocabularyDomains: ['Condition'],
}
