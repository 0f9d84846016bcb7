/**
 * Tessera's own words (`data/terms`) as FHIR resources: a supplement for each list, one more for those of its words that
 * somebody qualified has read. They stand in where nobody else has a word.
 */
import { isLanguage, REVIEW_EXTENSION, SOURCE_EXTENSION, STAND_IN_EXTENSION, slug } from '../import/resource.ts'
import { normaliseLanguage } from '../languages.ts'
import { isObject, type JsonObject, text } from '../load/json.ts'

const SUPPLEMENT_TYPE = 'http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type'

type ReviewStatus = 'reviewed' | 'unreviewed'

const STATUSES: readonly ReviewStatus[] = ['reviewed', 'unreviewed']

/** Members of a concept that are no words. */
const NO_WORDS: ReadonlySet<string> = new Set(['status', 'source'])

/**
 * @param name of the file
 * @param list `{system, title, source, status, concepts: {code: {en, fr, …, status?}}}`; what has another shape has no words
 */
export function* ownWords(name: string, list: unknown): Generator<JsonObject> {
  if (!isObject(list) || !isObject(list.concepts)) return
  const system = text(list.system)
  if (system === undefined) return
  const concepts = Object.entries(list.concepts).flatMap(([code, words]) => (isObject(words) ? [{ code, words }] : []))
  for (const status of STATUSES) {
    const said = concepts.filter(({ words }) => statusOf(words.status ?? list.status) === status)
    if (said.length === 0) continue
    const id = `tessera-${slug(name.replace(/\.json$/, ''))}${status === 'reviewed' ? '-reviewed' : ''}`
    const source = text(list.source) ?? 'Tessera'
    const copyright = text(list.licence)
    yield {
      resourceType: 'CodeSystem',
      id,
      extension: [
        { url: SOURCE_EXTENSION, valueString: source },
        { url: REVIEW_EXTENSION, valueCode: status },
        { url: SUPPLEMENT_TYPE, valueCode: 'lang-pack' },
        { url: STAND_IN_EXTENSION, valueBoolean: true },
      ],
      url: `urn:tessera:supplement:Tessera:${id.replace(/^tessera-/, '')}`,
      name: 'Tessera',
      title: text(list.title) ?? 'Tessera',
      status: 'active',
      ...(copyright !== undefined && { copyright }),
      content: 'supplement',
      supplements: system,
      concept: said.map(({ code, words }) => ({ code: code.trim(), designation: designationsOf(words) })),
    }
  }
}

function statusOf(status: unknown): ReviewStatus {
  return status === 'reviewed' ? 'reviewed' : 'unreviewed'
}

function designationsOf(words: JsonObject): readonly JsonObject[] {
  return Object.entries(words).flatMap(([language, value]) =>
    NO_WORDS.has(language) || !isLanguage(language) || text(value) === undefined
      ? []
      : [{ language: normaliseLanguage(language), value: text(value) }],
  )
}
