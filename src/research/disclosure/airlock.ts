/**
 * What a program sees at a table that somebody wants to take out of a workspace (results of SQL, R): findings for the output
 * checker, who decides (EHDS Art. 73(2)). Nothing is known of the persons behind the numbers, so what cannot be judged is to review.
 */
import type { DisclosureRules } from './rules.ts'

export interface OutputTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | boolean | null)[])[]
  /** Columns that count persons; not named: those whose names look like it. */
  readonly countColumns?: readonly string[]
}

export type OutputFindingCode =
  /** A count from 1 to floor - 1. */
  | 'small-count'
  /** A zero of a variable whose zeros may not be shown. */
  | 'zero-count'
  /** Two counts of one column that differ by 1 to floor - 1. */
  | 'close-counts'
  /** A hidden count that the others and the total give away. */
  | 'hidden-given-away'
  /** Not a whole number of persons. */
  | 'count-not-whole'
  | 'no-count-column'
  /** Sums and means without their largest contributors. */
  | 'dominance-unknown'
  | 'extreme'
  /** As many values as rows, as of persons. */
  | 'looks-like-persons'
  | 'looks-like-dates'

export interface OutputFinding {
  readonly code: OutputFindingCode
  readonly severity: 'stop' | 'review'
  readonly column: string
  /** From 0; absent: the whole column. */
  readonly row?: number
}

const COUNT_NAMES = /(^|_|\b)(n|count|counts|cnt|freq|frequency|persons|patients|subjects|number)($|_|\b)/i
const EXTREME_NAMES = /(^|_|\b)(min|max|minimum|maximum|first|last|earliest|latest|range)($|_|\b)/i
const HIDDEN = /^\s*(<\s*\d+|\*|x|suppressed|hidden|)\s*$/i
const DATE = /^\d{4}-\d{2}-\d{2}/
/** Tables longer than this are hardly statistics. */
const MANY_ROWS = 20

type Rules = Pick<DisclosureRules, 'frequencyFloor' | 'zerosShownFor'>

/** No finding with `stop` is not yet a permission: the checker also sees what no rule sees. */
export function checkOutput(table: OutputTable, rules: Rules): readonly OutputFinding[] {
  const counts = table.countColumns ?? table.columns.filter((name) => COUNT_NAMES.test(name))
  const missing = counts.length === 0 ? [{ code: 'no-count-column', severity: 'review', column: '' } as const] : []
  return [
    ...missing,
    ...table.columns.flatMap((column, index) => {
      const values = table.rows.map((row) => row[index] ?? null)
      return counts.includes(column) ? checkCounts(column, values, rules) : checkOther(column, values)
    }),
  ]
}

/** A matrix of numbers without names: each number may be a count. */
export function checkMatrix(numbers: readonly (readonly (number | null)[])[], rules: Rules): readonly OutputFinding[] {
  const width = Math.max(0, ...numbers.map((row) => row.length))
  const columns = Array.from({ length: width }, (_, index) => `${index + 1}`)
  const whole = numbers.every((row) => row.every((value) => value === null || Number.isInteger(value)))
  if (whole) return checkOutput({ columns, rows: numbers, countColumns: columns }, rules)
  return columns.map((column) => ({ code: 'dominance-unknown', severity: 'review', column }))
}

type Value = string | number | boolean | null

function checkCounts(
  column: string,
  values: readonly Value[],
  { frequencyFloor, zerosShownFor }: Rules,
): readonly OutputFinding[] {
  const findings: OutputFinding[] = []
  values.forEach((value, row) => {
    const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof count !== 'number' || Number.isNaN(count)) return
    if (!Number.isInteger(count) || count < 0)
      findings.push({ code: 'count-not-whole', severity: 'review', column, row })
    else if (count > 0 && count < frequencyFloor) findings.push({ code: 'small-count', severity: 'stop', column, row })
    else if (count === 0 && !zerosShownFor.includes(column)) {
      findings.push({ code: 'zero-count', severity: 'review', column, row })
    }
  })
  return [...findings, ...closeCounts(column, values, frequencyFloor), ...givenAway(column, values, frequencyFloor)]
}

/** They may be two cohorts that differ by few persons; or nothing of the kind, which a person sees. */
function closeCounts(column: string, values: readonly Value[], floor: number): readonly OutputFinding[] {
  const counts = values
    .map((value, row) => ({ value, row }))
    .filter((one): one is { value: number; row: number } => typeof one.value === 'number' && one.value >= floor)
    .sort((a, b) => a.value - b.value)
  return counts.flatMap(({ value, row }, index) => {
    const difference = value - (counts[index - 1]?.value ?? Number.NEGATIVE_INFINITY)
    return difference > 0 && difference < floor
      ? [{ code: 'close-counts', severity: 'review', column, row } as const]
      : []
  })
}

/** One hidden cell, and a last row that may be the total of the column. */
function givenAway(column: string, values: readonly Value[], floor: number): readonly OutputFinding[] {
  const isHidden = (value: Value) => value === null || (typeof value === 'string' && HIDDEN.test(value))
  const hidden = values.flatMap((value, row) => (isHidden(value) ? [row] : []))
  const total = values.at(-1)
  const [row] = hidden
  if (hidden.length !== 1 || row === undefined || typeof total !== 'number') return []
  const others = values.slice(0, -1).reduce<number>((sum, value) => sum + (typeof value === 'number' ? value : 0), 0)
  const rest = total - others
  return rest >= 0 && rest < floor ? [{ code: 'hidden-given-away', severity: 'stop', column, row }] : []
}

function checkOther(column: string, values: readonly Value[]): readonly OutputFinding[] {
  const found = (code: OutputFindingCode, severity: OutputFinding['severity']): OutputFinding[] => [
    { code, severity, column },
  ]
  const given = values.filter((value) => value !== null)
  if (EXTREME_NAMES.test(column)) return found('extreme', 'stop')
  if (given.some((value) => typeof value === 'string' && DATE.test(value))) return found('looks-like-dates', 'review')
  const allDifferent = new Set(given).size === values.length
  if (values.length > MANY_ROWS && allDifferent) return found('looks-like-persons', 'review')
  return given.some((value) => typeof value === 'number') ? found('dominance-unknown', 'review') : []
}
