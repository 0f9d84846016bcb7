/** Which common illnesses a life meets, and when: hazards by age band and sex. */
import { type Day, YEAR } from './days.ts'
import type { Life, Span } from './life.ts'
import type { Condition, Illnesses } from './parameters.ts'
import { exponential, type Random } from './random.ts'

export interface Illness {
  readonly condition: Condition
  /** First day of a chronic illness, which may lie before the observed time; each episode of an acute one. */
  readonly onset: Day
}

/** Frailty spreads illness over people as in life: a few have much. Mean 1. */
export function drawFrailty(random: Random): number {
  return 0.5 * (exponential(random) + exponential(random))
}

export function drawIllnesses(
  random: Random,
  life: Life,
  observed: Span,
  illnesses: Illnesses,
  frailty: number,
): Illness[] {
  const found: Illness[] = []
  for (const condition of illnesses.conditions) {
    const ratio = sexRatio(condition, life) * frailty
    if (ratio === 0) continue
    if (condition.course === 'chronic') {
      const onset = spend(exponential(random) / ratio, life.birth, life.birth, condition, illnesses.ageBands)
      if (onset <= observed.to) found.push({ condition, onset })
      continue
    }
    let onset = spend(exponential(random) / ratio, observed.from, life.birth, condition, illnesses.ageBands)
    while (onset <= observed.to) {
      found.push({ condition, onset })
      // An episode lasts two weeks before the same illness can come again.
      onset = spend(exponential(random) / ratio, onset + 14, life.birth, condition, illnesses.ageBands)
    }
  }
  return found
}

/** The incidences are of men and women together: ratio r means 2r/(1+r) for women and 2/(1+r) for men. */
function sexRatio(condition: Condition, life: Life): number {
  const ratio = condition.femaleRatio
  return life.sex === 'female' ? (2 * ratio) / (1 + ratio) : 2 / (1 + ratio)
}

/** The day on which `hazard` is spent, counted from `from`; Infinity when the illness does not come. */
function spend(hazard: number, from: Day, birth: Day, condition: Condition, bands: readonly number[]): Day {
  let left = hazard
  let at = from
  for (const [index, perThousand] of condition.incidencePer1000.entries()) {
    const next = bands[index + 1]
    const until = next === undefined ? Number.POSITIVE_INFINITY : birth + next * YEAR
    if (until <= at) continue
    const perDay = perThousand / 1000 / YEAR
    const days = perDay === 0 ? Number.POSITIVE_INFINITY : left / perDay
    if (at + days < until) return Math.floor(at + days)
    left -= perDay * (until - at)
    at = until
  }
  return Number.POSITIVE_INFINITY
}
