/** The traits that leave the country: Patient-minimal-myhealtheu (NCPeH API): identifier, name, birth date, gender. */
import type { Identifier, Patient } from 'fhir/r4'
import type { NationalPatient } from '#national/connector.ts'

export function minimalPatient(patient: NationalPatient, id: string): Patient {
  return {
    resourceType: 'Patient',
    id,
    identifier: patient.identifiers.map(identifierOf),
    name: [{ use: 'official', family: patient.family, given: [...patient.given] }],
    gender: patient.gender,
    birthDate: patient.birthDate,
  }
}

/** `system|value` → FHIR. */
export function identifierOf(identifier: string): Identifier {
  const bar = identifier.lastIndexOf('|')
  return { system: identifier.slice(0, bar), value: identifier.slice(bar + 1) }
}
