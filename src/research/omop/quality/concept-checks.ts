/** Checks of single concepts: conditions and procedures of one sex, units that a measurement may have. */
import { countOf, type DuckDatabase } from '../release/duckdb.ts'
import { quoted } from '../specification/ddl.ts'
import { type CheckResult, type ConceptCheck, QUALITY_CHECKS, resultOf } from './checks.ts'

/** OMOP concepts of gender. */
const GENDERS = { Male: 8507, Female: 8532 } as const

/** Only concepts that occur have a result. */
export async function runConceptChecks(
  database: DuckDatabase,
  filled: ReadonlySet<string>,
): Promise<readonly CheckResult[]> {
  const checks = QUALITY_CHECKS.concepts.filter(({ table }) => filled.has(table))
  const results: CheckResult[] = []
  for (const [, group] of Map.groupBy(checks, ({ check, table, column }) => `${check} ${table} ${column}`)) {
    results.push(...(await runGroup(database, group)))
  }
  return results
}

async function runGroup(database: DuckDatabase, group: readonly ConceptCheck[]): Promise<readonly CheckResult[]> {
  const [first] = group
  if (!first) return []
  const rows = await database.rows(
    first.check === 'plausibleUnitConceptIds' ? unitQuery(first, group) : genderQuery(first, group),
  )
  const byConcept = new Map(rows.map((row) => [countOf(row, 'concept'), row]))
  return group.flatMap(({ check, table, column, concept, threshold }) => {
    const row = byConcept.get(concept)
    return row
      ? [resultOf({ check, table, column, concept, threshold }, countOf(row, 'rows'), countOf(row, 'violated'))]
      : []
  })
}

function genderQuery({ check, table, column }: ConceptCheck, group: readonly ConceptCheck[]): string {
  const values = group.map(({ concept, gender }) => `(${concept}, ${GENDERS[gender ?? 'Male']})`)
  const descendants = check === 'plausibleGenderUseDescendants'
  const join = descendants
    ? `JOIN concept_ancestor a ON a.descendant_concept_id = t.${quoted(column)} JOIN expected e ON e.concept = a.ancestor_concept_id`
    : `JOIN expected e ON e.concept = t.${quoted(column)}`
  return `WITH expected(concept, gender) AS (VALUES ${values.join(', ')})
    SELECT e.concept AS concept, count(*) AS rows, count(*) FILTER (WHERE p.gender_concept_id <> e.gender) AS violated
    FROM ${quoted(table)} t ${join} JOIN person p ON p.person_id = t.person_id GROUP BY e.concept`
}

/** Measurements without a number have no unit. */
function unitQuery({ table, column }: ConceptCheck, group: readonly ConceptCheck[]): string {
  const values = group.map(({ concept, units = [] }) => `(${concept}, [${units.join(', ')}])`)
  return `WITH expected(concept, units) AS (VALUES ${values.join(', ')})
    SELECT e.concept AS concept, count(*) AS rows, count(*) FILTER (WHERE NOT list_contains(e.units, coalesce(t.unit_concept_id, -1))) AS violated
    FROM ${quoted(table)} t JOIN expected e ON e.concept = t.${quoted(column)} WHERE t.value_as_number IS NOT NULL GROUP BY e.concept`
}
