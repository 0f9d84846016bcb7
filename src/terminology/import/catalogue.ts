/**
 * A catalogue as the Union and its countries keep it: value sets of codes with words in many languages (MVC), and
 * national codes mapped to them (MTC). Gathered code by code, then told as ValueSets, one supplement for each code system
 * and one ConceptMap for each national code system.
 */
import { normaliseLanguage } from '../languages.ts'
import type { JsonObject } from '../load/json.ts'
import type { ReadContext } from './formats/format.ts'
import { identityOf } from './formats/list.ts'
import {
  type ConceptJson,
  type ConceptMapElementJson,
  composeOf,
  type DesignationJson,
  type ImportedResource,
  oidIdentifier,
  slug,
  supplement,
  type ValueSetConceptJson,
} from './resource.ts'

export interface CatalogueValueSet {
  readonly oid?: string
  readonly name: string
  readonly url?: string
  readonly version?: string
  readonly description?: string
  readonly title?: string
}

export interface CatalogueCode {
  /** OID or URL. */
  readonly system: string
  readonly systemName?: string
  readonly code: string
  readonly version?: string
  readonly definition?: string
  readonly words: readonly { readonly language: string; readonly text: string; readonly use?: string }[]
}

export const RELATIONSHIPS = {
  equivalent: 'equivalent',
  broader: 'source-is-narrower-than-target',
  narrower: 'source-is-broader-than-target',
  related: 'related-to',
} as const

export interface CatalogueMapping {
  readonly source: {
    readonly system: string
    readonly systemName?: string
    readonly code: string
    readonly display?: string
  }
  readonly target: { readonly system: string; readonly code: string; readonly display?: string }
  /** How the target is, seen from the source. Default: equivalent. */
  readonly relationship?: keyof typeof RELATIONSHIPS
  readonly comment?: string
  /** Codes as load/concept-map.ts reads them: quality, status, valid-from, valid-to, advice. */
  readonly properties?: Readonly<Record<string, string>>
}

export interface Catalogue {
  addValueSet(valueSet: CatalogueValueSet): (code: CatalogueCode) => void
  /** Words for a code that is in no value set. */
  addWords(code: CatalogueCode): void
  addMapping(mapping: CatalogueMapping): void
  resources(): Generator<ImportedResource>
}

interface OpenValueSet {
  readonly valueSet: CatalogueValueSet
  readonly codes: { readonly system: string; readonly concept: ValueSetConceptJson }[]
}

/** The canonical URL of a value set of the eHDSI catalogue is made of its name; others are named by their OID. */
function urlOf({ url, oid, name }: CatalogueValueSet): string {
  if (url !== undefined) return url
  if (oid === undefined || /^eHDSI\w+$/.test(name)) return `http://terminology.ehdsi.eu/ValueSet/${name}`
  return `urn:oid:${oid}`
}

export function createCatalogue(context: ReadContext): Catalogue {
  const valueSets: OpenValueSet[] = []
  const systems = new Map<string, Map<string, ConceptJson>>()
  const names = new Map<string, string>()
  const maps = new Map<string, Map<string, Map<string, ConceptMapElementJson>>>()
  const systemOf = (named: string, name: string | undefined) => {
    const system = context.canonical(named)
    if (name !== undefined && context.systemName(system) === undefined) names.set(system, name)
    return system
  }
  const addWords = (given: CatalogueCode): string | undefined => {
    const system = systemOf(given.system, given.systemName)
    const codes = systems.get(system) ?? new Map<string, ConceptJson>()
    systems.set(system, codes)
    const concept: ConceptJson = codes.get(given.code) ?? { code: given.code }
    codes.set(given.code, concept)
    const english = englishOf(given.words)
    if (english !== undefined) concept.display ??= english.text
    if (given.definition !== undefined && given.definition !== english?.text) concept.definition ??= given.definition
    for (const word of given.words) addWord(concept, word)
    return english?.text
  }
  return {
    addWords: (code) => void addWords(code),
    addValueSet(valueSet) {
      const open: OpenValueSet = { valueSet, codes: [] }
      valueSets.push(open)
      return (code) => {
        const display = addWords(code)
        const concept = { code: code.code, ...(display !== undefined && { display }) }
        open.codes.push({ system: systemOf(code.system, code.systemName), concept })
      }
    },
    addMapping(mapping) {
      const source = systemOf(mapping.source.system, mapping.source.systemName)
      const target = context.canonical(mapping.target.system)
      const targets = maps.get(source) ?? new Map<string, Map<string, ConceptMapElementJson>>()
      maps.set(source, targets)
      const elements = targets.get(target) ?? new Map<string, ConceptMapElementJson>()
      targets.set(target, elements)
      addTarget(elements, mapping)
    },
    *resources() {
      const { source, version } = context.options
      for (const [system, name] of names) yield identityOf(system, name, [])
      for (const { valueSet, codes } of valueSets) yield valueSetOf(valueSet, codes, version)
      for (const [system, codes] of systems) {
        const concepts = [...codes.values()].filter(({ designation, definition }) => designation ?? definition)
        if (concepts.length > 0) yield supplement(source, system, concepts, { title: source })
      }
      for (const [system, targets] of maps) yield conceptMapOf(system, targets, source, version)
    },
  }
}

