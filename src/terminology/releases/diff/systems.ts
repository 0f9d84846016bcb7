/** Code systems of FHIR resources, with their supplements, of two releases → what differs. One system at a time. */

import { keptConcepts } from '../../code-systems/concept-table.ts'
import { normaliseLanguage } from '../../languages.ts'
import { isObject, type JsonObject, objects, text } from '../../load/json.ts'
import { type ConceptState, compareConcepts, isUnchanged } from './concepts.ts'
import { compareCodes, type SystemDifference } from './difference.ts'
import { areSame, type PlacedResource, type ReleaseContent } from './reading.ts'

export async function compareSystems(
  before: ReleaseContent,
  after: ReleaseContent,
  limit: number,
): Promise<readonly SystemDifference[]> {
  const olds = bySystem(before)
  const nows = bySystem(after)
  const differences: SystemDifference[] = []
  for (const url of [...new Set([...olds.keys(), ...nows.keys()])].sort()) {
    const [old, now] = [olds.get(url) ?? [], nows.get(url) ?? []]
    if (areSame(old, now)) continue
    const concepts = compareConcepts(await statesOf(before, old), await statesOf(after, now), limit)
    const [versionBefore, versionAfter] = [versionsOf(old), versionsOf(now)]
    if (versionBefore === versionAfter && isUnchanged(concepts)) continue
    differences.push({
      url,
      kind: kindOf(versionBefore, versionAfter),
      ...(versionBefore === undefined ? {} : { before: versionBefore }),
      ...(versionAfter === undefined ? {} : { after: versionAfter }),
      concepts,
    })
  }
  return differences
}

/** Words for a system that is not here itself come and go without it. */
function kindOf(before: string | undefined, after: string | undefined): SystemDifference['kind'] {
  if (before === after) return 'changed'
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
}

/** What contributes to each system: the system itself and what supplements it. */
function bySystem({ resources }: ReleaseContent): ReadonlyMap<string, readonly PlacedResource[]> {
  const systems = new Map<string, PlacedResource[]>()
  for (const resource of resources) {
    if (resource.resourceType !== 'CodeSystem') continue
    const url = (isSupplement(resource) ? resource.supplements?.split('|')[0] : undefined) ?? resource.url
    const known = systems.get(url) ?? []
    systems.set(url, known)
    known.push(resource)
  }
  return systems
}

function isSupplement({ content }: PlacedResource): boolean {
  return content === 'supplement'
}

/** Versions side by side, e.g. `2.77, 2.78`; undefined when the system itself is not here. */
function versionsOf(resources: readonly PlacedResource[]): string | undefined {
  if (resources.every(isSupplement)) return undefined
  const own = resources.filter((resource) => !isSupplement(resource)).map(({ version }) => version ?? '')
  return [...new Set(own)].sort().join(', ')
}

interface Gathering {
  readonly code: string
  display?: string
  /** Undefined while only supplements have spoken of it. */
  active?: boolean
  readonly words: Map<string, Set<string>>
}

/** The concepts of a system as a release answers them: the first that says something wins, words are gathered. */
async function statesOf(
  content: ReleaseContent,
  resources: readonly PlacedResource[],
): Promise<readonly ConceptState[]> {
  const concepts = new Map<string, Gathering>()
  for (const resource of resources) gather(await content.read(resource), concepts)
  return [...concepts.values()]
    .sort((left, right) => compareCodes(left.code, right.code))
    .map(({ code, display, active, words }) => ({
      code,
      ...(display === undefined ? {} : { display }),
      active: active ?? true,
      ...(active === undefined && { wordsOnly: true }),
      words: new Map([...words].map(([language, terms]) => [language, [...terms].sort()])),
    }))
}

function gather(resource: JsonObject, concepts: Map<string, Gathering>): void {
  const supplement = text(resource.content) === 'supplement'
  const language = normaliseLanguage(text(resource.language) ?? 'und')
  const walk = (list: unknown): void => {
    for (const raw of objects(list)) {
      const code = text(raw.code)
      if (code === undefined) continue
      const concept = concepts.get(code) ?? { code, words: new Map<string, Set<string>>() }
      concepts.set(code, concept)
      const display = text(raw.display)
      if (display !== undefined) addWord(concept, language, display)
      if (!supplement) {
        concept.active ??= !isInactive(raw)
        if (display !== undefined) concept.display ??= display
      }
      for (const { language: tag, value } of objects(raw.designation)) {
        const word = text(value)
        if (word !== undefined) addWord(concept, normaliseLanguage(text(tag) ?? 'und'), word)
      }
      walk(raw.concept)
    }
  }
  walk(resource.concept)
  const kept = keptConcepts(resource)
  if (kept) for (let ordinal = 0; ordinal < kept.size; ordinal += 1) walk([kept.element(ordinal)])
}

function addWord(concept: Gathering, language: string, word: string): void {
  const words = concept.words.get(language) ?? new Set<string>()
  concept.words.set(language, words)
  words.add(word)
}

/** FHIR concept properties `inactive` and `status` (http://hl7.org/fhir/concept-properties). */
function isInactive(concept: JsonObject): boolean {
  return objects(concept.property).some(
    ({ code, valueBoolean, valueCode }) =>
      (code === 'inactive' && valueBoolean === true) ||
      (code === 'status' && (valueCode === 'retired' || valueCode === 'inactive')),
  )
}

/** For value sets and maps: the one that a release uses, where several artifacts have it. */
export function firstByUrl(
  { resources }: ReleaseContent,
  type: PlacedResource['resourceType'],
): ReadonlyMap<string, PlacedResource> {
  const found = new Map<string, PlacedResource>()
  for (const resource of resources) {
    if (resource.resourceType === type && !found.has(resource.url)) found.set(resource.url, resource)
  }
  return found
}

export async function readOptional(
  content: ReleaseContent,
  resource: PlacedResource | undefined,
): Promise<JsonObject | undefined> {
  const json = resource && (await content.read(resource))
  return isObject(json) ? json : undefined
}
