/** A terminology that knows nothing but a few names, for tests: what is shown then comes from the document alone. */
import type { Designation, Terminology } from '#terminology/terminology.ts'

const NAMES: Readonly<Record<string, string>> = {
  'http://snomed.info/sct': 'SNOMED CT',
  'http://loinc.org': 'LOINC',
  'http://www.whocc.no/atc': 'ATC',
  'http://hl7.org/fhir/sid/icd-10': 'CIM-10',
}

/** Terminology with the given designations, keyed `system|code`. */
export function fixedTerminology(designations: Readonly<Record<string, Designation>>): Terminology {
  return {
    canonicalSystem: (system) => system,
    oidOf: () => undefined,
    systemName: (system) => NAMES[system],
    designation: (system, code) => designations[`${system}|${code}`],
    concept: () => undefined,
    mapped: () => [],
    membership: () => 'unknown',
  }
}

export const quietTerminology: Terminology = fixedTerminology({})
