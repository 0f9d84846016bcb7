/** Some systems write one value where FHIR has a list: in the header, which everything rests on, it is read as a list of one. */
import type { Composition, Patient } from 'fhir/r4'

const COMPOSITION = ['author', 'attester', 'relatesTo', 'event', 'section'] as const
const PATIENT = ['identifier', 'name', 'telecom', 'address', 'contact', 'communication', 'generalPractitioner'] as const

export function compositionWithLists(composition: Composition): Composition {
  return withLists(composition, COMPOSITION)
}

export function patientWithLists(patient: Patient): Patient {
  return withLists(patient, PATIENT)
}

function withLists<T extends object>(resource: T, fields: readonly (keyof T)[]): T {
  if (fields.every((field) => resource[field] === undefined || Array.isArray(resource[field]))) return resource
  const copy = { ...resource }
  for (const field of fields) {
    const held = copy[field]
    if (held !== undefined && !Array.isArray(held)) Object.assign(copy, { [field]: [held] })
  }
  return copy
}
