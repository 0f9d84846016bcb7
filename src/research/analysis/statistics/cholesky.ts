/** Solves the small symmetric systems of regressions. */

/** Square, row by row. */
export type Matrix = readonly (readonly number[])[]

/** A pivot below this share of its diagonal says that a column is (nearly) a sum of others. */
const TOLERANCE = 1e-11

export type Inverse =
  | { readonly ok: true; readonly inverse: Matrix }
  /** Index of the column that others determine. */
  | { readonly ok: false; readonly dependent: number }

/** Inverse of a symmetric positive definite matrix by its Cholesky factor. */
export function invert(matrix: Matrix): Inverse {
  const size = matrix.length
  const lower: number[][] = []
  for (let row = 0; row < size; row += 1) {
    const line: number[] = []
    for (let column = 0; column <= row; column += 1) {
      const other = column === row ? line : (lower[column] ?? [])
      let left = at(matrix, row, column)
      for (let index = 0; index < column; index += 1) left -= (line[index] ?? 0) * (other[index] ?? 0)
      if (column < row) {
        line.push(left / (other[column] ?? 1))
      } else {
        if (!(left > TOLERANCE * at(matrix, row, row))) return { ok: false, dependent: row }
        line.push(Math.sqrt(left))
      }
    }
    lower.push(line)
  }
  return { ok: true, inverse: inverseFrom(invertLower(lower)) }
}

function invertLower(lower: readonly (readonly number[])[]): number[][] {
  const size = lower.length
  const inverse = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  for (let row = 0; row < size; row += 1) {
    const line = inverse[row] ?? []
    const pivot = at(lower, row, row)
    line[row] = 1 / pivot
    for (let column = 0; column < row; column += 1) {
      let sum = 0
      for (let index = column; index < row; index += 1) sum += at(lower, row, index) * at(inverse, index, column)
      line[column] = -sum / pivot
    }
  }
  return inverse
}

/** (LLᵀ)⁻¹ = L⁻ᵀ L⁻¹. */
function inverseFrom(lowerInverse: Matrix): Matrix {
  return lowerInverse.map((_, row) =>
    lowerInverse.map((_line, column) => {
      let sum = 0
      for (let index = Math.max(row, column); index < lowerInverse.length; index += 1) {
        sum += at(lowerInverse, index, row) * at(lowerInverse, index, column)
      }
      return sum
    }),
  )
}

export function at(matrix: Matrix, row: number, column: number): number {
  return matrix[row]?.[column] ?? 0
}

export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((line) => dot(line, vector))
}

export function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0
  for (const [index, value] of left.entries()) sum += value * (right[index] ?? 0)
  return sum
}
