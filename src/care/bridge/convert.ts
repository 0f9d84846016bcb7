/** Documents across a bridge: FHIR ↔ CDA through the one model, and originals in and out of CDA level 1. */
import type { Binary, Bundle, Composition, DocumentReference, Patient } from 'fhir/r4'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { Result } from '#platform/result/result.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import type { DocumentContent, ListedDocument } from '../border/border-service.ts'

/** How documents are read and written; given by the composition root. Equal documents must become equal bytes. */
export interface Conversions {
  readonly readDocument: (bytes: Uint8Array) => Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>
  readonly writeCda: (document: ClinicalDocument) => Result<Uint8Array> | Promise<Result<Uint8Array>>
}

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

/** A PDF or picture → CDA level 1 around it, with what the list says of it. */
export async function wrapOriginal(
  { writeCda }: Conversions,
  listed: ListedDocument,
  patient: string,
  file: Converted,
): Promise<Converted | undefined> {
  const written = await writeCda(levelOne(listed, patient, file))
  return written.ok ? { mediaType: 'text/xml', bytes: written.value } : undefined
}

function levelOne(listed: ListedDocument, patient: string, file: Converted): ClinicalDocument {
  const { title, created, author, classCode, language, subject, id, confidentiality } = listed
  const type = { coding: [{ system: 'http://loinc.org', code: classCode }] }
  const person: Patient = {
    resourceType: 'Patient',
    identifier: (subject?.identifiers ?? [patient]).map(identifierOf),
    ...(subject
      ? {
          name: [{ family: subject.family, given: [...subject.given] }],
          birthDate: subject.birthDate,
          gender: subject.gender,
        }
      : {}),
  }
  const composition: Composition = {
    resourceType: 'Composition',
    status: 'final',
    identifier: { system: 'urn:ietf:rfc:3986', value: id },
    type,
    ...(language === '' ? {} : { language }),
    ...(confidentiality === '' ? {} : { confidentiality: confidentiality as Composition['confidentiality'] & string }),
    title,
    date: created,
    author: [{ display: author }],
    subject: { reference: 'urn:tessera:patient' },
    section: [{ title, entry: [{ reference: 'urn:tessera:reference' }] }],
  }
  const reference: DocumentReference = {
    resourceType: 'DocumentReference',
    status: 'current',
    type,
    content: [{ attachment: { contentType: file.mediaType, url: 'urn:tessera:file', title } }],
  }
  const data = Buffer.from(file.bytes).toString('base64')
  const binary: Binary = { resourceType: 'Binary', contentType: file.mediaType, data }
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'document',
    entry: [
      { fullUrl: 'urn:tessera:composition', resource: composition },
      { fullUrl: 'urn:tessera:patient', resource: person },
      { fullUrl: 'urn:tessera:reference', resource: reference },
      { fullUrl: 'urn:tessera:file', resource: binary },
    ],
  }
  return {
    bundle,
    kind: 'original-document',
    origin: { format: 'fhir', level: 1, language: language === '' ? 'und' : language },
    account: { statements: [], notCarried: [] },
  }
}

function identifierOf(identifier: string) {
  const bar = identifier.lastIndexOf('|')
  return { system: identifier.slice(0, bar), value: identifier.slice(bar + 1) }
}
