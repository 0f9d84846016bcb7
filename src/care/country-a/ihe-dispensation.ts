/** What an eDispensation in CDA is called, and which prescription it fulfils (eHDSI eD: ClinicalDocument/id, inFulfillmentOf). */
import { attribute, child, descend } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { documentClass } from '#wire/ihe/document-classes.ts'
import type { DocumentSubmission } from '#wire/ihe/exchange.ts'
import type { DispensationSubmission } from '../border/border-service.ts'

export const DISPENSATION_CLASS = '60593-1'
export const DISCARD_CLASS = `DISCARD-${DISPENSATION_CLASS}`

/** Undefined when the document is no CDA. The format code alone tells whether it is taken back (OpenNCP dispatches by it). */
export function dispensationIn(
  submission: DocumentSubmission,
  kind: DispensationSubmission['kind'],
): DispensationSubmission | undefined {
  const { submissionId, patient, submitted, bytes, metadata } = submission
  const parsed = parseXml(bytes)
  if (!parsed.ok || parsed.value.root.name !== 'ClinicalDocument') return undefined
  const { root } = parsed.value
  return {
    kind,
    submissionId,
    dispensationId: identifierOf(child(root, 'id')) ?? metadata.documentId,
    patient,
    prescriptionId: identifierOf(descend(root, 'inFulfillmentOf', 'order', 'id')) ?? '',
    submitted,
    document: { format: 'cda', bytes },
  }
}

/** Undefined for documents of other kinds. Senders differ in upper and lower case. */
export function submissionKind({ metadata }: DocumentSubmission): DispensationSubmission['kind'] | undefined {
  const format = metadata.formatCode.toLowerCase()
  if (format === formatOf(DISPENSATION_CLASS)) return 'dispensation'
  return format === formatOf(DISCARD_CLASS) ? 'discard' : undefined
}

function formatOf(classCode: string): string | undefined {
  return documentClass(classCode)?.structured?.code.toLowerCase()
}

function identifierOf(element: XmlElement | undefined): string | undefined {
  const root = attribute(element, 'root')
  const extension = attribute(element, 'extension')
  if (root === undefined) return undefined
  if (extension !== undefined) return `urn:oid:${root}|${extension}`
  // CDA R2, UID: the root may be a UUID as well as an OID.
  return /^[\d.]+$/.test(root) ? root : `urn:uuid:${root}`
}
