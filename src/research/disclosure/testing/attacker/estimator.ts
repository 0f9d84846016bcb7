/**
 * What the attacker makes of all answers: the best linear estimate of unknown counts from noisy sums of them, with what he
 * believed before (recursive least squares; exact for Gaussian beliefs).
 */

export interface Estimator {
  /** Sum of some unknowns was seen, with an error of this variance. */
  observe(unknowns: readonly number[], sum: number, variance: number): void
  /** How much the variance of one unknown would shrink by seeing the sum. */
  gain(unknown: number, unknowns: readonly number[], variance: number): number
  /** Of the sum of some unknowns. */
  estimate(unknowns: readonly number[]): { readonly mean: number; readonly deviation: number }
}

export function estimator(beliefs: readonly { readonly mean: number; readonly deviation: number }[]): Estimator {
  const size = beliefs.length
  const mean = Float64Array.from(beliefs, (belief) => belief.mean)
  const covariance = beliefs.map((belief, row) => {
    const line = new Float64Array(size)
    line[row] = belief.deviation ** 2
    return line
  })
  const sumOver = (line: Float64Array | undefined, unknowns: readonly number[]) => {
    let sum = 0
    for (const unknown of unknowns) sum += line?.[unknown] ?? 0
    return sum
  }
  const varianceOf = (unknowns: readonly number[]) =>
    unknowns.reduce((sum, unknown) => sum + sumOver(covariance[unknown], unknowns), 0)
  return {
    observe: (unknowns, sum, variance) => {
      const shared = Float64Array.from(covariance, (line) => sumOver(line, unknowns))
      const whole = sumOver(shared, unknowns) + variance
      const surprise = sum - sumOver(mean, unknowns)
      covariance.forEach((line, row) => {
        const weight = (shared[row] ?? 0) / whole
        mean[row] = (mean[row] ?? 0) + weight * surprise
        for (let column = 0; column < size; column += 1)
          line[column] = (line[column] ?? 0) - weight * (shared[column] ?? 0)
      })
    },
    gain: (unknown, unknowns, variance) =>
      sumOver(covariance[unknown], unknowns) ** 2 / (varianceOf(unknowns) + variance),
    estimate: (unknowns) => ({
      mean: sumOver(mean, unknowns),
      deviation: Math.sqrt(Math.max(0, varianceOf(unknowns))),
    }),
  }
}
