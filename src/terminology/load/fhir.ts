/** FHIR terminology resources (R4, and what R5 changed) → content. */
import {
  addDesignation,
  addIdentity,
  addVersion,
  type ConceptContent,
  type Content,
  conceptOf,
  type DesignationContent,
  type SystemContent,
  systemOf,
  type ValueSetCode,
  type ValueSetInclude,
} from '../content.ts'
import { isDamagedDesignation } from '../import/resource.ts'
import { normaliseLanguage } from '../languages.ts'
import { loadConceptMap } from './concept-map.ts'
import { isObject, type JsonObject, objects, text } from './json.ts'

/** How a source is to be trusted and named. */
export interface Provenance {
  readonly source: string
  /** Designations that came with the resource. */
  readonly reviewed: boolean
  /** The displays of a code system published by its owner: they are its own words. */
  readonly displayReviewed: boolean
  readonly canonical: (system: string) => string
}

export interface LoadCounts {
  codeSystems: number
  valueSets: number
  conceptMaps: number
  concepts: number
  designations: number
  mappings: number
}

export function noCounts(): LoadCounts {
  return { codeSystems: 0, valueSets: 0, conceptMaps: 0, concepts: 0, designations: 0, mappings: 0 }
}

/** A resource that was understood but not (wholly) usable: one sentence each. */
export type Remark = string

const OID_URN = /^urn:(?:oid|uuid):(.+)$/

/**
 * Loads a resource. Returns undefined when it is not terminology (the caller says so or skips it), otherwise remarks
 * about what could not be used.
 */
export function loadResource(
  content: Content,
  resource: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): readonly Remark[] | undefined {
  switch (resource.resourceType) {
    case 'CodeSystem':
      return loadCodeSystem(content, resource, provenance, counts)
    case 'ValueSet':
      return loadValueSet(content, resource, provenance, counts)
    case 'ConceptMap':
      return loadConceptMap(content, resource, provenance, counts)
    case 'NamingSystem':
      return loadNamingSystem(content, resource)
    case 'Bundle':
    case 'Parameters': {
      const inside = [...objects(resource.entry), ...objects(resource.parameter)]
        .map(({ resource: entry }) => entry)
        .filter(isObject)
      const remarks = inside.map((entry) => loadResource(content, entry, provenance, counts))
      return remarks.every((some) => some === undefined) ? undefined : remarks.flatMap((some) => some ?? [])
    }
    default:
      return undefined
  }
}

function loadCodeSystem(content: Content, resource: JsonObject, provenance: Provenance, counts: LoadCounts): Remark[] {
  const loader = codeSystemLoader(content, resource, provenance, counts)
  if (!Array.isArray(loader)) loader.add(objects(resource.concept))
  return Array.isArray(loader) ? loader : []
}

/** Takes the concepts of a CodeSystem piece by piece. */
export interface ConceptLoader {
  add(concepts: readonly JsonObject[]): void
}

/** For concepts that come one after the other; the remarks say why the resource cannot be used. Its own `concept` is not looked at. */
export function codeSystemLoader(
  content: Content,
  resource: JsonObject,
  provenance: Provenance,
  counts: LoadCounts,
): ConceptLoader | Remark[] {
  const url = text(resource.url)
  if (url === undefined) return ['The CodeSystem has no url, so nothing can refer to it.']
  const supplement = resource.content === 'supplement'
  const supplemented = text(resource.supplements)
  if (supplement && supplemented === undefined) return ['The supplement does not say which code system it supplements.']
  const canonical = provenance.canonical(supplement ? (supplemented?.split('|')[0] ?? url) : url)
  const system = systemOf(content, canonical)
  if (!supplement) {
    addIdentity(content, {
      url: canonical,
      ...(nameOf(resource) !== undefined && { name: nameOf(resource) }),
      oids: oidsOf(resource),
      aliases: [url],
    })
  }
  counts.codeSystems++
  const language = text(resource.language)
  const version = supplement ? undefined : text(resource.version)
  const context: ConceptContext = {
    provenance,
    counts,
    supplement,
    ...(version !== undefined && { version }),
    language: language === undefined ? 'en' : normaliseLanguage(language),
    declared: language !== undefined,
  }
  return {
    add(concepts) {
      if (!supplement && resource.content === 'complete' && concepts.length > 0) system.complete = true
      loadConcepts(system, concepts, undefined, context)
    },
  }
}

interface ConceptContext {
  readonly provenance: Provenance
  readonly counts: LoadCounts
  readonly supplement: boolean
  readonly version?: string
  readonly language: string
  /** Whether the resource itself says its language. */
  readonly declared: boolean
}

