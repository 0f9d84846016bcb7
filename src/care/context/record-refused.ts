/** A request that could not even be read as a question is written down, too: who held the connection, and why it was refused. */
import type { Connection } from '#platform/http/connection.ts'
import type { Log } from '#platform/log/log.ts'
import { type AuditNode, requestRefusedEvent } from '#trust/ledger/audit-event.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'

export interface RefusedRequestsOptions {
  /** The node that refuses. */
  readonly node: AuditNode
  readonly ledger: Ledger
  readonly clock: () => Date
  readonly log: Log
}

export function recordRefused({ node, ledger, clock, log }: RefusedRequestsOptions) {
  return async (code: string, { certificate, remoteAddress }: Connection): Promise<void> => {
    log.warn('request-refused', { code })
    const client = { country: certificate?.country ?? 'unknown', address: remoteAddress ?? 'unknown' }
    const outcome = { code: '4', reason: code } as const
    try {
      await ledger.append(requestRefusedEvent({ recorded: clock().toISOString(), node, client, outcome }))
    } catch (error) {
      // Nothing is given out, so the refusal stands without its entry.
      log.failure('access-not-recorded', error, { kind: 'refused' })
    }
  }
}
