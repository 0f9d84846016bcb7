/** The class of document that each service is about (eHDSI class codes: LOINC, and one of eHDSI's own for images). */
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { DOCUMENT_CLASSES } from '#wire/ihe/document-classes.ts'

export const EPRESCRIPTION = '57833-6'
export const EDISPENSATION = '60593-1'
/** Class and format that eHDSI gives the discard of a dispensation. */
export const EDISPENSATION_DISCARD = 'DISCARD-60593-1'

/** Original clinical documents (OrCD), in the order in which they are offered. */
export const ORIGINAL_SERVICES = [
  'laboratory-report',
  'discharge-report',
  'imaging-report',
  'medical-image',
] as const satisfies readonly ServiceKind[]

/** The first class of a service in the table; empty for patient identification, which has no documents. */
export function classOf(service: ServiceKind): string {
  return DOCUMENT_CLASSES.find((one) => one.service === service)?.code ?? ''
}
