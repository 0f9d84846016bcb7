/** A CodeSystem resource (R5 JSON), with supplements merged in, as a code system. */
import { type JsonObject, objects } from '../load/json.ts'
import { canonicalText, type FhirProperty } from '../operations/fhir.ts'
import type {
  CodeSystem,
  CodeSystemIdentity,
  ConceptDesignation,
  ConceptHandle,
  ConceptSet,
  Content,
  Located,
  PropertyDefinition,
} from './code-system.ts'
import { extensionValue, flattenConcepts, propertiesOf, propertyText, STANDARDS_STATUS } from './fhir-concepts.ts'
import { selectByFilters } from './fhir-filters.ts'
import { rangeSet } from './sets.ts'

const CONCEPT_PROPERTIES = 'http://hl7.org/fhir/concept-properties#'
const INACTIVE_STATUS: ReadonlySet<string> = new Set(['retired', 'inactive', 'withdrawn'])
const OLD_STATUS: ReadonlySet<string> = new Set(['deprecated', 'withdrawn'])

export function createFhirCodeSystem(resource: JsonObject, supplements: readonly JsonObject[] = []): CodeSystem {
  const concepts = flattenConcepts(resource.concept)
  const identity = identityOf(resource, supplements)
  const folded = identity.caseSensitive ? undefined : foldedCodes(concepts.codes)
  const additions = additionsOf(supplements)
  const known = knownProperties(identity.properties)
  const links = hierarchyLinks(identity.properties)

  const element = (concept: ConceptHandle): JsonObject => concepts.elements[concept as number] ?? {}
  const codeOf = (concept: ConceptHandle): string => concepts.codes[concept as number] ?? ''
  const added = (concept: ConceptHandle): readonly Addition[] => additions.get(codeOf(concept)) ?? []

  const own = (concept: ConceptHandle): readonly FhirProperty[] => propertiesOf(element(concept))
  const properties = (concept: ConceptHandle): readonly FhirProperty[] => {
    const more = added(concept).flatMap((addition) => propertiesOf(addition.element))
    return more.length === 0 ? own(concept) : [...own(concept), ...more]
  }
  const knownValue = (concept: ConceptHandle, name: keyof KnownProperties): string | undefined => {
    const property = own(concept).find(({ code }) => known[name].has(code))
    return property && propertyText(property)
  }
  const status = (concept: ConceptHandle): string | undefined => {
    const stated = knownValue(concept, 'status')
    if (stated !== undefined) return stated
    const standards = extensionValue(element(concept), STANDARDS_STATUS)
    if (typeof standards === 'string') return standards
    return knownValue(concept, 'inactive') === 'true' ? 'inactive' : undefined
  }

  let parentsOf: readonly (readonly number[])[] | undefined
  let childrenOf: readonly (readonly number[])[] | undefined
  const link = () => {
    if (parentsOf && childrenOf) return
    const linked = linkConcepts(concepts, links)
    parentsOf = linked.parents
    childrenOf = linked.children
  }
  const parents = (concept: ConceptHandle): readonly number[] => {
    link()
    return parentsOf?.[concept as number] ?? []
  }
  const children = (concept: ConceptHandle): readonly number[] => {
    link()
    return childrenOf?.[concept as number] ?? []
  }

  const codeSystem: CodeSystem = {
    identity,
    hierarchical: concepts.holder.some((holder) => holder >= 0),
    locate(code): Located {
      const concept = concepts.byCode.get(code) ?? folded?.get(code.toLowerCase())
      return concept === undefined ? NOT_FOUND : { concept }
    },
    codeOf,
    display: (concept) => stringOf(element(concept).display),
    designations: (concept) => designationsOf(element(concept), identity.language, added(concept)),
    definition: (concept) => stringOf(element(concept).definition),
    isInactive: (concept) => knownValue(concept, 'inactive') === 'true' || INACTIVE_STATUS.has(status(concept) ?? ''),
    isAbstract: (concept) => knownValue(concept, 'notSelectable') === 'true',
    status,
    properties,
    extensions(concept) {
      const list = objects(element(concept).extension)
      const more = added(concept).flatMap((addition) => objects(addition.element.extension))
      return more.length === 0 ? list : [...list, ...more]
    },
    parents,
    children,
    nestedParent: (concept) => {
      const holder = concepts.holder[concept as number] ?? -1
      return holder < 0 ? undefined : holder
    },
    subsumes: (ancestor, descendant) => ancestor === descendant || isAbove(ancestor, descendant, parents),
    all: (): ConceptSet => rangeSet(concepts.codes.length),
    select: (filters) => selectByFilters(codeSystem, filters, identity.properties),
  }
  return codeSystem
}

