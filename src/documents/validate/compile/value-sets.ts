/** Lists the codes of value sets where that can be done from the loaded packages alone. */
import { type CompiledValueSet, withoutVersion } from '../definitions/compiled.ts'
import { isObject, type JsonObject, objects, text, texts } from './json.ts'

export type TerminologyFinder = (kind: 'ValueSet' | 'CodeSystem', url: string) => readonly JsonObject[]

/** Longer lists stay out of the cache: a terminology server answers for them. */
const LARGEST_LIST = 20_000

type Codes = Map<string, Set<string> | null>

interface Listing {
  readonly codes: Codes
  partial: boolean
}

/** Undefined when no definition of the value set is loaded. */
export function compileValueSet(url: string, find: TerminologyFinder): CompiledValueSet | undefined {
  const listing = list(url, find, new Set())
  if (!listing) return undefined
  const systems: Record<string, readonly string[] | null> = {}
  for (const [system, codes] of listing.codes)
    systems[system] = codes === null || codes.size > LARGEST_LIST ? null : [...codes]
  return { url, systems, ...(listing.partial ? { partial: true } : {}) }
}

function list(url: string, find: TerminologyFinder, under: Set<string>): Listing | undefined {
  if (under.has(url)) return { codes: new Map(), partial: true }
  const definitions = find('ValueSet', url)
  let best: Listing | undefined
  // Later packages first; an expansion helps where the composition cannot be listed.
  for (const definition of definitions) {
    const listing = composed(definition, find, new Set([...under, url])) ?? expanded(definition)
    if (!listing) continue
    if (isWhole(listing)) return listing
    const expansion = expanded(definition)
    if (expansion && isWhole(expansion)) return expansion
    best ??= listing
  }
  return best ?? (definitions.length > 0 ? { codes: new Map(), partial: true } : undefined)
}

function isWhole(listing: Listing): boolean {
  return !listing.partial && ![...listing.codes.values()].includes(null)
}

function expanded(definition: JsonObject): Listing | undefined {
  if (!isObject(definition.expansion)) return undefined
  const contains = objects(definition.expansion.contains)
  const total = definition.expansion.total
  if (contains.length === 0) return undefined
  const codes: Codes = new Map()
  const visit = (items: readonly JsonObject[]) => {
    for (const item of items) {
      const code = text(item.code)
      if (code !== undefined && item.abstract !== true) add(codes, text(item.system) ?? '', [code])
      visit(objects(item.contains))
    }
  }
  visit(contains)
  return { codes, partial: typeof total === 'number' && total > contains.length * 1 && !hasNested(contains) }
}

function hasNested(items: readonly JsonObject[]): boolean {
  return items.some((item) => Array.isArray(item.contains))
}

function composed(definition: JsonObject, find: TerminologyFinder, under: Set<string>): Listing | undefined {
  if (!isObject(definition.compose)) return undefined
  const listing: Listing = { codes: new Map(), partial: false }
  for (const include of objects(definition.compose.include)) {
    const part = clause(include, find, under)
    if (part.partial) listing.partial = true
    for (const [system, codes] of part.codes) add(listing.codes, system, codes)
  }
  for (const exclude of objects(definition.compose.exclude)) subtract(listing, clause(exclude, find, under))
  return listing
}

function add(codes: Codes, system: string, added: Iterable<string> | null): void {
  if (added === null) {
    codes.set(system, null)
    return
  }
  const before = codes.get(system)
  if (before === null) return
  const all = before ?? new Set<string>()
  for (const code of added) all.add(code)
  codes.set(system, all)
}

function subtract(listing: Listing, excluded: Listing): void {
  if (excluded.partial) listing.partial = true
  for (const [system, codes] of excluded.codes) {
    const before = listing.codes.get(system)
    if (!before) continue
    if (codes === null) listing.codes.set(system, null)
    else for (const code of codes) before.delete(code)
  }
}

/** One include or exclude: a system (with codes or filters), value sets, or the intersection of both. */
function clause(include: JsonObject, find: TerminologyFinder, under: Set<string>): Listing {
  const parts: Listing[] = []
  const system = text(include.system)
  if (system !== undefined) parts.push(systemPart(include, withoutVersion(system), find))
  for (const url of texts(include.valueSet))
    parts.push(list(withoutVersion(url), find, under) ?? { codes: new Map(), partial: true })
  const [first, ...others] = parts
  if (!first) return { codes: new Map(), partial: true }
  return others.reduce(intersection, first)
}

