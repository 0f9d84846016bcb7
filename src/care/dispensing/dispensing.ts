/**
 * Dispensing across the border, exactly once. Types only. Country B keeps every dispensation in its outbox from the moment
 * the pharmacist confirms until country A's answer is known; country A keeps every submission it accepted by its id.
 */
import type { DispensedItem } from '#documents/pharmacy/pharmacy.ts'
import type { CareProblemCode } from '../context/care-context.ts'

/**
 * `sending`: in the outbox, not answered yet. `accepted`: country A has it. `refused`: country A said no, nothing counts as
 * dispensed there. `unknown`: it cannot be told whether country A has it; asked again with the same id until it is known.
 */
export type SubmissionState = 'sending' | 'accepted' | 'refused' | 'unknown'

export interface OutboxEntry {
  readonly submissionId: string
  readonly kind: 'dispensation' | 'discard'
  readonly dispensationId: string
  readonly country: string
  /** Names of patient and medicine never stand here: ids only. */
  readonly prescriptionId: string
  /** As people read it, where the document says it; over IHE the id above is that of the document. */
  readonly prescriptionNumber?: string
  readonly state: SubmissionState
  readonly code?: CareProblemCode
  readonly attempts: number
  /** ISO 8601. */
  readonly confirmedAt: string
  readonly lastTriedAt?: string
  readonly settledAt?: string
  /** `system|value` of the professional and of his organisation. */
  readonly professional: string
  readonly organisation: string
  /** Set on a dispensation once its discard was accepted. */
  readonly discardedAt?: string
  /** What country A did cannot be found out by asking again: someone has to call there. Nothing is sent any more. */
  readonly needsPerson?: true
}

export interface DispenseOrder {
  /** The eP, as listed. */
  readonly prescriptionDocument: string
  readonly items: readonly DispensedItem[]
  /** Made by the form that the pharmacist confirms: pressing twice is one dispensation. */
  readonly confirmation: string
  /** With what the prescription was found, where the country asks for it. */
  readonly search?: { readonly prescriptionId?: string; readonly pin?: string }
}

export interface DispenseOutcome {
  readonly entry: OutboxEntry
  /** What to tell the pharmacist when the state is `refused` or `unknown`. */
  readonly sentence?: string
  readonly next?: string
}
