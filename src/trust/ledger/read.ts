/** Reading entries back from the database. */
import type { AuditEvent } from 'fhir/r4'
import type { Kysely } from 'kysely'
import type { Dialect } from '#platform/database/database.ts'
import type { Seal } from '../keys/seal.ts'
import type { LedgerEntry, LedgerFilter } from './ledger.ts'
import type { LedgerTables } from './migrations.ts'

const LONGEST_LIST = 1000

/** One node's chain, and what is needed to read and extend it. */
export interface Chain {
  readonly kysely: Kysely<LedgerTables>
  readonly dialect: Dialect
  readonly node: string
  readonly signer: Seal
  readonly now: () => Date
}

/** Newest first. */
export async function list(chain: Chain, filter: LedgerFilter): Promise<readonly LedgerEntry[]> {
  let query = chain.kysely.selectFrom('ledger_entry').selectAll().where('node', '=', chain.node)
  if (filter.professional !== undefined) query = query.where('professional', '=', filter.professional)
  if (filter.patient !== undefined) query = query.where('patient', '=', filter.patient)
  if (filter.before !== undefined) query = query.where('sequence', '<', filter.before)
  const limit = Math.min(Math.max(filter.limit ?? 100, 1), LONGEST_LIST)
  const rows = await query.orderBy('sequence', 'desc').limit(limit).execute()
  return rows.map(({ sequence, recorded, previous_hash: previousHash, hash, event }) => ({
    sequence,
    recorded,
    previousHash,
    hash,
    event: parseEvent(event),
  }))
}

export function parseEvent(text: string): AuditEvent {
  const event: unknown = JSON.parse(text)
  if (!isAuditEvent(event)) throw new TypeError('The ledger holds something that is not an AuditEvent.')
  return event
}

/** As much as the ledger itself relies on; the rest is what was appended. */
function isAuditEvent(value: unknown): value is AuditEvent {
  if (typeof value !== 'object' || value === null) return false
  return (
    'resourceType' in value && value.resourceType === 'AuditEvent' && 'agent' in value && Array.isArray(value.agent)
  )
}
