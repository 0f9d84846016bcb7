/** Any document that a country may send → the model: what it is, is seen in its first bytes. */
import { failed, type Place, type Result } from '#platform/result/result.ts'
import type { CdaProblemCode } from './cda/problem.ts'
import { readCda } from './cda/read-cda.ts'
import type { FhirProblemCode } from './fhir/problem.ts'
import { type ReadOptions, readFhir } from './fhir/read-fhir.ts'
import type { ClinicalDocument } from './model/clinical-document.ts'

export type { ReadOptions } from './fhir/read-fhir.ts'

/** `document-*`: the file is no clinical document that Tessera reads. */
export type ReadProblemCode =
  | CdaProblemCode
  | FhirProblemCode
  | 'document-empty'
  | 'document-unknown'
  | 'document-pdf'
  | 'document-fhir-xml'

const HEAD = 4096

/** The first characters, whatever the encoding, without byte order mark and white space. */
function headOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8')
    .decode(bytes.subarray(0, HEAD))
    .replaceAll('\0', '')
    .replace(/^[\ufeff\ufffd\s]+/, '')
}

/**
 * Reads a clinical document: CDA (XML) or FHIR (JSON).
 * @returns the model with its account, or one problem that says what is wrong, where, and what to do
 */
export function readDocument(bytes: Uint8Array, options: ReadOptions): Result<ClinicalDocument, ReadProblemCode> {
  const place: Place = { ...(options.file === undefined ? {} : { file: options.file }), line: 1, column: 1 }
  const head = headOf(bytes)
  if (head === '') {
    return failed('document-empty', 'The file is empty.', 'Fetch or export the document again.', place)
  }
  if (head.startsWith('{') || head.startsWith('[')) return readFhir(bytes, options)
  if (head.startsWith('%PDF')) {
    return failed(
      'document-pdf',
      'This is a PDF, not a structured document.',
      'Open it as it is, or ask for the document as CDA or FHIR.',
      place,
    )
  }
  if (
    head.includes('http://hl7.org/fhir') &&
    /<(?:\w+:)?\w+[^>]*xmlns(?::\w+)?=["']http:\/\/hl7\.org\/fhir["']/.test(head)
  ) {
    return failed(
      'document-fhir-xml',
      'This is FHIR written as XML; Tessera reads FHIR as JSON.',
      'Ask for the document as application/fhir+json.',
      place,
    )
  }
  if (head.startsWith('<')) return readCda(bytes, options)
  return failed(
    'document-unknown',
    'The file is neither XML nor JSON.',
    'Send a clinical document as CDA (XML) or FHIR (JSON).',
    place,
  )
}
