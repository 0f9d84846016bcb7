/** One worker for each coordinator on the trust list: it asks there for work, as nobody connects to a node. */

import type { Database } from '#platform/database/database.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Answering } from '#research/federation/answer-task.ts'
import { coordinatorClient } from '#research/federation/coordinator-client.ts'
import { openNodeStore } from '#research/federation/node-store.ts'
import {
  type NodeWorker,
  type NodeWorkerOptions,
  startNodeWorker,
  type WorkerStatus,
} from '#research/federation/node-worker.ts'
import type { Coordinator, FollowedTrust } from './trust.ts'

export interface Workers {
  /** Of each coordinator, by its id. */
  status(): ReadonlyMap<string, WorkerStatus>
  close(): Promise<void>
}

export interface WorkerParts extends Answering, Pick<NodeWorkerOptions, 'key' | 'log' | 'retryMs'> {
  readonly trust: FollowedTrust
  readonly database: Database
  readonly fetch: PeerFetch['fetch']
  readonly waitSeconds: number
}

export function startWorkers(parts: WorkerParts): Workers {
  const running = new Map<string, { readonly worker: NodeWorker; readonly at: string }>()
  const ending = new Set<Promise<void>>()
  let closed = false

  const follow = (): void => {
    if (closed) return
    const wanted = new Map(parts.trust.coordinators().map((one) => [one.id, one]))
    for (const [id, { worker, at }] of running) {
      const now = wanted.get(id)
      if (now && addressOf(now) === at) continue
      running.delete(id)
      const end = worker.close().finally(() => ending.delete(end))
      ending.add(end)
    }
    for (const [id, coordinator] of wanted) {
      if (!running.has(id)) running.set(id, { worker: start(parts, coordinator), at: addressOf(coordinator) })
    }
  }
  parts.trust.onChange(follow)
  return {
    status: () => new Map([...running].map(([id, { worker }]) => [id, worker.status()])),
    async close() {
      closed = true
      await Promise.all([...[...running.values()].map(({ worker }) => worker.close()), ...ending])
    },
  }
}

function start({ fetch, database, ...answering }: WorkerParts, { id, url, certificates }: Coordinator): NodeWorker {
  const { now, door } = answering
  return startNodeWorker({
    ...answering,
    store: openNodeStore(database, door.node.id, id),
    client: coordinatorClient({ fetch, url, certificates, now }),
  })
}

function addressOf({ url, certificates }: Coordinator): string {
  return JSON.stringify([url, certificates])
}
