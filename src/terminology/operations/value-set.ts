/** A value set's definition with everything it names found: code systems, filters applied, imported value sets. */
import type { CodeSystem, ConceptHandle, ConceptSet, Filter, FilterProblem } from '../code-systems/code-system.ts'
import { extensionValue } from '../code-systems/fhir-concepts.ts'
import { EMPTY_SET, listSet } from '../code-systems/sets.ts'
import type { Library } from '../library/library.ts'
import { isObject, type JsonObject, objects } from '../load/json.ts'
import { canonicalOf, canonicalText } from './fhir.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import type { Messages } from './messages.ts'
import type { Supplements } from './supplements.ts'
import {
  type AllVersionRules,
  type ChosenVersion,
  chooseValueSetVersion,
  chooseVersion,
  failedCheck,
} from './version-rules.ts'

export interface CompileContext {
  readonly library: Library
  readonly rules: AllVersionRules
  readonly supplements: Supplements
  readonly say: Messages
}

export interface CompiledValueSet {
  readonly resource: JsonObject
  /** `url|version`, as messages name it. */
  readonly name: string
  readonly contained: boolean
  readonly includes: readonly CompiledInclude[]
  readonly excludes: readonly CompiledInclude[]
  /** compose.inactive is false: inactive concepts are no members. */
  readonly onlyActive: boolean
  /** Which rule chose the version of an imported value set. */
  readonly usedRules: readonly NonNullable<ChosenVersion['rule']>[]
}

export interface CompiledInclude {
  readonly element: JsonObject
  readonly system?: string
  /** As the include says it. */
  readonly statedVersion?: string
  readonly chosen: ChosenVersion
  /** Undefined without a system, or when it is not known (in this version). */
  readonly codeSystem?: CodeSystem
  /**
   * Codes that the value set lists and that the loaded version of the system (its name here, `''` without one) does not
   * know: `codeSystem` is the list itself.
   */
  readonly unknownIn?: string
  /** Neither concepts nor filters: every code of the system. */
  readonly isWhole: boolean
  readonly filters: readonly Filter[]
  readonly imports: readonly CompiledValueSet[]
  /** Members of the include's own criteria (not of its imports) in this code system or another version of it. */
  setIn(codeSystem: CodeSystem): ConceptSet
  /** The enumerated concepts by handle; undefined when none are enumerated. */
  listIn(codeSystem: CodeSystem): ReadonlyMap<ConceptHandle, JsonObject> | undefined
}

const MOST_IMPORT_DEPTH = 60

/** @param path value sets that are being compiled, to find circles */
export function compileValueSet(
  resource: JsonObject,
  context: CompileContext,
  path: readonly JsonObject[] = [],
  container: JsonObject = resource,
): CompiledValueSet | Refusal {
  const name = nameOf(resource)
  if (path.includes(resource) || path.length > MOST_IMPORT_DEPTH) {
    const text = context.say('VALUESET_CIRCULAR_REFERENCE', {
      canonical: name,
      path: path.map(nameOf).join(', '),
    })
    return refusal(422, { code: 'processing', type: 'vs-invalid', id: 'VALUESET_CIRCULAR_REFERENCE', text })
  }
  const compose = isObject(resource.compose) ? resource.compose : {}
  const usedRules: NonNullable<ChosenVersion['rule']>[] = []
  const frame: Frame = { context, name, usedRules, path: [...path, resource], container }
  const includes = compileAll(includesOf(resource, compose), 'include', frame)
  if (isRefusal(includes)) return includes
  const excludes = compileAll(objects(compose.exclude), 'exclude', frame)
  if (isRefusal(excludes)) return excludes
  const taken = new Set<string>()
  const unknown = includes.flatMap((include) => listedUnknown(include, excludes, taken, frame) ?? [])
  return {
    resource,
    name,
    contained: container !== resource,
    includes: unknown.length === 0 ? includes : [...includes, ...unknown],
    excludes,
    onlyActive: compose.inactive === false,
    usedRules,
  }
}

/** How a value set is named in messages. */
export function nameOf({ url, version, id, name }: JsonObject): string {
  if (typeof url === 'string') return canonicalText(url, typeof version === 'string' ? version : undefined)
  return [name, id].find((each): each is string => typeof each === 'string') ?? '(unnamed)'
}

