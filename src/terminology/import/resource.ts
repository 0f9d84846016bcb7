/** The FHIR R5 resources that importers make: only what they write, as type aliases so that they are JSON objects too. */
import { normaliseLanguage } from '../languages.ts'
import { type JsonObject, objects } from '../load/json.ts'

export type DesignationJson = {
  language: string
  value: string
  use?: { system: string; code: string; display?: string }
  extension?: JsonObject[]
}

export type PropertyJson = {
  code: string
  valueCode?: string
  valueString?: string
  valueBoolean?: boolean
  valueInteger?: number
  valueCoding?: { system?: string; code: string; display?: string }
}

export type ConceptJson = {
  code: string
  display?: string
  definition?: string
  designation?: DesignationJson[]
  property?: PropertyJson[]
}

export type PropertyDefinitionJson = { code: string; uri?: string; description?: string; type: string }

export type ValueSetConceptJson = { code: string; display?: string; designation?: DesignationJson[] }

export type ConceptMapElementJson = {
  code: string
  display?: string
  noMap?: boolean
  target?: {
    code: string
    display?: string
    relationship: 'equivalent' | 'related-to' | 'source-is-narrower-than-target' | 'source-is-broader-than-target'
    comment?: string
    property?: JsonObject[]
  }[]
}

/** A resource on its way into an artifact. */
export type ImportedResource = JsonObject & {
  readonly resourceType: 'CodeSystem' | 'ValueSet' | 'ConceptMap' | 'NamingSystem'
}

/** A CodeSystem of so many concepts that they come one after the other; one without any concept is not kept. */
export interface StreamedResource {
  /** Without `concept`. */
  readonly resource: ImportedResource
  readonly concepts: AsyncIterable<ConceptJson>
}

/** Who says it and whether somebody vouches for it, when that differs from the import as a whole. */
export const SOURCE_EXTENSION = 'urn:tessera:source'
export const REVIEW_EXTENSION = 'urn:tessera:review-status'
/** On a supplement: its words stand in where nobody else has one in the language wished. */
export const STAND_IN_EXTENSION = 'urn:tessera:stand-in'
/** On a supplement: what its source calls the code system, where that is not its canonical URL. */
export const GIVEN_SYSTEM_EXTENSION = 'urn:tessera:system-as-given'
/**
 * A designation that lost its letters on the way (`urn:tessera:review-status` on the designation): kept, but withdrawn, so
 * that nobody is shown it as if it meant something. Imports of older versions left it out and said `damaged` as a property.
 */
export const DAMAGED = 'damaged'
const STANDARDS_STATUS = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status'

export function damagedDesignation(designation: JsonObject): JsonObject {
  if (isDamagedDesignation(designation)) return designation
  const marks = [
    { url: STANDARDS_STATUS, valueCode: 'withdrawn' },
    { url: REVIEW_EXTENSION, valueCode: DAMAGED },
  ]
  return { ...designation, extension: [...objects(designation.extension), ...marks] }
}

export function isDamagedDesignation({ extension }: JsonObject): boolean {
  return (
    extension !== undefined &&
    objects(extension).some(({ url, valueCode }) => url === REVIEW_EXTENSION && valueCode === DAMAGED)
  )
}
/** Property of a concept of a supplement: the designation in this language was the English words, and was left out. */
export const UNTRANSLATED = 'untranslated'
/** Property of a concept of a supplement: how the source spells the code, where that is no FHIR code. */
export const RESPELLED = 'respelled'

/** Properties under this URI are about the import, not about the concept: nobody is shown them as properties of it. */
export const ACCOUNT_URI = 'urn:tessera:property:'

export const ACCOUNT_PROPERTIES: readonly PropertyDefinitionJson[] = [
  {
    code: DAMAGED,
    uri: 'urn:tessera:property:damaged',
    description: 'Language of a designation that came without its letters and was left out',
    type: 'code',
  },
  {
    code: UNTRANSLATED,
    uri: 'urn:tessera:property:untranslated',
    description: 'Language of a designation that was the English words and was left out',
    type: 'code',
  },
  {
    code: RESPELLED,
    uri: 'urn:tessera:property:respelled',
    description: 'The code as the source spells it',
    type: 'string',
  },
]

/** Letters, digits and dashes of a name, for ids and URNs. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return plain.slice(0, 60) || 'import'
}

export function supplementUrl(source: string, system: string): string {
  return `urn:tessera:supplement:${slug(source)}:${slug(system)}`
}

/** A supplement: words of others for the codes of a system. */
export function supplement(
  source: string,
  system: string,
  concepts: readonly ConceptJson[],
  more: JsonObject & {
    readonly title?: string
    readonly version?: string
    readonly extension?: readonly JsonObject[]
  } = {},
): ImportedResource {
  return {
    resourceType: 'CodeSystem',
    url: supplementUrl(source, system),
    name: slug(source).replace(/[^A-Za-z0-9]+/g, '_'),
    title: source,
    status: 'active',
    content: 'supplement',
    supplements: system,
    ...more,
    ...(usesAccount(concepts) && { property: ACCOUNT_PROPERTIES }),
    concept: concepts,
  }
}

/** Definitions of properties, with those of the account. */
export function withAccountProperties(property: unknown): readonly JsonObject[] {
  const own = objects(property)
  return [...own, ...ACCOUNT_PROPERTIES.filter(({ code }) => !own.some((one) => one.code === code))]
}

function usesAccount(concepts: readonly ConceptJson[]): boolean {
  return concepts.some(({ property }) => property?.some(({ code }) => code === DAMAGED || code === RESPELLED))
}

export function oidIdentifier(oid: string): readonly JsonObject[] {
  return [{ system: 'urn:ietf:rfc:3986', value: /^[0-2](\.\d+)+$/.test(oid) ? `urn:oid:${oid}` : `urn:uuid:${oid}` }]
}

export function designation(language: string, value: string): DesignationJson {
  return { language: normaliseLanguage(language), value }
}

const LANGUAGE = /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/

export function isLanguage(tag: string): boolean {
  return LANGUAGE.test(tag)
}

/** Codes of a value set grouped by system, in order of first appearance; a code named twice is kept once. */
export function composeOf(
  codes: Iterable<{ readonly system: string; readonly version?: string; readonly concept: ValueSetConceptJson }>,
): { readonly include: readonly JsonObject[]; readonly concepts: number } {
  const groups = new Map<string, { system: string; version?: string; codes: Map<string, ValueSetConceptJson> }>()
  let concepts = 0
  for (const { system, version, concept } of codes) {
    const key = `${system}|${version ?? ''}`
    const group = groups.get(key) ?? { system, ...(version !== undefined && { version }), codes: new Map() }
    groups.set(key, group)
    if (group.codes.has(concept.code)) continue
    group.codes.set(concept.code, concept)
    concepts++
  }
  const include = [...groups.values()].map((group) => ({
    system: group.system,
    ...(group.version !== undefined && { version: group.version }),
    concept: [...group.codes.values()],
  }))
  return { include, concepts }
}
