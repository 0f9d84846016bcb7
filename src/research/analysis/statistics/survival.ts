/** Kaplan and Meier's estimate from how many left, and how, in each step. Counts of steps add up over shards and nodes. */

export interface StepCounts {
  /** Step number; step k is the days from k times its length. */
  readonly step: number
  readonly events: number
  readonly censored: number
}

export interface SurvivalStep extends StepCounts {
  readonly atRisk: number
  /** Share still without the event after this step. */
  readonly survival: number
  /** Greenwood's, of the survival. */
  readonly standardError: number
}

/**
 * Who is censored in a step was at risk for its events. Steps of one day give the estimate of the textbook; longer ones
 * treat all events of a step as of one moment.
 */
export function kaplanMeier(counts: readonly StepCounts[]): readonly SurvivalStep[] {
  const ordered = [...counts].sort((left, right) => left.step - right.step)
  let atRisk = ordered.reduce((sum, one) => sum + one.events + one.censored, 0)
  let survival = 1
  let greenwood = 0
  return ordered.map((one) => {
    survival *= atRisk === 0 ? 1 : 1 - one.events / atRisk
    if (one.events > 0 && atRisk > one.events) greenwood += one.events / (atRisk * (atRisk - one.events))
    const described = { ...one, atRisk, survival, standardError: survival * Math.sqrt(greenwood) }
    atRisk -= one.events + one.censored
    return described
  })
}

/** First step after which at most half are without the event; undefined when the curve does not come down so far. */
export function medianStep(curve: readonly SurvivalStep[]): number | undefined {
  return curve.find((one) => one.survival <= 0.5)?.step
}
