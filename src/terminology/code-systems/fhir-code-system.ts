/** A CodeSystem resource (R5 JSON), with supplements merged in, as a code system. */
import { ACCOUNT_URI, STAND_IN_EXTENSION } from '../import/resource.ts'
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
import type { ConceptLinks } from './concept-links.ts'
import { meaningNames } from './concept-state.ts'
import { type ConceptTable, conceptsOf } from './concept-table.ts'
import { extensionValue, isWithdrawn, propertyText, STANDARDS_STATUS, stringOf } from './fhir-concepts.ts'
import { type FilterShortcuts, selectByFilters } from './fhir-filters.ts'
import { rangeSet } from './sets.ts'
import { searchTables } from './table-search.ts'

export { stringOf } from './fhir-concepts.ts'

export function createFhirCodeSystem(resource: JsonObject, supplements: readonly JsonObject[] = []): CodeSystem {
  return codeSystemOf(resource, conceptsOf(resource), supplements)
}

/** @param table the concepts of the resource, wherever they are kept */
function codeSystemOf(resource: JsonObject, table: ConceptTable, supplements: readonly JsonObject[]): CodeSystem {
  const identity = identityOf(resource, supplements)
  const names = meaningNames(identity.properties)
  const additions = additionsOf(supplements)
  const added = additions.of

  const state = (concept: ConceptHandle) => table.state(concept as number, names)
  let linked: ConceptLinks | undefined
  const links = () => {
    linked ??= table.links(names)
    return linked
  }
  const parents = (concept: ConceptHandle) => links().parents(concept as number)
  const codeOf = (concept: ConceptHandle): string => table.code(concept as number)

  const codeSystem: CodeSystem = {
    identity,
    hierarchical: table.nested,
    locate(code): Located {
      const exact = table.locate(code)
      const concept = exact < 0 && !identity.caseSensitive ? table.locateFolded(code.toLowerCase()) : exact
      return concept < 0 ? NOT_FOUND : { concept }
    },
    codeOf,
    display: (concept) => table.display(concept as number),
    designations: (concept) => designationsOf(table, concept as number, identity.language, added(codeOf(concept))),
    definition: (concept) => table.definition(concept as number),
    isInactive: (concept) => state(concept).inactive,
    isAbstract: (concept) => state(concept).abstract,
    status: (concept) => state(concept).status,
    properties(concept) {
      const own = table.properties(concept as number)
      const more = added(codeOf(concept)).flatMap(additionProperties)
      return more.length === 0 ? own : [...own, ...more]
    },
    extensions(concept) {
      const own = table.extensions(concept as number)
      const more = added(codeOf(concept)).flatMap((addition) => addition.table.extensions(addition.ordinal))
      return more.length === 0 ? own : [...own, ...more]
    },
    parents,
    children: (concept) => links().children(concept as number),
    nestedParent(concept) {
      const holder = table.holder(concept as number)
      return holder < 0 ? undefined : holder
    },
    subsumes: (ancestor, descendant) => ancestor === descendant || isAbove(ancestor, descendant, parents),
    all: (): ConceptSet => rangeSet(table.size),
    select: (filters) => selectByFilters(codeSystem, filters, identity.properties, shortcuts(table, additions)),
    ...(table.words && {
      search: (text, within, languages) =>
        searchTables(table, { table, language: identity.language }, additions.sources, text, within, languages),
    }),
  }
  return codeSystem
}

const NOT_FOUND: Located = { concept: undefined }

/** Filters by property over all concepts at once, where the table can. */
function shortcuts(table: ConceptTable, { of, sources }: Additions): FilterShortcuts {
  const uses = (property: string) => table.uses(property) || sources.some((source) => source.table.uses(property))
  return {
    isUsed: uses,
    matching(property, test) {
      const own = table.matching?.(property, test)
      if (!own) return undefined
      if (!sources.some((source) => source.table.uses(property))) return (concept) => own(concept as number)
      return (concept) =>
        own(concept as number) ||
        of(table.code(concept as number)).some((addition) =>
          addition.table
            .properties(addition.ordinal)
            .some((value) => value.code === property && test(propertyText(value))),
        )
    },
  }
}

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
    properties: [...definedProperties(resource), ...supplements.flatMap((each) => supplementProperties(each))],
    supplements: supplementNames(supplements),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

