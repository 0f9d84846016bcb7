/** A code system whose codes are made by rules rather than listed: a handle is the code itself. */
import type { FhirProperty } from '../operations/fhir.ts'
import type {
  CodeSystem,
  CodeSystemFamily,
  CodeSystemIdentity,
  ConceptDesignation,
  ConceptHandle,
  Filter,
  Selected,
} from './code-system.ts'
import { filteredSet, listSet } from './sets.ts'
import { createSupplementedSystem } from './supplemented.ts'

export interface Rules {
  readonly identity: CodeSystemIdentity
  /** The code in its right form; undefined when it is none, with one sentence that says why where there is one. */
  read(code: string): { readonly code: string } | { readonly code: undefined; readonly reason?: string }
  /** The system's own display first. */
  words(code: string): readonly ConceptDesignation[]
  isInactive?(code: string): boolean
  properties?(code: string): readonly FhirProperty[]
  /** Codes that can be listed; undefined when there is no end of them. `open`: there are more than are listed. */
  readonly codes?: () => readonly string[]
  readonly open?: boolean
  /** A condition for one filter; undefined when the filter is not known. */
  filter?(filter: Filter): ((code: string) => boolean) | undefined
}

export function createGrammarSystem(rules: Rules): CodeSystem {
  const { identity } = rules
  let listed: readonly string[] | undefined
  const all = rules.codes
    ? () => {
        listed ??= rules.codes?.() ?? []
        const list = listSet(listed)
        return rules.open ? { ...list, open: true, has: () => true } : list
      }
    : () => undefined
  const words = (concept: ConceptHandle) => rules.words(String(concept))
  return {
    identity,
    hierarchical: false,
    locate(code) {
      const read = rules.read(code)
      if (read.code !== undefined) return { concept: read.code }
      return { concept: undefined, ...(read.reason !== undefined && { reason: read.reason }) }
    },
    codeOf: String,
    display: (concept) => words(concept)[0]?.value,
    designations: words,
    definition: () => undefined,
    isInactive: (concept) => rules.isInactive?.(String(concept)) ?? false,
    isAbstract: () => false,
    status: (concept) => (rules.isInactive?.(String(concept)) ? 'inactive' : undefined),
    properties: (concept) => rules.properties?.(String(concept)) ?? [],
    parents: () => [],
    children: () => [],
    subsumes: (ancestor, descendant) => ancestor === descendant,
    all,
    select: (filters): Selected => {
      const conditions: ((code: string) => boolean)[] = []
      for (const filter of filters) {
        const condition = rules.filter?.(filter) ?? common(filter)
        if (!condition) {
          const sentence = `${identity.title ?? identity.url} has no filter '${filter.property} ${filter.op}'.`
          return { ok: false, problem: { kind: 'not-understood', filter, sentence } }
        }
        conditions.push(condition)
      }
      const meets = (concept: ConceptHandle) => conditions.every((condition) => condition(String(concept)))
      const base = all()
      if (base) return { ok: true, set: { ...filteredSet(base, meets), has: meets } }
      return { ok: true, set: { open: true, has: meets, iterate: () => [] } }
    },
  }
}

/** `code in a,b` and `code = a` go for every system. */
function common({ property, op, value }: Filter): ((code: string) => boolean) | undefined {
  if (property !== 'code' && property !== 'concept') return undefined
  const list = new Set(op === '=' ? [value] : value.split(',').map((each) => each.trim()))
  if (op === '=' || op === 'in') return (code) => list.has(code)
  return op === 'not-in' ? (code) => !list.has(code) : undefined
}

/** A family of one version. The code system is made when it is first asked for. */
export function grammarFamily(url: string, version: string | undefined, make: () => CodeSystem): CodeSystemFamily {
  let made: CodeSystem | undefined
  return {
    url,
    versions: () => [{ version, content: 'complete', isDefault: true }],
    open(asked, supplements = []) {
      if (asked !== version) return undefined
      made ??= make()
      return supplements.length === 0 ? made : createSupplementedSystem(made, supplements)
    },
  }
}
