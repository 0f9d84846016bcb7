/**
 * Who was refused before a question could be read is written down, too: who held the connection, and why. That is one entry
 * of the ledger and one message of the audit trail each, as far as the meter lets it.
 */
import type { Connection } from '#platform/http/connection.ts'
import type { Log } from '#platform/log/log.ts'
import { type AuditNode, requestRefusedEvent } from '#trust/ledger/audit-event.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { OpenBorderRecorder } from './border-recorder.ts'
import { type CountedRefusals, REFUSAL_PERIOD_MS, refusalMeter } from './refusal-meter.ts'

export interface RefusedRequestsOptions {
  /** The node that refuses. */
  readonly node: AuditNode
  readonly ledger: Ledger
  /** Absent: no messages of the audit trail. */
  readonly recorder?: Pick<OpenBorderRecorder, 'note'>
  readonly clock: () => Date
  readonly log: Log
}

export interface RefusedRequests {
  /**
   * Durable when it resolves, unless only counted; never rejects: nothing was given out, so the refusal stands without its
   * entry. `node`: the door of a bridge that was asked.
   */
  record(code: string, connection: Connection, node?: AuditNode): Promise<void>
  /** Writes down what was only counted. */
  close(): Promise<void>
}

/** Refusals of one node on all its wires. */
export function recordRefused(options: RefusedRequestsOptions): RefusedRequests {
  const meter = refusalMeter<AuditNode>()
  const writeCounted = async (): Promise<void> => {
    for (const { code, count, about } of meter.takeCounted()) {
      await writeRefusal(options, { code, client: about ?? SEVERAL, more: count })
    }
  }
  const period = setInterval(() => void writeCounted(), REFUSAL_PERIOD_MS)
  period.unref()
  return {
    async record(code, { certificate, remoteAddress }, node) {
      options.log.warn('request-refused', { code })
      const client = { country: certificate?.country ?? 'unknown', address: remoteAddress ?? 'unknown' }
      const source = { key: certificate?.fingerprint ?? client.address, known: certificate !== undefined }
      if (meter.count(source, code, client)) await writeRefusal(options, { code, client, ...(node ? { node } : {}) })
    },
    async close() {
      clearInterval(period)
      await writeCounted()
    },
  }
}

const SEVERAL: AuditNode = { country: 'unknown', address: 'several' }

interface Refusal extends Pick<CountedRefusals<AuditNode>, 'code'> {
  readonly client: AuditNode
  /** Refusals that this entry stands for, when it stands for several. */
  readonly more?: number
  readonly node?: AuditNode
}

async function writeRefusal(options: RefusedRequestsOptions, refusal: Refusal): Promise<void> {
  const { ledger, recorder, clock, log } = options
  const { code, client, more, node = options.node } = refusal
  const recorded = clock().toISOString()
  const reason = more === undefined ? code : `${code}: ${more} more within ${REFUSAL_PERIOD_MS / 1000} seconds`
  try {
    const outcome = { code: '4', reason } as const
    const { sequence, hash } = await ledger.append(requestRefusedEvent({ recorded, node, client, outcome }))
    await recorder?.note({
      event: code.startsWith('tls-') ? 'node-authentication-failure' : 'request-refused',
      side: 'A',
      recorded,
      outcome: '8',
      outcomeDescription: reason,
      serviceConsumer: { userId: client.country, address: client.address },
      serviceProvider: { userId: node.address },
      error: { id: code, message: reason },
      ledger: { node: options.node.country, sequence, hash },
    })
  } catch (error) {
    log.failure('access-not-recorded', error, { kind: 'refused' })
  }
}
