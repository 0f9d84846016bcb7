/** A terminology that also answers for SNOMED CT editions, for as long as a comparison lasts. */
import type { Edition } from '../../snomed/edition.ts'
import type { Concept, Designation, TerminologyCatalogue } from '../../terminology.ts'

const SNOMED_CT = 'http://snomed.info/sct'

export type AnsweringEdition = Pick<Edition, 'ordinalOf' | 'isActive' | 'preferredTerm'>

/** Compiled layers first, since an operator's reviewed words come before those of an edition. */
export function withEditions(
  terminology: TerminologyCatalogue,
  editions: readonly AnsweringEdition[],
): TerminologyCatalogue {
  if (editions.length === 0) return terminology
  const find = (system: string, code: string) => {
    if (terminology.canonicalSystem(system) !== SNOMED_CT) return undefined
    for (const edition of editions) {
      const ordinal = edition.ordinalOf(code)
      if (ordinal >= 0) return { edition, ordinal }
    }
    return undefined
  }
  return {
    ...terminology,
    designation: (system, code, languages) =>
      terminology.designation(system, code, languages) ?? designationIn(find(system, code), languages),
    concept: (system, code, version) => {
      const known = terminology.concept(system, code, version)
      const found = find(system, code)
      return found ? conceptIn(known, code, found.edition.isActive(found.ordinal)) : known
    },
  }
}

function designationIn(
  found: { readonly edition: AnsweringEdition; readonly ordinal: number } | undefined,
  languages: readonly string[],
): Designation | undefined {
  const term = found?.edition.preferredTerm(found.ordinal, languages)
  if (!term) return undefined
  return { term: term.term, language: term.language, match: 'exact', source: 'SNOMED CT', status: 'reviewed' }
}

/** The edition knows whether a concept is active. */
function conceptIn(known: Concept | undefined, code: string, active: boolean): Concept {
  return { system: SNOMED_CT, code, versions: [], ambiguous: false, designations: [], ...known, active }
}
