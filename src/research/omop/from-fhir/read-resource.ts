/** FHIR R4 resource → facts, by its type (HL7 FHIR to OMOP, 2.0.0-ballot; research convention: nothing is dropped unsaid). */
import { type Node, text } from '#documents/fhir/node.ts'
import { notARow, type ReadingContext, type ReadResource } from './clinical-event.ts'
import { readAllergy, readCondition } from './read-condition.ts'
import { readImmunization, readMedication } from './read-medication.ts'
import { readObservation } from './read-observation.ts'
import { readDeviceUse, readEncounter, readProcedure } from './read-procedure.ts'

type Reader = (resource: Node, context: ReadingContext) => ReadResource

const READERS: Readonly<Record<string, Reader>> = {
  Condition: readCondition,
  AllergyIntolerance: readAllergy,
  MedicationStatement: readMedication,
  MedicationRequest: readMedication,
  MedicationDispense: readMedication,
  MedicationAdministration: readMedication,
  Immunization: readImmunization,
  Observation: readObservation,
  Procedure: readProcedure,
  DeviceUseStatement: readDeviceUse,
  Encounter: readEncounter,
}

const ADMINISTRATIVE = new Set([
  'Composition',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
  'Location',
  'Provenance',
  'Bundle',
  'Consent',
  'Coverage',
])
const CARRIED = new Set(['Medication', 'Device', 'Substance'])

/** Types whose subject may be another patient than that of the document. */
export function subjectOf(resource: Node): unknown {
  return resource.subject ?? resource.patient
}

/** The patient is read by `person.ts`. */
export function readResource(resource: Node, context: ReadingContext): ReadResource {
  const type = text(resource.resourceType) ?? ''
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (reader) return reader(resource, context)
  if (ADMINISTRATIVE.has(type)) return notARow('administrative')
  return notARow(CARRIED.has(type) ? 'carried-by-another' : 'no-rule')
}
