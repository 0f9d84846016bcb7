/** ValueSet/$expand (FHIR R5 §4.9.17). */
import { randomUUID } from 'node:crypto'
import type { CodeSystem, ConceptHandle } from '../code-systems/code-system.ts'
import { countSet } from '../code-systems/sets.ts'
import type { JsonObject } from '../load/json.ts'
import { versionList } from './check-coding.ts'
import {
  findValueSet,
  type OperationContext,
  rulesFor,
  statusOf,
  supplementsFor,
  warningStatus,
  wishesFor,
} from './context.ts'
import type { LanguageWishes } from './display-language.ts'
import { type Entry, type EntryOptions, entryOf } from './expansion-entry.ts'
import {
  activeOf,
  allIncludes,
  type Group,
  importedValueSets,
  type Plan,
  planExpansion,
  unresolved,
} from './expansion-plan.ts'
import { canonicalText, type Parameter, type Resource } from './fhir.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import { matchText } from './text-filter.ts'
import { systemsOf } from './validate-code.ts'
import {
  type CompileContext,
  type CompiledInclude,
  type CompiledValueSet,
  compiledValueSet,
  ownParameters,
} from './value-set.ts'
import { failedCheck } from './version-rules.ts'

export interface Expanded {
  readonly resource: Resource
  /** Languages of the displays. */
  readonly languages: ReadonlySet<string>
}

export function expand(context: OperationContext, id?: string): Expanded | Refusal {
  const source = findValueSet(context, id)
  if (isRefusal(source)) return source
  const compiled = compileFor(context, source)
  if (isRefusal(compiled)) return compiled
  const request = readRequest(context, source)
  const plan = planExpansion(compiled, context.input.flag('versionsMatch'))
  const groups = narrowed(plan.groups, request)
  const cannot = groups.map((group) => notEnumerable(group, context)).find(isRefusal)
  if (cannot) return cannot
  const page = readPage(groups, compiled, request, context)
  if (isRefusal(page)) return page
  const shown: EntryOptions['shown'] = new Map()
  const languages = new Set<string>()
  const standIns = new Set<string>()
  const options: EntryOptions = { ...request, showVersions: plan.showVersions, shown, languages, standIns }
  const contains = entriesOf(page, plan, request, options)
  const expansion = {
    ...unclosed(groups, context),
    identifier: `urn:uuid:${randomUUID()}`,
    timestamp: context.now().toISOString(),
    ...(page.total !== undefined && { total: page.total }),
    ...(request.offset !== undefined && { offset: request.offset }),
    parameter: parametersOf(context, compiled, plan, request, standIns),
    ...(shown.size > 0 && { property: [...shown].map(([code, uri]) => ({ code, ...(uri !== undefined && { uri }) })) }),
    ...(contains.length > 0 && { contains }),
  }
  return { resource: { ...definitionOf(source, request), expansion }, languages }
}

/** The compiled value set; refused when a code system that it needs is not known, or not allowed in this version. */
export function compileFor(context: OperationContext, source: JsonObject): CompiledValueSet | Refusal {
  const supplements = supplementsFor(context, source)
  if (isRefusal(supplements)) return supplements
  const compile: CompileContext = {
    library: context.library,
    rules: rulesFor(context, source),
    supplements,
    say: context.say,
  }
  const compiled = compiledValueSet(source, compile)
  if (isRefusal(compiled)) return compiled
  const unused = supplements.unused(systemsOf(compiled))
  if (unused) return unused
  const missing = unresolved(compiled)
  if (missing) return unknownSystem(missing, context)
  for (const { system, codeSystem, unknownIn } of allIncludes(compiled)) {
    if (system === undefined || !codeSystem || unknownIn !== undefined) continue
    const { version } = codeSystem.identity
    const required = failedCheck(compile.rules.system, system, version)
    if (required === undefined) continue
    const text = context.say('VALUESET_VERSION_CHECK', { version, system, required })
    return refusal(422, { code: 'exception', type: 'version-error', id: 'VALUESET_VERSION_CHECK', text })
  }
  return compiled
}

