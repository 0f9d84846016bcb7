/** Which writer makes a statement of a resource. Every resource finds one, so that an unknown kind is carried as well. */
import type { Resource } from 'fhir/r4'
import type { Piece } from '../element.ts'
import { writeMedicationEntry } from '../pharmacy/entries.ts'
import { finish, type Statement } from '../statement.ts'
import { isA, type Place, type Writing } from '../writing.ts'
import { writeAllergy } from './allergy.ts'
import { writeDeviceUse } from './device.ts'
import { writeFamilyHistory } from './family.ts'
import { writeImmunization } from './immunization.ts'
import { writeObservation, writeReport } from './observation.ts'
import { writeAnything, writeEncounter, writeFile, writeParty } from './other.ts'
import { writeProblem } from './problem.ts'
import { writeProcedure, writeRequest } from './procedure.ts'

/** A resource of any type as a finished statement. */
export function writeStatement(resource: Resource, writing: Writing, place: Place): Piece | undefined {
  return finish(resource, statementOf, writing, place)
}

function statementOf(resource: Resource, writing: Writing, place: Place): Statement {
  if (isA(resource, 'Condition')) return writeProblem(resource, writing, place)
  if (isA(resource, 'AllergyIntolerance')) return writeAllergy(resource, writing, place)
  if (isA(resource, 'Immunization')) return writeImmunization(resource, writing, place)
  if (isA(resource, 'Observation')) return writeObservation(resource, writing, place)
  if (isA(resource, 'DiagnosticReport')) return writeReport(resource, writing, place)
  if (isA(resource, 'Procedure')) return writeProcedure(resource, writing, place)
  if (isA(resource, 'ServiceRequest')) return writeRequest(resource, writing, place)
  if (isA(resource, 'DeviceUseStatement')) return writeDeviceUse(resource, writing, place)
  return rarely(resource, writing, place)
}

const PARTIES = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'RelatedPerson'])

function rarely(resource: Resource, writing: Writing, place: Place): Statement {
  if (isA(resource, 'FamilyMemberHistory')) return writeFamilyHistory(resource, writing, place)
  if (isA(resource, 'Encounter')) return writeEncounter(resource, writing, place)
  if (isA(resource, 'DocumentReference')) return writeFile(resource, writing, place)
  if (PARTIES.has(resource.resourceType)) return writeParty(resource, writing, place)
  return writeMedicationEntry(resource, writing, place) ?? writeAnything(resource, writing, place)
}
