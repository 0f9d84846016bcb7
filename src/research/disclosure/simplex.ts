/**
 * How large and how small a linear expression can be on { x ≥ 0, A x = b }: the simplex method on a dense tableau, with Bland's
 * rule against cycles. Small problems only: the hidden cells of a table that hang together.
 */

const TINY = 1e-9

export interface Polytope {
  /**
   * Greatest value of `sign` times variable `variable`.
   * @param enough stop as soon as it is reached
   */
  greatest(variable: number, sign: 1 | -1, enough: number): number
}

interface Tableau {
  /** Coefficients of the variables and, last, the right side. */
  readonly rows: Float64Array[]
  /** Variable of each row. */
  readonly basis: number[]
}

/** @returns nothing when no x fulfils the equations */
export function polytope(equations: readonly (readonly number[])[], right: readonly number[]): Polytope | undefined {
  const variables = equations[0]?.length ?? 0
  const tableau = withArtificials(equations, right, variables)
  const objective = new Float64Array(variables + equations.length)
  objective.fill(-1, variables)
  const missing = maximise(tableau, objective, Number.POSITIVE_INFINITY)
  if (missing < -1e-6) return undefined
  const feasible = withoutArtificials(tableau, variables)
  return {
    greatest: (variable, sign, enough) => {
      const wanted = new Float64Array(variables)
      wanted[variable] = sign
      return maximise(feasible, wanted, enough)
    },
  }
}

function withArtificials(
  equations: readonly (readonly number[])[],
  right: readonly number[],
  variables: number,
): Tableau {
  const rows = equations.map((coefficients, index) => {
    const row = new Float64Array(variables + equations.length + 1)
    const sign = (right[index] ?? 0) < 0 ? -1 : 1
    coefficients.forEach((coefficient, variable) => {
      row[variable] = sign * coefficient
    })
    row[variables + index] = 1
    row[row.length - 1] = sign * (right[index] ?? 0)
    return row
  })
  return { rows, basis: equations.map((_, index) => variables + index) }
}

/** Artificial variables leave the basis where they can; a row where they cannot says nothing new. */
function withoutArtificials({ rows, basis }: Tableau, variables: number): Tableau {
  rows.forEach((row, index) => {
    if ((basis[index] ?? 0) < variables) return
    const column = row.findIndex((value, variable) => variable < variables && Math.abs(value) > TINY)
    if (column >= 0) pivot({ rows, basis }, index, column)
  })
  const kept = rows.map((_, index) => index).filter((index) => (basis[index] ?? 0) < variables)
  return {
    rows: kept.map((index) => {
      const row = rows[index] ?? new Float64Array(variables + 1)
      return Float64Array.of(...row.subarray(0, variables), row[row.length - 1] ?? 0)
    }),
    basis: kept.map((index) => basis[index] ?? 0),
  }
}

/** Leaves the tableau at the vertex that was found. */
function maximise(tableau: Tableau, objective: Float64Array, enough: number): number {
  const { rows, basis } = tableau
  for (;;) {
    const value = rows.reduce((sum, row, index) => sum + (objective[basis[index] ?? 0] ?? 0) * (row.at(-1) ?? 0), 0)
    if (value >= enough - TINY) return value
    const column = entering(tableau, objective)
    if (column < 0) return value
    const row = leaving(tableau, column)
    if (row < 0) return Number.POSITIVE_INFINITY
    pivot(tableau, row, column)
  }
}

/** The first variable that makes the objective greater. */
function entering({ rows, basis }: Tableau, objective: Float64Array): number {
  const gains = Float64Array.from(objective)
  rows.forEach((row, index) => {
    const weight = objective[basis[index] ?? 0] ?? 0
    if (weight === 0) return
    for (let variable = 0; variable < gains.length; variable += 1) {
      gains[variable] = (gains[variable] ?? 0) - weight * (row[variable] ?? 0)
    }
  })
  return gains.findIndex((gain) => gain > TINY)
}

function leaving({ rows, basis }: Tableau, column: number): number {
  let [best, ratio] = [-1, Number.POSITIVE_INFINITY]
  rows.forEach((row, index) => {
    const coefficient = row[column] ?? 0
    if (coefficient <= TINY) return
    const own = (row.at(-1) ?? 0) / coefficient
    const tie = Math.abs(own - ratio) <= TINY && (basis[index] ?? 0) < (basis[best] ?? 0)
    if (own < ratio - TINY || tie) [best, ratio] = [index, own]
  })
  return best
}

function pivot({ rows, basis }: Tableau, at: number, column: number): void {
  const pivotRow = rows[at]
  if (!pivotRow) return
  const by = pivotRow[column] ?? 1
  for (let index = 0; index < pivotRow.length; index += 1) pivotRow[index] = (pivotRow[index] ?? 0) / by
  rows.forEach((row, index) => {
    const times = row[column] ?? 0
    if (index === at || times === 0) return
    for (let place = 0; place < row.length; place += 1) row[place] = (row[place] ?? 0) - times * (pivotRow[place] ?? 0)
  })
  basis[at] = column
}
