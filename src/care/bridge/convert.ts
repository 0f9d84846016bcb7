/** Documents across a bridge: FHIR ↔ CDA through the one model, and originals in and out of CDA level 1. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { OriginalContent } from '#documents/originals/original-content.ts'
import { originalDocument } from '#documents/originals/wrap-original.ts'
import type { Result } from '#platform/result/result.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import type { DocumentContent, ListedDocument } from '../border/border-service.ts'

/** How documents are read and written; given by the composition root. Equal documents must become equal bytes. */
export interface Conversions {
  readonly readDocument: (bytes: Uint8Array) => Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>
  readonly writeCda: (document: ClinicalDocument) => Result<Uint8Array> | Promise<Result<Uint8Array>>
  /** Without it, coded reports that have no original cannot cross to the CDA wire. */
  readonly renderPdf?: (document: ClinicalDocument) => Promise<Uint8Array>
}

export type OriginalFile = Pick<OriginalContent, 'mediaType' | 'bytes'>

export type Converted = Pick<DocumentContent, 'mediaType' | 'bytes'>

/** CDA → FHIR document. Undefined when it cannot be read. */
export async function toFhir({ readDocument }: Conversions, bytes: Uint8Array): Promise<Converted | undefined> {
  const read = await readDocument(bytes)
  if (!read.ok) return undefined
  return { mediaType: FHIR_JSON, bytes: new TextEncoder().encode(JSON.stringify(read.value.bundle)) }
}

/** FHIR document → CDA level 3. Undefined when it cannot be read or written. */
export async function toCda(
  { readDocument, writeCda }: Conversions,
  bytes: Uint8Array,
): Promise<Converted | undefined> {
  const read = await readDocument(bytes)
  const written = read.ok ? await writeCda(read.value) : read
  return written.ok ? { mediaType: 'text/xml', bytes: written.value } : undefined
}

/** A coded report that the CDA wire carries as PDF only → that PDF. Undefined when it cannot be read or printed. */
export async function toPdf(
  { readDocument, renderPdf }: Conversions,
  bytes: Uint8Array,
): Promise<OriginalFile | undefined> {
  const read = await readDocument(bytes)
  return read.ok && renderPdf ? { mediaType: 'application/pdf', bytes: await renderPdf(read.value) } : undefined
}

/** A PDF or picture → CDA level 1 around it, with what the list says of it. */
export async function wrapOriginal(
  { writeCda }: Conversions,
  country: string,
  listed: ListedDocument,
  patient: string,
  file: OriginalFile,
): Promise<Converted | undefined> {
  const { title, created, author, authorSpecialty, classCode, language, subject, id, serviceStart } = listed
  const document = originalDocument(
    {
      id: `urn:ietf:rfc:3986|${id}`,
      classCode,
      title,
      written: created,
      language: language === '' ? 'und' : language,
      authors: author === '' ? [] : [{ name: author, ...specialtyOf(authorSpecialty) }],
      patient: subject ?? { identifiers: [patient] },
      custodian: { name: `National contact point for eHealth, ${country}`, country },
      ...(serviceStart === undefined ? {} : { serviceStart }),
    },
    file,
  )
  const written = await writeCda(document)
  return written.ok ? { mediaType: 'text/xml', bytes: written.value } : undefined
}

function specialtyOf(specialty: string | undefined) {
  return specialty === undefined ? {} : { specialty: { display: specialty } }
}