function loadConcepts(
  system: SystemContent,
  concepts: readonly JsonObject[],
  parent: string | undefined,
  context: ConceptContext,
): void {
  const { provenance, counts } = context
  for (const raw of concepts) {
    const code = text(raw.code)
    if (code === undefined) continue
    const isNew = !system.concepts.has(code)
    const concept = conceptOf(system, code)
    if (isNew) counts.concepts++
    const parents = [...(parent === undefined ? [] : [parent]), ...parentsOf(raw)]
    if (parents.length > 0) concept.parents = [...(concept.parents ?? []), ...parents]
    const display = text(raw.display)
    if (context.version !== undefined) noteVersion(concept, context.version, raw, display)
    else if (!context.supplement && isInactive(raw)) concept.active = false
    // A supplement repeats the display of the code system; only a supplement in a stated language says it in that language.
    if (display !== undefined && (!context.supplement || context.declared)) {
      if (context.language.startsWith('en')) concept.display ??= display
      const reviewed = context.supplement ? provenance.reviewed : provenance.displayReviewed
      const added = { language: context.language, term: display, source: provenance.source, reviewed }
      if (addDesignation(concept, added)) counts.designations++
    }
    counts.designations += addAll(concept, designationsOf(raw, provenance))
    loadConcepts(system, objects(raw.concept), code, context)
  }
}

/** A concept is active when some loaded version has it so; which one, its versions say. */
function noteVersion(concept: ConceptContent, version: string, raw: JsonObject, display: string | undefined): void {
  addVersion(concept, { version, ...(display !== undefined && { display }), active: !isInactive(raw) })
  concept.active = concept.versions?.some(({ active }) => active) ?? true
}

function addAll(concept: ConceptContent, designations: readonly DesignationContent[]): number {
  return designations.filter((designation) => addDesignation(concept, designation)).length
}

/** Preferred terms first, synonyms and fully specified names last; text in no stated language is left out. */
function designationsOf(concept: JsonObject, provenance: Provenance): readonly DesignationContent[] {
  const usable = objects(concept.designation).filter((designation) => !isDamagedDesignation(designation))
  const plain = usable.map((designation) => ({
    language: text(designation.language),
    term: text(designation.value),
    rank: useRank(designation.use),
  }))
  const shadow = isObject(concept._display) ? objects(concept._display.extension) : []
  const translated = shadow
    .filter(({ url }) => url === 'http://hl7.org/fhir/StructureDefinition/translation')
    .map((extension) => {
      const parts = objects(extension.extension)
      const part = (name: string) => parts.find(({ url }) => url === name)
      return { language: text(part('lang')?.valueCode), term: text(part('content')?.valueString), rank: 0 }
    })
  return [...plain, ...translated]
    .sort((left, right) => left.rank - right.rank)
    .flatMap(({ language, term }) =>
      language !== undefined && term !== undefined
        ? [
            {
              language: normaliseLanguage(language),
              term,
              source: provenance.source,
              reviewed: provenance.reviewed,
            },
          ]
        : [],
    )
}

function useRank(use: unknown): number {
  const code = isObject(use) ? text(use.code) : undefined
  if (code === undefined || code === 'display' || code === 'preferredForLanguage') return 0
  if (code === '900000000000013009') return 1 // SNOMED CT synonym
  if (code === '900000000000003001') return 3 // SNOMED CT fully specified name
  return 2
}

function parentsOf(concept: JsonObject): readonly string[] {
  return objects(concept.property)
    .filter(({ code }) => code === 'parent' || code === 'subsumedBy')
    .flatMap(({ valueCode }) => text(valueCode) ?? [])
}

function isInactive(concept: JsonObject): boolean {
  return objects(concept.property).some(
    ({ code, valueCode, valueBoolean }) =>
      (code === 'inactive' && valueBoolean === true) ||
      (code === 'status' && (valueCode === 'retired' || valueCode === 'inactive')),
  )
}

function nameOf(resource: JsonObject): string | undefined {
  return text(resource.title) ?? text(resource.name)
}

function oidsOf(resource: JsonObject): readonly string[] {
  const identifiers = isObject(resource.identifier) ? [resource.identifier] : objects(resource.identifier)
  return identifiers.flatMap(({ value }) => OID_URN.exec(text(value) ?? '')?.[1] ?? [])
}

function loadValueSet(content: Content, resource: JsonObject, provenance: Provenance, counts: LoadCounts): Remark[] {
  const url = text(resource.url)
  if (url === undefined) return ['The ValueSet has no url, so nothing can refer to it.']
  const compose = isObject(resource.compose) ? resource.compose : {}
  const language = text(resource.language)
  const includes = (list: unknown) => objects(list).map((include) => includeOf(include, provenance, language))
  const expansion = isObject(resource.expansion) ? resource.expansion : undefined
  const oid = oidsOf(resource)[0]
  const version = text(resource.version)
  const name = nameOf(resource)
  content.valueSets.set(url, {
    url,
    ...(version !== undefined && { version }),
    ...(name !== undefined && { name }),
    ...(oid !== undefined && { oid }),
    include: includes(compose.include),
    exclude: includes(compose.exclude),
    ...(expansion && { expansion: expansionOf(expansion, provenance, language) }),
  })
  counts.valueSets++
  return []
}

