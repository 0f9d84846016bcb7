/**
 * The one model inside Tessera: a FHIR R4 document Bundle of the European profiles, with what the program knows about
 * where it came from and what became of every statement of the source.
 */
import type { Bundle } from 'fhir/r4'
import type { Account } from './account.ts'

/** LOINC document codes of the EHDS priority categories; only what this node can read is listed. */
export const PATIENT_SUMMARY = '60591-5'

/** `other-document`: a report of another category (laboratory, discharge, imaging, …), shown in its own order. */
export type DocumentKind = 'patient-summary' | 'original-document' | 'other-document'

/** How the source document was written. `level` is CDA's: 1 = a PDF inside, 3 = coded entries. */
export interface DocumentOrigin {
  readonly format: 'cda' | 'fhir'
  readonly level?: 1 | 3
  /** BCP-47 language in which the author wrote. */
  readonly language: string
  /** ISO 3166-1 alpha-2 country of the author's organisation, when the document says so. */
  readonly country?: string
}

export interface ClinicalDocument {
  /** `type = document`; the Composition is the first entry; references resolve inside the bundle. */
  readonly bundle: Bundle
  readonly kind: DocumentKind
  readonly origin: DocumentOrigin
  /** What became of every statement of the source. Computed by comparison, see documents/account. */
  readonly account: Account
}

/**
 * Extension that ties a resource to its source element. `path`: where in the source. `code`: structural codes of the
 * source that the resource expresses by its type or shape (e.g. CDA act code CONC), kept so that nothing is lost and
 * the way back to CDA is exact.
 */
export const SOURCE_EXTENSION = 'urn:tessera:source'
