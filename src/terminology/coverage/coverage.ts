/** Coverage of value sets by designations: what the sources say, and what of it can be shown to a reader. Pure. */
import { keptConcepts } from '../code-systems/concept-table.ts'
import { DAMAGED, GIVEN_SYSTEM_EXTENSION, isDamagedDesignation, RESPELLED, UNTRANSLATED } from '../import/resource.ts'
import { normaliseLanguage } from '../languages.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'

export interface CoveredValueSet {
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly codes: readonly { readonly system: string; readonly code: string }[]
}

/** Numbers of codes; `named + respelled = usable + damaged + untranslated`. */
export interface LanguageCoverage {
  /** Codes for which some source has a designation in the language, under system and code as they are. */
  readonly named: number
  /** Further codes, which sources write otherwise: blanks around the code, an OID of the system in place of its URL. */
  readonly respelled: number
  /** Codes with a designation that can be shown. */
  readonly usable: number
  /** Codes of which every designation came without its letters. */
  readonly damaged: number
  /** Codes of which every designation is the English words (or damaged). */
  readonly untranslated: number
}

export interface CoverageRow {
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly concepts: number
  /** By language without region (`fr` for `fr-BE` too); a language without any designation is absent. */
  readonly languages: Readonly<Record<string, LanguageCoverage>>
}

/** What is known of one code in one language. */
interface Found {
  /** Some source has it under the code as it is. */
  named: boolean
  usable: boolean
  untranslated: boolean
}

type Words = Map<string, Map<string, Found>>

/** Counting that can be interrupted: one resource after the other. */
export interface CoverageCount {
  /** @param resource FHIR R5 CodeSystem, also a supplement; others are passed over */
  note(resource: JsonObject): void
  rows(): readonly CoverageRow[]
}

/**
 * @param resources FHIR R5 CodeSystems, supplements included, in any order; others are passed over
 * @param canonical one name for each system; default: names as they are
 */
export function coverageOf(
  valueSets: readonly CoveredValueSet[],
  resources: Iterable<JsonObject>,
  canonical?: (system: string) => string,
): readonly CoverageRow[] {
  const count = countCoverage(valueSets, canonical)
  for (const resource of resources) count.note(resource)
  return count.rows()
}

/** @param canonical one name for each system; default: names as they are */
export function countCoverage(
  valueSets: readonly CoveredValueSet[],
  canonical: (system: string) => string = (system) => system,
): CoverageCount {
  const words: Words = new Map()
  for (const { codes } of valueSets) {
    for (const { system, code } of codes) words.set(keyOf(canonical(system), code), new Map())
  }
  const rowOf = ({ url, version, name, codes }: CoveredValueSet): CoverageRow => {
    const keys = new Set(codes.map(({ system, code }) => keyOf(canonical(system), code)))
    return {
      url,
      ...(version !== undefined && { version }),
      ...(name !== undefined && { name }),
      concepts: keys.size,
      languages: languagesOf([...keys].map((key) => words.get(key) ?? new Map())),
    }
  }
  return {
    note: (resource) => noteResource(resource, words, canonical),
    rows: () => valueSets.map(rowOf),
  }
}

/** The codes that a value set lists itself; undefined when it is not (wholly) a list. */
export function listedCodes(valueSet: JsonObject): CoveredValueSet['codes'] | undefined {
  const compose = isObject(valueSet.compose) ? valueSet.compose : {}
  const includes = objects(compose.include)
  if (includes.length === 0 || objects(compose.exclude).length > 0) return undefined
  if (!includes.every(({ concept, system }) => Array.isArray(concept) && text(system) !== undefined)) return undefined
  return includes.flatMap(({ system, concept }) =>
    objects(concept).flatMap(({ code }) => {
      const value = text(code)
      return value === undefined ? [] : [{ system: text(system) ?? '', code: value }]
    }),
  )
}

function keyOf(system: string, code: string): string {
  return `${system} ${code}`
}

function noteResource(resource: JsonObject, words: Words, canonical: (system: string) => string): void {
  if (resource.resourceType !== 'CodeSystem') return
  const supplement = resource.content === 'supplement'
  const named = text(supplement ? resource.supplements : resource.url)?.split('|')[0]
  if (named === undefined) return
  // A supplement repeats the display of its code system; only one in a stated language says it in that language.
  const language = text(resource.language)
  const system = canonical(named)
  const renamed = supplement && objects(resource.extension).some(({ url }) => url === GIVEN_SYSTEM_EXTENSION)
  const walk = (list: unknown) => {
    for (const concept of objects(list)) {
      const found = words.get(keyOf(system, text(concept.code) ?? ''))
      if (found) noteConcept(concept, found, language, renamed)
      if (concept.concept !== undefined) walk(concept.concept)
    }
  }
  walk(resource.concept)
  const kept = keptConcepts(resource)
  // Few codes are asked for; a large code system has many.
  if (kept) {
    for (const [key, found] of words) {
      if (!key.startsWith(`${system} `)) continue
      for (const ordinal of kept.ordinalsOf(key.slice(system.length + 1)))
        noteConcept(kept.element(ordinal), found, language, renamed)
    }
  }
}

function noteConcept(
  concept: JsonObject,
  found: Map<string, Found>,
  language: string | undefined,
  renamed: boolean,
): void {
  const account = objects(concept.property)
  const respelled = renamed || account.some(({ code }) => code === RESPELLED)
  const note = (tag: string, how: 'usable' | 'damaged' | 'untranslated') => {
    const base = normaliseLanguage(tag).split('-')[0] ?? tag
    const known = found.get(base) ?? { named: false, usable: false, untranslated: false }
    found.set(base, {
      named: known.named || !respelled,
      usable: known.usable || how === 'usable',
      untranslated: known.untranslated || how === 'untranslated',
    })
  }
  if (language !== undefined && text(concept.display) !== undefined) note(language, 'usable')
  for (const designation of objects(concept.designation)) {
    const tag = text(designation.language)
    if (tag !== undefined) note(tag, isDamagedDesignation(designation) ? 'damaged' : 'usable')
  }
  for (const { code, valueCode } of account) {
    const tag = text(valueCode)
    if (tag !== undefined && code === DAMAGED) note(tag, 'damaged')
    if (tag !== undefined && code === UNTRANSLATED) note(tag, 'untranslated')
  }
}

function languagesOf(concepts: readonly ReadonlyMap<string, Found>[]): Readonly<Record<string, LanguageCoverage>> {
  const counts = new Map<string, { -readonly [key in keyof LanguageCoverage]: number }>()
  for (const found of concepts) {
    for (const [language, { named, usable, untranslated }] of found) {
      const count = counts.get(language) ?? { named: 0, respelled: 0, usable: 0, damaged: 0, untranslated: 0 }
      counts.set(language, count)
      count[named ? 'named' : 'respelled']++
      count[usable ? 'usable' : untranslated ? 'untranslated' : 'damaged']++
    }
  }
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)))
}
