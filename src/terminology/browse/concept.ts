/** Everything that is loaded about one concept. */
import type {
  Child,
  ConceptRequest,
  ConceptView,
  DesignationEntry,
  PropertyEntry,
  Reference,
  Slice,
  Term,
  Window,
} from '#portal/terminology/browser.ts'
import type { ConceptDesignation, ConceptHandle } from '../code-systems/code-system.ts'
import { isDamagedDesignation } from '../import/resource.ts'
import { isObject, text } from '../load/json.ts'
import type { FhirProperty } from '../operations/fhir.ts'
import { FULLY_SPECIFIED_NAME, SYNONYM } from '../snomed/concepts.ts'
import { mappingsFrom, mappingsTo } from './maps.ts'
import { provenanceOf } from './provenance.ts'
import { editionGroups, editionInactivation } from './snomed-concept.ts'
import type { BrowseSources, OpenSystem } from './sources.ts'
import { ownLanguage, referenceOf, systemEntry, termOf } from './terms.ts'

/** Ways from a root that are shown; a concept of SNOMED CT may have hundreds. */
const MOST_PATHS = 3
/** Steps after which ways are no longer counted. */
const PATH_WORK = 2000

export interface FoundConcept {
  readonly system: OpenSystem
  readonly concept: ConceptHandle
}

export function conceptView(sources: BrowseSources, found: FoundConcept, request: ConceptRequest): ConceptView {
  const { system, concept } = found
  const { codeSystem, edition } = system
  const { languages, version } = request
  const reference = (handle: ConceptHandle): Reference => referenceOf(system, handle, languages, version)
  const { paths, further } = pathsTo(system, concept)
  const active = !codeSystem.isInactive(concept)
  return {
    system: systemEntry(system, []),
    code: codeSystem.codeOf(concept),
    term: termOf(system, concept, languages),
    active,
    status: codeSystem.status(concept),
    selectable: !codeSystem.isAbstract(concept),
    ...(active
      ? {}
      : { inactivation: edition ? editionInactivation(system, concept, languages) : { replacements: [] } }),
    definitions: definitionsOf(system, concept),
    designations: withoutEchoes(codeSystem.designations(concept).map((one) => designationEntry(sources, system, one))),
    paths: paths.map((path) => path.map(reference)),
    furtherPaths: further,
    childCount: codeSystem.children(concept).length,
    groups: edition ? editionGroups(system, concept, languages, version) : [],
    properties: edition ? [] : propertiesOf(system, concept, request),
    mapsFrom: mappingsFrom(sources, found, languages),
    mapsTo: mappingsTo(sources, found, languages),
    versions: versionsWith(sources, system.url, codeSystem.codeOf(concept)),
  }
}

export function childrenOf(
  { system, concept }: FoundConcept,
  { languages, version, offset, count }: ConceptRequest & Window,
): Slice<Child> {
  const { codeSystem } = system
  const all = codeSystem.children(concept)
  // The order of the source says nothing to a reader, but sorting thousands by their words would cost more than it gives.
  const items = all.slice(offset, offset + count).map((child) => ({
    ...referenceOf(system, child, languages, version),
    children: codeSystem.children(child).length,
  }))
  return { items, total: all.length, more: all.length > offset + count }
}

function designationEntry(
  sources: BrowseSources,
  { codeSystem }: OpenSystem,
  one: ConceptDesignation,
): DesignationEntry {
  return {
    language: one.language ?? (one.isDisplay ? ownLanguage(codeSystem) : undefined),
    text: one.value,
    preferred: one.preferred === true,
    use: useOf(one),
    ...provenanceOf(sources, one.source),
    ...(isDamagedDesignation({ extension: one.extension }) && { status: 'damaged' }),
    active: !one.inactive,
  }
}

/** A list that repeats a word without saying its language repeats it: one row is enough. */
function withoutEchoes(entries: readonly DesignationEntry[]): readonly DesignationEntry[] {
  const said = new Set(entries.flatMap(({ language, text: word }) => (language === undefined ? [] : [word])))
  return entries.filter(({ language, text: word }, index) => {
    if (language !== undefined) return true
    return (
      !said.has(word) && entries.findIndex((other) => other.language === undefined && other.text === word) === index
    )
  })
}

const USES: Readonly<Record<string, string>> = {
  [FULLY_SPECIFIED_NAME]: 'fully specified name',
  [SYNONYM]: 'synonym',
}

function useOf({ use }: ConceptDesignation): Term | undefined {
  const said = use?.display ?? USES[use?.code ?? ''] ?? use?.code
  // The common kind needs no word.
  return said === undefined || said === 'display' ? undefined : { text: said, language: 'en' }
}

function definitionsOf({ codeSystem }: OpenSystem, concept: ConceptHandle): readonly Term[] {
  const definition = codeSystem.definition(concept)
  return definition === undefined ? [] : [{ text: definition, language: ownLanguage(codeSystem) }]
}

/** Ways from a root to a direct parent, the first few; breadth is bounded, circles are cut. */
function pathsTo({ codeSystem }: OpenSystem, concept: ConceptHandle) {
  const paths: (readonly ConceptHandle[])[] = []
  let further = 0
  let work = PATH_WORK
  const climb = (at: ConceptHandle, below: readonly ConceptHandle[]): void => {
    if (work-- <= 0) return
    const parents = codeSystem.parents(at).filter((parent) => !below.includes(parent) && parent !== concept)
    if (parents.length === 0 && below.length > 0) {
      if (paths.length < MOST_PATHS) paths.push(below)
      else further += 1
    }
    for (const parent of parents) climb(parent, [parent, ...below])
  }
  climb(concept, [])
  return { paths, further }
}

function versionsWith({ library }: BrowseSources, url: string, code: string): readonly string[] {
  const versions = library.codeSystemVersions(url).flatMap(({ version }) => (version === undefined ? [] : [version]))
  if (versions.length < 2) return versions
  return versions.filter((version) => library.codeSystem(url, version)?.locate(code).concept !== undefined)
}

/** Properties that stand elsewhere on the page. */
const ELSEWHERE = new Set(['parent', 'child', 'inactive', 'status', 'notSelectable', 'designation', 'definition'])

function propertiesOf(system: OpenSystem, concept: ConceptHandle, request: ConceptRequest): readonly PropertyEntry[] {
  const defined = new Map(system.codeSystem.identity.properties.map((one) => [one.code, one]))
  return system.codeSystem
    .properties(concept)
    .filter(({ code }) => !ELSEWHERE.has(code))
    .map((property) => {
      const said = defined.get(property.code)?.description
      // A description may be a paragraph; then the code is the better name.
      const name = said !== undefined && said.length <= 60 ? said : property.code
      return { name: { text: name, language: 'en' }, value: propertyValue(system, property, request) }
    })
}

function propertyValue(
  system: OpenSystem,
  { type, value, description }: FhirProperty,
  request: ConceptRequest,
): PropertyEntry['value'] {
  if (type === 'valueCode' && typeof value === 'string') {
    const { concept } = system.codeSystem.locate(value)
    if (concept !== undefined) return referenceOf(system, concept, request.languages, request.version)
  }
  if (isObject(value)) {
    const code = text(value.code)
    return { text: [text(value.display), code].filter((part) => part !== undefined).join(' – ') }
  }
  return { text: description === undefined ? String(value) : `${description} (${String(value)})` }
}
