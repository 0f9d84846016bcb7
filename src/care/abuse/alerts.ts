/** The alerts as the operator's page reads them. */
import type { Database } from '#platform/database/database.ts'
import { isEhdsiCode } from '#wire/errors/ehdsi-errors.ts'
import type { AbuseTables } from './request-counts.ts'
import type { Alert } from './request-watch.ts'
import { SUBJECTS } from './thresholds.ts'

/** Newest first. */
export async function readAlerts(database: Database, limit = 100): Promise<readonly Alert[]> {
  const rows = await database.kysely
    .$extendTables<AbuseTables>()
    .selectFrom('alerts')
    .selectAll()
    .orderBy('raised', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ raised, code, kind, country, digest, requests, threshold, period }) => ({
    raised,
    code: isEhdsiCode(code) ? code : 'WARNING_SEC_GENERIC',
    kind: SUBJECTS.find((subject) => subject === kind) ?? 'emergency',
    country,
    digest,
    requests,
    threshold,
    periodSeconds: period,
  }))
}