/** Of what stands in nobody needs to hear, unless one of its words is shown. */
export function supplementNames(supplements: readonly JsonObject[]): readonly string[] {
  return supplements.filter((each) => !standsIn(each)).map(nameOf)
}

function standsIn(supplement: JsonObject): boolean {
  return extensionValue(supplement, STAND_IN_EXTENSION) === true
}

function nameOf({ url, version }: JsonObject): string {
  return canonicalText(stringOf(url) ?? '', stringOf(version))
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

// ---- Supplements and designations

export interface Addition {
  readonly table: ConceptTable
  readonly ordinal: number
  readonly source: string
  readonly language: string | undefined
  /** Its words are shown where nobody else has one. */
  readonly standsIn: boolean
  /** Codes of properties that keep account of an import. */
  readonly account: ReadonlySet<string>
}

export interface Additions {
  readonly sources: readonly Omit<Addition, 'ordinal'>[]
  /** What the supplements say of a code, in their order. */
  of(code: string): readonly Addition[]
}

export function additionsOf(supplements: readonly JsonObject[]): Additions {
  const sources = supplements.map((supplement) => ({
    table: conceptsOf(supplement),
    source: nameOf(supplement),
    language: stringOf(supplement.language),
    standsIn: standsIn(supplement),
    account: accountCodes(supplement),
  }))
  if (sources.length === 0) return { sources, of: () => [] }
  return {
    sources,
    of: (code) => sources.flatMap((source) => source.table.ordinalsOf(code).map((ordinal) => ({ ...source, ordinal }))),
  }
}

function designationsOf(
  table: ConceptTable,
  concept: number,
  language: string | undefined,
  additions: readonly Addition[],
): readonly ConceptDesignation[] {
  const words: ConceptDesignation[] = []
  const display = table.display(concept)
  if (display !== undefined)
    words.push({ value: display, isDisplay: true, ...(language !== undefined && { language }) })
  for (const designation of table.designations(concept)) pushDesignation(words, designation)
  for (const addition of additions) pushAddition(words, addition)
  return words
}

/** The properties that a supplement says of a concept. */
export function additionProperties({ table, ordinal, account }: Addition): readonly FhirProperty[] {
  const said = table.properties(ordinal)
  return account.size === 0 ? said : said.filter(({ code }) => !account.has(code))
}

/** Property definitions of a supplement, without those that keep account of its import. */
export function supplementProperties(supplement: JsonObject): readonly PropertyDefinition[] {
  return definedProperties(supplement).filter(({ uri }) => !uri?.startsWith(ACCOUNT_URI))
}

function accountCodes(supplement: JsonObject): ReadonlySet<string> {
  return new Set(definedProperties(supplement).flatMap(({ code, uri }) => (uri?.startsWith(ACCOUNT_URI) ? [code] : [])))
}

/** The words of a supplement. */
export function pushAddition(
  words: ConceptDesignation[],
  { table, ordinal, source, language, standsIn }: Addition,
): void {
  const display = table.display(ordinal)
  const said = { source, ...(standsIn && { standsIn }) }
  if (display !== undefined) words.push({ value: display, ...said, ...(language !== undefined && { language }) })
  for (const designation of table.designations(ordinal)) pushDesignation(words, designation, said)
}

/** Reads a `designation` element of a CodeSystem or of a ValueSet. */
export function pushDesignation(
  words: ConceptDesignation[],
  designation: JsonObject,
  said?: Pick<ConceptDesignation, 'source' | 'standsIn'>,
): void {
  const value = stringOf(designation.value)
  if (value === undefined) return
  const inactive = isWithdrawn(designation)
  const language = stringOf(designation.language)
  const use = designation.use
  words.push({
    value,
    ...(language !== undefined && { language }),
    ...(typeof use === 'object' && use !== null && { use }),
    ...(inactive && { inactive, status: 'deprecated' }),
    ...said,
    ...(Array.isArray(designation.extension) && { extension: designation.extension }),
  })
}
