/** How illnesses become records: visits, and the diagnoses and prescriptions made at them. */
import { type Day, YEAR } from './days.ts'
import type { Illness } from './illness.ts'
import type { Life, Span } from './life.ts'
import { type Condition, type PopulationParameters, rareDiseaseConcept } from './parameters.ts'
import { exponential, integerBetween, type Random } from './random.ts'
import type { RareHistory } from './rare-disease.ts'

export type VisitKind = Condition['visit']

export interface Visit {
  readonly kind: VisitKind
  readonly from: Day
  readonly to: Day
}

/** `visit` is the index of the visit at which it was recorded. */
export interface Diagnosis {
  readonly concept: number
  readonly day: Day
  readonly end?: Day
  readonly visit: number
}

export interface Prescription {
  readonly concept: number
  readonly day: Day
  readonly days: number
  readonly visit: number
}

interface Drug {
  readonly concept: number
  /** Of those who have the illness. */
  readonly share: number
}

/** Collects visits and what was recorded at them; nothing after `last`. */
export interface Recorder {
  readonly random: Random
  readonly last: Day
  readonly visits: readonly Visit[]
  readonly diagnoses: readonly Diagnosis[]
  readonly prescriptions: readonly Prescription[]
  /** Index of the visit. */
  visit(kind: VisitKind, day: Day): number
  /** A visit of that day with this diagnosis; -1 after the last day. */
  diagnose(concept: number, day: Day, kind: VisitKind, lasting?: number): number
  /** Throws the dice whether it is prescribed. */
  prescribe(drug: Drug, day: Day, days: number, visit: number): boolean
}

export function recorder(random: Random, last: Day): Recorder {
  const visits: Visit[] = []
  const diagnoses: Diagnosis[] = []
  const prescriptions: Prescription[] = []
  const visit = (kind: VisitKind, day: Day): number => {
    const nights = kind === 'inpatient' ? integerBetween(random, 1, 9) : 0
    return visits.push({ kind, from: day, to: Math.min(day + nights, last) }) - 1
  }
  return {
    random,
    last,
    visits,
    diagnoses,
    prescriptions,
    visit,
    diagnose(concept, day, kind, lasting) {
      if (day > last) return -1
      const at = visit(kind, day)
      const end = lasting === undefined ? undefined : Math.min(day + lasting, last)
      diagnoses.push({ concept, day, visit: at, ...(end !== undefined && { end }) })
      return at
    },
    prescribe(drug, day, days, at) {
      if (at < 0 || random() >= drug.share) return false
      prescriptions.push({ concept: drug.concept, day, days, visit: at })
      return true
    },
  }
}

export function recordIllnesses(
  record: Recorder,
  illnesses: readonly Illness[],
  observed: Span,
  parameters: PopulationParameters,
): void {
  for (const { condition, onset } of illnesses) {
    if (condition.course === 'acute') {
      const visit = record.diagnose(condition.concept, onset, condition.visit, integerBetween(record.random, 4, 21))
      for (const drug of condition.drugs) record.prescribe(drug, onset, supplyOf(drug.concept, parameters), visit)
      continue
    }
    // What began before the observed time is written down at the first visit in it.
    const first = onset >= observed.from ? onset : observed.from + integerBetween(record.random, 0, 200)
    const visit = record.diagnose(condition.concept, first, condition.visit)
    for (const drug of condition.drugs) keepPrescribing(record, drug, first, visit, parameters)
    for (let day = first + integerBetween(record.random, 400, 1100); day <= observed.to; ) {
      record.diagnose(condition.concept, day, 'outpatient')
      day += integerBetween(record.random, 500, 1500)
    }
  }
}

function keepPrescribing(
  record: Recorder,
  drug: Drug,
  first: Day,
  visit: number,
  parameters: PopulationParameters,
): void {
  const supply = supplyOf(drug.concept, parameters)
  if (!record.prescribe(drug, first, supply, visit)) return
  for (let day = first + integerBetween(record.random, 250, 600); day <= record.last; ) {
    record.prescribe({ concept: drug.concept, share: 1 }, day, supply, record.visit('outpatient', day))
    day += integerBetween(record.random, 300, 700)
  }
}

function supplyOf(concept: number, { illnesses }: PopulationParameters): number {
  return illnesses.drugs.find((drug) => drug.concept === concept)?.daysSupply ?? 30
}

export function recordRareDisease(record: Recorder, rare: RareHistory, parameters: PopulationParameters): void {
  for (const { day, symptom } of rare.odyssey) record.diagnose(symptom, day, 'outpatient', 30)
  if (rare.diagnosis === undefined || rare.diagnosis > record.last) return
  const concept = rareDiseaseConcept(parameters.rareDiseases, rare.disease.orpha)
  const visit = record.diagnose(concept, rare.diagnosis, 'inpatient')
  for (const drug of rare.disease.drugs) keepPrescribing(record, drug, rare.diagnosis, visit, parameters)
  for (const day of rare.followUp) record.diagnose(concept, day, 'outpatient')
}

/** Visits without a new diagnosis: more with age and illness. */
export function recordCheckUps(
  record: Recorder,
  life: Life,
  observed: Span,
  illnesses: readonly Illness[],
  frailty: number,
): void {
  const chronic = illnesses.filter((illness) => illness.condition.course === 'chronic').length
  const age = (observed.to - life.birth) / YEAR
  const perDay = (0.25 + 0.008 * age + 0.12 * chronic) * (0.4 + 0.6 * frailty) * (1 / YEAR)
  let day = observed.from + Math.floor(exponential(record.random) / perDay)
  while (day <= observed.to) {
    record.visit('outpatient', day)
    day += 1 + Math.floor(exponential(record.random) / perDay)
  }
}
