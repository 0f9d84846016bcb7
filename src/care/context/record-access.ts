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

/** Durable when it resolves; rejects when the ledger did not take it: the access must then not happen. */
export async function recordAccess(ledger: Ledger, record: AccessRecord): Promise<void> {
  await ledger.append(accessEvent(record))
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
