/** What is measured at outpatient visits: plausible values by age, sex and illness, with a level of each person's own. */
import { type Day, YEAR } from './days.ts'
import type { Illness } from './illness.ts'
import type { Life } from './life.ts'
import type { Illnesses, MeasurementKind } from './parameters.ts'
import { normal, type Random } from './random.ts'

export interface Measured {
  readonly kind: MeasurementKind
  readonly day: Day
  readonly value: number
  readonly visit: number
}

interface VisitLike {
  readonly kind: string
  readonly from: Day
}

/** Share of the variance that lies between persons, not between visits of one. */
const BETWEEN = Math.sqrt(0.7)
const WITHIN = Math.sqrt(0.3)

export function drawMeasurements(
  random: Random,
  life: Life,
  visits: readonly VisitLike[],
  illnesses: readonly Illness[],
  parameters: Illnesses,
): Measured[] {
  const levels = parameters.measurements.map(() => normal(random))
  const onsets = firstOnsets(illnesses)
  const measured: Measured[] = []
  for (const [visit, { kind: place, from: day }] of visits.entries()) {
    if (place !== 'outpatient') continue
    for (const [index, kind] of parameters.measurements.entries()) {
      const shift = shiftOf(kind, onsets, day)
      // Who has the illness that moves a value has it measured twice as often.
      if (random() >= kind.perVisit * (shift === 0 ? 1 : 2)) continue
      const age = Math.max(0, day - life.birth) / YEAR
      const mean = kind.mean + kind.perYearOfAge * age + (life.sex === 'female' ? kind.femaleShift : 0) + shift
      const spread = kind.deviation * (BETWEEN * (levels[index] ?? 0) + WITHIN * normal(random))
      measured.push({ kind, day, visit, value: rounded(mean + spread, kind) })
    }
  }
  return measured
}

function firstOnsets(illnesses: readonly Illness[]): ReadonlyMap<number, Day> {
  const onsets = new Map<number, Day>()
  for (const { condition, onset } of illnesses) {
    const known = onsets.get(condition.concept)
    if (known === undefined || onset < known) onsets.set(condition.concept, onset)
  }
  return onsets
}

function shiftOf(kind: MeasurementKind, onsets: ReadonlyMap<number, Day>, day: Day): number {
  let shift = 0
  for (const { condition, by } of kind.shifts) {
    if ((onsets.get(condition) ?? Number.POSITIVE_INFINITY) <= day) shift += by
  }
  return shift
}

function rounded(value: number, kind: MeasurementKind): number {
  return Number(Math.min(kind.high, Math.max(kind.low, value)).toFixed(kind.decimals))
}
