/**
 * Country B: asks other countries on behalf of its professionals. The portal and the command line use only this door.
 * Each call is recorded in this node's ledger before its result is handed out.
 */
import type { ClinicalDocument } from '../../documents/model/clinical-document.ts'
import type { Result } from '../../platform/result/result.ts'
import type { Professional } from '../../trust/people/professional.ts'
import type { CountryCode, SearchMask, ServiceKind } from '../../wire/discovery/directory.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'

export interface CountryState {
  readonly country: CountryCode
  readonly services: readonly {
    readonly kind: ServiceKind
    readonly state: 'available' | 'unavailable' | 'not-offered'
  }[]
  readonly checkedAt: string
}

/** A person that country A found, with the traits it knows, to be compared with the identity document. */
export interface Candidate {
  readonly identifier: string
  readonly otherIdentifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
}

export interface DocumentEntry {
  readonly id: string
  /** LOINC document class. */
  readonly type: string
  readonly title: string
  readonly date: string
  readonly author: string
  readonly language?: string
  /** What can be fetched: the structured document and, when country A has them, the original as PDF or as CDA. */
  readonly renditions: readonly {
    readonly contentType: string
    readonly url: string
    readonly kind: 'structured' | 'pdf' | 'source'
  }[]
}

export interface RetrievedDocument {
  readonly entry: DocumentEntry
  readonly document: ClinicalDocument
  /** The original PDF of country A, when there is one. */
  readonly pdf?: Uint8Array
}

export interface CountryB {
  countries(): Promise<readonly CountryState[]>
  searchMask(country: CountryCode): Promise<Result<SearchMask, CareProblemCode>>
  /** Answers by field name of the mask; formats are checked before anything leaves the country. */
  identify(
    professional: Professional,
    country: CountryCode,
    answers: Readonly<Record<string, string>>,
  ): Promise<Result<readonly Candidate[], CareProblemCode>>
  documents(context: CareContext): Promise<Result<readonly DocumentEntry[], CareProblemCode>>
  retrieve(context: CareContext, documentId: string): Promise<Result<RetrievedDocument, CareProblemCode>>
}