/** The plain English term: what the catalogues call the preferred designation. */
function englishOf(words: CatalogueCode['words']) {
  const rank = ({ language, use }: CatalogueCode['words'][number]) => {
    const tag = normaliseLanguage(language)
    const place = ['en', 'en-GB', 'en-US'].indexOf(tag)
    if (!tag.startsWith('en')) return undefined
    return (use === undefined ? 0 : 10) + (place === -1 ? 5 : place)
  }
  const ranked = words.flatMap((word) => {
    const place = rank(word)
    return place === undefined ? [] : [{ word, place }]
  })
  return ranked.sort((left, right) => left.place - right.place)[0]?.word
}

function addWord(concept: ConceptJson, { language, text, use }: CatalogueCode['words'][number]): void {
  const tag = normaliseLanguage(language)
  if (text === '' || tag === '') return
  const word: DesignationJson = { language: tag, value: text }
  if (use !== undefined) word.use = { system: 'urn:tessera:designation-use', code: use }
  const known = concept.designation?.some((one) => one.language === tag && one.value === text)
  if (!known) concept.designation = [...(concept.designation ?? []), word]
}

function addTarget(elements: Map<string, ConceptMapElementJson>, mapping: CatalogueMapping): void {
  const { source, target, relationship = 'equivalent', comment, properties = {} } = mapping
  const element: ConceptMapElementJson = elements.get(source.code) ?? { code: source.code }
  elements.set(source.code, element)
  if (source.display !== undefined) element.display ??= source.display
  const property = Object.entries(properties).map(([code, value]) => ({ code, valueString: value }))
  const found = {
    code: target.code,
    ...(target.display !== undefined && { display: target.display }),
    relationship: RELATIONSHIPS[relationship],
    ...(comment !== undefined && { comment }),
    ...(property.length > 0 && { property }),
  }
  // The same pair comes with every value set that holds the target.
  if (element.target?.some((one) => one.code === found.code && one.relationship === found.relationship)) return
  element.target = [...(element.target ?? []), found]
}

function valueSetOf(
  { oid, name, version, description, title, ...more }: CatalogueValueSet,
  codes: OpenValueSet['codes'],
  otherwise: string | undefined,
): ImportedResource {
  const used = version ?? otherwise
  return {
    resourceType: 'ValueSet',
    url: urlOf({ ...more, name, ...(oid !== undefined && { oid }) }),
    ...(oid !== undefined && { identifier: oidIdentifier(oid) }),
    ...(used !== undefined && { version: used }),
    name: slug(name).replace(/[^A-Za-z0-9]+/g, '_'),
    title: title ?? name,
    ...(description !== undefined && { description }),
    status: 'active',
    language: 'en',
    compose: { include: composeOf(codes).include },
  }
}

const MAP_PROPERTIES: readonly JsonObject[] = [
  { code: 'quality', uri: 'urn:tessera:property:quality', type: 'string' },
  { code: 'status', uri: 'urn:tessera:property:status', type: 'string' },
  { code: 'valid-from', uri: 'urn:tessera:property:valid-from', type: 'string' },
  { code: 'valid-to', uri: 'urn:tessera:property:valid-to', type: 'string' },
  { code: 'advice', uri: 'urn:tessera:property:advice', type: 'string' },
]

function conceptMapOf(
  system: string,
  targets: ReadonlyMap<string, ReadonlyMap<string, ConceptMapElementJson>>,
  source: string,
  version: string | undefined,
): ImportedResource {
  const used = new Set<unknown>()
  for (const elements of targets.values()) {
    for (const { target } of elements.values()) {
      for (const { property } of target ?? []) for (const { code } of property ?? []) used.add(code)
    }
  }
  const property = MAP_PROPERTIES.filter(({ code }) => used.has(code))
  return {
    resourceType: 'ConceptMap',
    url: `urn:tessera:concept-map:${slug(source)}:${slug(system)}`,
    ...(version !== undefined && { version }),
    name: slug(`${source} ${system}`).replace(/[^A-Za-z0-9]+/g, '_'),
    title: source,
    status: 'active',
    ...(property.length > 0 && { property }),
    group: [...targets].map(([target, elements]) => ({ source: system, target, element: [...elements.values()] })),
  }
}
