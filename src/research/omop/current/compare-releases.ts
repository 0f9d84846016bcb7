/**
 * A new release beside the one before it.
 *
 * Persons keep their numbers: disclosure control compares all answers about a dataset by them, and pseudonyms are made of them.
 * Persons who were numbered anew would be strangers to both, and the difference of an answer before and one after the change
 * could tell a hidden cell. Tables that have lost all their rows were most often forgotten among the files.
 */
import { countOf, type DuckDatabase, openDuckDatabase } from '../release/duckdb.ts'
import { literal } from '../specification/ddl.ts'

export interface ReleaseComparison {
  readonly samePersons: boolean
  /** Tables that have rows in the release before, and none in the new one. */
  readonly emptied: readonly string[]
}

/** Of the smaller release, so many have a number that is in the other too. */
const LEAST_IN_BOTH = 0.5
/** Of those, so many have the same sex and birth. A few are corrected from one release to the next. */
const LEAST_ALIKE = 0.98

/** Undefined: one of the files cannot be read. */
export async function compareReleases(before: string, after: string): Promise<ReleaseComparison | undefined> {
  let database: DuckDatabase | undefined
  try {
    database = await openDuckDatabase(':memory:', { threads: 1, memory: '1GB' })
    await database.run(`ATTACH ${literal(before)} AS before (READ_ONLY)`)
    await database.run(`ATTACH ${literal(after)} AS after (READ_ONLY)`)
    return { samePersons: await haveSamePersons(database), emptied: await emptiedTables(database) }
  } catch {
    return undefined
  } finally {
    database?.close()
  }
}

async function haveSamePersons(database: DuckDatabase): Promise<boolean> {
  const [row] = await database.rows(`
    SELECT
      (SELECT count(*) FROM before.person) AS before,
      (SELECT count(*) FROM after.person) AS after,
      count(*) AS in_both,
      count(*) FILTER (
        WHERE one.gender_concept_id IS NOT DISTINCT FROM other.gender_concept_id
          AND one.year_of_birth IS NOT DISTINCT FROM other.year_of_birth
          AND coalesce(one.month_of_birth = other.month_of_birth, true)
          AND coalesce(one.day_of_birth = other.day_of_birth, true)
      ) AS alike
    FROM before.person AS one JOIN after.person AS other USING (person_id)`)
  const smaller = Math.min(countOf(row, 'before'), countOf(row, 'after'))
  const [inBoth, alike] = [countOf(row, 'in_both'), countOf(row, 'alike')]
  return inBoth >= LEAST_IN_BOTH * smaller && alike >= LEAST_ALIKE * inBoth
}

/** What DuckDB calls estimated is exact where nothing was ever deleted. */
async function emptiedTables(database: DuckDatabase): Promise<readonly string[]> {
  const rows = await database.rows(`
    WITH filled AS (
      SELECT database_name, table_name FROM duckdb_tables() WHERE schema_name = 'main' AND estimated_size > 0
    )
    SELECT table_name FROM filled WHERE database_name = 'before'
      AND table_name NOT IN (SELECT table_name FROM filled WHERE database_name = 'after')
    ORDER BY table_name`)
  return rows.map(({ table_name: name }) => String(name))
}
