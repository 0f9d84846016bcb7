/**
 * Code systems that are not loaded themselves, but of which value sets list codes or supplements bring words: their
 * known concepts can be looked at like any others, and the pages say that there may be more.
 */
import type { CodeSystem } from '../code-systems/code-system.ts'
import { conceptElements } from '../code-systems/concept-table.ts'
import type { Library } from '../library/library.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import { canonicalOf } from '../operations/fhir.ts'
import { turns } from './turns.ts'

export interface PartialSystems {
  readonly urls: readonly string[]
  find(url: string): CodeSystem | undefined
}

type Concepts = Map<string, JsonObject>

const made = new WeakMap<Library, PartialSystems>()
const preparing = new WeakMap<Library, Promise<PartialSystems>>()

/** Gathered once for each library, in slices: it reads every value set. */
export function preparePartialSystems(library: Library): Promise<PartialSystems> {
  const known = preparing.get(library)
  if (known) return known
  const prepared = prepare(library)
  preparing.set(library, prepared)
  return prepared
}

async function prepare(library: Library): Promise<PartialSystems> {
  const turn = turns()
  const steps = gather(library)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return made.get(library) ?? keep(library, step.value)
    await turn()
  }
}

/** At once, for a question that cannot wait. */
export function partialSystems(library: Library): PartialSystems {
  const known = made.get(library)
  if (known) return known
  const steps = gather(library)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return keep(library, step.value)
}

function keep(library: Library, gathered: ReadonlyMap<string, Concepts>): PartialSystems {
  const names = namesOf(library)
  const opened = new Map<string, CodeSystem>()
  const systems: PartialSystems = {
    urls: [...gathered.keys()],
    find(url) {
      const concepts = gathered.get(url)
      if (!concepts) return undefined
      const system = opened.get(url) ?? named(library.fragment(url, [...concepts.values()], []), names.get(url))
      opened.set(url, system)
      return system
    },
  }
  made.set(library, systems)
  return systems
}

function* gather(library: Library): Generator<void, ReadonlyMap<string, Concepts>> {
  const loaded = new Set(library.codeSystemUrls())
  const gathered = new Map<string, Concepts>()
  const put = (url: string | undefined, concept: JsonObject): void => {
    const code = text(concept.code)
    if (url === undefined || code === undefined || loaded.has(url)) return
    const concepts: Concepts = gathered.get(url) ?? new Map()
    gathered.set(url, concepts)
    if (!concepts.has(code)) concepts.set(code, concept)
  }
  for (const { read } of library.entries('ValueSet')) {
    const resource = read()
    // Displays of a value set are in its language, and say so for themselves here.
    const language = text(resource.language)
    for (const include of objects(isObject(resource.compose) ? resource.compose.include : undefined)) {
      for (const concept of objects(include.concept)) put(text(include.system), spoken(concept, language))
    }
    yield
  }
  for (const { entry, read } of library.entries('CodeSystem')) {
    if (entry.content !== 'supplement' || entry.supplements === undefined) continue
    const { url } = canonicalOf(entry.supplements)
    if (loaded.has(url)) continue
    // The words come with the supplement itself.
    for (const { code } of conceptElements(read())) put(url, { code })
    yield
  }
  return gathered
}

function spoken({ code, display, designation }: JsonObject, language: string | undefined): JsonObject {
  const own = text(display)
  const designations = objects(designation)
  if (own === undefined || language === undefined) return { code, display, designation: designations }
  return { code, designation: [{ language, value: own }, ...designations] }
}

function namesOf(library: Library): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { read } of library.entries('NamingSystem')) {
    const { title, name, uniqueId } = read()
    const said = text(title) ?? text(name)
    for (const { value } of objects(uniqueId)) {
      const url = text(value)
      if (url !== undefined && said !== undefined && !names.has(url)) names.set(url, said)
    }
  }
  return names
}

function named(system: CodeSystem, title: string | undefined): CodeSystem {
  return title === undefined ? system : { ...system, identity: { ...system.identity, title } }
}