interface Frame {
  readonly context: CompileContext
  readonly name: string
  readonly usedRules: NonNullable<ChosenVersion['rule']>[]
  readonly path: readonly JsonObject[]
  readonly container: JsonObject
}

/** The includes; of a value set without a definition, the codes that its stored expansion lists. */
function includesOf(resource: JsonObject, compose: JsonObject): readonly JsonObject[] {
  if (isObject(resource.compose) || !isObject(resource.expansion)) return objects(compose.include)
  const bySystem = new Map<string, JsonObject[]>()
  const walk = (list: unknown) => {
    for (const entry of objects(list)) {
      if (typeof entry.system === 'string' && typeof entry.code === 'string' && entry.abstract !== true) {
        const concepts = bySystem.get(entry.system) ?? []
        bySystem.set(entry.system, concepts)
        const { code, display, designation } = entry
        concepts.push({
          code,
          ...(display !== undefined && { display }),
          ...(designation !== undefined && { designation }),
        })
      }
      walk(entry.contains)
    }
  }
  walk(resource.expansion.contains)
  return [...bySystem].map(([system, concept]) => ({ system, concept }))
}

function compileAll(
  elements: readonly JsonObject[],
  role: 'include' | 'exclude',
  frame: Frame,
): readonly CompiledInclude[] | Refusal {
  const compiled: CompiledInclude[] = []
  for (const [index, element] of elements.entries()) {
    const one = compileInclude(element, `ValueSet.compose.${role}[${index}]`, frame)
    if (isRefusal(one)) return one
    compiled.push(one)
  }
  return compiled
}

function compileInclude(element: JsonObject, place: string, frame: Frame): CompiledInclude | Refusal {
  const { context } = frame
  const imports = compileImports(element, frame)
  if (isRefusal(imports)) return imports
  const system = typeof element.system === 'string' ? element.system : undefined
  const stated = typeof element.version === 'string' && element.version !== '' ? element.version : undefined
  const base = { element, imports }
  if (system === undefined) {
    return { ...base, chosen: {}, isWhole: false, filters: [], setIn: () => EMPTY_SET, listIn: () => undefined }
  }
  const chosen = chooseVersion(context.rules, system, stated)
  const supplements = context.supplements.of(system)
  const codeSystem =
    context.library.codeSystem(system, chosen.version, supplements) ?? trustedFragment(system, element, frame)
  const filters = readFilters(element, system, place, context.say)
  if (isRefusal(filters)) return filters
  const concepts = Array.isArray(element.concept) ? objects(element.concept) : undefined
  const criteria = criteriaOf(filters, concepts)
  if (codeSystem) {
    const problem = criteria.problemIn(codeSystem)
    if (problem) return filterRefusal(problem, system, place, filters, frame)
  }
  return {
    ...base,
    system,
    ...(stated !== undefined && { statedVersion: stated }),
    chosen,
    ...(codeSystem && { codeSystem }),
    isWhole: concepts === undefined && filters.length === 0,
    filters,
    setIn: criteria.setIn,
    listIn: criteria.listIn,
  }
}

/**
 * A value set that this server publishes and that lists codes of a system nobody loaded: its own list is then all that is
 * known of the system, and is taken for a fragment of it. Value sets of a request get no such trust.
 */
function trustedFragment(system: string, element: JsonObject, { context, container }: Frame): CodeSystem | undefined {
  if (!Array.isArray(element.concept) || !context.library.isServed(container)) return undefined
  if (context.library.codeSystemVersions(system).length > 0) return undefined
  return context.library.fragment(system, objects(element.concept), context.supplements.of(system))
}

/**
 * The same trust for single codes: what this server publishes as a list stays a list, although the loaded version of the
 * system (a subset, a test release, an older one) lacks some of the codes. They are said to be unknown there.
 *
 * @param taken `system code` of those that an earlier include has brought
 */
