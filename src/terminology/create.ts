/** Opened layers → the `Terminology` that the house asks. */

import { standardCode } from './codes.ts'
import { conceptIn } from './concept.ts'
import { namedByIcu } from './icu-names.ts'
import { languageChain } from './languages.ts'
import { createMapped } from './mapping.ts'
import { createMembership, createValueSets } from './membership.ts'
import type { Store } from './store/read.ts'
import { createRegistry, type SystemRegistry } from './systems.ts'
import type { Designation, LanguageTag, Terminology, TerminologyCatalogue } from './terminology.ts'

/**
 * @param stores the layer of highest precedence first: the operator's (newest first), then the shipped one. Within a
 *   language, the operator's reviewed designations win, then the operator's others, then shipped reviewed ones.
 */
export function createTerminology(stores: readonly Store[], operatorLayers = stores.length - 1): TerminologyCatalogue {
  const registry = createRegistry(stores.map((store) => ({ aliases: store.aliases(), identities: store.identities() })))
  const layers = [stores.slice(0, operatorLayers), stores.slice(operatorLayers)]
  const find = (store: Store, system: string, code: string): number => {
    const exact = store.find(system, code)
    if (exact >= 0) return exact
    const standard = standardCode(system, code)
    return standard === undefined ? -1 : store.find(system, standard)
  }
  const available = [...new Set(stores.flatMap((store) => store.languages))].filter((tag) => tag !== '').sort()
  const designation = createDesignation(stores, layers, available, registry, find)
  return {
    canonicalSystem: registry.canonical,
    oidOf: registry.oidOf,
    systemName: registry.nameOf,
    designation,
    concept: (system, code, version) => conceptIn(stores, registry.canonical(system), code, version, find),
    mapped: createMapped(stores, registry, find),
    membership: createMembership(stores, registry, find),
    languages: () => available,
    valueSet: createValueSets(stores),
  }
}

export type Find = (store: Store, system: string, code: string) => number

function statusOf(reviewed: boolean): 'reviewed' | 'unreviewed' {
  return reviewed ? 'reviewed' : 'unreviewed'
}

/** Where to look for each step of a reader's chain, and what was found before. */
interface Plan {
  readonly wishes: readonly LanguageTag[]
  readonly steps: readonly { readonly tags: readonly string[]; readonly match: 'exact' | 'fallback' }[]
  /** By system as the caller writes it, then by code. `null`: the concept has no designation for this reader. */
  readonly known: Map<string, Map<string, Designation | null>>
  size: number
}

/** Bounds of the memory: readers' languages and codes come from outside. */
const MAX_PLANS = 64
const MAX_KNOWN = 20_000

function createDesignation(
  stores: readonly Store[],
  layers: readonly (readonly Store[])[],
  available: readonly LanguageTag[],
  registry: SystemRegistry,
  find: Find,
): Terminology['designation'] {
  const numbers = new Map(
    stores.map((store) => [store, new Map(store.languages.map((tag, number) => [tag, number]))] as const),
  )
  const plans = new Map<string, Plan>()
  let last: Plan | undefined
  const planFor = (wishes: readonly LanguageTag[]): Plan => {
    if (last && sameList(last.wishes, wishes)) return last
    const key = wishes.join(' ')
    let plan = plans.get(key)
    if (!plan) {
      if (plans.size >= MAX_PLANS) plans.clear()
      plan = { wishes: [...wishes], steps: languageChain(wishes, available), known: new Map(), size: 0 }
      plans.set(key, plan)
    }
    last = plan
    return plan
  }
  /** The best designation in one of some equally good languages: layer before status before taste. */
  const best = (found: ReadonlyMap<Store, number>, tags: readonly string[]) => {
    for (const layer of layers) {
      for (const reviewed of [true, false]) {
        for (const store of layer) {
          const concept = found.get(store)
          if (concept === undefined) continue
          for (const tag of tags) {
            const language = numbers.get(store)?.get(tag)
            if (language === undefined) continue
            const position = store.designationIn(concept, language, reviewed)
            if (position >= 0) return store.designationAt(position)
          }
        }
      }
    }
    return undefined
  }
  const search = (plan: Plan, found: ReadonlyMap<Store, number>): Designation | null => {
    for (const { tags, match } of plan.steps) {
      const stored = best(found, tags)
      if (!stored) continue
      const { term, language, source, reviewed } = stored
      return { term, language, match, source, status: statusOf(reviewed) }
    }
    return null
  }
  return (system, code, languages) => {
    const plan = planFor(languages)
    const known = plan.known.get(system)?.get(code)
    if (known !== undefined) return known ?? undefined
    const canonical = registry.canonical(system)
    const composed = namedByIcu(canonical, code, plan.wishes)
    if (composed) return composed
    const found = new Map<Store, number>()
    for (const store of stores) {
      const concept = find(store, canonical, code)
      if (concept >= 0) found.set(store, concept)
    }
    if (found.size === 0) return undefined
    const designation = search(plan, found)
    remember(plan, system, code, designation)
    return designation ?? undefined
  }
}

function remember(plan: Plan, system: string, code: string, designation: Designation | null): void {
  if (plan.size >= MAX_KNOWN) {
    plan.known.clear()
    plan.size = 0
  }
  let codes = plan.known.get(system)
  if (!codes) {
    codes = new Map()
    plan.known.set(system, codes)
  }
  codes.set(code, designation)
  plan.size++
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false
  return true
}
