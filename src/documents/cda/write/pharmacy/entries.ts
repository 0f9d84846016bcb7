/** The door of this folder: resources about medicines as statements. */
import type { Resource } from 'fhir/r4'
import type { Statement } from '../statement.ts'
import { isA, type Place, type Writing } from '../writing.ts'
import { writeDispensation } from './dispensation.ts'
import { writePrescription } from './prescription.ts'
import { writeMedicationAdministration, writeMedicationStatement } from './statement.ts'

/** A resource about a medicine as the statement of its section; undefined for resources about something else. */
export function writeMedicationEntry(resource: Resource, writing: Writing, place: Place): Statement | undefined {
  if (isA(resource, 'MedicationStatement')) return writeMedicationStatement(resource, writing, place)
  if (isA(resource, 'MedicationRequest')) return writePrescription(resource, writing, place)
  if (isA(resource, 'MedicationDispense')) return writeDispensation(resource, writing, place)
  if (isA(resource, 'MedicationAdministration')) return writeMedicationAdministration(resource, writing, place)
  return undefined
}