function listedUnknown(
  include: CompiledInclude,
  excludes: readonly CompiledInclude[],
  taken: Set<string>,
  { context, container }: Frame,
): CompiledInclude | undefined {
  const { system, codeSystem, element } = include
  if (system === undefined || !codeSystem || !Array.isArray(element.concept)) return undefined
  if (!context.library.isServed(container)) return undefined
  const excluded = new Set<unknown>(
    excludes.flatMap((each) => (each.system === system ? objects(each.element.concept).map(({ code }) => code) : [])),
  )
  const concept = objects(element.concept).filter(({ code }) => {
    if (typeof code !== 'string' || excluded.has(code) || codeSystem.locate(code).concept !== undefined) return false
    const isNew = !taken.has(`${system} ${code}`)
    taken.add(`${system} ${code}`)
    return isNew
  })
  if (concept.length === 0) return undefined
  const list = context.library.fragment(system, concept, context.supplements.of(system))
  const { setIn, listIn } = criteriaOf([], concept)
  return {
    ...include,
    element: { ...element, concept },
    chosen: {},
    codeSystem: list,
    unknownIn: codeSystem.identity.version ?? '',
    setIn,
    listIn,
  }
}

interface Criteria {
  setIn(codeSystem: CodeSystem): ConceptSet
  listIn(codeSystem: CodeSystem): ReadonlyMap<ConceptHandle, JsonObject> | undefined
  problemIn(codeSystem: CodeSystem): FilterProblem | undefined
}

/** Everything that a system without end has: it cannot be walked, but a code that was found is in it. */
const EVERYTHING: ConceptSet = { has: () => true, iterate: () => [] }

function criteriaOf(filters: readonly Filter[], concepts: readonly JsonObject[] | undefined): Criteria {
  const selected = new WeakMap<CodeSystem, ReturnType<CodeSystem['select']>>()
  const listed = new WeakMap<CodeSystem, ReadonlyMap<ConceptHandle, JsonObject>>()
  const select = (codeSystem: CodeSystem) => {
    const known = selected.get(codeSystem)
    if (known) return known
    const made = codeSystem.select(filters)
    selected.set(codeSystem, made)
    return made
  }
  const listIn = (codeSystem: CodeSystem) => {
    if (!concepts) return undefined
    const known = listed.get(codeSystem)
    if (known) return known
    const made = new Map<ConceptHandle, JsonObject>()
    for (const concept of concepts) {
      const located = typeof concept.code === 'string' ? codeSystem.locate(concept.code).concept : undefined
      if (located !== undefined && !made.has(located)) made.set(located, concept)
    }
    listed.set(codeSystem, made)
    return made
  }
  const lists = new WeakMap<CodeSystem, ConceptSet>()
  return {
    listIn,
    setIn(codeSystem) {
      const list = listIn(codeSystem)
      if (list) {
        const known = lists.get(codeSystem)
        if (known) return known
        const made = { ...listSet([...list.keys()]), has: (concept: ConceptHandle) => list.has(concept) }
        lists.set(codeSystem, made)
        return made
      }
      if (filters.length === 0) return codeSystem.all() ?? EVERYTHING
      const result = select(codeSystem)
      return result.ok ? result.set : EMPTY_SET
    },
    problemIn(codeSystem) {
      if (filters.length === 0) return undefined
      const result = select(codeSystem)
      return result.ok ? undefined : result.problem
    },
  }
}

function readFilters(element: JsonObject, system: string, place: string, say: Messages): readonly Filter[] | Refusal {
  if (!Array.isArray(element.filter)) return []
  const filters: Filter[] = []
  for (const [index, { property, op, value }] of objects(element.filter).entries()) {
    if (typeof value !== 'string' || value === '') {
      return refusal(400, {
        code: 'invalid',
        type: 'vs-invalid',
        id: 'UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE',
        text: say('UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE', {
          system,
          property: String(property ?? ''),
          op: String(op ?? ''),
        }),
        expression: `${place}.filter[${index}]`,
      })
    }
    filters.push({ property: String(property ?? ''), op: String(op ?? ''), value })
  }
  return filters
}

function filterRefusal(
  { filter, kind, language, sentence }: FilterProblem,
  system: string,
  place: string,
  filters: readonly Filter[],
  { context, name }: Frame,
): Refusal {
  const id = language === 'ecl' ? 'INVALID_ECL' : 'FILTER_NOT_UNDERSTOOD'
  const text = context.say(id, { ...filter, system, valueSet: name, reason: sentence })
  const code = kind === 'too-costly' ? 'too-costly' : language === 'ecl' ? 'invalid' : 'not-supported'
  const index = filters.findIndex((each) => each.property === filter.property && each.value === filter.value)
  return refusal(400, {
    code,
    type: 'vs-invalid',
    id,
    text,
    ...(language !== 'ecl' && { expression: `${place}.filter[${Math.max(index, 0)}]` }),
  })
}