function intersection(left: Listing, right: Listing): Listing {
  const codes: Codes = new Map()
  for (const [system, own] of left.codes) {
    const other = right.codes.get(system)
    if (other === undefined) {
      if (right.partial) codes.set(system, null)
    } else if (own === null || other === null) codes.set(system, null)
    else codes.set(system, own.intersection(other))
  }
  return { codes, partial: left.partial && right.partial }
}

function systemPart(include: JsonObject, system: string, find: TerminologyFinder): Listing {
  const concepts = objects(include.concept)
  if (concepts.length > 0) {
    const codes = concepts.flatMap((concept) => text(concept.code) ?? [])
    return { codes: new Map([[system, new Set(codes)]]), partial: false }
  }
  const codeSystem = find('CodeSystem', system).find((candidate) => Array.isArray(candidate.concept))
  if (!codeSystem || (codeSystem.content !== 'complete' && codeSystem.content !== undefined))
    return { codes: new Map([[system, null]]), partial: false }
  const all = conceptsOf(codeSystem)
  let chosen: readonly Concept[] = all
  for (const filter of objects(include.filter)) {
    const passed = filtered(chosen, filter, all)
    if (!passed) return { codes: new Map([[system, null]]), partial: false }
    chosen = passed
  }
  return { codes: new Map([[system, new Set(chosen.map((concept) => concept.code))]]), partial: false }
}

interface Concept {
  readonly code: string
  readonly ancestors: ReadonlySet<string>
  readonly properties: readonly JsonObject[]
}

function conceptsOf(codeSystem: JsonObject): readonly Concept[] {
  const nodes = new Map<string, { properties: readonly JsonObject[]; parents: Set<string> }>()
  const visit = (items: readonly JsonObject[], parent: string | undefined) => {
    for (const item of items) {
      const code = text(item.code)
      if (code === undefined) continue
      const properties = objects(item.property)
      const node = nodes.get(code) ?? { properties, parents: new Set<string>() }
      if (parent !== undefined) node.parents.add(parent)
      // HL7 v3 code systems state their hierarchy as a property.
      for (const property of properties)
        if (property.code === 'subsumedBy' || property.code === 'parent') {
          const above = text(property.valueCode)
          if (above !== undefined) node.parents.add(above)
        }
      nodes.set(code, node)
      visit(objects(item.concept), code)
    }
  }
  visit(objects(codeSystem.concept), undefined)
  const above = (code: string, into: Set<string>): Set<string> => {
    for (const parent of nodes.get(code)?.parents ?? [])
      if (!into.has(parent)) {
        into.add(parent)
        above(parent, into)
      }
    return into
  }
  return [...nodes].map(([code, node]) => ({ code, properties: node.properties, ancestors: above(code, new Set()) }))
}

/** Undefined when the filter is of a kind that is not supported here. */
function filtered(
  concepts: readonly Concept[],
  filter: JsonObject,
  all: readonly Concept[],
): readonly Concept[] | undefined {
  const value = text(filter.value) ?? ''
  const property = text(filter.property) ?? ''
  switch (filter.op) {
    case 'is-a':
      return concepts.filter((concept) => concept.code === value || concept.ancestors.has(value))
    case 'descendent-of':
      return concepts.filter((concept) => concept.ancestors.has(value))
    case 'is-not-a':
      return concepts.filter((concept) => concept.code !== value && !concept.ancestors.has(value))
    case 'generalizes': {
      const subject = all.find((concept) => concept.code === value)
      return subject && concepts.filter((concept) => concept.code === value || subject.ancestors.has(concept.code))
    }
    case 'in':
      return property === 'code' || property === 'concept'
        ? concepts.filter((concept) => value.split(',').includes(concept.code))
        : undefined
    case 'regex':
      return property === 'code'
        ? concepts.filter((concept) => new RegExp(`^(?:${value})$`).test(concept.code))
        : undefined
    case '=':
      return property === 'code'
        ? concepts.filter((concept) => concept.code === value)
        : concepts.filter((concept) => concept.properties.some((own) => own.code === property && holds(own, value)))
    default:
      return undefined
  }
}

function holds(property: JsonObject, value: string): boolean {
  return [property.valueCode, property.valueString, property.valueBoolean, property.valueInteger].some(
    (own) => own !== undefined && String(own) === value,
  )
}
