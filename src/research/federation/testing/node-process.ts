/**
 * For tests that kill it: a node as a process of its own. `OPTIONS` is JSON with the node's keys, its database and the
 * coordinator. Each run of a task is a line in `RUNS`; the answer is different each time, as with noise drawn anew.
 */
import { createPrivateKey } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { ok } from '#platform/result/result.ts'
import type { NodeKeys } from '#trust/keys/node-keys.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { readTrustList } from '../../permits/trust-list.ts'
import { aTable, now, startNode, type TestKeys } from './federation.ts'

const options = JSON.parse(process.env.OPTIONS ?? '{}')
const trust = readTrustList(options.trust)
if (!trust.ok) throw new Error(trust.problem.sentence)
const key = { ...options.key, privateKey: createPrivateKey(options.key.privateKey) }
const own = await openNodeKeys(options.tlsFolder)
const theirs = { tls: { fingerprint: options.coordinatorCertificate } } as NodeKeys

await startNode({
  country: 'PT',
  execute: async ({ task }) => {
    const persons = 40 + Math.floor(Math.random() * 1e9)
    appendFileSync(process.env.RUNS ?? '', `${task.id} ${persons}\n`)
    return ok([aTable(persons)])
  },
  url: options.database,
  clock: now,
  keys: { trust: trust.value, nodes: { PT: key } } as unknown as TestKeys,
  tls: { PT: own, EU: theirs },
  coordinator: options.coordinator,
})
// Nothing here keeps a process alive by itself.
setInterval(() => undefined, 1000)
