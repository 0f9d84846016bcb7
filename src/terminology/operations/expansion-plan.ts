/**
 * The members of a value set as one lazy set per code system: nothing is walked before a page is asked for, and the total
 * is the sum of sizes where the sets know theirs.
 */
import type { CodeSystem, ConceptHandle, ConceptSet } from '../code-systems/code-system.ts'
import { combineSets, filteredSet } from '../code-systems/sets.ts'
import { compareVersions } from '../library/versions.ts'
import { isObject, type JsonObject } from '../load/json.ts'
import { isMember } from './membership.ts'
import { type CompiledInclude, type CompiledValueSet, ownParameters } from './value-set.ts'

/** Members from one version of one code system. */
export interface Group {
  readonly codeSystem: CodeSystem
  readonly set: ConceptSet
  /** The concepts as the value set lists them, where it does. */
  readonly elements: ReadonlyMap<ConceptHandle, JsonObject>
  /** The value set whose words go with them. */
  readonly source: JsonObject
  /** An include takes the whole system, so that a system without end is cut short. */
  readonly isWhole: boolean
  /** Codes of a list that the loaded version of their system does not know. */
  readonly listsUnknown?: boolean
}

export interface Plan {
  readonly groups: readonly Group[]
  /** Two versions of one system are used, so that every code needs its version. */
  readonly showVersions: boolean
  /** Codes count once whatever their version. */
  readonly mergesVersions: boolean
  /** Whether nested showing makes sense: only what comes from a code system directly, and nothing is excluded. */
  readonly mayNest: boolean
}

const plans = new WeakMap<CompiledValueSet, Plan>()

/** @param versionsMatch as the request says it; undefined leaves it to the value set */
export function planExpansion(valueSet: CompiledValueSet, versionsMatch?: boolean): Plan {
  if (versionsMatch !== undefined) return makePlan(valueSet, versionsMatch)
  const known = plans.get(valueSet)
  if (known) return known
  const made = makePlan(valueSet, statedMatch(valueSet) ?? excludesAcross(valueSet))
  plans.set(valueSet, made)
  return made
}

function statedMatch({ resource }: CompiledValueSet): boolean | undefined {
  const stated = ownParameters(resource).get('versionsMatch')?.[0]
  return stated === undefined ? undefined : stated === 'true'
}

/** To exclude a version of a system of which only other versions are included can only mean the codes in any version. */
function excludesAcross({ includes, excludes }: CompiledValueSet): boolean {
  return excludes.some(({ system, codeSystem }) => {
    const ours = includes.filter((include) => include.system !== undefined && include.system === system)
    return ours.length > 0 && ours.every((include) => include.codeSystem !== codeSystem)
  })
}

function makePlan(valueSet: CompiledValueSet, mergesVersions: boolean): Plan {
  const { includes, excludes, onlyActive } = valueSet
  const used = new Map<string, Set<string | undefined>>()
  for (const { codeSystem, unknownIn } of [...includes, ...excludes]) {
    // Codes that no loaded version knows have none.
    if (!codeSystem || unknownIn !== undefined) continue
    const { url, version } = codeSystem.identity
    used.set(url, (used.get(url) ?? new Set()).add(version))
  }
  let groups: Group[] = []
  for (const include of byNewestVersion(includes)) {
    for (const group of groupsOf(include, valueSet)) groups = joined(groups, group)
  }
  groups = groups.map((group) => without(group, excludes, mergesVersions))
  if (onlyActive) groups = groups.map(activeOf)
  if (mergesVersions) groups = mergedVersions(groups)
  const versioned = groups.filter(({ listsUnknown }) => !listsUnknown)
  const showVersions =
    [...used.values()].some(({ size }) => size > 1) ||
    new Set(versioned.map(({ codeSystem }) => codeSystem.identity.url)).size < versioned.length
  return {
    groups,
    showVersions,
    mergesVersions,
    mayNest: excludes.length === 0 && includes.every(nests),
  }
}

function nests({ imports, element, filters }: CompiledInclude): boolean {
  return imports.length === 0 && element.concept === undefined && filters.length <= 1
}

function byNewestVersion(includes: readonly CompiledInclude[]): readonly CompiledInclude[] {
  return [...includes].sort((left, right) =>
    left.system !== undefined && left.system === right.system && left.codeSystem && right.codeSystem
      ? compareVersions(right.codeSystem.identity.version, left.codeSystem.identity.version)
      : 0,
  )
}

const NO_ELEMENTS: ReadonlyMap<ConceptHandle, JsonObject> = new Map()

function groupsOf(include: CompiledInclude, { resource }: CompiledValueSet): readonly Group[] {
  const { codeSystem, imports, isWhole } = include
  if (include.system !== undefined) {
    if (!codeSystem) return []
    const own = include.setIn(codeSystem)
    const set = imports.reduce((left, imported) => intersected(codeSystem, left, imported), own)
    return [
      {
        codeSystem,
        set,
        elements: include.listIn(codeSystem) ?? NO_ELEMENTS,
        source: resource,
        isWhole: isWhole && imports.length === 0,
        ...(include.unknownIn !== undefined && { listsUnknown: true }),
      },
    ]
  }
  const [first, ...others] = imports
  if (!first) return []
  return planExpansion(first).groups.map((group) => ({
    ...group,
    set: others.reduce((left, imported) => intersected(group.codeSystem, left, imported), group.set),
    isWhole: group.isWhole && others.length === 0,
  }))
}

