/** Drug exposures, drug eras, dose eras. */
import { concepts, counted, type Domain, decimal, era, event, onStart, personAndVisit, text, whole } from './domain.ts'

export const drugExposure: Domain = {
  name: 'DrugExposure',
  table: 'drug_exposure',
  id: 'drug_exposure_id',
  person: 'person_id',
  concept: 'drug_concept_id',
  source: { attribute: 'DrugSourceConcept', column: 'drug_source_concept_id' },
  start: 'drug_exposure_start_date',
  end: { column: 'drug_exposure_end_date', daysColumn: 'days_supply', days: 1 },
  hasVisit: true,
  dateAdjustment: 'free',
  attributes: {
    OccurrenceStartDate: onStart,
    // circe-be compares the start date here too (DrugExposureSqlBuilder); the check `end-date-reads-start` says so.
    OccurrenceEndDate: onStart,
    ...concepts('DrugType', event('drug_type_concept_id'), 'DrugTypeExclude'),
    StopReason: text('stop_reason'),
    Refills: whole('refills'),
    Quantity: decimal('quantity'),
    DaysSupply: whole('days_supply'),
    ...concepts('RouteConcept', event('route_concept_id')),
    EffectiveDrugDose: decimal('effective_drug_dose'),
    ...concepts('DoseUnit', event('dose_unit_concept_id')),
    LotNumber: text('lot_number'),
    ...personAndVisit,
  },
  counts: {
    DOMAIN_CONCEPT: counted('drug_concept_id'),
    DOMAIN_SOURCE_CONCEPT: counted('drug_source_concept_id'),
    DURATION: { kind: 'length' },
    DAYS_SUPPLY: counted('days_supply'),
    QUANTITY: counted('quantity'),
    REFILLS: counted('refills'),
    VISIT_DETAIL_ID: counted('visit_detail_id'),
  },
  vocabularyDomains: ['Drug'],
}

export const drugEra: Domain = {
  name: 'DrugEra',
  table: 'drug_era',
  id: 'drug_era_id',
  person: 'person_id',
  concept: 'drug_concept_id',
  start: 'drug_era_start_date',
  end: { column: 'drug_era_end_date' },
  hasVisit: false,
  dateAdjustment: 'free',
  attributes: {
    ...era,
    OccurrenceCount: whole('drug_exposure_count'),
    // circe-be takes the range of EraLength here (DrugEraSqlBuilder); the check `gap-reads-length` says so.
    GapDays: { kind: 'number', source: { kind: 'column', column: 'gap_days' }, whole: true, rangeOf: 'EraLength' },
  },
  counts: {
    DOMAIN_CONCEPT: counted('drug_concept_id'),
    ERA_OCCURRENCES: counted('drug_exposure_count'),
    GAP_DAYS: counted('gap_days'),
    DURATION: { kind: 'length' },
  },
  vocabularyDomains: ['Drug'],
}

export const doseEra: Domain = {
  name: 'DoseEra',
  table: 'dose_era',
  id: 'dose_era_id',
  person: 'person_id',
  concept: 'drug_concept_id',
  start: 'dose_era_start_date',
  end: { column: 'dose_era_end_date' },
  hasVisit: false,
  dateAdjustment: 'free',
  attributes: { ...era, ...concepts('Unit', event('unit_concept_id')), DoseValue: decimal('dose_value') },
  counts: {
    DOMAIN_CONCEPT: counted('drug_concept_id'),
    DURATION: { kind: 'length' },
    UNIT: counted('unit_concept_id'),
    VALUE_AS_NUMBER: counted('dose_value'),
  },
  vocabularyDomains: ['Drug'],
}
