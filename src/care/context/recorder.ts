/**
 * Where every access and decision on the border is written, once: the ledger first, then what follows from it (DICOM audit
 * message, evidences of non-repudiation, key figures), each tied to the entry of the ledger.
 */
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { Wire } from '../border/border-service.ts'
import type { AccessRecord } from './access-record.ts'
import { recordAccess } from './record-access.ts'

/** The messages of one transaction, for audit and evidence; never for the log. */
export interface ExchangedEnvelopes {
  readonly wire: Wire
  /** `ITI-55`, `ITI-38`, `ITI-39`, `ITI-41`; `ITI-78`, `ITI-67`, `ITI-68`, `ITI-65` over FHIR. */
  readonly transaction: string
  readonly messageId?: string
  /** Over IHE the SOAP envelope; over FHIR method, path and body. */
  readonly request?: string
  /** Hex SHA-256. */
  readonly requestDigest?: string
  readonly response?: string
  readonly responseDigest?: string
  /** Of the answer, when it has one of its own. */
  readonly responseMessageId?: string
  /** Distinguished names of the TLS certificates of both ends. */
  readonly clientName?: string
  readonly serverName?: string
}

export interface BorderRecorder {
  /** Durable when it resolves; rejects when the ledger did not take it: the access must then not happen. */
  record(record: AccessRecord, exchanged?: ExchangedEnvelopes): Promise<void>
  /**
   * Country A, which records before it answers, tells afterwards what it answered to the message of that id. Never rejects:
   * the answer has gone, and the access is in the ledger.
   */
  answered?(answer: {
    readonly messageId: string
    readonly response?: string
    /** Hex SHA-256. */
    readonly responseDigest: string
  }): Promise<void>
}

/** Only the ledger: for tests, and for nodes without audit repository. The real one: `border-recorder.ts`. */
export function ledgerRecorder(ledger: Ledger): BorderRecorder {
  return { record: (record) => recordAccess(ledger, record) }
}
