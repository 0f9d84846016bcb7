/** Prints a run: a table of the suites, the differences of what failed, and the verdict as the last line. */
import type { Difference } from './match.ts'
import type { RunReport, TestResult } from './run.ts'

/** One line a suite: name, passed, failed, and what could not be run. */
export function suiteTable({ results }: RunReport): string {
  const suites = [...new Set(results.map((result) => result.suite))]
  const rows = suites.map((suite) => {
    const own = results.filter((result) => result.suite === suite)
    const count = (verdict: TestResult['verdict']): number => own.filter((result) => result.verdict === verdict).length
    return [suite, String(count('passed')), String(count('failed')), String(count('not-runnable') || '')] as const
  })
  const table = [['suite', 'passed', 'failed', 'not runnable'] as const, ...rows]
  const width = Math.max(...table.map(([name]) => name.length))
  return table
    .map(([name, ...cells]) => `${name.padEnd(width)}  ${cells.map((cell) => cell.padStart(7)).join('  ')}`.trimEnd())
    .join('\n')
}

/** What went wrong with one test, in lines. */
export function failureText(result: TestResult, most = 12): string {
  const lines = [`${result.suite}/${result.test}: ${result.reason ?? `${result.differences.length} differences`}`]
  for (const difference of result.differences.slice(0, most)) lines.push(`    ${differenceText(difference)}`)
  const rest = result.differences.length - most
  if (rest > 0) lines.push(`    and ${rest} more`)
  if (result.note !== undefined) lines.push(`    note: ${result.note}`)
  return lines.join('\n')
}

function differenceText({ path, kind, expected, actual }: Difference): string {
  if (kind === 'missing') return `${path} is missing: ${short(expected)}`
  if (kind === 'unexpected') return `${path} is not expected: ${short(actual)}`
  return `${path} should be ${short(expected)} but is ${short(actual)}`
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length > 240 ? `${text.slice(0, 237)}…` : text
}

/** The last line of a run. */
export function verdictLine({ passed, failed }: RunReport): string {
  return `${passed} passed, ${failed} failed`
}
