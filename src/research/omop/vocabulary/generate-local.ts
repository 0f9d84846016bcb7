/**
 * Makes `data/omop/local-vocabulary.json`: a vocabulary for the documents of the demonstration, from the codes they use
 * (`data/demo/codes.json`), our own words (`data/terms`) and what is known of OMOP's identifiers (`known-concepts.json`).
 * What has no identifier in OMOP gets one of its range for local concepts; an identifier once given is kept.
 *
 *     node src/research/omop/vocabulary/generate-local.ts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { type Concept, LOCAL_FROM, LOCAL_VOCABULARY_FILE, LocalVocabulary } from './local-vocabulary.ts'

const DATA = new URL('../../../../data/', import.meta.url)

const read = <T>(schema: z.ZodType<T>, name: string): T =>
  schema.parse(JSON.parse(readFileSync(new URL(name, DATA), 'utf8')))

const Ids = z.record(z.string(), z.int().nullable())
const Known = z.object({
  metadata: z.array(
    z.object({ id: z.int(), vocabulary: z.string(), code: z.string(), domain: z.string(), name: z.string() }),
  ),
  units: Ids,
  measurements: Ids,
  observations: Ids,
  snomed: z.record(z.string(), Ids),
  standard: z.array(
    z.object({
      id: z.int(),
      vocabulary: z.string(),
      code: z.string(),
      domain: z.string(),
      name: z.string(),
      from: z.array(z.string()),
    }),
  ),
  rareDiseases: z.record(z.string(), z.string()),
})
const Terms = z.object({ concepts: z.record(z.string(), z.object({ en: z.string().optional() })) })
const Used = z.record(z.string(), z.array(z.object({ code: z.string() })))

const known = read(Known, 'omop/known-concepts.json')
const used = read(Used, 'demo/codes.json')
const words = (file: string) => read(Terms, `terms/${file}`).concepts

/** What is known of one code, before it has an identifier. */
interface Entry {
  readonly vocabulary: string
  readonly code: string
  readonly domain: string
  readonly name: string
  readonly id?: number | null
  readonly mapsTo?: number
}

const targets = new Map(known.standard.flatMap(({ id, from }) => from.map((code) => [code, id])))

function entriesUsed(vocabulary: string, system: string, file: string, domain: string): Entry[] {
  const terms = words(file)
  return (used[system] ?? []).map(({ code }) => {
    const mapsTo = targets.get(`${vocabulary} ${code}`)
    return { vocabulary, code, domain, name: terms[code]?.en ?? code, ...(mapsTo === undefined ? {} : { mapsTo }) }
  })
}

function entriesListed(vocabulary: string, ids: z.infer<typeof Ids>, file: string, domain: string): Entry[] {
  const terms = words(file)
  return Object.entries(ids).map(([code, id]) => ({ vocabulary, code, domain, name: terms[code]?.en ?? code, id }))
}

function entries(): readonly Entry[] {
  const units = (used['http://unitsofmeasure.org'] ?? []).map(({ code }) => [code, known.units[code] ?? null])
  return [
    ...known.metadata,
    ...entriesListed('UCUM', Object.fromEntries(units), 'ucum.json', 'Unit'),
    ...entriesListed('LOINC', known.measurements, 'loinc.json', 'Measurement'),
    ...entriesListed('LOINC', known.observations, 'loinc.json', 'Observation'),
    ...Object.entries(known.snomed).flatMap(([domain, ids]) => entriesListed('SNOMED', ids, 'snomed-ct.json', domain)),
    ...known.standard,
    ...entriesUsed('ICD10', 'http://hl7.org/fhir/sid/icd-10', 'icd-10.json', 'Condition'),
    ...entriesUsed('ATC', 'http://www.whocc.no/atc', 'atc.json', 'Drug'),
    ...Object.entries(known.rareDiseases).map(([code, name]) => ({
      vocabulary: 'ORPHA',
      code,
      domain: 'Condition',
      name,
    })),
  ]
}

function given(): Map<string, number> {
  if (!existsSync(LOCAL_VOCABULARY_FILE)) return new Map()
  const { concepts } = LocalVocabulary.parse(JSON.parse(readFileSync(LOCAL_VOCABULARY_FILE, 'utf8')))
  return new Map(concepts.map(({ id, vocabulary, code }) => [`${vocabulary} ${code}`, id]))
}

const before = given()
let next = Math.max(LOCAL_FROM, ...before.values()) + 1
const concepts = entries().map(({ vocabulary, code, domain, name, id, mapsTo }): z.infer<typeof Concept> => {
  const own = id ?? before.get(`${vocabulary} ${code}`) ?? next
  if (own === next) next += 1
  return { id: own, vocabulary, code, domain, name, ...(mapsTo === undefined ? {} : { mapsTo }) }
})
const lines = concepts.map((concept) => `  ${JSON.stringify(concept)}`)
const title = 'Made by src/research/omop/vocabulary/generate-local.ts; not to be edited'
writeFileSync(
  LOCAL_VOCABULARY_FILE,
  `{\n "title": ${JSON.stringify(title)},\n "concepts": [\n${lines.join(',\n')}\n ]\n}\n`,
)
