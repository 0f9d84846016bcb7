/** What validations of one set of definitions share: types made ready, profiles made ready, compiled invariants. */
import type { CompiledValueSet } from './definitions/compiled.ts'
import type { Definitions } from './definitions/definitions.ts'
import { createInvariants } from './invariants/compile-invariant.ts'
import { createProfilePlans, type ProfilePlan } from './profiles/profile-plan.ts'
import { createTypePlans, type TypePlan } from './walk/type-plan.ts'

export interface Engine {
  readonly definitions: Definitions
  type(name: string): TypePlan | undefined
  /** A type or backbone element by its definition path, e.g. `Patient.contact`, once values of it were walked. */
  planAt(definitionPath: string): TypePlan | undefined
  profile(url: string): ProfilePlan | undefined
  /** True when `type` is `ancestor` or derives from it. */
  isA(type: string, ancestor: string): boolean
  /** The codes of one system in a value set; `null` when they cannot be listed, undefined when it has none. */
  codes(valueSet: CompiledValueSet, system: string): ReadonlySet<string> | null | undefined
}

const engines = new WeakMap<Definitions, Engine>()

/** The engine of these definitions, made once. */
export function engineOf(definitions: Definitions): Engine {
  const known = engines.get(definitions)
  if (known) return known
  const made = createEngine(definitions)
  engines.set(definitions, made)
  return made
}

function createEngine(definitions: Definitions): Engine {
  const invariants = createInvariants(definitions)
  const types = createTypePlans(definitions, invariants.invariant)
  const profiles = createProfilePlans(definitions, invariants.invariant)
  const sets = new WeakMap<readonly string[], ReadonlySet<string>>()
  const kinship = new Map<string, Map<string, boolean>>()
  const derives = (type: string, ancestor: string): boolean => {
    for (let at: string | undefined = type; at !== undefined; ) {
      if (at === ancestor) return true
      const base: string | undefined = definitions.type(at)?.base
      at = base?.slice(base.lastIndexOf('/') + 1)
    }
    return false
  }
  return {
    definitions,
    type: types.get,
    planAt: types.at,
    profile: profiles.get,
    isA(type, ancestor) {
      if (type === ancestor) return true
      const known = kinship.get(type)?.get(ancestor)
      if (known !== undefined) return known
      const derived = derives(type, ancestor)
      // Types are a closed list; names from the input are not kept.
      if (!types.get(type)) return derived
      const own = kinship.get(type) ?? new Map<string, boolean>()
      kinship.set(type, own.set(ancestor, derived))
      return derived
    },
    codes(valueSet, system) {
      if (!Object.hasOwn(valueSet.systems, system)) return undefined
      const list = valueSet.systems[system]
      if (!list) return null
      const known = sets.get(list)
      if (known) return known
      const made = new Set(list)
      sets.set(list, made)
      return made
    },
  }
}