const NOT_FOUND: Located = { concept: undefined }

function isAbove(
  ancestor: ConceptHandle,
  descendant: ConceptHandle,
  parents: (concept: ConceptHandle) => readonly number[],
): boolean {
  const seen = new Set<ConceptHandle>()
  const waiting: ConceptHandle[] = [descendant]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const parent of parents(next)) {
      if (parent === ancestor) return true
      if (!seen.has(parent)) {
        seen.add(parent)
        waiting.push(parent)
      }
    }
  }
  return false
}

// ---- Identity

const CONTENTS: readonly string[] = ['complete', 'fragment', 'example', 'not-present', 'supplement']

/** The identity of a CodeSystem resource; content that is missing counts as `not-present`. */
export function identityOf(resource: JsonObject, supplements: readonly JsonObject[] = []): CodeSystemIdentity {
  const optional = {
    version: stringOf(resource.version),
    name: stringOf(resource.name),
    title: stringOf(resource.title),
    status: stringOf(resource.status),
    experimental: typeof resource.experimental === 'boolean' ? resource.experimental : undefined,
    standardsStatus: stringOf(extensionValue(resource, STANDARDS_STATUS)),
    compositional: resource.compositional === true ? true : undefined,
    versionNeeded: resource.versionNeeded === true ? true : undefined,
    hierarchyMeaning: stringOf(resource.hierarchyMeaning),
    language: stringOf(resource.language),
    valueSet: stringOf(resource.valueSet),
    copyright: stringOf(resource.copyright),
  }
  const content = stringOf(resource.content)
  return {
    url: stringOf(resource.url) ?? '',
    content: CONTENTS.includes(content ?? '') ? (content as Content) : 'not-present',
    caseSensitive: resource.caseSensitive !== false,
    properties: [resource, ...supplements].flatMap((each) => definedProperties(each)),
    supplements: supplements.map((each) => canonicalText(stringOf(each.url) ?? '', stringOf(each.version))),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

export function definedProperties(resource: JsonObject): readonly PropertyDefinition[] {
  return objects(resource.property).flatMap(({ code, uri, description, type }) => {
    if (typeof code !== 'string') return []
    return [
      {
        code,
        ...(typeof uri === 'string' && { uri }),
        ...(typeof description === 'string' && { description }),
        ...(typeof type === 'string' && { type }),
      },
    ]
  })
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

// ---- Properties with a meaning of their own, whatever their code

interface KnownProperties {
  readonly status: ReadonlySet<string>
  readonly inactive: ReadonlySet<string>
  readonly notSelectable: ReadonlySet<string>
}

/** A property means what its URI says; the plain codes are understood without a definition, too. */
function knownProperties(definitions: readonly PropertyDefinition[]): KnownProperties {
  const named = (name: string) =>
    new Set([name, ...definitions.filter(({ uri }) => uri === CONCEPT_PROPERTIES + name).map(({ code }) => code)])
  return { status: named('status'), inactive: named('inactive'), notSelectable: named('notSelectable') }
}

interface HierarchyLinks {
  readonly parent: ReadonlySet<string>
  readonly child: ReadonlySet<string>
}

function hierarchyLinks(definitions: readonly PropertyDefinition[]): HierarchyLinks {
  const named = (name: string) =>
    new Set([name, ...definitions.filter(({ uri }) => uri === CONCEPT_PROPERTIES + name).map(({ code }) => code)])
  return { parent: named('parent'), child: named('child') }
}

/** Parents and children by nesting and by the properties `parent` and `child` (several parents are possible). */
function linkConcepts(
  { elements, holder, byCode }: ReturnType<typeof flattenConcepts>,
  links: HierarchyLinks,
): { readonly parents: readonly (readonly number[])[]; readonly children: readonly (readonly number[])[] } {
  const parents: number[][] = holder.map((parent) => (parent < 0 ? [] : [parent]))
  const children: number[][] = holder.map(() => [])
  holder.forEach((parent, concept) => {
    if (parent >= 0) children[parent]?.push(concept)
  })
  const join = (parent: number | undefined, child: number | undefined) => {
    if (parent === undefined || child === undefined || parent === child) return
    if (parents[child]?.includes(parent)) return
    parents[child]?.push(parent)
    children[parent]?.push(child)
  }
  elements.forEach((element, concept) => {
    if (element.property === undefined) return
    for (const property of propertiesOf(element)) {
      if (links.parent.has(property.code)) join(byCode.get(propertyText(property)), concept)
      else if (links.child.has(property.code)) join(concept, byCode.get(propertyText(property)))
    }
  })
  return { parents, children }
}

function foldedCodes(codes: readonly string[]): ReadonlyMap<string, number> {
  const folded = new Map<string, number>()
  codes.forEach((code, concept) => {
    const key = code.toLowerCase()
    if (!folded.has(key)) folded.set(key, concept)
  })
  return folded
}

// ---- Supplements and designations

interface Addition {
  readonly element: JsonObject
  readonly source: string
  readonly language: string | undefined
}

function additionsOf(supplements: readonly JsonObject[]): ReadonlyMap<string, readonly Addition[]> {
  const additions = new Map<string, Addition[]>()
  for (const supplement of supplements) {
    const source = canonicalText(stringOf(supplement.url) ?? '', stringOf(supplement.version))
    const { codes, elements } = flattenConcepts(supplement.concept)
    codes.forEach((code, index) => {
      const element = elements[index]
      if (!element) return
      const addition = { element, source, language: stringOf(supplement.language) }
      const list = additions.get(code)
      if (list) list.push(addition)
      else additions.set(code, [addition])
    })
  }
  return additions
}

function designationsOf(
  element: JsonObject,
  language: string | undefined,
  additions: readonly Addition[],
): readonly ConceptDesignation[] {
  const words: ConceptDesignation[] = []
  const display = stringOf(element.display)
  if (display !== undefined)
    words.push({ value: display, isDisplay: true, ...(language !== undefined && { language }) })
  for (const designation of objects(element.designation)) pushDesignation(words, designation)
  for (const addition of additions) {
    const { source } = addition
    const more = stringOf(addition.element.display)
    if (more !== undefined) {
      words.push({ value: more, source, ...(addition.language !== undefined && { language: addition.language }) })
    }
    for (const designation of objects(addition.element.designation)) pushDesignation(words, designation, source)
  }
  return words
}

/** Reads a `designation` element of a CodeSystem or of a ValueSet. */
export function pushDesignation(words: ConceptDesignation[], designation: JsonObject, source?: string): void {
  const value = stringOf(designation.value)
  if (value === undefined) return
  const standards = extensionValue(designation, STANDARDS_STATUS)
  const inactive = typeof standards === 'string' && OLD_STATUS.has(standards)
  const language = stringOf(designation.language)
  const use = designation.use
  words.push({
    value,
    ...(language !== undefined && { language }),
    ...(typeof use === 'object' && use !== null && { use }),
    ...(inactive && { inactive, status: 'deprecated' }),
    ...(source !== undefined && { source }),
    ...(Array.isArray(designation.extension) && { extension: designation.extension }),
  })
}
