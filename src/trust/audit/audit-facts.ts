/** What an audit message is made of: facts in plain words. Which of them a message carries, and where, the event table says. */
import type { AuditOutcomeIndicator } from './audit-message.ts'

/** The `id`s of `data/audit/ehdsi-events.json`. */
export type AuditEventName =
  | 'patient-discovery'
  | 'patient-summary-list'
  | 'prescription-list'
  | 'clinical-document-list'
  | 'patient-summary-retrieve'
  | 'prescription-retrieve'
  | 'clinical-document-retrieve'
  | 'dispensation'
  | 'discard'
  | 'professional-authentication'
  | 'trc-assertion'
  | 'nok-assertion'
  | 'configuration-import'
  | 'transformation'
  | 'smp-query'
  | 'smp-push'
  | 'communication-failure'
  | 'node-authentication-failure'
  | 'request-refused'

/** A person, an organisation or a system that takes part. */
export interface AuditParty {
  /** Of a professional `SPProvidedID` or `<nameid@issuer>`, of a gateway the name in its TLS certificate. */
  readonly userId: string
  readonly alternativeUserId?: string
  /** IP address or machine name. */
  readonly address?: string
}

export interface ExchangedMessage {
  readonly id: string
  /** Hex SHA-256 of the message as it went over the wire. */
  readonly digest?: string
  /** XML of the security header, where policy wants it kept. */
  readonly securityHeader?: string
}

export interface AuditFacts {
  readonly event: AuditEventName
  /** Which national contact point writes. */
  readonly side: 'A' | 'B'
  /** `ihe` when absent. */
  readonly wire?: 'ihe' | 'fhir'
  /** ISO 8601. */
  readonly recorded: string
  readonly outcome: AuditOutcomeIndicator
  /** A stable code, never personal data. */
  readonly outcomeDescription?: string
  readonly purpose?: 'TREATMENT' | 'EMERGENCY'
  /** AuditSourceID: the country's subdivision, e.g. `DK-84`. */
  readonly site: string
  readonly pointOfCare?: AuditParty
  readonly humanRequestor?: AuditParty
  readonly serviceConsumer?: AuditParty
  readonly serviceProvider?: AuditParty
  /** HL7 CX: `id^^^&root&ISO`. */
  readonly patients?: readonly string[]
  /** HL7 CX of a relative who speaks for the patient. */
  readonly guarantors?: readonly string[]
  readonly query?: { readonly id: string; readonly text: string; readonly homeCommunityId?: string }
  readonly submissionSet?: string
  /** Documents, assertions, or whatever the event is about. */
  readonly targets?: readonly string[]
  readonly error?: { readonly id: string; readonly message: string }
  readonly request?: ExchangedMessage
  readonly response?: ExchangedMessage
  /** Documents before and after a transformation; `output` may have no id. */
  readonly input?: string
  readonly output?: string
  /** The entry of this node's ledger that tells the same access. */
  readonly ledger?: { readonly node: string; readonly sequence: number; readonly hash: string }
}
