/** One access → one AuditEvent (IHE BALP) in the ledger. */
import type { AuditEvent } from 'fhir/r4'
import {
  type AuditOutcome,
  type BorderAccess,
  documentProvideEvent,
  documentRetrieveEvent,
  documentSearchEvent,
  patientSearchEvent,
} from '#trust/ledger/audit-event.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { AccessOutcome, AccessRecord } from './access-record.ts'

/** Hex SHA-256 of the facts in the outbox. */
const FACTS_DIGEST = 'urn:tessera:transaction-facts'

/** Durable when it resolves; rejects when the ledger did not take it: the access must then not happen. */
export async function recordAccess(ledger: Ledger, record: AccessRecord): Promise<void> {
  await ledger.append(accessEvent(record))
}

/**
 * The event as the recorder appends it: it names the digest of the facts from which audit message and evidences are made,
 * so that those cannot be changed without its being seen.
 */
export function sealedAccessEvent(record: AccessRecord, factsDigest: string): AuditEvent {
  const event = accessEvent(record)
  const facts = { what: { identifier: { system: FACTS_DIGEST, value: factsDigest } } }
  return { ...event, entity: [...(event.entity ?? []), facts] }
}

/** The digest that an event names; undefined when it names none. */
export function factsDigestOf(event: AuditEvent): string | undefined {
  return event.entity?.find(({ what }) => what?.identifier?.system === FACTS_DIGEST)?.what?.identifier?.value
}

/** The event, for the ledger of either side. */
export function accessEvent(record: AccessRecord): AuditEvent {
  const { professional, recorded, outcome, ...same } = record
  const access: BorderAccess = {
    ...same,
    recorded: recorded.toISOString(),
    person: professional,
    outcome: auditOutcome(outcome),
  }
  switch (record.step) {
    case 'identify':
      return patientSearchEvent({ ...access, query: record.query })
    case 'list':
      return documentSearchEvent({ ...access, query: record.query, listed: record.documents })
    case 'retrieve':
      return documentRetrieveEvent({ ...access, document: record.document })
    case 'dispense':
    case 'discard':
      return documentProvideEvent({
        ...access,
        document: record.document,
        details: [
          { type: 'urn:tessera:submission', value: record.submission },
          { type: 'urn:tessera:prescription', value: record.prescription },
          { type: 'urn:tessera:submission-kind', value: record.step },
        ],
      })
  }
}

function auditOutcome({ kind, code, detail }: AccessOutcome): AuditOutcome {
  const reason = [code, detail].filter((part) => part !== undefined).join(' ')
  return { code: kind === 'success' ? '0' : kind === 'nothing' ? '4' : '8', ...(reason === '' ? {} : { reason }) }
}
