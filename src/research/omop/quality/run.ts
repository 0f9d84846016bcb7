/** Runs the checks on a release: one scan of a table for all checks that need nothing else, one for each kind of partner. */
import { countOf, type DuckDatabase } from '../release/duckdb.ts'
import { cdmTable, hasColumn } from '../specification/cdm.ts'
import { quoted } from '../specification/ddl.ts'
import { type CheckResult, type FieldCheck, QUALITY_CHECKS, resultOf } from './checks.ts'
import { runConceptChecks } from './concept-checks.ts'
import { type CheckSql, checkSql } from './field-checks.ts'
import { runTableChecks } from './table-checks.ts'

export interface QualityReport {
  readonly results: readonly CheckResult[]
  /** Checks of tables without rows, of columns that are not in the model, of concepts that do not occur. */
  readonly notApplicable: number
}

/** @param asOf the day that counts as today, ISO 8601 */
export async function runQualityChecks(database: DuckDatabase, asOf: string): Promise<QualityReport> {
  const tables = await filledTables(database)
  const fields = QUALITY_CHECKS.fields.filter((check) => {
    const model = cdmTable(check.table)
    return tables.has(check.table) && model !== undefined && hasColumn(model, check.column)
  })
  const results = [
    ...(await runTableChecks(database, tables)),
    ...(await runFieldChecks(database, fields, asOf)),
    ...(await runConceptChecks(database, tables)),
  ]
  const known = QUALITY_CHECKS.tables.length + QUALITY_CHECKS.fields.length + QUALITY_CHECKS.concepts.length
  return { results, notApplicable: known - results.length }
}

async function filledTables(database: DuckDatabase): Promise<ReadonlySet<string>> {
  const filled = new Set<string>()
  for (const name of new Set(QUALITY_CHECKS.fields.map(({ table }) => table))) {
    if (!cdmTable(name)) continue
    const rows = await database.rows(`SELECT 1 AS one FROM ${quoted(name)} LIMIT 1`)
    if (rows.length > 0) filled.add(name)
  }
  return filled
}

/** A query with more aggregates than this takes longer to plan than to run. */
const CHECKS_PER_QUERY = 60

const PARTNERS: Readonly<Record<CheckSql['needs'], string>> = {
  table: '',
  person: 'LEFT JOIN person p ON p.person_id = t.person_id',
  death:
    'LEFT JOIN (SELECT person_id, min(death_date) AS death_date FROM death GROUP BY person_id) d ON d.person_id = t.person_id',
  visit: 'LEFT JOIN visit_occurrence v ON v.visit_occurrence_id = t.visit_occurrence_id',
}

async function runFieldChecks(
  database: DuckDatabase,
  checks: readonly FieldCheck[],
  asOf: string,
): Promise<readonly CheckResult[]> {
  const written = checks.map((check) => ({ check, sql: checkSql(check, asOf) }))
  const results: CheckResult[] = []
  for (const [, group] of Map.groupBy(written, ({ check, sql }) => `${check.table} ${sql.needs}`)) {
    for (let at = 0; at < group.length; at += CHECKS_PER_QUERY) {
      results.push(...(await runTogether(database, group.slice(at, at + CHECKS_PER_QUERY))))
    }
  }
  return results
}

async function runTogether(
  database: DuckDatabase,
  group: readonly { readonly check: FieldCheck; readonly sql: CheckSql }[],
): Promise<readonly CheckResult[]> {
  const [first] = group
  if (!first) return []
  const columns = group.map(({ sql }, at) => `${sql.rows} AS rows${at}, ${sql.violated} AS violated${at}`)
  const [row] = await database.rows(
    `SELECT ${columns.join(', ')} FROM ${quoted(first.check.table)} t ${PARTNERS[first.sql.needs]}`,
  )
  return group.map(({ check: { check, table, column, threshold } }, at) =>
    resultOf({ check, table, column, threshold }, countOf(row, `rows${at}`), countOf(row, `violated${at}`)),
  )
}
