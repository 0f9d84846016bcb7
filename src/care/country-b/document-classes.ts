/** The class of document that each service is about, from the one table of classes (data/documents/document-classes.json). */
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { DOCUMENT_CLASSES } from '#wire/ihe/document-classes.ts'

/** Original clinical documents (OrCD), in the order in which they are offered. */
export const ORIGINAL_SERVICES = [
  'laboratory-report',
  'discharge-report',
  'imaging-report',
  'medical-image',
] as const satisfies readonly ServiceKind[]

/** Empty for patient identification, which has no documents. */
export function classOf(service: ServiceKind): string {
  return DOCUMENT_CLASSES.find((one) => one.service === service && !one.code.startsWith('DISCARD-'))?.code ?? ''
}
