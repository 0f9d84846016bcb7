/**
 * Whether a new release gives its persons the numbers that they had before. Disclosure control compares all answers about a dataset by
 * these numbers, and pseudonyms are made of them: persons who were numbered anew would be strangers to both, and the difference
 * of an answer before and one after the change could tell a hidden cell.
 */
import { countOf, type DuckDatabase, openDuckDatabase } from '../release/duckdb.ts'
import { literal } from '../specification/ddl.ts'

/** Of the smaller release, so many have a number that is in the other too. */
const LEAST_IN_BOTH = 0.5
/** Of those, so many have the same sex and birth. A few are corrected from one release to the next. */
const LEAST_ALIKE = 0.98

const COMPARISON = `
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
  FROM before.person AS one JOIN after.person AS other USING (person_id)`

/** Undefined: one of the files cannot be read. */
export async function samePersons(before: string, after: string): Promise<boolean | undefined> {
  let database: DuckDatabase | undefined
  try {
    database = await openDuckDatabase(':memory:', { threads: 1, memory: '1GB' })
    await database.run(`ATTACH ${literal(before)} AS before (READ_ONLY)`)
    await database.run(`ATTACH ${literal(after)} AS after (READ_ONLY)`)
    const [row] = await database.rows(COMPARISON)
    const smaller = Math.min(countOf(row, 'before'), countOf(row, 'after'))
    const [inBoth, alike] = [countOf(row, 'in_both'), countOf(row, 'alike')]
    return inBoth >= LEAST_IN_BOTH * smaller && alike >= LEAST_ALIKE * inBoth
  } catch {
    return undefined
  } finally {
    database?.close()
  }
}
