/**
 * The small vocabulary that ships: what the demonstration's documents use, and rare diseases by their ORPHA codes. Written as
 * files of the same kind as Athena's, so that one import serves both.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { type OmopRow, type TableRows, writeTables } from '../write-tables.ts'

export const LOCAL_VOCABULARY_FILE = fileURLToPath(
  new URL('../../../../data/omop/local-vocabulary.json', import.meta.url),
)

/** Identifiers above it are free for local use (OMOP convention). */
export const LOCAL_FROM = 2_000_000_000

export const Concept = z.strictObject({
  id: z.int(),
  vocabulary: z.string(),
  code: z.string(),
  domain: z.string(),
  name: z.string(),
  /** A concept that stands for this one in research; absent: it is standard itself. */
  mapsTo: z.int().optional(),
})

export const LocalVocabulary = z.strictObject({ title: z.string(), concepts: z.array(Concept) })

type LocalConcept = Readonly<z.infer<typeof Concept>>

const ALWAYS = { valid_start_date: '1970-01-01', valid_end_date: '2099-12-31' }

/** Writes the vocabulary as the tables that Athena would give. */
export async function writeLocalVocabulary(folder: string): Promise<void> {
  const { concepts } = LocalVocabulary.parse(JSON.parse(readFileSync(LOCAL_VOCABULARY_FILE, 'utf8')))
  await writeTables(folder, tablesOf(concepts))
}

function tablesOf(concepts: readonly LocalConcept[]): TableRows {
  return new Map<string, readonly OmopRow[]>([
    ['concept', concepts.map(conceptRow)],
    ['concept_relationship', concepts.flatMap(relationships)],
    ['concept_ancestor', ancestors(concepts)],
    [
      'vocabulary',
      named(
        'vocabulary',
        concepts.map(({ vocabulary }) => vocabulary),
      ),
    ],
    [
      'domain',
      named(
        'domain',
        concepts.map(({ domain }) => domain),
      ),
    ],
    ['concept_class', named('concept_class', concepts.map(classOf))],
    ['relationship', ['Maps to', 'Mapped from'].map(relationshipRow)],
  ])
}

function isStandard({ id, mapsTo }: LocalConcept): boolean {
  return id !== 0 && mapsTo === undefined
}

function classOf({ vocabulary, domain }: LocalConcept): string {
  return vocabulary === 'RxNorm' ? 'Ingredient' : domain
}

function conceptRow(concept: LocalConcept) {
  return {
    concept_id: concept.id,
    concept_name: concept.name,
    domain_id: concept.domain,
    vocabulary_id: concept.vocabulary,
    concept_class_id: classOf(concept),
    standard_concept: isStandard(concept) ? 'S' : null,
    concept_code: concept.code,
    ...ALWAYS,
  }
}

function relationships(concept: LocalConcept) {
  if (concept.id === 0) return []
  const target = concept.mapsTo ?? concept.id
  return [
    { concept_id_1: concept.id, concept_id_2: target, relationship_id: 'Maps to', ...ALWAYS },
    { concept_id_1: target, concept_id_2: concept.id, relationship_id: 'Mapped from', ...ALWAYS },
  ]
}

/** Codes of ICD-10 and ATC that begin with another code are narrower than it; every standard concept is its own ancestor. */
function ancestors(concepts: readonly LocalConcept[]) {
  const standing = concepts.filter(isStandard)
  const byCode = new Map(
    concepts.map((concept) => [`${concept.vocabulary} ${concept.code}`, concept.mapsTo ?? concept.id]),
  )
  const pairs = new Map<string, { ancestor: number; descendant: number; levels: number }>()
  for (const { id, vocabulary, code } of standing) {
    pairs.set(`${id} ${id}`, { ancestor: id, descendant: id, levels: 0 })
    if (vocabulary !== 'ICD10' && vocabulary !== 'ATC') continue
    let levels = 0
    for (let length = code.length - 1; length > 0; length -= 1) {
      const ancestor = byCode.get(`${vocabulary} ${code.slice(0, length).replace(/\.$/, '')}`)
      if (ancestor === undefined || ancestor === id || pairs.has(`${ancestor} ${id}`)) continue
      levels += 1
      pairs.set(`${ancestor} ${id}`, { ancestor, descendant: id, levels })
    }
  }
  return [...pairs.values()].map(({ ancestor, descendant, levels }) => ({
    ancestor_concept_id: ancestor,
    descendant_concept_id: descendant,
    min_levels_of_separation: levels,
    max_levels_of_separation: levels,
  }))
}

function named(table: 'vocabulary' | 'domain' | 'concept_class', ids: readonly string[]) {
  return [...new Set(ids)].map((id) => ({
    [`${table}_id`]: id,
    [`${table}_name`]: id,
    [`${table}_concept_id`]: 0,
    ...(table === 'vocabulary' ? { vocabulary_reference: 'Tessera' } : {}),
  }))
}

function relationshipRow(name: string) {
  return {
    relationship_id: name,
    relationship_name: name,
    is_hierarchical: '0',
    defines_ancestry: '0',
    reverse_relationship_id: name === 'Maps to' ? 'Mapped from' : 'Maps to',
    relationship_concept_id: 0,
  }
}
