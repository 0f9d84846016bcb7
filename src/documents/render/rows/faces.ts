/** Type of resource → how its row is filled. */
import { type Node, text } from '../../fhir/node.ts'
import type { Build } from '../build.ts'
import { HIGH_RISK } from '../high-risk.ts'
import { allergyFace } from './allergy.ts'
import { conditionFace } from './condition.ts'
import { medicineFace } from './medicine.ts'
import { observationFace } from './observation.ts'
import { deviceFace, immunizationFace, otherFace, partyFace, procedureFace, reportFace } from './others.ts'
import type { Face } from './row.ts'

const medicine = (build: Build, resource: Node): Face => medicineFace(build, resource, HIGH_RISK)

const FACES: Readonly<Record<string, (build: Build, resource: Node) => Face>> = {
  AllergyIntolerance: allergyFace,
  MedicationStatement: medicine,
  MedicationRequest: medicine,
  MedicationAdministration: medicine,
  MedicationDispense: medicine,
  Medication: medicine,
  Condition: conditionFace,
  Observation: (build, resource) => observationFace(build, resource),
  Procedure: procedureFace,
  Immunization: immunizationFace,
  Device: deviceFace,
  DeviceUseStatement: deviceFace,
  DeviceUsage: deviceFace,
  DiagnosticReport: reportFace,
  Patient: partyFace,
  RelatedPerson: partyFace,
  Practitioner: partyFace,
  PractitionerRole: partyFace,
  Organization: partyFace,
  Location: partyFace,
}

export function faceOf(build: Build, resource: Node): Face {
  const face = FACES[text(resource.resourceType) ?? '']
  return face ? face(build, resource) : otherFace(build, resource)
}
