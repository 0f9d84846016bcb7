/** Is a code in a value set? `unknown` is an answer: nothing is claimed about content that is not loaded. */
import type { Find } from './create.ts'
import type { Store, StoredValueSet } from './store/read.ts'
import type { SystemRegistry } from './systems.ts'
import type { Membership, Terminology, TerminologyCatalogue } from './terminology.ts'

/** Systems whose every code can be told by its form or by ICU, though they are not enumerated. */
const BY_FORM: Readonly<Record<string, (code: string) => boolean>> = {
  'urn:ietf:bcp:47': isLanguageTag,
  'urn:ietf:bcp:13': (code) => /^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/.test(code),
  'urn:iso:std:iso:4217': (code) => Intl.supportedValuesOf('currency').includes(code),
}

export function createMembership(
  stores: readonly Store[],
  registry: SystemRegistry,
  find: Find,
): Terminology['membership'] {
  /** Whether a system as a whole has the code. */
  const inSystem = (system: string, code: string): Membership => {
    const byForm = BY_FORM[system]
    if (byForm) return byForm(code) ? 'member' : 'not-member'
    let complete = false
    for (const store of stores) {
      const concept = find(store, system, code)
      if (concept >= 0 && store.active(concept)) return 'member'
      complete ||= store.isComplete(system)
    }
    return complete ? 'not-member' : 'unknown'
  }
  return (valueSet, system, code) => {
    const found = findValueSet(stores, valueSet)
    if (!found) return 'unknown'
    const canonical = system === undefined ? undefined : registry.canonical(system)
    return memberOf(found.store, found.set, canonical, code)
  }
  function memberOf(store: Store, set: StoredValueSet, system: string | undefined, code: string): Membership {
    const listed = system === undefined ? set.systems : [system]
    for (const candidate of listed) {
      const concept = find(store, candidate, code)
      if (concept >= 0 && set.has(concept)) return 'member'
    }
    let answer: Membership = set.complete ? 'not-member' : 'unknown'
    for (const whole of set.wholes) {
      if (system !== undefined && whole !== system) continue
      const inside = inSystem(whole, code)
      if (inside === 'member') return 'member'
      if (inside === 'unknown') answer = 'unknown'
    }
    return answer
  }
}

function findValueSet(stores: readonly Store[], named: string) {
  const url = named.split('|')[0] ?? named
  const bare = url.replace(/^urn:oid:/, '')
  for (const store of stores) {
    const set = store.valueSet(url) ?? store.valueSet(bare)
    if (set) return { store, set }
  }
  return undefined
}

/** The listed codes of a value set, in the order of their systems and codes. */
export function createValueSets(stores: readonly Store[]): TerminologyCatalogue['valueSet'] {
  return (named) => {
    const found = findValueSet(stores, named)
    if (!found) return undefined
    const { store, set } = found
    const members = Array.from(set.members(), (concept) => {
      const display = store.display(concept)
      return { ...store.nameOf(concept), ...(display !== '' && { display }) }
    })
    return {
      url: set.url,
      ...(set.oid !== '' && { oid: set.oid }),
      ...(set.version !== '' && { version: set.version }),
      ...(set.name !== '' && { name: set.name }),
      complete: set.complete && set.wholes.length === 0,
      members,
    }
  }
}

function isLanguageTag(code: string): boolean {
  try {
    return Intl.getCanonicalLocales(code).length === 1
  } catch {
    return false
  }
}