function includeOf(include: JsonObject, provenance: Provenance, language: string | undefined): ValueSetInclude {
  const system = text(include.system)
  const codes = objects(include.concept).flatMap((concept) => codeOf(concept, system, provenance, language) ?? [])
  const filters = objects(include.filter).map(({ property, op, value }) => ({
    property: text(property) ?? '',
    op: text(op) ?? '',
    value: text(value) ?? '',
  }))
  const valueSets = Array.isArray(include.valueSet) ? include.valueSet.flatMap((url) => text(url) ?? []) : []
  return {
    ...(system !== undefined && { system: provenance.canonical(system) }),
    ...(codes.length > 0 && { codes }),
    ...(filters.length > 0 && { filters }),
    ...(valueSets.length > 0 && { valueSets }),
  }
}

function codeOf(
  concept: JsonObject,
  system: string | undefined,
  provenance: Provenance,
  language = 'en',
): ValueSetCode | undefined {
  const code = text(concept.code)
  if (code === undefined) return undefined
  const raw = text(concept.display)
  const display = system === 'http://snomed.info/sct' ? raw?.replace(SEMANTIC_TAG, '') : raw
  const own: readonly DesignationContent[] =
    display === undefined
      ? []
      : [
          {
            language: normaliseLanguage(language),
            term: display,
            source: provenance.source,
            reviewed: provenance.displayReviewed,
          },
        ]
  return {
    code,
    ...(display !== undefined && language.startsWith('en') && { display: display }),
    designations: [...own, ...designationsOf(concept, provenance)],
  }
}

/** A fully specified name is said without its semantic tag: "Asthma (disorder)" is "Asthma". */
const SEMANTIC_TAG =
  / \((?:disorder|finding|procedure|substance|body structure|situation|physical object|observable entity|qualifier value|morphologic abnormality|medicinal product|clinical drug|product|organism|event|person|occupation|regime\/therapy|specimen|environment|social concept|record artifact|attribute|cell|cell structure|medicinal product form|physical force|ethnic group|religion\/philosophy|staging scale|tumor staging|assessment scale|racial group|life style|context-dependent category|product name|supplier|basic dose form|dose form|role|disposition|unit of presentation|severity modifier|administration method|transformation|intended site|release characteristic|state of matter|geographic location|inactive concept|navigational concept|environment \/ location|namespace concept|link assertion|linkage concept|foundation metadata concept|core metadata concept|metadata|number|special concept|biological function|inanimate physical object|living organism)\)$/

function expansionOf(expansion: JsonObject, provenance: Provenance, language: string | undefined) {
  const bySystem = new Map<string, ValueSetCode[]>()
  let seen = 0
  const walk = (contains: readonly JsonObject[]) => {
    for (const entry of contains) {
      const system = text(entry.system)
      const code = codeOf(entry, system, provenance, language)
      if (system !== undefined && code !== undefined && entry.abstract !== true) {
        const canonical = provenance.canonical(system)
        const codes = bySystem.get(canonical)
        if (codes) codes.push(code)
        else bySystem.set(canonical, [code])
        seen++
      }
      walk(objects(entry.contains))
    }
  }
  walk(objects(expansion.contains))
  const cutShort = objects(expansion.extension).some(
    ({ url }) => typeof url === 'string' && /toocostly|unclosed/.test(url),
  )
  const total = typeof expansion.total === 'number' ? expansion.total : seen
  return {
    complete: !cutShort && seen > 0 && seen >= total && (expansion.offset ?? 0) === 0,
    include: [...bySystem].map(([system, codes]) => ({ system, codes })),
  }
}

function loadNamingSystem(content: Content, resource: JsonObject): Remark[] {
  if (resource.kind !== 'codesystem') return []
  const ids = objects(resource.uniqueId)
  const preferred = (list: readonly JsonObject[]) =>
    [...list].sort((left, right) => Number(right.preferred === true) - Number(left.preferred === true))
  const values = (type: string) =>
    preferred(ids.filter((id) => id.type === type)).flatMap(({ value }) => text(value) ?? [])
  const [url, ...aliases] = values('uri')
  if (url === undefined) return []
  const name = nameOf(resource)
  addIdentity(content, { url, ...(name !== undefined && { name }), oids: values('oid'), aliases })
  return []
}
