/**
 * ValueSet/$related (also called $compare): how the codes of two value sets relate, by definition where that tells it,
 * otherwise by their members.
 */
import type { CodeSystem } from '../code-systems/code-system.ts'
import { countSet } from '../code-systems/sets.ts'
import { isObject, type JsonObject, objects } from '../load/json.ts'
import { type OperationContext, valueSetByUrl } from './context.ts'
import { compileFor } from './expand.ts'
import { allIncludes, planExpansion } from './expansion-plan.ts'
import { canonicalText, type Parameter, type Resource } from './fhir.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import type { CompiledInclude, CompiledValueSet } from './value-set.ts'

type Relation = 'same' | 'subset' | 'superset' | 'overlapping' | 'disjoint' | 'empty' | 'unknown'

interface Comparison {
  readonly relation: Relation
  readonly expanded: boolean
  readonly common?: readonly string[]
  /** Only in the first, only in the second. */
  readonly missing?: readonly string[]
  readonly extra?: readonly string[]
}

const MOST_CODES = 20_000
/** More codes than this are not listed. */
const MOST_LISTED = 20

export function compare(context: OperationContext): Resource | Refusal {
  const one = operand(context, 'this')
  if (isRefusal(one)) return one
  const other = operand(context, 'other')
  if (isRefusal(other)) return other
  const names = { one: nameOf(one), other: nameOf(other) }
  const asWritten = byText(one, other)
  if (asWritten) return answer(context, names, asWritten)
  const ours = compileFor(context, one)
  if (isRefusal(ours)) return ours
  const theirs = compileFor(context, other)
  if (isRefusal(theirs)) return theirs
  return answer(context, names, byDefinition(ours, theirs) ?? byMembers(ours, theirs))
}

function operand(context: OperationContext, role: 'this' | 'other'): JsonObject | Refusal {
  const { input, say } = context
  const given = input.resource(`${role}ValueSet`)
  if (given) return given
  const url = input.text(`${role}Url`) ?? (role === 'this' ? input.text('url') : undefined)
  if (url !== undefined) return valueSetByUrl(context, url, input.text(`${role}Version`))
  return refusal(400, {
    code: 'required',
    text: say('parameter_missing', { what: `'${role}Url' or '${role}ValueSet'` }),
  })
}

function nameOf({ url, version }: JsonObject): string {
  return canonicalText(typeof url === 'string' ? url : '', typeof version === 'string' ? version : undefined)
}

/** Lists of codes, whole code systems, or the same definition: nothing need be known of the code systems. */
function byText(one: JsonObject, other: JsonObject): Comparison | undefined {
  const [ours, theirs] = [listOf(one), listOf(other)]
  if (ours && theirs) return { ...ofKeys(ours, theirs), expanded: false }
  const [all, others] = [systemsOf(one), systemsOf(other)]
  if (all && others) return { relation: ofKeys(all, others).relation, expanded: false }
  const text = definitionText(one)
  return text !== undefined && text === definitionText(other) ? { relation: 'same', expanded: false } : undefined
}

/** The definition, whatever the order of its parts. */
function definitionText({ compose }: JsonObject): string | undefined {
  if (!isObject(compose)) return undefined
  const sorted = (list: unknown): readonly string[] =>
    objects(list)
      .map(({ filter, ...rest }) => {
        const filters = objects(filter).map(({ property, op, value }) => `${property} ${op} ${value}`)
        return JSON.stringify([rest, filters.sort()])
      })
      .sort()
  return JSON.stringify([compose.inactive, sorted(compose.include), sorted(compose.exclude)])
}

/** Undefined when it is more than whole code systems. */
function systemsOf({ compose }: JsonObject): ReadonlySet<string> | undefined {
  if (!isObject(compose) || compose.exclude !== undefined || compose.inactive === false) return undefined
  const includes = objects(compose.include)
  const isWhole = includes.every(
    ({ system, concept, filter, valueSet }) => system && concept === undefined && filter === undefined && !valueSet,
  )
  return includes.length > 0 && isWhole ? new Set(includes.map(({ system }) => String(system))) : undefined
}

/** Undefined when it is more than a list. */
function listOf({ compose }: JsonObject): ReadonlySet<string> | undefined {
  if (!isObject(compose) || compose.exclude !== undefined || compose.inactive === false) return undefined
  const includes = objects(compose.include)
  const isList = includes.every(({ system, concept, valueSet }) => system && concept && valueSet === undefined)
  if (includes.length === 0 || !isList) return undefined
  return new Set(includes.flatMap(({ system, concept }) => objects(concept).map(({ code }) => `${system}#${code}`)))
}

/** Wholly enumerated, or whole systems only, or one subtree: told without walking. */
function byDefinition(one: CompiledValueSet, other: CompiledValueSet): Comparison | undefined {
  const ours = simple(one)
  const theirs = simple(other)
  if (!ours || !theirs) return undefined
  if (ours.kind === 'list' && theirs.kind === 'list') return { ...ofKeys(ours.keys, theirs.keys), expanded: false }
  if (ours.kind === 'whole' && theirs.kind === 'whole') {
    const { relation } = ofKeys(ours.keys, theirs.keys)
    return { relation, expanded: false }
  }
  if (ours.kind === 'filter' && theirs.kind === 'filter') {
    if (ours.codeSystem !== theirs.codeSystem) return undefined
    if (ours.text === theirs.text) return { relation: 'same', expanded: false }
    return byHierarchy(ours, theirs)
  }
  return undefined
}

