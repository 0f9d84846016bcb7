/** Spans of time of a person: observation periods, payer plan periods, places of residence. */
import {
  type Attribute,
  age,
  concepts,
  counted,
  type Domain,
  event,
  gender,
  length,
  onEnd,
  onStart,
  set,
} from './domain.ts'

const span: Readonly<Record<string, Attribute>> = {
  PeriodStartDate: onStart,
  PeriodEndDate: onEnd,
  UserDefinedPeriod: { kind: 'period' },
  PeriodLength: length,
  AgeAtStart: age('start'),
  AgeAtEnd: age('end'),
}

export const observationPeriod: Domain = {
  name: 'ObservationPeriod',
  table: 'observation_period',
  id: 'observation_period_id',
  person: 'person_id',
  start: 'observation_period_start_date',
  end: { column: 'observation_period_end_date' },
  hasVisit: false,
  dateAdjustment: 'free',
  attributes: { ...span, ...concepts('PeriodType', event('period_type_concept_id')) },
  counts: { DOMAIN_CONCEPT: counted('period_type_concept_id'), DURATION: { kind: 'length' } },
  vocabularyDomains: [],
}

export const payerPlanPeriod: Domain = {
  name: 'PayerPlanPeriod',
  table: 'payer_plan_period',
  id: 'payer_plan_period_id',
  person: 'person_id',
  start: 'payer_plan_period_start_date',
  end: { column: 'payer_plan_period_end_date' },
  hasVisit: false,
  dateAdjustment: 'free',
  attributes: {
    ...span,
    ...concepts('Gender', gender),
    PayerConcept: set('payer_concept_id'),
    PlanConcept: set('plan_concept_id'),
    SponsorConcept: set('sponsor_concept_id'),
    StopReasonConcept: set('stop_reason_concept_id'),
    PayerSourceConcept: set('payer_source_concept_id'),
    PlanSourceConcept: set('plan_source_concept_id'),
    SponsorSourceConcept: set('sponsor_source_concept_id'),
    StopReasonSourceConcept: set('stop_reason_source_concept_id'),
  },
  counts: { DOMAIN_CONCEPT: counted('payer_concept_id'), DURATION: { kind: 'length' } },
  vocabularyDomains: [],
}

/** Needs LOCATION_HISTORY (OMOP CDM 6) with the region of its location; it has no filters. */
export const locationRegion: Domain = {
  name: 'LocationRegion',
  table: 'location_history',
  id: 'location_history_id',
  person: 'entity_id',
  concept: 'region_concept_id',
  start: 'start_date',
  end: { column: 'end_date', otherwise: '2099-12-31' },
  hasVisit: false,
  dateAdjustment: 'never',
  withoutFirst: true,
  only: { column: 'domain_id', text: 'PERSON' },
  lookUp: { table: 'location', by: 'location_id', column: 'region_concept_id' },
  attributes: {},
  counts: { DOMAIN_CONCEPT: counted('region_concept_id'), DURATION: { kind: 'length' } },
  vocabularyDomains: [],
}
