/** Checks of whole tables: persons without records, conditions without eras, periods that overlap. */
import { countOf, type DuckDatabase } from '../release/duckdb.ts'
import { quoted } from '../specification/ddl.ts'
import { type CheckResult, QUALITY_CHECKS, resultOf, type TableCheck } from './checks.ts'

export async function runTableChecks(
  database: DuckDatabase,
  filled: ReadonlySet<string>,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of QUALITY_CHECKS.tables) {
    // An empty table is what the first check finds; the others have nothing to look at.
    if (check.check !== 'measurePersonCompleteness' && !filled.has(check.table)) continue
    const [row] = await database.rows(queryOf(check))
    results.push(resultOf(check, countOf(row, 'rows'), countOf(row, 'violated')))
  }
  return results
}

function queryOf({ check, table }: TableCheck): string {
  switch (check) {
    case 'measurePersonCompleteness':
      return `SELECT count(*) AS rows, count(*) FILTER (WHERE person_id NOT IN (SELECT person_id FROM ${quoted(table)})) AS violated FROM person`
    case 'measureConditionEraCompleteness':
      return `SELECT count(*) AS rows, count(*) FILTER (WHERE person_id NOT IN (SELECT person_id FROM condition_era)) AS violated
        FROM (SELECT DISTINCT person_id FROM condition_occurrence)`
    case 'measureObservationPeriodOverlap':
      // Back to back counts: two such periods are one (OMOP).
      return `SELECT count(DISTINCT person_id) AS rows, count(DISTINCT person_id) FILTER (WHERE next <= observation_period_end_date + 1) AS violated
        FROM (SELECT *, lead(observation_period_start_date) OVER (PARTITION BY person_id ORDER BY observation_period_start_date) AS next
          FROM observation_period)`
  }
}
