/** One access → one AuditEvent in the ledger. */
import type { AuditEvent } from 'fhir/r4'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { AccessRecord } from './access-record.ts'

/** Durable when it resolves; rejects when the ledger did not take it. */
export async function recordAccess(ledger: Ledger, record: AccessRecord): Promise<void> {
  await ledger.append(accessEvent(record))
}

function accessEvent(record: AccessRecord): AuditEvent {
  return {
    resourceType: 'AuditEvent',
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    recorded: record.recorded.toISOString(),
    agent: [{ requestor: true, ...(record.professional ? { who: { display: record.professional.name } } : {}) }],
    source: { observer: { display: record.countryA } },
  }
}
