/** What is written in the ledger about one access, the same words on both sides of the border. */
import type { CareProblemCode, Purpose } from './care-context.ts'

export interface AccessRecord {
  /** Which side this node is on. */
  readonly side: 'A' | 'B'
  readonly step: 'identify' | 'list' | 'retrieve'
  readonly recorded: Date
  /** Country of affiliation of the patient, and country of the professional. */
  readonly countryA: string
  readonly countryB: string
  /** Undefined when nobody was authenticated. */
  readonly professional?: {
    /** `system|value`. */
    readonly identifier: string
    readonly name: string
    readonly role?: { readonly code: string; readonly display: string }
    readonly organisation: { readonly identifier: string; readonly name: string }
  }
  /** `system|value`. */
  readonly patient?: string
  readonly purpose?: Purpose
  /** Words of the professional in an emergency; they stay in his country. */
  readonly reason?: string
  readonly outcome: 'success' | 'refused' | 'failed'
  /** Why not: eHDSI code, and the finer reason that only this ledger knows, e.g. `consent`. */
  readonly code?: CareProblemCode
  readonly detail?: string
  /** Identifiers of the documents that were listed or handed out. */
  readonly documents?: readonly string[]
}
