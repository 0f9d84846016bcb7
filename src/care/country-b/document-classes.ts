/** The class of document that each service is about (eHDSI class codes: LOINC, and one of eHDSI's own for images). */
import type { ServiceKind } from '#wire/discovery/directory.ts'

export const EPRESCRIPTION = '57833-6'
export const EDISPENSATION = '60593-1'
/** Class and format that eHDSI gives the discard of a dispensation. */
export const EDISPENSATION_DISCARD = 'DISCARD-60593-1'

const CLASSES: Readonly<Partial<Record<ServiceKind, string>>> = {
  'patient-summary': '60591-5',
  eprescription: EPRESCRIPTION,
  edispensation: EDISPENSATION,
  'laboratory-report': '11502-2',
  'discharge-report': '34105-7',
  'imaging-report': '18748-4',
  'medical-image': 'x-clinical-image',
}

/** Original clinical documents (OrCD), in the order in which they are offered. */
export const ORIGINAL_SERVICES = [
  'laboratory-report',
  'discharge-report',
  'imaging-report',
  'medical-image',
] as const satisfies readonly ServiceKind[]

/** Empty for patient identification, which has no documents. */
export function classOf(service: ServiceKind): string {
  return CLASSES[service] ?? ''
}
