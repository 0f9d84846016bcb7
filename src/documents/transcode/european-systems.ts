/** Which code systems and value sets every member state can read: data, not code (`data/terms/catalogue`). */

import type { Terminology } from '#terminology/terminology.ts'
import european from '../../../data/terms/catalogue/european-systems.json' with { type: 'json' }
import valueSets from '../../../data/terms/catalogue/european-value-sets.json' with { type: 'json' }

export interface EuropeanSystems {
  /** @param system as a document writes it: URL, `urn:oid:` or OID */
  isEuropean(system: string): boolean
}

/** Systems of the European value sets, and those of HL7, which profiles bind to directly. */
export function createEuropeanSystems(terminology: Terminology): EuropeanSystems {
  const systems = new Set(european.systems)
  const known = new Map<string, boolean>()
  return {
    isEuropean(system) {
      let answer = known.get(system)
      if (answer === undefined) {
        const canonical = terminology.canonicalSystem(system)
        const begins = (prefix: string) => canonical.startsWith(prefix)
        answer = systems.has(canonical) || (european.prefixes.some(begins) && !european.except.some(begins))
        known.set(system, answer)
      }
      return answer
    },
  }
}

const BY_ELEMENT: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(valueSets.elements))

/** Canonical URLs of the European value sets of an element such as `Condition.code`; none for most elements. */
export function europeanValueSets(element: string): readonly string[] {
  return BY_ELEMENT.get(element) ?? []
}
