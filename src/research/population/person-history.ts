/** One generated person: everything the tables will say about them. Depends on the seed, the country and the number only. */
import { type Day, YEAR } from './days.ts'
import { drawFrailty, drawIllnesses, type Illness } from './illness.ts'
import { drawLife, drawObservation, type Life, type Span, studyPeriod } from './life.ts'
import { drawMeasurements, type Measured } from './measured.ts'
import type { Country, PopulationParameters } from './parameters.ts'
import { exponential, type Random, randomFrom } from './random.ts'
import { drawRareDisease, observedWithRegistry, type RareHistory } from './rare-disease.ts'
import {
  type Diagnosis,
  type Prescription,
  recordCheckUps,
  recorder,
  recordIllnesses,
  recordRareDisease,
  type Visit,
} from './recording.ts'

export interface PersonHistory {
  readonly life: Life
  readonly observed: Span
  readonly visits: readonly Visit[]
  readonly diagnoses: readonly Diagnosis[]
  readonly prescriptions: readonly Prescription[]
  readonly measurements: readonly Measured[]
  readonly rare?: RareHistory
  readonly death?: Day
}

export interface PersonOptions {
  readonly seed: string
  readonly country: Country
  readonly rareDiseaseFactor: number
  readonly parameters: PopulationParameters
}

/** Undefined for a number whose life does not touch the period. */
export function generatePerson(number: number, options: PersonOptions): PersonHistory | undefined {
  const { parameters, country } = options
  const random = randomFrom(`${options.seed}/${country.country}/${number}`)
  const drawn = drawLife(random, country.firstPersonId + number, country, parameters)
  const observation = drawObservation(random, drawn, studyPeriod(parameters))
  if (observation === undefined) return undefined
  const frailty = drawFrailty(random)
  const illnesses = drawIllnesses(random, drawn, observation, parameters.illnesses, frailty)
  const rare = drawRareDisease(random, drawn, observation.to, parameters.rareDiseases, {
    country: country.country,
    factor: options.rareDiseaseFactor,
  })
  const death = drawDeath(random, drawn, observation, illnesses, rare)
  const observed = { ...observation, to: Math.min(observation.to, death ?? observation.to) }
  const record = recorder(random, observed.to)
  recordIllnesses(record, illnesses, observed, parameters)
  if (rare) recordRareDisease(record, rare, parameters)
  recordCheckUps(record, drawn, observed, illnesses, frailty)
  return {
    life: drawn,
    observed: observedWithRegistry(observed, drawn, rare),
    visits: record.visits,
    diagnoses: record.diagnoses,
    prescriptions: record.prescriptions,
    measurements: drawMeasurements(random, drawn, record.visits, illnesses, parameters.illnesses),
    ...(rare && { rare }),
    ...(death !== undefined && { death }),
  }
}

/** Illness shortens what is left of a life; a death after the observed time is not in the data. */
function drawDeath(
  random: Random,
  life: Life,
  observed: Span,
  illnesses: readonly Illness[],
  rare: RareHistory | undefined,
): Day | undefined {
  let death: Day = life.naturalDeath
  const shorten = (onset: Day, ratio: number): void => {
    const start = Math.max(onset, observed.from)
    if (ratio === 1 || start >= death) return
    // An additional hazard of (ratio - 1) times 0.6 % a year, which is that of about sixty years of age.
    const extra = (exponential(random) / (ratio - 1) / 0.006) * YEAR
    if (start + extra < death) death = Math.floor(start + extra)
  }
  for (const illness of illnesses) shorten(illness.onset, illness.condition.mortalityRatio)
  if (rare) shorten(rare.onset, rare.disease.mortalityRatio)
  return death <= observed.to ? Math.max(death, observed.from + 1) : undefined
}
