/**
 * From a code of a document to the concepts that research uses: the code's own concept (the source concept), and the standard
 * concepts that it maps to (the relationship "Maps to").
 */
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Coded } from '#terminology/terminology.ts'
import type { DuckDatabase, DuckRow } from '../release/duckdb.ts'
import { literal } from '../specification/ddl.ts'

export interface FoundConcept {
  readonly id: number
  readonly domain: string
  readonly vocabulary: string
}

export interface LookedUp {
  readonly source: FoundConcept
  /** Standard concepts, the lowest identifier first; empty when the vocabulary maps the code to nothing. */
  readonly standard: readonly FoundConcept[]
}

/** What a batch of codes was found to be. */
export interface Concepts {
  find(system: string, code: string): LookedUp | undefined
}

const Vocabularies = z.object({
  vocabularies: z.array(z.object({ id: z.string(), systems: z.array(z.string()) })),
  priority: z.array(z.string()),
})
const { vocabularies, priority } = Vocabularies.parse(
  JSON.parse(readFileSync(new URL('../../../../data/omop/vocabularies.json', import.meta.url), 'utf8')),
)
const bySystem = new Map(vocabularies.flatMap(({ id, systems }) => systems.map((system) => [system, id])))

/** OMOP's name of a code system of FHIR. */
export function vocabularyOf(system: string): string | undefined {
  return bySystem.get(system)
}

/** Lower comes first when a concept is said in several code systems. */
export function priorityOf(vocabulary: string): number {
  const at = priority.indexOf(vocabulary)
  return at < 0 ? priority.length : at
}

const CODES_PER_QUERY = 500

/** Looks codes up in an open vocabulary or release; codes of systems that OMOP has no vocabulary for are not found. */
export async function lookUp(database: DuckDatabase, codes: Iterable<Coded>): Promise<Concepts> {
  const wanted = new Map<string, string>()
  for (const { system, code } of codes) {
    const vocabulary = vocabularyOf(system)
    if (vocabulary !== undefined) wanted.set(`${vocabulary} ${code}`, `(${literal(vocabulary)}, ${literal(code)})`)
  }
  const found = new Map<string, LookedUp>()
  const pairs = [...wanted.values()]
  for (let at = 0; at < pairs.length; at += CODES_PER_QUERY) {
    for (const row of await database.rows(query(pairs.slice(at, at + CODES_PER_QUERY)))) add(found, row)
  }
  return {
    find: (system, code) => found.get(`${vocabularyOf(system)} ${code}`),
  }
}

/** Of several concepts with one code the valid one, then that of OMOP before a local one (identifiers above 2,000,000,000). */
function query(pairs: readonly string[]): string {
  return `
    WITH wanted(vocabulary_id, code) AS (VALUES ${pairs.join(', ')}),
    source AS (
      SELECT c.vocabulary_id, w.code, c.concept_id, c.domain_id,
        row_number() OVER (PARTITION BY c.vocabulary_id, w.code ORDER BY (c.invalid_reason IS NOT NULL AND c.invalid_reason <> ''), c.concept_id) AS nth
      FROM wanted w JOIN concept c ON c.vocabulary_id = w.vocabulary_id AND c.concept_code = w.code)
    SELECT s.vocabulary_id, s.code, s.concept_id, s.domain_id, t.concept_id AS target_id, t.domain_id AS target_domain, t.vocabulary_id AS target_vocabulary
    FROM source s
    LEFT JOIN concept_relationship r ON r.concept_id_1 = s.concept_id AND r.relationship_id = 'Maps to' AND coalesce(r.invalid_reason, '') = ''
    LEFT JOIN concept t ON t.concept_id = coalesce(r.concept_id_2, s.concept_id) AND t.standard_concept = 'S'
    WHERE s.nth = 1
    ORDER BY s.vocabulary_id, s.code, t.concept_id`
}

function add(found: Map<string, LookedUp>, row: DuckRow): void {
  const vocabulary = String(row.vocabulary_id)
  const key = `${vocabulary} ${String(row.code)}`
  const before = found.get(key)
  const standard: FoundConcept[] = [...(before?.standard ?? [])]
  if (row.target_id !== null && row.target_id !== undefined) {
    const id = Number(row.target_id)
    const target = { id, domain: String(row.target_domain), vocabulary: String(row.target_vocabulary) }
    if (!standard.some((one) => one.id === id)) standard.push(target)
  }
  found.set(key, {
    source: before?.source ?? { id: Number(row.concept_id), domain: String(row.domain_id), vocabulary },
    standard,
  })
}
