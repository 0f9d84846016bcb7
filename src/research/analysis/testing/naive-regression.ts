/** Regressions on plain rows, sharing no code with `statistics/`. */

/** Normal equations by elimination: rows begin with 1 and end with the outcome. */
export function leastSquares(rows: readonly (readonly number[])[]): readonly number[] {
  const size = (rows[0]?.length ?? 1) - 1
  const system = Array.from({ length: size }, (_, left) =>
    Array.from({ length: size + 1 }, (_unused, right) =>
      rows.reduce((sum, row) => sum + (row[left] ?? 0) * (row[right] ?? 0), 0),
    ),
  )
  for (const [pivot, line] of system.entries()) {
    const lead = line[pivot] ?? 1
    for (const index of line.keys()) line[index] = (line[index] ?? 0) / lead
    for (const [other, target] of system.entries()) {
      const factor = target[pivot] ?? 0
      if (other !== pivot)
        for (const index of target.keys()) target[index] = (target[index] ?? 0) - factor * (line[index] ?? 0)
    }
  }
  return system.map((line) => line[size] ?? Number.NaN)
}

/** Of the logarithm of the likelihood, at these coefficients (the constant first): all zero where the fit is right. */
export function logisticGradient(
  rows: readonly (readonly number[])[],
  coefficients: readonly number[],
): readonly number[] {
  const gradient = coefficients.map(() => 0)
  for (const row of rows) {
    const factors = [1, ...row.slice(0, -1)]
    const linear = factors.reduce((sum, factor, index) => sum + factor * (coefficients[index] ?? 0), 0)
    const residual = (row.at(-1) ?? 0) - 1 / (1 + Math.exp(-linear))
    for (const [index, factor] of factors.entries()) gradient[index] = (gradient[index] ?? 0) + residual * factor
  }
  return gradient
}
