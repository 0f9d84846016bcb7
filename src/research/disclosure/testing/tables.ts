/** Exact tables for tests, from numbers of persons alone, and what releases them in memory. */
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openAnswerLedger } from '../ledger/answer-ledger.ts'
import { disclosureMigrations } from '../ledger/migrations.ts'
import { personKeyMaker } from '../persons.ts'
import { DEFAULT_RULES } from '../read-rules.ts'
import type { ReleaseContext } from '../release.ts'
import type { DisclosureRules } from '../rules.ts'
import { exact } from '../stages.ts'
import type { ExactCell, ExactTable } from '../table.ts'

export const SECRET = new Uint8Array(32).fill(7)
export const keyOf = personKeyMaker(SECRET, 'test')

/** Rounding to nothing: the counts that are shown are exact, so that a test can see through. */
export const PLAIN: DisclosureRules = { ...DEFAULT_RULES, perturbation: { kind: 'round', base: 1 } }

export function range(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}

/** Rows and columns of numbers of persons, all different persons, numbered from `from` on. */
export function crossTable(rows: readonly (readonly number[])[], from = 1): ExactTable {
  let next = from
  const cells = rows.flatMap((row, r) =>
    row.map((count, c): ExactCell => {
      const persons = range(next, count)
      next += count
      return { key: [`r${r}`, `c${c}`], persons }
    }),
  )
  return {
    dimensions: [
      { name: 'row', levels: rows.map((_, r) => `r${r}`) },
      { name: 'column', levels: (rows[0] ?? []).map((_, c) => `c${c}`) },
    ],
    cells,
  }
}

export function listTable(counts: readonly number[], from = 1): ExactTable {
  const { cells } = crossTable([counts], from)
  return {
    dimensions: [{ name: 'column', levels: counts.map((_, c) => `c${c}`) }],
    cells: cells.map(({ key, persons }) => ({ key: key.slice(1), persons })),
  }
}

export function cohortTable(persons: readonly number[]): ExactTable {
  return { dimensions: [], cells: [{ key: [], persons }] }
}

export function exactOf(table: ExactTable) {
  const made = exact(table, keyOf)
  if (!made.ok) throw new Error(made.problem.sentence)
  return made.value
}

export async function memoryContext(changes: Partial<ReleaseContext> = {}): Promise<ReleaseContext> {
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, disclosureMigrations)
  const scope = { dataset: 'test', applicant: 'applicant', permit: 'permit' }
  return { ...scope, rules: DEFAULT_RULES, secret: SECRET, ledger: openAnswerLedger(database), ...changes }
}

/** How far what was seen is from what was expected; with few degrees of freedom, beyond 30 hardly ever by chance. */
export function chiSquare(seen: readonly number[], expected: readonly number[]): number {
  return seen.reduce((sum, count, index) => {
    const wanted = expected[index] ?? 0
    return sum + (count - wanted) ** 2 / wanted
  }, 0)
}
