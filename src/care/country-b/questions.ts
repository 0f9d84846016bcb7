/**
 * What country B asks beyond patient summaries: prescriptions with dispensing, and original documents. Types only; the portal
 * and the software door see nothing else of it.
 */
import type { Prescription } from '#documents/pharmacy/pharmacy.ts'
import type { Result } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { ListedDocument } from '../border/border-service.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import type { DispenseOrder, DispenseOutcome, OutboxEntry } from '../dispensing/dispensing.ts'
import type { RetrievedDocument } from './country-b.ts'

/** Countries may ask for these before they show a prescription (search mask, `documentSearch`). */
export interface PrescriptionSearch {
  readonly prescriptionId?: string
  readonly pin?: string
}

export interface RetrievedPrescription extends RetrievedDocument {
  readonly prescription: Prescription
  /** May this pharmacist dispense it now? `reason` is a code of the error table, e.g. `4106`. */
  readonly dispensable: { readonly yes: true } | { readonly yes: false; readonly reason: CareProblemCode }
}

export interface Pharmacy {
  list(context: CareContext, search?: PrescriptionSearch): Promise<Result<readonly ListedDocument[], CareProblemCode>>
  retrieve(
    context: CareContext,
    documentId: string,
    search?: PrescriptionSearch,
  ): Promise<Result<RetrievedPrescription, CareProblemCode>>
  /**
   * In the outbox before anything leaves; answers when country A did, or when patience ends (`unknown`, asked again later).
   * A refusal by country A is an outcome, not a failure of this call.
   */
  dispense(context: CareContext, order: DispenseOrder): Promise<Result<DispenseOutcome, CareProblemCode>>
  /** Takes back a dispensation of the same organisation. */
  discard(context: CareContext, dispensationId: string): Promise<Result<DispenseOutcome, CareProblemCode>>
  /** Own dispensations and discards of the professional's organisation, newest first. */
  outbox(professional: Professional): Promise<readonly OutboxEntry[]>
}

export interface OriginalsFilter {
  /** `11502-2`, `34105-7`, `18748-4`, `x-clinical-image`; all when absent. */
  readonly classCode?: string
  readonly maximumSize?: number
  /** ISO dates. */
  readonly createdAfter?: string
  readonly createdBefore?: string
}

export interface RetrievedOriginal {
  readonly entry: ListedDocument
  /** PDF, PNG or JPEG, checked by their bytes; nothing else is ever handed to a page. */
  readonly file?: {
    readonly mediaType: 'application/pdf' | 'image/png' | 'image/jpeg'
    readonly bytes: Uint8Array
    /** A PDF that could run something when it is opened: it is handed over, never shown in a page. */
    readonly active?: boolean
  }
  /** The structured report, when country A has one (laboratory over FHIR, CDA level 3). */
  readonly document?: RetrievedDocument['document']
}

export interface Originals {
  list(context: CareContext, filter: OriginalsFilter): Promise<Result<readonly ListedDocument[], CareProblemCode>>
  retrieve(context: CareContext, documentId: string): Promise<Result<RetrievedOriginal, CareProblemCode>>
}
