/** A dispensation, or its discard, as XDR carries it (ITI-41; eHDSI: the format code tells which of the two it is). */
import { documentClass } from '#wire/ihe/document-classes.ts'
import type { DocumentSubmission } from '#wire/ihe/exchange.ts'
import type { DispensationSubmission, VerifiedCaller } from '../../border/border-service.ts'

const CLASSES = { dispensation: '60593-1', discard: 'DISCARD-60593-1' } as const

/** Undefined when the document is not CDA. Equal submissions are equal: a retry repeats the first one exactly. */
export function xdrSubmission(
  submission: DispensationSubmission,
  caller: VerifiedCaller,
  homeCommunityId: string,
): DocumentSubmission | undefined {
  const { kind, submissionId, dispensationId, submitted, patient, document } = submission
  if (document.format !== 'cda') return undefined
  const { name, organisation } = caller.professional
  return {
    submissionId,
    submitted,
    sourceId: homeCommunityId,
    patient,
    author: { person: name, institution: organisation.name, institutionId: organisation.identifier },
    metadata: {
      repositoryId: homeCommunityId,
      documentId: xdsId(dispensationId),
      homeCommunityId,
      patient,
      classCode: CLASSES[kind],
      formatCode: documentClass(CLASSES[kind])?.structured?.code ?? '',
      mimeType: 'text/xml',
      title: kind === 'discard' ? 'eDispensation discard' : 'eDispensation',
      created: submitted,
      language: 'en-GB',
      country: caller.country,
      confidentiality: 'N',
      authors: [{ person: name, specialties: [] }],
    },
    bytes: document.bytes,
  }
}

/** `system|value` → `ROOT^EXTENSION`; a UUID → its OID below 2.25 (ITU-T X.667 §7). */
export function xdsId(identifier: string): string {
  const bar = identifier.lastIndexOf('|')
  if (bar >= 0) return `${identifier.slice(0, bar).replace(/^urn:oid:/, '')}^${identifier.slice(bar + 1)}`
  const uuid = /^urn:uuid:([0-9a-f-]{36})$/i.exec(identifier)?.[1]
  return uuid === undefined ? identifier.replace(/^urn:oid:/, '') : oidOf(uuid)
}

/** A UUID as an OID below 2.25 (ITU-T X.667 §7). */
export function oidOf(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`
}
