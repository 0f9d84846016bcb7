/** Who has a rare disease, when the first symptom came, and how long it took until somebody knew its name. */
import { type Day, YEAR } from './days.ts'
import type { Life, Span } from './life.ts'
import type { RareDisease, RareDiseases } from './parameters.ts'
import { integerBetween, normal, type Random, triangular } from './random.ts'

export interface RareHistory {
  readonly disease: RareDisease
  /** First symptom. */
  readonly onset: Day
  /** Absent: nobody has found out yet. */
  readonly diagnosis?: Day
  /** Days on which symptoms were recorded before the diagnosis, the first one included, with the symptom's concept. */
  readonly odyssey: readonly { readonly day: Day; readonly symptom: number }[]
  /** Yearly visits after the diagnosis. */
  readonly followUp: readonly Day[]
}

export interface RareOptions {
  readonly country: string
  /** Multiplies all prevalences: 1 is life. */
  readonly factor: number
}

/** At most one for each person: the first of the list that the dice give. */
export function drawRareDisease(
  random: Random,
  life: Life,
  end: Day,
  parameters: RareDiseases,
  options: RareOptions,
): RareHistory | undefined {
  const age = (end - life.birth) / YEAR
  for (const disease of parameters.diseases) {
    const sexShare = life.sex === 'female' ? disease.femaleShare : 1 - disease.femaleShare
    const perPerson = (disease.prevalencePer100000 / 100_000) * 2 * sexShare * options.factor
    const has = random() < perPerson * (disease.countryRatio[options.country] ?? 1)
    if (has && age > disease.onsetAge[0]) return drawHistory(random, life, end, parameters, disease)
  }
  return undefined
}

function drawHistory(
  random: Random,
  life: Life,
  end: Day,
  parameters: RareDiseases,
  disease: RareDisease,
): RareHistory {
  const onset = drawOnset(random, life, end, disease)
  const [median, spread] = disease.delayDays
  const ratio = life.sex === 'female' ? parameters.womenDelayRatio : 1
  const delay = Math.max(1, Math.round(median * ratio * Math.exp(spread * normal(random))))
  const diagnosis = onset + delay <= end ? onset + delay : undefined
  const symptom = (): number => disease.symptoms[integerBetween(random, 0, disease.symptoms.length - 1)] ?? 0
  const odyssey = [{ day: onset, symptom: disease.symptoms[0] ?? 0 }]
  const known = diagnosis ?? end + 1
  for (let day = onset + integerBetween(random, 40, 320); day < known; day += integerBetween(random, 60, 400)) {
    odyssey.push({ day, symptom: symptom() })
  }
  const followUp: Day[] = []
  for (let day = known + integerBetween(random, 90, 365); day <= end; day += integerBetween(random, 180, 420)) {
    followUp.push(day)
  }
  return { disease, onset, odyssey, followUp, ...(diagnosis !== undefined && { diagnosis }) }
}

/** An age of onset that this life has reached by `end`. */
function drawOnset(random: Random, life: Life, end: Day, disease: RareDisease): Day {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const onset = Math.floor(life.birth + triangular(random, disease.onsetAge) * YEAR)
    if (onset < end) return onset
  }
  const earliest = life.birth + disease.onsetAge[0] * YEAR
  return Math.floor(earliest + random() * (end - earliest))
}

/** A registry takes over the history of its patients: they are in the data from a year before the first symptom. */
export function observedWithRegistry(observed: Span, life: Life, history: RareHistory | undefined): Span {
  if (history === undefined) return observed
  return { from: Math.max(life.birth, Math.min(observed.from, history.onset - 365)), to: observed.to }
}