function unknownSystem({ system = '', chosen }: CompiledInclude, { library, say }: OperationContext): Refusal {
  const { version } = chosen
  const known = library.codeSystemVersions(system)
  const id =
    version === undefined
      ? 'UNKNOWN_CODESYSTEM_EXP'
      : known.length === 0
        ? 'UNKNOWN_CODESYSTEM_VERSION_EXP_NONE'
        : 'UNKNOWN_CODESYSTEM_VERSION_EXP'
  const versions = versionList(
    known.flatMap((each) => each.version ?? []),
    say,
  )
  return refusal(422, { code: 'not-found', type: 'not-found', id, text: say(id, { system, version, versions }) })
}

// ---- The request

interface ExpandRequest {
  readonly filter: string | undefined
  readonly offset: number | undefined
  readonly count: number | undefined
  readonly activeOnly: boolean
  readonly excludeNotForUI: boolean
  readonly nest: boolean
  /** No property but the wanted ones: the flag `inactive` says what the status of an inactive concept would. */
  readonly onlyWhatIsAskedFor: boolean
  readonly includeDefinition: boolean
  readonly wishes: LanguageWishes | undefined
  readonly includeDesignations: boolean
  readonly designations: readonly string[]
  readonly properties: readonly string[]
  readonly excludedSystems: readonly string[]
}

function readRequest(context: OperationContext, source: JsonObject): ExpandRequest {
  const { input, flat } = context
  const own = ownParameters(source)
  // What the value set says about its own expansion holds where the request says nothing.
  const flag = (name: string) => input.flag(name) ?? (own.has(name) ? own.get(name)?.[0] === 'true' : undefined)
  const texts = (name: string) => (input.has(name) ? input.texts(name) : (own.get(name) ?? []))
  const designations = texts('designation')
  const properties = texts('property')
  const filter = input.text('filter')?.trim() || undefined
  const excludeNested = flag('excludeNested')
  const folded = flat && (excludeNested === false || filter !== undefined)
  return {
    filter,
    offset: input.count('offset'),
    count: input.count('count'),
    activeOnly: flag('activeOnly') ?? false,
    excludeNotForUI: flag('excludeNotForUI') ?? false,
    nest: !(folded || (excludeNested ?? false)),
    onlyWhatIsAskedFor: folded || (flat && properties.length > 0),
    includeDefinition: flag('includeDefinition') ?? false,
    wishes: wishesFor(context, source),
    includeDesignations: flag('includeDesignations') ?? designations.length > 0,
    designations,
    properties,
    excludedSystems: texts('exclude-system'),
  }
}

/** Active only, selectable only, text, excluded systems: what the request takes away. */
function narrowed(groups: readonly Group[], request: ExpandRequest): readonly Group[] {
  let left = groups
  if (request.excludedSystems.length > 0) {
    left = left.filter(({ codeSystem: { identity } }) => {
      const { url, version } = identity
      return !request.excludedSystems.some((each) => each === url || each === canonicalText(url, version))
    })
  }
  if (request.activeOnly) left = left.map(activeOf)
  const { filter, wishes } = request
  if (filter !== undefined) left = left.map((group) => ({ ...group, set: matchText(group, filter, wishes) }))
  return left
}

function notEnumerable({ codeSystem, isWhole }: Group, { say }: OperationContext): Refusal | undefined {
  if (!isWhole || codeSystem.all() !== undefined) return undefined
  const system = codeSystem.identity.url
  const id = 'CODESYSTEM_NOT_ENUMERABLE'
  const text = say(id, { system, reason: say('unclosed_grammar', { system }) })
  return refusal(422, { code: 'not-supported', id, text })
}

// ---- The page

interface Page {
  /** Undefined when counting would cost more than the page. */
  readonly total: number | undefined
  readonly concepts: readonly { readonly group: Group; readonly concept: ConceptHandle }[]
  /** True when nothing lies before or behind the page. */
  readonly isWhole: boolean
}

