/** A generated person as rows of OMOP CDM 5.4. Only columns that hold something are written. */
import { isoOf } from './days.ts'
import { type RareDiseases, rareDiseaseConcept } from './parameters.ts'
import type { PersonHistory } from './person-history.ts'
import type { VisitKind } from './recording.ts'

export type Row = readonly (string | number | undefined)[]

/** Columns of each table in the order of the rows. */
export const POPULATION_TABLES = {
  person: [
    'person_id',
    'gender_concept_id',
    'year_of_birth',
    'month_of_birth',
    'day_of_birth',
    'race_concept_id',
    'ethnicity_concept_id',
    'person_source_value',
    'gender_source_value',
  ],
  observation_period: [
    'observation_period_id',
    'person_id',
    'observation_period_start_date',
    'observation_period_end_date',
    'period_type_concept_id',
  ],
  visit_occurrence: [
    'visit_occurrence_id',
    'person_id',
    'visit_concept_id',
    'visit_start_date',
    'visit_end_date',
    'visit_type_concept_id',
  ],
  condition_occurrence: [
    'condition_occurrence_id',
    'person_id',
    'condition_concept_id',
    'condition_start_date',
    'condition_end_date',
    'condition_type_concept_id',
    'visit_occurrence_id',
  ],
  drug_exposure: [
    'drug_exposure_id',
    'person_id',
    'drug_concept_id',
    'drug_exposure_start_date',
    'drug_exposure_end_date',
    'drug_type_concept_id',
    'days_supply',
    'visit_occurrence_id',
  ],
  measurement: [
    'measurement_id',
    'person_id',
    'measurement_concept_id',
    'measurement_date',
    'measurement_type_concept_id',
    'value_as_number',
    'unit_concept_id',
    'visit_occurrence_id',
  ],
  observation: [
    'observation_id',
    'person_id',
    'observation_concept_id',
    'observation_date',
    'observation_type_concept_id',
    'value_as_concept_id',
  ],
  death: ['person_id', 'death_date', 'death_type_concept_id'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type PopulationTable = keyof typeof POPULATION_TABLES

/** OMOP: record of an electronic health record. */
const EHR = 32817
const GENDER = { male: 8507, female: 8532 } as const
const VISIT: Readonly<Record<VisitKind, number>> = { inpatient: 9201, outpatient: 9202, emergency: 9203 }

/** Gives the rows of one person to `write`. `nextId` counts in each table. */
export function writeRows(
  history: PersonHistory,
  country: string,
  parameters: RareDiseases,
  nextId: (table: PopulationTable) => number,
  write: (table: PopulationTable, row: Row) => void,
): void {
  const { life, observed } = history
  const person = life.person
  const [year, month, day] = isoOf(life.birth).split('-').map(Number)
  const source = `${country}-${person}`
  write('person', [person, GENDER[life.sex], year, month, day, 0, 0, source, life.sex === 'male' ? 'M' : 'F'])
  write('observation_period', [nextId('observation_period'), person, isoOf(observed.from), isoOf(observed.to), EHR])
  const visits = history.visits.map((visit) => {
    const id = nextId('visit_occurrence')
    write('visit_occurrence', [id, person, VISIT[visit.kind], isoOf(visit.from), isoOf(visit.to), EHR])
    return id
  })
  for (const { concept, day: start, end, visit } of history.diagnoses) {
    const until = end === undefined ? undefined : isoOf(end)
    const id = nextId('condition_occurrence')
    write('condition_occurrence', [id, person, concept, isoOf(start), until, EHR, visits[visit]])
  }
  for (const { concept, day: start, days, visit } of history.prescriptions) {
    const end = Math.min(start + days - 1, history.death ?? Number.POSITIVE_INFINITY)
    const dates = [isoOf(start), isoOf(end)]
    write('drug_exposure', [nextId('drug_exposure'), person, concept, ...dates, EHR, days, visits[visit]])
  }
  for (const { kind, day: taken, value, visit } of history.measurements) {
    const id = nextId('measurement')
    write('measurement', [id, person, kind.concept, isoOf(taken), EHR, value, kind.unit, visits[visit]])
  }
  writeOnset(history, parameters, nextId, write)
  if (history.death !== undefined) write('death', [person, isoOf(history.death), EHR])
}

/**
 * The registry's "age at onset" and "diagnosis" (EU set of common data elements for rare disease registration, 5.1 and
 * 6.1) as one observation on the day of the first symptom; its value is the disease, or that it is not known yet.
 */
function writeOnset(
  { rare, life, death, observed }: PersonHistory,
  parameters: RareDiseases,
  nextId: (table: PopulationTable) => number,
  write: (table: PopulationTable, row: Row) => void,
): void {
  if (rare === undefined || rare.onset > observed.to) return
  const known = rare.diagnosis !== undefined && rare.diagnosis <= (death ?? observed.to)
  const value = rareDiseaseConcept(parameters, known ? rare.disease.orpha : parameters.undiagnosed.orpha)
  const id = nextId('observation')
  write('observation', [id, life.person, parameters.onset.concept, isoOf(rare.onset), EHR, value])
}