function compileImports(element: JsonObject, frame: Frame): readonly CompiledValueSet[] | Refusal {
  const compiled: CompiledValueSet[] = []
  for (const reference of Array.isArray(element.valueSet) ? element.valueSet : []) {
    if (typeof reference !== 'string') continue
    const one = compileImport(reference, frame)
    if (isRefusal(one)) return one
    compiled.push(one)
  }
  return compiled
}

function compileImport(reference: string, { context, usedRules, path, container }: Frame): CompiledValueSet | Refusal {
  if (reference.startsWith('#')) {
    const found = objects(container.contained).find(({ id }) => id === reference.slice(1))
    return found ? compileValueSet(found, context, path, container) : importMissing(reference, undefined, context.say)
  }
  const { url, version: stated } = canonicalOf(reference)
  const chosen = chooseValueSetVersion(context.rules, url, stated)
  const resource = context.library.valueSet(url, chosen.version)
  if (!resource) return importMissing(url, chosen.version, context.say)
  const version = typeof resource.version === 'string' ? resource.version : undefined
  const required = failedCheck(context.rules.valueSet, url, version)
  if (required !== undefined) {
    const text = context.say('VALUESET_VERSION_CHECK_VS', { valueSet: url, version, required })
    return refusal(422, { code: 'exception', type: 'version-error', id: 'VALUESET_VERSION_CHECK', text })
  }
  if (chosen.rule) usedRules.push(chosen.rule)
  const known = context.supplements.isEmpty ? recall(context, resource) : undefined
  if (known) {
    usedRules.push(...known.usedRules)
    return known
  }
  const made = compileValueSet(resource, context, path)
  if (isRefusal(made)) return made
  usedRules.push(...made.usedRules)
  if (context.supplements.isEmpty) remember(context, made)
  return made
}

function importMissing(url: string, version: string | undefined, say: Messages): Refusal {
  const id = version === undefined ? 'VS_EXP_IMPORT_UNK' : 'VS_EXP_IMPORT_UNK_PINNED'
  const issue = { code: 'not-found', type: 'not-found', id, text: say(id, { url, version }) }
  return { ...refusal(422, issue, 'import'), missingCanonical: canonicalText(url, version) }
}

// ---- Compiled value sets of the library are kept: by library, resource and version rules

const kept = new WeakMap<Library, WeakMap<JsonObject, Map<string, CompiledValueSet>>>()
const MOST_RULES = 20

function recall({ library, rules }: CompileContext, resource: JsonObject): CompiledValueSet | undefined {
  return kept.get(library)?.get(resource)?.get(rules.key)
}

function remember({ library, rules }: CompileContext, compiled: CompiledValueSet): void {
  let byResource = kept.get(library)
  if (!byResource) {
    byResource = new WeakMap()
    kept.set(library, byResource)
  }
  let byRules = byResource.get(compiled.resource)
  if (!byRules) {
    byRules = new Map()
    byResource.set(compiled.resource, byRules)
  }
  if (byRules.size >= MOST_RULES) byRules.clear()
  byRules.set(rules.key, compiled)
}

/** As `compileValueSet`, but a value set that was compiled before under the same rules comes back as it is. */
export function compiledValueSet(resource: JsonObject, context: CompileContext): CompiledValueSet | Refusal {
  if (!context.supplements.isEmpty) return compileValueSet(resource, context)
  const known = recall(context, resource)
  if (known) return known
  const made = compileValueSet(resource, context)
  if (!isRefusal(made)) remember(context, made)
  return made
}

/** Values of `valueset-expansion-parameter` extensions, by parameter name. */
export function ownParameters(resource: JsonObject): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const compose = isObject(resource.compose) ? resource.compose : {}
  for (const extension of [...objects(resource.extension), ...objects(compose.extension)]) {
    const { url } = extension
    if (typeof url !== 'string' || !url.endsWith('/StructureDefinition/valueset-expansion-parameter')) continue
    const name = extensionValue(extension, 'name')
    const value = extensionValue(extension, 'value')
    if (typeof name !== 'string' || value === undefined) continue
    found.set(name, [...(found.get(name) ?? []), String(value)])
  }
  return found
}
