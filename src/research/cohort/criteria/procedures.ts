/** What was done to or put on a person: procedures and devices. */
import { concepts, counted, type Domain, event, onEnd, onStart, personAndVisit, text, whole } from './domain.ts'

export const procedureOccurrence: Domain = {
  name: 'ProcedureOccurrence',
  table: 'procedure_occurrence',
  id: 'procedure_occurrence_id',
  person: 'person_id',
  concept: 'procedure_concept_id',
  source: { attribute: 'ProcedureSourceConcept', column: 'procedure_source_concept_id' },
  start: 'procedure_date',
  end: { days: 1 },
  hasVisit: true,
  dateAdjustment: 'free',
  attributes: {
    OccurrenceStartDate: onStart,
    ...concepts('ProcedureType', event('procedure_type_concept_id'), 'ProcedureTypeExclude'),
    ...concepts('Modifier', event('modifier_concept_id')),
    Quantity: whole('quantity'),
    ...personAndVisit,
  },
  counts: {
    DOMAIN_CONCEPT: counted('procedure_concept_id'),
    DOMAIN_SOURCE_CONCEPT: counted('procedure_source_concept_id'),
    DURATION: { kind: 'one' },
    QUANTITY: counted('quantity'),
    VISIT_DETAIL_ID: counted('visit_detail_id'),
  },
  vocabularyDomains: ['Procedure'],
}

export const deviceExposure: Domain = {
  name: 'DeviceExposure',
  table: 'device_exposure',
  id: 'device_exposure_id',
  person: 'person_id',
  concept: 'device_concept_id',
  source: { attribute: 'DeviceSourceConcept', column: 'device_source_concept_id' },
  start: 'device_exposure_start_date',
  end: { column: 'device_exposure_end_date', days: 1 },
  hasVisit: true,
  dateAdjustment: 'free',
  attributes: {
    OccurrenceStartDate: onStart,
    OccurrenceEndDate: onEnd,
    ...concepts('DeviceType', event('device_type_concept_id'), 'DeviceTypeExclude'),
    UniqueDeviceId: text('unique_device_id'),
    Quantity: whole('quantity'),
    ...personAndVisit,
  },
  counts: {
    DOMAIN_CONCEPT: counted('device_concept_id'),
    DOMAIN_SOURCE_CONCEPT: counted('device_source_concept_id'),
    DURATION: { kind: 'length' },
    QUANTITY: counted('quantity'),
    VISIT_DETAIL_ID: counted('visit_detail_id'),
  },
  vocabularyDomains: ['Device'],
}