function readPage(
  groups: readonly Group[],
  { name }: CompiledValueSet,
  { offset = 0, count }: ExpandRequest,
  { expansionLimit, listLimit, say }: OperationContext,
): Page | Refusal {
  const [only] = groups
  if (groups.length === 1 && only?.set.page && count !== undefined) {
    const { concepts, total } = only.set.page(offset, Math.min(count, expansionLimit))
    return { total, concepts: concepts.map((concept) => ({ group: only, concept })), isWhole: false }
  }
  const sizes = groups.map(({ set }) => countSet(set))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const wanted = Math.min(count ?? Number.POSITIVE_INFINITY, Math.max(total - offset, 0))
  const isList = groups.every(({ elements }, index) => (sizes[index] ?? 0) <= elements.size)
  const limit = isList ? listLimit : expansionLimit
  if (wanted > limit) {
    const id = 'VALUESET_TOO_COSTLY'
    return refusal(422, { code: 'too-costly', id, text: say(id, { valueSet: name, limit }) })
  }
  const concepts: { group: Group; concept: ConceptHandle }[] = []
  let before = offset
  for (const [index, group] of groups.entries()) {
    const size = sizes[index] ?? 0
    if (before >= size) {
      before -= size
      continue
    }
    if (concepts.length >= wanted) break
    for (const concept of group.set.iterate(before)) {
      concepts.push({ group, concept })
      if (concepts.length >= wanted) break
    }
    before = 0
  }
  return { total, concepts, isWhole: concepts.length === total }
}

function entriesOf(page: Page, plan: Plan, request: ExpandRequest, options: EntryOptions): readonly Entry[] {
  const nest = request.nest && plan.mayNest && page.isWhole && !isRankedSearch(plan, request)
  if (!nest) return page.concepts.map(({ group, concept }) => entryOf(group, concept, options))
  const roots: Entry[] = []
  const made = new Map<CodeSystem, Map<ConceptHandle, Entry>>()
  for (const { group, concept } of page.concepts) {
    const entry = entryOf(group, concept, options)
    const known = made.get(group.codeSystem) ?? new Map<ConceptHandle, Entry>()
    made.set(group.codeSystem, known)
    known.set(concept, entry)
    const parent = group.codeSystem.nestedParent?.(concept)
    const above = parent === undefined ? undefined : known.get(parent)
    if (!above) roots.push(entry)
    else if (above.contains) above.contains.push(entry)
    else above.contains = [entry]
  }
  return roots
}

/** A search through a whole system gives a list, not a tree with holes. */
function isRankedSearch({ groups }: Plan, { filter }: ExpandRequest): boolean {
  return filter !== undefined && groups.some(({ isWhole }) => isWhole)
}

// ---- What is said about the expansion

/** The value set without its definition, unless that is asked for. */
function definitionOf(source: JsonObject, { includeDefinition }: ExpandRequest): Resource {
  const { expansion: _, text: __, ...whole } = source
  if (includeDefinition) return whole as unknown as Resource
  const kept = Object.fromEntries(
    ['resourceType', 'language', 'url', 'version', 'name', 'title', 'status', 'experimental', 'date'].flatMap((key) =>
      whole[key] === undefined ? [] : [[key, whole[key]]],
    ),
  )
  return { resourceType: 'ValueSet', ...kept }
}

function unclosed(groups: readonly Group[], { say }: OperationContext): JsonObject {
  for (const { codeSystem, isWhole, set, listsUnknown } of groups) {
    if (listsUnknown) continue
    const { content, compositional, url: system } = codeSystem.identity
    if (content === 'fragment') return unclosedExtension(say('unclosed_fragment', { system }))
    if (compositional && isWhole) return unclosedExtension(say('unclosed_grammar', { system }))
    if (set.open) return unclosedExtension(undefined)
  }
  return {}
}

