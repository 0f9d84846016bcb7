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
  readonly confidentiality: string
  /** Identifiers of documents that this one is a transformation of. */
  readonly transforms: readonly string[]
}

/** Stable, opaque and fit for a URL and a FHIR id: national identifiers may contain the patient's number. */
export function documentIdentifier(system: string, value: string): string {
  return createHash('sha256').update(`${system}^${value}`).digest('hex').slice(0, 32)
}
