/** What an evidence says, apart from its XML. */

/** Non-repudiation of origin, of receipt, of delivery. */
export const EVIDENCE_KINDS = ['NRO', 'NRR', 'NRD'] as const
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

/** A national contact point. */
export interface EvidenceParty {
  readonly name: string
  /** `urn:oid:` of its home community, or an address. */
  readonly uri: string
}

export interface EvidenceFacts {
  /** The same facts have the same id: see `evidenceId`. */
  readonly id: string
  readonly kind: EvidenceKind
  readonly positive: boolean
  /** Why not: a stable code. */
  readonly reason?: string
  readonly policyId: string
  readonly issuer: EvidenceParty
  /** Who sent the message that this is about, and who was to receive it. */
  readonly sender: EvidenceParty
  readonly recipient: EvidenceParty
  /** ISO 8601. */
  readonly eventTime: string
  readonly message: {
    readonly part: 'request' | 'response'
    /** `ITI-39`, … */
    readonly transaction: string
    /** WS-Addressing MessageID, or the X-Request-Id over FHIR. */
    readonly id?: string
    /** Hex SHA-256. */
    readonly digest?: string
  }
  /** The entry of the issuer's ledger. */
  readonly ledger: { readonly node: string; readonly sequence: number; readonly hash: string }
}

/** One evidence of each kind for each message of each entry of the ledger. */
export function evidenceId(
  ledger: { readonly node: string; readonly sequence: number },
  part: 'request' | 'response',
  kind: EvidenceKind,
): string {
  return `urn:tessera:evidence:${ledger.node}:${ledger.sequence}:${part}:${kind}`
}