function unclosedExtension(reason: string | undefined): JsonObject {
  const url = 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed'
  return {
    extension: [
      { url, valueBoolean: true },
      ...(reason === undefined ? [] : [{ url: `${url}-reason`, valueString: reason }]),
    ],
  }
}

/** Codes that published lists have and the loaded version of their system has not, by system. */
function listedUnknown(compiled: CompiledValueSet) {
  const found = new Map<string, { readonly version: string; readonly codes: Set<string> }>()
  for (const { system, unknownIn, codeSystem } of allIncludes(compiled)) {
    if (system === undefined || unknownIn === undefined || !codeSystem) continue
    const known = found.get(system) ?? { version: unknownIn, codes: new Set<string>() }
    found.set(system, known)
    for (const concept of codeSystem.all()?.iterate() ?? []) known.codes.add(codeSystem.codeOf(concept))
  }
  return found
}

const ECHOED: Readonly<Record<string, string>> = {
  filter: 'valueString',
  designation: 'valueString',
  excludeNested: 'valueBoolean',
  activeOnly: 'valueBoolean',
  includeDesignations: 'valueBoolean',
  includeDefinition: 'valueBoolean',
  excludeNotForUI: 'valueBoolean',
  excludePostCoordinated: 'valueBoolean',
  offset: 'valueInteger',
  count: 'valueInteger',
  'exclude-system': 'valueCanonical',
}

/** Echoes what the request said, and names what was used. */
function parametersOf(
  { input, say }: OperationContext,
  compiled: CompiledValueSet,
  plan: Plan,
  { wishes, onlyWhatIsAskedFor }: ExpandRequest,
  standIns: ReadonlySet<string>,
): readonly Parameter[] {
  const list: Parameter[] = []
  const add = (name: string, type: string, value: unknown) => {
    if (!list.some((each) => each.name === name && each[type] === value)) list.push({ name, [type]: value })
  }
  for (const [name, type] of Object.entries(ECHOED)) {
    if (onlyWhatIsAskedFor && name === 'includeDefinition') continue
    for (const value of input.texts(name)) {
      add(name, type, type === 'valueBoolean' ? value === 'true' : type === 'valueInteger' ? Number(value) : value)
    }
  }
  if (wishes) add('displayLanguage', 'valueCode', wishes.text)
  if (plan.mergesVersions) add('versionsMatch', 'valueBoolean', true)
  for (const { chosen, codeSystem, unknownIn } of allIncludes(compiled)) {
    if (chosen.rule) add(chosen.rule.name, 'valueUri', chosen.rule.value)
    if (!codeSystem || unknownIn !== undefined) continue
    const canonical = canonicalText(codeSystem.identity.url, codeSystem.identity.version)
    add('used-codesystem', 'valueUri', canonical)
    if (codeSystem.identity.content === 'fragment') add('used-fragment', 'valueUri', canonical)
    for (const supplement of codeSystem.identity.supplements) add('used-supplement', 'valueUri', supplement)
    const warning = warningStatus(codeSystem.identity, statusOf(compiled.resource))
    if (warning) add(`warning-${warning}`, 'valueUri', canonical)
  }
  for (const [system, { version, codes }] of listedUnknown(compiled)) {
    add('used-fragment', 'valueUri', system)
    add('warning-unknown-codes', 'valueString', say('listed_unknown', { system, version, count: codes.size }))
  }
  for (const supplement of standIns) add('used-supplement', 'valueUri', supplement)
  for (const { name, value } of compiled.usedRules) add(name, 'valueUri', value)
  for (const imported of [compiled, ...importedValueSets(compiled)]) {
    if (imported !== compiled && !imported.contained) add('used-valueset', 'valueUri', imported.name)
    const warning = warningStatus(statusOf(imported.resource), statusOf(compiled.resource))
    if (warning && !imported.contained) add(`warning-${warning}`, 'valueUri', imported.name)
  }

  return list
}
