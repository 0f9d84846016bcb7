/** Who matches a query: every identifier must belong to the person, and every trait that is given must agree. */
import type { PatientQuery } from '../connector.ts'
import { comparableName } from './names.ts'
import type { RegisteredPatient } from './patients-file.ts'

/**
 * The people of the register who carry all identifiers of the query and contradict none of its traits. A query without
 * an identifier matches nobody: the border does not search by name alone (eHDSI Patient Identification).
 */
export function matchingPatients(
  patients: readonly RegisteredPatient[],
  query: PatientQuery,
): readonly RegisteredPatient[] {
  const identifiers = query.identifiers.map(comparableIdentifier)
  if (identifiers.length === 0) return []
  return patients.filter(
    (patient) =>
      identifiers.every((identifier) => patient.comparableIdentifiers.has(identifier)) && traitsAgree(patient, query),
  )
}

/** `system|value` with spaces taken out of the value and letters upper-cased, as people type what is printed on a card. */
export function comparableIdentifier(identifier: string): string {
  const bar = identifier.indexOf('|')
  const value = identifier
    .slice(bar + 1)
    .replace(/\s+/g, '')
    .toUpperCase()
  return `${identifier.slice(0, Math.max(bar, 0)).trim()}|${value}`
}

function traitsAgree(patient: RegisteredPatient, query: PatientQuery): boolean {
  if (query.birthDate && query.birthDate !== patient.birthDate) return false
  if (query.gender && query.gender !== 'unknown' && query.gender !== patient.gender) return false
  return [patient, ...(patient.otherNames ?? [])].some(
    (name) => familyAgrees(name.family, query.family) && givenAgrees(name.given, query.given),
  )
}

function familyAgrees(held: string, asked: string | undefined): boolean {
  return !asked || comparableName(asked) === comparableName(held)
}

/** The first given name is enough; all of them in order also agree. */
function givenAgrees(held: readonly string[], asked: string | undefined): boolean {
  if (!asked) return true
  const wanted = comparableName(asked)
  return held.some((_, count) => wanted === comparableName(held.slice(0, count + 1).join(' ')))
}
