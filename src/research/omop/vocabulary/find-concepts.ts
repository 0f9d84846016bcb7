/** Finding standard concepts by words of their name, for who writes a cohort. */
import type { DuckDatabase } from '../release/duckdb.ts'

export interface NamedConcept {
  readonly id: number
  readonly name: string
  readonly domain: string
  readonly vocabulary: string
  readonly code: string
}

export interface ConceptQuery {
  /** All words must occur in the name; or the whole is a code or an identifier. */
  readonly text: string
  /** OMOP domains, e.g. `Condition`; absent: all. */
  readonly domains?: readonly string[]
  /** 20 when absent, at most 100. */
  readonly limit?: number
}

const MOST = 100
const MOST_WORDS = 8

/** Standard concepts only, those with short names first. `database`: an open vocabulary or release. */
export async function findConcepts(
  database: Pick<DuckDatabase, 'rows'>,
  { text, domains, limit = 20 }: ConceptQuery,
): Promise<readonly NamedConcept[]> {
  const whole = text.trim()
  const words = whole
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
  if (words.length === 0 || domains?.length === 0) return []
  // Accents and case count for nothing on either side.
  const named = words.map(() => `contains(lower(strip_accents(concept_name)), lower(strip_accents(?)))`).join(' AND ')
  const among = domains ? `AND domain_id IN (${domains.map(() => '?').join(', ')})` : ''
  const rows = await database.rows(
    `SELECT concept_id, concept_name, domain_id, vocabulary_id, concept_code FROM concept
     WHERE standard_concept = 'S' AND ((${named}) OR lower(concept_code) = lower(?) OR CAST(concept_id AS VARCHAR) = ?) ${among}
     ORDER BY length(concept_name), concept_name, concept_id LIMIT ${Math.max(1, Math.min(limit, MOST))}`,
    [...words, whole, whole, ...(domains ?? [])],
  )
  return rows.map((row) => ({
    id: Number(row.concept_id),
    name: String(row.concept_name),
    domain: String(row.domain_id),
    vocabulary: String(row.vocabulary_id),
    code: String(row.concept_code),
  }))
}
