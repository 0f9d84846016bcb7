/**
 * Value sets → their members, as far as the loaded content allows. What cannot be evaluated (a filter on a system that
 * is not loaded, a missing value set) makes the set incomplete: then an absent code is unknown, never "not a member".
 */
import {
  addDesignation,
  type Content,
  conceptOf,
  type SystemContent,
  systemOf,
  type ValueSetContent,
  type ValueSetInclude,
} from '../content.ts'

/** A system's codes, or `all` of them. */
type Codes = ReadonlySet<string> | 'all'

export interface Expansion {
  readonly members: ReadonlyMap<string, ReadonlySet<string>>
  /** Systems that belong to the set as a whole although not every code of them is loaded. */
  readonly wholes: readonly string[]
  readonly complete: boolean
}

interface Part {
  readonly codes: ReadonlyMap<string, Codes>
  readonly complete: boolean
}

const NOTHING_KNOWN: Part = { codes: new Map(), complete: false }

/** Expands every value set; also gives the concepts that value sets name their words. */
export function expandValueSets(content: Content): ReadonlyMap<string, Expansion> {
  for (const valueSet of content.valueSets.values()) nameConcepts(content, valueSet)
  const done = new Map<string, Part>()
  const expansions = new Map<string, Expansion>()
  for (const [url, valueSet] of content.valueSets) {
    expansions.set(url, finish(content, expand(content, valueSet, done, new Set())))
  }
  return expansions
}

function nameConcepts(content: Content, valueSet: ValueSetContent): void {
  for (const include of [...valueSet.include, ...(valueSet.expansion?.include ?? [])]) {
    if (include.system === undefined) continue
    const system = systemOf(content, include.system)
    for (const { code, display, designations } of include.codes ?? []) {
      const isNew = !system.concepts.has(code)
      const concept = conceptOf(system, code)
      // A complete system that lacks the code has withdrawn it; the value set still names it.
      if (isNew && system.complete) concept.active = false
      if (display !== undefined) concept.display ??= display
      for (const designation of designations ?? []) addDesignation(concept, designation)
    }
  }
}

function expand(content: Content, valueSet: ValueSetContent, done: Map<string, Part>, under: Set<string>): Part {
  const known = done.get(valueSet.url)
  if (known) return known
  if (under.has(valueSet.url)) return NOTHING_KNOWN // includes itself
  under.add(valueSet.url)
  const evaluate = (include: ValueSetInclude) => evaluateInclude(content, include, done, under)
  const published = valueSet.expansion
  const part =
    published && (published.complete || valueSet.include.length === 0)
      ? { ...union(published.include.map(evaluate)), complete: published.complete }
      : subtract(content, union(valueSet.include.map(evaluate)), union(valueSet.exclude.map(evaluate)))
  under.delete(valueSet.url)
  done.set(valueSet.url, part)
  return part
}

function evaluateInclude(
  content: Content,
  include: ValueSetInclude,
  done: Map<string, Part>,
  under: Set<string>,
): Part {
  const parts: Part[] = []
  if (include.system !== undefined) parts.push(evaluateSystem(content, include.system, include))
  for (const url of include.valueSets ?? []) {
    const other = content.valueSets.get(url.split('|')[0] ?? url)
    parts.push(other ? expand(content, other, done, under) : NOTHING_KNOWN)
  }
  return parts.length === 0 ? NOTHING_KNOWN : parts.reduce(intersect)
}

function evaluateSystem(content: Content, url: string, include: ValueSetInclude): Part {
  if (include.codes && include.codes.length > 0) {
    return { codes: new Map([[url, new Set(include.codes.map(({ code }) => code))]]), complete: true }
  }
  if (!include.filters || include.filters.length === 0) return { codes: new Map([[url, 'all']]), complete: true }
  const system = content.systems.get(url)
  if (!system?.complete) return NOTHING_KNOWN
  const sets = include.filters.map((filter) => evaluateFilter(system, filter))
  if (sets.some((set) => set === undefined)) return NOTHING_KNOWN
  const codes = sets.reduce<ReadonlySet<string> | undefined>(
    (left, right) => (left === undefined || right === undefined ? (left ?? right) : common(left, right)),
    undefined,
  )
  return { codes: new Map([[url, codes ?? new Set<string>()]]), complete: true }
}

function evaluateFilter(
  system: SystemContent,
  filter: { readonly property: string; readonly op: string; readonly value: string },
): ReadonlySet<string> | undefined {
  if (filter.property === 'concept' && (filter.op === 'is-a' || filter.op === 'descendent-of')) {
    const found = descendants(system, filter.value)
    if (filter.op === 'is-a') found.add(filter.value)
    return found
  }
  if (filter.property === 'concept' && filter.op === 'is-not-a') {
    const below = descendants(system, filter.value).add(filter.value)
    return new Set([...system.concepts.keys()].filter((code) => !below.has(code)))
  }
  return undefined
}

function descendants(system: SystemContent, root: string): Set<string> {
  const children = new Map<string, string[]>()
  for (const { code, parents } of system.concepts.values()) {
    for (const parent of parents ?? []) children.set(parent, [...(children.get(parent) ?? []), code])
  }
  const found = new Set<string>()
  const queue = [...(children.get(root) ?? [])]
  for (let code = queue.pop(); code !== undefined; code = queue.pop()) {
    if (found.has(code)) continue
    found.add(code)
    queue.push(...(children.get(code) ?? []))
  }
  return found
}

function union(parts: readonly Part[]): Part {
  const codes = new Map<string, Codes>()
  for (const part of parts) {
    for (const [system, more] of part.codes) {
      const had = codes.get(system)
      codes.set(system, had === 'all' || more === 'all' ? 'all' : had ? new Set([...had, ...more]) : more)
    }
  }
  return { codes, complete: parts.every(({ complete }) => complete) }
}

function common(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...left].filter((code) => right.has(code)))
}

function intersect(left: Part, right: Part): Part {
  const codes = new Map<string, Codes>()
  for (const [system, some] of left.codes) {
    const others = right.codes.get(system)
    if (others === undefined) continue
    codes.set(system, some === 'all' ? others : others === 'all' ? some : common(some, others))
  }
  return { codes, complete: left.complete && right.complete }
}

/** Without knowing everything that is excluded, only what is surely left is kept. */
function subtract(content: Content, from: Part, what: Part): Part {
  const codes = new Map<string, Codes>()
  let complete = from.complete && what.complete
  for (const [system, some] of from.codes) {
    const gone = what.codes.get(system)
    if (gone === 'all') continue
    if (gone === undefined) codes.set(system, some)
    else {
      const known = content.systems.get(system)
      const all = some === 'all' && known?.complete ? known.concepts.keys() : some
      if (all === 'all') complete = false
      else codes.set(system, new Set([...all].filter((code) => !gone.has(code))))
    }
  }
  return { codes: what.complete ? codes : new Map(), complete }
}

function finish(content: Content, part: Part): Expansion {
  const members = new Map<string, ReadonlySet<string>>()
  const wholes: string[] = []
  for (const [url, codes] of part.codes) {
    if (codes !== 'all') members.set(url, codes)
    else wholes.push(url)
    if (codes !== 'all') for (const code of codes) conceptOf(systemOf(content, url), code)
  }
  return { members, wholes, complete: part.complete }
}
