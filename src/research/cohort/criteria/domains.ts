/** All domains by their name in the language. */
import type { DomainName } from '../definition.ts'
import { conditionEra, conditionOccurrence } from './conditions.ts'
import { death } from './death.ts'
import type { Domain } from './domain.ts'
import { doseEra, drugEra, drugExposure } from './drugs.ts'
import { measurement, observation, specimen } from './measurements.ts'
import { locationRegion, observationPeriod, payerPlanPeriod } from './periods.ts'
import { deviceExposure, procedureOccurrence } from './procedures.ts'
import { visitDetail, visitOccurrence } from './visits.ts'

export const domains: Readonly<Record<DomainName, Domain>> = {
  ConditionEra: conditionEra,
  ConditionOccurrence: conditionOccurrence,
  Death: death,
  DeviceExposure: deviceExposure,
  DoseEra: doseEra,
  DrugEra: drugEra,
  DrugExposure: drugExposure,
  LocationRegion: locationRegion,
  Measurement: measurement,
  Observation: observation,
  ObservationPeriod: observationPeriod,
  PayerPlanPeriod: payerPlanPeriod,
  ProcedureOccurrence: procedureOccurrence,
  Specimen: specimen,
  VisitDetail: visitDetail,
  VisitOccurrence: visitOccurrence,
}

export const domainList: readonly Domain[] = Object.values(domains)
