/** Visits and their details. */
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
  placeOfService,
  selection,
  specialty,
} from './domain.ts'

/** Where the care site lay at the time; needs LOCATION_HISTORY (OMOP CDM 6). */
const careSiteLocation: Attribute = {
  kind: 'set',
  place: { of: 'care-site-location', column: 'region_concept_id' },
}

export const visitOccurrence: Domain = {
  name: 'VisitOccurrence',
  table: 'visit_occurrence',
  id: 'visit_occurrence_id',
  person: 'person_id',
  concept: 'visit_concept_id',
  source: { attribute: 'VisitSourceConcept', column: 'visit_source_concept_id' },
  start: 'visit_start_date',
  end: { column: 'visit_end_date' },
  hasVisit: true,
  dateAdjustment: 'free',
  attributes: {
    OccurrenceStartDate: onStart,
    OccurrenceEndDate: onEnd,
    ...concepts('VisitType', event('visit_type_concept_id'), 'VisitTypeExclude'),
    VisitLength: length,
    Age: age('start'),
    ...concepts('Gender', gender),
    ...concepts('ProviderSpecialty', specialty),
    ...concepts('PlaceOfService', placeOfService),
    PlaceOfServiceLocation: careSiteLocation,
  },
  counts: {
    DOMAIN_CONCEPT: counted('visit_concept_id'),
    DOMAIN_SOURCE_CONCEPT: counted('visit_source_concept_id'),
    DURATION: { kind: 'length' },
  },
  vocabularyDomains: ['Visit'],
}

export const visitDetail: Domain = {
  name: 'VisitDetail',
  table: 'visit_detail',
  id: 'visit_detail_id',
  person: 'person_id',
  concept: 'visit_detail_concept_id',
  source: { attribute: 'VisitDetailSourceConcept', column: 'visit_detail_source_concept_id' },
  start: 'visit_detail_start_date',
  end: { column: 'visit_detail_end_date' },
  hasVisit: true,
  dateAdjustment: 'free',
  attributes: {
    VisitDetailStartDate: onStart,
    VisitDetailEndDate: onEnd,
    ...selection('VisitDetailType', event('visit_detail_type_concept_id')),
    VisitDetailLength: length,
    Age: age('end'),
    ...selection('Gender', gender),
    ...selection('ProviderSpecialty', specialty),
    ...selection('PlaceOfService', placeOfService),
    PlaceOfServiceLocation: careSiteLocation,
  },
  counts: {
    DOMAIN_CONCEPT: counted('visit_detail_concept_id'),
    DOMAIN_SOURCE_CONCEPT: counted('visit_detail_source_concept_id'),
    DURATION: { kind: 'length' },
    VISIT_DETAIL_ID: counted('visit_detail_id'),
  },
  vocabularyDomains: ['Visit'],
}
