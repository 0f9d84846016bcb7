/**
 * The last look at a resource before it is kept: codes as FHIR spells them, no code twice. Words that lost their letters
 * on the way ("????" or U+FFFD would be shown as if it meant something) are taken out and counted; a supplement keeps them
 * as withdrawn, so that nothing is lost and a coverage page can say what came and what is usable.
 */
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import {
  damagedDesignation,
  type ImportedResource,
  type PropertyJson,
  RESPELLED,
  withAccountProperties,
} from './resource.ts'

export interface Tidied {
  readonly resource: ImportedResource
  /** Damaged words that nobody will be shown, by language. */
  readonly damaged: ReadonlyMap<string, number>
  /** Codes that stand in the code system more than once; the first is kept. */
  readonly twice: readonly string[]
}

/** Whether text lost letters; question marks in a row are English punctuation now and then, never a word elsewhere. */
export function isDamaged(value: string, language: string): boolean {
  return value.includes('\uFFFD') || (/\?{2,}/.test(value) && !language.toLowerCase().startsWith('en'))
}

interface State {
  readonly language: string
  readonly supplement: boolean
  readonly damaged: Map<string, number>
  readonly seen: Set<string>
  readonly twice: string[]
  account: boolean
}

/** Looks at the concepts of one CodeSystem as they come. */
export interface Tidier extends Omit<Tidied, 'resource'> {
  /** What is kept of a `concept` element: itself, nothing, or what stands inside it. */
  concept(raw: JsonObject): readonly JsonObject[]
  /** Definitions of properties, with those that the concepts made necessary. */
  properties(): unknown
}

/** @param resource the CodeSystem; its `concept` is not looked at */
export function createTidier(resource: ImportedResource): Tidier {
  const state = stateOf(resource)
  return {
    damaged: state.damaged,
    twice: state.twice,
    concept: (raw) => concepts([raw], state),
    properties: () => (state.account ? withAccountProperties(resource.property) : resource.property),
  }
}

function stateOf(resource: ImportedResource): State {
  return {
    language: text(resource.language) ?? '',
    supplement: resource.content === 'supplement',
    damaged: new Map(),
    seen: new Set(),
    twice: [],
    account: false,
  }
}

export function tidy(resource: ImportedResource): Tidied {
  const state = stateOf(resource)
  const { damaged, twice } = state
  if (resource.resourceType === 'CodeSystem' && Array.isArray(resource.concept)) {
    const tidier = createTidier(resource)
    const concept = resource.concept.flatMap((raw) => tidier.concept(raw))
    const property = tidier.properties()
    const { damaged, twice } = tidier
    return { resource: { ...resource, ...(property !== undefined && { property }), concept }, damaged, twice }
  }
  if (resource.resourceType === 'ValueSet' && isObject(resource.compose)) {
    const { include, exclude } = resource.compose
    const compose = {
      ...resource.compose,
      ...(include !== undefined && { include: objects(include).map((one) => tidyInclude(one, state)) }),
      ...(exclude !== undefined && { exclude: objects(exclude).map((one) => tidyInclude(one, state)) }),
    }
    return { resource: { ...resource, compose }, damaged, twice }
  }
  return { resource, damaged, twice }
}

function concepts(list: readonly unknown[], state: State): readonly JsonObject[] {
  const kept: JsonObject[] = []
  for (const raw of objects(list)) {
    const code = text(raw.code)
    if (code === undefined) continue
    if (state.seen.has(code) && !state.supplement) {
      state.twice.push(code)
      // What stands below it is not lost.
      if (Array.isArray(raw.concept)) kept.push(...concepts(raw.concept, state))
      continue
    }
    state.seen.add(code)
    const tidied = concept(raw, code, state)
    kept.push(Array.isArray(raw.concept) ? { ...tidied, concept: concepts(raw.concept, state) } : tidied)
  }
  return kept
}

function tidyInclude(include: JsonObject, state: State): JsonObject {
  if (!Array.isArray(include.concept)) return include
  const kept = objects(include.concept).flatMap((raw) => {
    const code = text(raw.code)
    return code === undefined ? [] : [concept(raw, code, { ...state, supplement: false })]
  })
  return { ...include, concept: kept }
}

function concept(raw: JsonObject, code: string, state: State): JsonObject {
  const lost: JsonObject[] = []
  const whole = (word: JsonObject, language: string) => {
    if (typeof word.value !== 'string' || !isDamaged(word.value, language)) return true
    state.damaged.set(language, (state.damaged.get(language) ?? 0) + 1)
    lost.push(damagedDesignation(word))
    return false
  }
  const language = state.language === '' ? 'en' : state.language
  const displayKept = whole({ language, value: raw.display }, language)
  const usable = objects(raw.designation).filter((word) => whole(word, text(word.language) ?? ''))
  const respelled = typeof raw.code === 'string' && raw.code !== code ? raw.code : undefined
  if (lost.length === 0 && respelled === undefined) return raw
  const designation = state.supplement ? [...usable, ...lost] : usable
  const account: PropertyJson[] =
    state.supplement && respelled !== undefined ? [{ code: RESPELLED, valueString: respelled }] : []
  if (account.length > 0) state.account = true
  const { display, designation: _, ...rest } = raw
  return {
    ...rest,
    code,
    ...(displayKept && display !== undefined && { display }),
    ...(designation.length > 0 && { designation }),
    ...(account.length > 0 && { property: [...objects(raw.property), ...account] }),
  }
}