type Simple =
  | { readonly kind: 'list' | 'whole'; readonly keys: ReadonlySet<string> }
  | {
      readonly kind: 'filter'
      readonly text: string
      readonly codeSystem: CodeSystem
      readonly include: CompiledInclude
    }

function simple({ includes, excludes, onlyActive }: CompiledValueSet): Simple | undefined {
  if (excludes.length > 0 || onlyActive || includes.some(({ imports }) => imports.length > 0)) {
    return undefined
  }
  if (includes.every(({ isWhole }) => isWhole)) return { kind: 'whole', keys: new Set(includes.map(systemKey)) }
  if (includes.every(({ element }) => Array.isArray(element.concept))) {
    return { kind: 'list', keys: new Set(includes.flatMap((include) => listedKeys(include))) }
  }
  const [include] = includes
  if (includes.length !== 1 || !include?.codeSystem || include.filters.length === 0) return undefined
  const text = include.filters
    .map(({ property, op, value }) => `${property} ${op} ${value}`)
    .sort()
    .join('\n')
  return { kind: 'filter', text, codeSystem: include.codeSystem, include }
}

function systemKey({ codeSystem }: CompiledInclude): string {
  return codeSystem?.identity.url ?? ''
}

function listedKeys(include: CompiledInclude): readonly string[] {
  const { codeSystem } = include
  if (!codeSystem) return []
  return [...(include.listIn(codeSystem)?.keys() ?? [])].map(
    (concept) => `${systemKey(include)}#${codeSystem.codeOf(concept)}`,
  )
}

function byHierarchy(
  ours: Extract<Simple, { kind: 'filter' }>,
  theirs: Extract<Simple, { kind: 'filter' }>,
): Comparison | undefined {
  const root = ({ include }: typeof ours) => {
    const [filter] = include.filters
    const isTree = include.filters.length === 1 && filter?.op === 'is-a'
    return isTree ? ours.codeSystem.locate(filter.value).concept : undefined
  }
  const [one, other] = [root(ours), root(theirs)]
  if (one === undefined || other === undefined) return undefined
  if (ours.codeSystem.subsumes(one, other)) return { relation: 'superset', expanded: false }
  if (ours.codeSystem.subsumes(other, one)) return { relation: 'subset', expanded: false }
  return undefined
}

function byMembers(one: CompiledValueSet, other: CompiledValueSet): Comparison {
  const systems = (valueSet: CompiledValueSet) =>
    new Set(allIncludes(valueSet).flatMap(({ codeSystem }) => codeSystem?.identity.url ?? []))
  const shared = [...systems(one)].some((url) => systems(other).has(url))
  if (!shared) return { relation: 'disjoint', expanded: false }
  const [ours, theirs] = [membersOf(one), membersOf(other)]
  if (!ours || !theirs) return { relation: 'unknown', expanded: true }
  return { ...ofKeys(ours, theirs), expanded: true }
}

/** Undefined when they are too many, or cannot be listed. */
function membersOf(valueSet: CompiledValueSet): ReadonlySet<string> | undefined {
  const keys = new Set<string>()
  for (const { codeSystem, set, isWhole } of planExpansion(valueSet).groups) {
    if ((isWhole && !codeSystem.all()) || countSet(set, MOST_CODES) > MOST_CODES) return undefined
    const { url } = codeSystem.identity
    for (const concept of set.iterate()) keys.add(`${url}#${codeSystem.codeOf(concept)}`)
  }
  return keys
}

function ofKeys(ours: ReadonlySet<string>, theirs: ReadonlySet<string>): Omit<Comparison, 'expanded'> {
  const common = [...ours].filter((key) => theirs.has(key))
  const missing = [...ours].filter((key) => !theirs.has(key))
  const extra = [...theirs].filter((key) => !ours.has(key))
  const lists = { common, missing, extra }
  if (ours.size === 0 && theirs.size === 0) return { relation: 'empty', ...lists }
  if (common.length === 0) return { relation: 'disjoint', ...lists }
  if (missing.length === 0) return { relation: extra.length === 0 ? 'same' : 'subset', ...lists }
  return { relation: extra.length === 0 ? 'superset' : 'overlapping', ...lists }
}

function answer(
  { input, say }: OperationContext,
  names: { readonly one: string; readonly other: string },
  { relation, expanded, common = [], missing = [], extra = [] }: Comparison,
): Resource {
  const parameter: Parameter[] = [
    { name: 'result', valueCode: relation },
    { name: 'message', valueString: say(`related_${relation}`, names) },
  ]
  if (input.flag('diagnostics')) {
    parameter.push({ name: 'performed-expansion', valueBoolean: expanded })
    const listed = (name: string, keys: readonly string[]) => {
      if (keys.length === 0 || keys.length > MOST_LISTED) return
      const codes = keys.map((key) => key.slice(key.indexOf('#') + 1)).sort()
      parameter.push({ name, valueString: codes.join(',') })
    }
    // Who had to be expanded to be found the same is not told all of it again.
    if (expanded && relation === 'same') return { resourceType: 'Parameters', parameter }
    listed('common-codes', common)
    listed('missing-codes', missing)
    listed('extra-codes', extra)
  }
  return { resourceType: 'Parameters', parameter }
}
