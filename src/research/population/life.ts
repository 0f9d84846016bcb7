/** When somebody lives and is observed: birth, sex, death, and the time in the data. */
import { type Day, dayOf, YEAR } from './days.ts'
import type { Country, PopulationParameters } from './parameters.ts'
import { exponential, type Random, weighted } from './random.ts'

export type Sex = 'female' | 'male'

export interface Life {
  readonly person: number
  readonly sex: Sex
  readonly birth: Day
  /** Would die then if no illness shortened it. May lie far in the future. */
  readonly naturalDeath: Day
}

/** Inclusive. */
export interface Span {
  readonly from: Day
  readonly to: Day
}

/** Slope of the logarithm of mortality per year of age (Gompertz): it doubles about every seven years. */
const AGEING = 0.1
const OLDEST = 106

export function studyPeriod(parameters: PopulationParameters): Span {
  const { from, to } = parameters.countries.period
  return { from: dayOf(from), to: dayOf(to) }
}

/** Age by the country's pyramid in the middle of the period; who is younger than zero then is born during it. */
export function drawLife(random: Random, person: number, country: Country, parameters: PopulationParameters): Life {
  const period = studyPeriod(parameters)
  const middle = (period.from + period.to) / 2
  const bands = parameters.countries.ageBands
  const halfPeriod = (period.to - middle) / YEAR
  const perYear = (country.shares[0] ?? 0) / ((bands[1] ?? 10) - (bands[0] ?? 0))
  const band = weighted(random, [perYear * halfPeriod, ...country.shares]) - 1
  const from = band < 0 ? -halfPeriod : (bands[band] ?? 0)
  const until = band < 0 ? 0 : (bands[band + 1] ?? OLDEST)
  const age = from + random() * (until - from)
  const sex: Sex = random() < (country.femaleShares[Math.max(band, 0)] ?? 0.5) ? 'female' : 'male'
  const birth = Math.floor(middle - age * YEAR)
  const ageAtStart = Math.max(0, (period.from - birth) / YEAR)
  const death = birth + ageAtDeath(exponential(random), country.ageAtDeath[sex], ageAtStart) * YEAR
  return { person, sex, birth, naturalDeath: Math.floor(death) }
}

/** Age at which the hazard `used` is spent by somebody alive at `from`, when most die at `mode` (Gompertz). */
export function ageAtDeath(used: number, mode: number, from: number): number {
  return mode + Math.log(used + Math.exp(AGEING * (from - mode))) / AGEING
}

/** Most are in the data from the start of the period or their birth; some came later, some left before its end. */
export function drawObservation(random: Random, life: Life, period: Span): Span | undefined {
  const alive: Span = { from: Math.max(period.from, life.birth), to: Math.min(period.to, life.naturalDeath) }
  if (alive.to - alive.from < 30) return undefined
  const length = alive.to - alive.from
  const from = random() < 0.75 ? alive.from : alive.from + Math.floor(random() * length * 0.6)
  const to = random() < 0.93 ? alive.to : from + 15 + Math.floor(random() * Math.max(1, alive.to - from - 15))
  return { from, to: Math.min(to, alive.to) }
}
