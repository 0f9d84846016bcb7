/** What a document says of itself, whatever its format: the common ground of the header readers. */
import { createHash } from 'node:crypto'
import type { NationalDocument } from '../connector.ts'

export interface DocumentHeader {
  readonly id: string
  /** `system|value` of every identifier of the patient in the document. */
  readonly patients: readonly string[]
  readonly classCode: string
  readonly title: string
  /** ISO 8601. */
  readonly effectiveTime: string
  readonly author: string
  /** BCP-47. */
  readonly language: string
  readonly format: NationalDocument['format']
  /** What is inside CDA of level 1. */
  readonly content?: NonNullable<NationalDocument['content']>
  readonly categories?: NonNullable<NationalDocument['categories']>
  readonly prescription?: PrescriptionHeader
  readonly confidentiality: string
  /** Identifiers of documents that this one is a transformation of. */
  readonly transforms: readonly string[]
}

/** What a prescription says that the country needs in order to list and dispense it. */
export interface PrescriptionHeader {
  /** `system|value`: the prescription first, then every other identifier by which it may be named. */
  readonly identifiers: readonly string[]
  readonly lines: readonly PrescriptionLine[]
  /** ISO date, the last day on which it may be dispensed. */
  readonly validUntil?: string
  readonly product?: string
  readonly atc?: { readonly code: string; readonly display: string }
  readonly doseForm?: { readonly code: string; readonly display: string }
  readonly strength?: string
  readonly substitution?: { readonly code: string; readonly display: string }
}

export interface PrescriptionLine {
  /** `system|value`; '' when the line has none. */
  readonly id: string
  /** Packages that may be given in all. */
  readonly packages: number
  readonly substitutionAllowed: boolean
}

/** Stable, opaque and fit for a URL and a FHIR id: national identifiers may contain the patient's number. */
export function documentIdentifier(system: string, value: string): string {
  return createHash('sha256').update(`${system}^${value}`).digest('hex').slice(0, 32)
}