function intersected(codeSystem: CodeSystem, set: ConceptSet, imported: CompiledValueSet): ConceptSet {
  const theirs = planExpansion(imported).groups.find((group) => group.codeSystem === codeSystem)
  if (theirs) return combineSets(codeSystem, 'intersect', set, theirs.set)
  return filteredSet(set, (concept) => isMember(imported, { codeSystem, concept }))
}

/** Joins what comes from the same version of the same system; codes that are listed stay in the order of listing. */
function joined(groups: readonly Group[], group: Group): Group[] {
  const index = groups.findIndex(({ codeSystem }) => codeSystem === group.codeSystem)
  const other = groups[index]
  if (!other) return [...groups, group]
  const union: Group = {
    codeSystem: group.codeSystem,
    set: combineSets(group.codeSystem, 'union', other.set, group.set),
    elements: joinedElements(other.elements, group.elements),
    source: other.source,
    isWhole: other.isWhole || group.isWhole,
  }
  return groups.with(index, union)
}

function joinedElements(
  left: ReadonlyMap<ConceptHandle, JsonObject>,
  right: ReadonlyMap<ConceptHandle, JsonObject>,
): ReadonlyMap<ConceptHandle, JsonObject> {
  if (left.size === 0) return right
  if (right.size === 0) return left
  return new Map([...right, ...left])
}

function without(group: Group, excludes: readonly CompiledInclude[], mergesVersions: boolean): Group {
  const { codeSystem } = group
  let { set } = group
  for (const exclude of excludes) {
    const { system, imports } = exclude
    if (system === undefined) {
      const [first] = imports
      const theirs = first && imports.length === 1 ? groupIn(first, codeSystem) : undefined
      set = theirs
        ? combineSets(codeSystem, 'subtract', set, theirs.set)
        : filteredSet(set, (concept) => !imports.every((imported) => isMember(imported, { codeSystem, concept })))
    } else if (system === codeSystem.identity.url) {
      if (exclude.codeSystem !== codeSystem && !mergesVersions) continue
      set = withoutInclude(codeSystem, set, exclude)
    }
  }
  return set === group.set ? group : { ...group, set }
}

function groupIn(valueSet: CompiledValueSet, codeSystem: CodeSystem): Group | undefined {
  return planExpansion(valueSet).groups.find((group) => group.codeSystem === codeSystem)
}

function withoutInclude(codeSystem: CodeSystem, set: ConceptSet, exclude: CompiledInclude): ConceptSet {
  const other = exclude.codeSystem
  if (!other) return set
  if (other === codeSystem && exclude.imports.length === 0) {
    return combineSets(codeSystem, 'subtract', set, exclude.setIn(codeSystem))
  }
  return filteredSet(set, (concept) => {
    const theirs = other === codeSystem ? concept : other.locate(codeSystem.codeOf(concept)).concept
    if (theirs === undefined || !exclude.setIn(other).has(theirs)) return true
    return !exclude.imports.every((imported) => isMember(imported, { codeSystem: other, concept: theirs }))
  })
}

export function activeOf(group: Group): Group {
  const { codeSystem, set } = group
  const active = codeSystem.onlyActive?.(set) ?? filteredSet(set, (concept) => !codeSystem.isInactive(concept))
  return { ...group, set: active }
}

/** The newest version keeps a code; older ones add what it does not have. */
function mergedVersions(groups: readonly Group[]): Group[] {
  const merged: Group[] = []
  for (const group of groups) {
    const newer = merged.filter(({ codeSystem }) => codeSystem.identity.url === group.codeSystem.identity.url)
    const set =
      newer.length === 0
        ? group.set
        : filteredSet(group.set, (concept) => {
            const code = group.codeSystem.codeOf(concept)
            return !newer.some(({ codeSystem, set: theirs }) => {
              const other = codeSystem.locate(code).concept
              return other !== undefined && theirs.has(other)
            })
          })
    merged.push({ ...group, set })
  }
  return merged
}

/** Value sets that are imported, directly or not, each once. */
export function importedValueSets(valueSet: CompiledValueSet): readonly CompiledValueSet[] {
  const found = new Set<CompiledValueSet>()
  const walk = ({ includes, excludes }: CompiledValueSet) => {
    for (const { imports } of [...includes, ...excludes]) {
      for (const imported of imports) {
        if (found.has(imported)) continue
        found.add(imported)
        walk(imported)
      }
    }
  }
  walk(valueSet)
  return [...found]
}

/** Includes and excludes whose code system is not known, imports included. */
export function unresolved(valueSet: CompiledValueSet): CompiledInclude | undefined {
  return allIncludes(valueSet).find(({ system, codeSystem }) => system !== undefined && codeSystem === undefined)
}

export function allIncludes(valueSet: CompiledValueSet): readonly CompiledInclude[] {
  return [valueSet, ...importedValueSets(valueSet)].flatMap(({ includes, excludes }) => [...includes, ...excludes])
}

export function isStoredExpansion({ compose, expansion }: JsonObject): boolean {
  return !isObject(compose) && isObject(expansion)
}
