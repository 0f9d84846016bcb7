/** For tests: a coordinator on a real port with mutual TLS, and nodes of two countries that come to it. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { type Handler, type HttpServer, serve } from '#platform/http/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { ok } from '#platform/result/result.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { type OpenedLedger, openLedger } from '#trust/ledger/open-ledger.ts'
import { permitMigrations } from '../../permits/migrations.ts'
import type { DatasetId, Permit, PermitId } from '../../permits/permit.ts'
import { signPermit } from '../../permits/permit-signature.ts'
import { openPermitStore } from '../../permits/permit-store.ts'
import { REVOCATIONS, type RevocationList } from '../../permits/revocation-list.ts'
import { type RunningWork, startRunningWork } from '../../permits/running-work.ts'
import { signJson, verifyJson } from '../../permits/signed-json.ts'
import { type TestKey, testKey, testParty, trusting } from '../../permits/testing/bodies.ts'
import { aPermit, aRevocationList, NOW, RESEARCHER } from '../../permits/testing/permits.ts'
import type { TrustList } from '../../permits/trust-list.ts'
import type { Execute } from '../answer-task.ts'
import { coordinatorClient } from '../coordinator-client.ts'
import { type CoordinatorDoor, coordinatorHandler } from '../coordinator-handler.ts'
import { openCoordinatorStore } from '../coordinator-store.ts'
import { coordinatorMigrations, nodeMigrations } from '../migrations.ts'
import { createNews } from '../news.ts'
import type { AnswerTable } from '../node-result.ts'
import { openNodeStore } from '../node-store.ts'
import { type NodeWorker, startNodeWorker } from '../node-worker.ts'
import { signTask, TASK, type Task } from '../task.ts'

export const log = createLog({ level: 'silent', name: 'test' })
/** The same for the processes of one test. */
export const began = Number(process.env.TEST_BEGAN ?? Date.now())
/** In the year of the test permits, and moving. */
export const now = (): Date => new Date(NOW.getTime() + Date.now() - began)

export const COUNTRIES = ['PT', 'FR'] as const
export type Country = (typeof COUNTRIES)[number]

export interface TestKeys {
  readonly trust: TrustList
  readonly bodies: Readonly<Record<Country, TestKey>>
  readonly nodes: Readonly<Record<Country, TestKey>>
  readonly coordinator: TestKey
}

export function testKeys(certificates: Readonly<Record<string, string>> = {}): TestKeys {
  const bodies = { PT: testKey('body-pt-1'), FR: testKey('body-fr-1') }
  const nodes = { PT: testKey('node-pt-1'), FR: testKey('node-fr-1', 'EdDSA') }
  const coordinator = testKey('eu-1')
  const trust = trusting(
    testParty('body-pt', 'PT', ['permits'], [bodies.PT], certificates['body-pt']),
    testParty('body-fr', 'FR', ['permits'], [bodies.FR]),
    testParty('node-pt', 'PT', ['results'], [nodes.PT], certificates.PT),
    testParty('node-fr', 'FR', ['results'], [nodes.FR], certificates.FR),
    testParty('service-eu', 'EU', ['tasks'], [coordinator], certificates.EU),
  )
  return { trust, bodies, nodes, coordinator }
}

export function permitOf(country: Country, more: Partial<Permit> = {}): Permit {
  const lower = country.toLowerCase()
  const datasets = aPermit().datasets.map((scope) => ({ ...scope, dataset: `${lower}-registry` as DatasetId }))
  const body = { id: `body-${lower}`, name: `Body of ${country}` }
  return { ...aPermit(), id: `permit-${lower}-1` as PermitId, memberState: country, body, datasets, ...more }
}

export async function aTask(keys: TestKeys, more: Partial<Task> = {}, permits: Partial<Permit> = {}): Promise<Task> {
  const signed = COUNTRIES.map(async (memberState) => ({
    memberState,
    permit: await signPermit(permitOf(memberState, permits), keys.bodies[memberState]),
  }))
  return {
    format: 1,
    id: randomUUID(),
    coordinator: { id: 'service-eu', country: 'EU' },
    issued: now().toISOString(),
    notAfter: new Date(now().getTime() + 3_600_000).toISOString(),
    nonce: randomUUID(),
    person: RESEARCHER,
    purpose: 'e',
    nodes: COUNTRIES.map((memberState) => ({
      node: `node-${memberState.toLowerCase()}`,
      memberState,
      dataset: `${memberState.toLowerCase()}-registry` as DatasetId,
    })),
    permits: await Promise.all(signed),
    analysis: { kind: 'count', cohort: {}, by: [] },
    sums: 'open',
    ...more,
  }
}

export function aTable(persons: number): AnswerTable {
  return { name: 'persons', dimensions: [], cells: [{ key: [], persons }], evidence: {} }
}

export async function listOf(keys: TestKeys, country: Country, more: Partial<RevocationList> = {}): Promise<string> {
  const body = `body-${country.toLowerCase()}`
  const times = { issued: now().toISOString(), goodUntil: new Date(now().getTime() + 3_600_000).toISOString() }
  const list = aRevocationList({ memberState: country, body, ...times, ...more })
  return signJson(list, REVOCATIONS, keys.bodies[country])
}

/** What the coordinator's server is replaced with while it is broken. */
export type Fault = Handler | undefined

export interface TestCoordinator {
  readonly url: string
  readonly door: CoordinatorDoor
  /** Signs it and lists it. */
  ask(task: Task): Promise<void>
  publish(country: Country, more?: Partial<RevocationList>): Promise<void>
  break(fault: Fault): void
  /** Ends the server and begins a new one on the same database and port. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface TestNode {
  readonly worker: NodeWorker
  readonly ledger: OpenedLedger
  readonly database: Database
  readonly work: RunningWork
  close(): Promise<void>
}

export interface TestFederation {
  /** Of keys and databases; removed at the end. */
  readonly directory: string
  readonly keys: TestKeys
  readonly tls: Readonly<Record<string, NodeKeys>>
  readonly coordinator: TestCoordinator
  /** @param url of the node's database; in memory when absent */
  node(
    country: Country,
    execute: Execute,
    how?: { readonly url?: string; readonly clock?: () => Date },
  ): Promise<TestNode>
  close(): Promise<void>
}

export async function testFederation(): Promise<TestFederation> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-federation-'))
  const authority = await createAuthority(join(directory, 'authority'))
  const tls: Record<string, NodeKeys> = {}
  for (const country of ['EU', ...COUNTRIES]) {
    const subject = { country, organisation: 'Test', commonName: `research ${country}` }
    tls[country] = await openNodeKeys(join(directory, country), { create: { authority, subject } })
  }
  const keys = testKeys(Object.fromEntries(Object.entries(tls).map(([country, one]) => [country, one.tls.fingerprint])))
  const own = tls.EU
  if (!own) throw new Error('no keys')
  const coordinator = await startCoordinator(join(directory, 'coordinator.db'), own, keys)
  for (const country of COUNTRIES) await coordinator.publish(country)
  const nodes: TestNode[] = []
  return {
    ...{ directory, keys, tls, coordinator },
    async node(country, execute, { url = 'sqlite::memory:', clock = now } = {}) {
      const node = await startNode({ country, execute, url, clock, keys, tls, coordinator: coordinator.url })
      nodes.push(node)
      return node
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
      await coordinator.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function startCoordinator(file: string, own: NodeKeys, keys: TestKeys): Promise<TestCoordinator> {
  const database = await openDatabase(`sqlite:${file}`)
  await migrate(database, [...permitMigrations, ...coordinatorMigrations])
  const door = {
    ...{ store: openCoordinatorStore(database), permits: openPermitStore(database), trust: keys.trust },
    ...{ news: createNews(), now },
  }
  const { key, cert, ca } = own.tls
  let fault: Fault
  const start = async (port: number): Promise<HttpServer> => {
    const handler = coordinatorHandler(door)
    const served = await serve({
      handler: (request, connection) => (fault ?? handler)(request, connection),
      ...{ port, host: '127.0.0.1', tls: { key, cert, ca, requireClientCertificate: true } },
      limits: { closeGraceMs: 100, bodyBytes: 10_000_000 },
    })
    if (!served.ok) throw new Error(served.problem.sentence)
    return served.value
  }
  let server = await start(0)
  return {
    url: server.url,
    door,
    async ask(task) {
      const text = await signTask(task, keys.coordinator)
      const verified = await verifyJson(text, TASK, keys.trust, now())
      if (!verified.ok) throw new Error(verified.problem.sentence)
      const added = await door.store.add(verified.value, text)
      if (!added.ok) throw new Error(added.problem.sentence)
      door.news.tell()
    },
    async publish(country, more) {
      const text = await listOf(keys, country, more)
      const verified = await verifyJson(text, REVOCATIONS, keys.trust, now())
      if (!verified.ok) throw new Error(verified.problem.sentence)
      await door.permits.accept(verified.value, text, now())
      door.news.tell()
    },
    break(wrong) {
      fault = wrong
    },
    async restart() {
      await server.close()
      server = await start(server.port)
    },
    async close() {
      await server.close()
      await database.close()
    },
  }
}

interface NodeParts {
  readonly country: Country
  readonly execute: Execute
  readonly url: string
  readonly clock: () => Date
  readonly keys: TestKeys
  readonly tls: Readonly<Record<string, NodeKeys>>
  /** Its address. */
  readonly coordinator: string
}

export async function startNode(parts: NodeParts): Promise<TestNode> {
  const { country, keys, clock, execute } = parts
  const own = parts.tls[country]
  const theirs = parts.tls.EU
  if (!own || !theirs) throw new Error('no keys')
  const database = await openDatabase(parts.url)
  await migrate(database, [...ledgerMigrations, ...permitMigrations, ...nodeMigrations])
  const ledger = await openLedger(database, { node: country, signer: own.seal })
  const permits = openPermitStore(database)
  const id = `node-${country.toLowerCase()}`
  const peer = createPeerFetch({ ...own.tls, timeoutMs: 1000, maxBytes: 10_000_000 })
  const work = startRunningWork({ database, permits, log, now: clock, pollMs: 50 })
  const worker = startNodeWorker({
    door: { node: { id, name: `Node of ${country}`, country }, trust: keys.trust, permits, ledger },
    store: openNodeStore(database, id),
    client: coordinatorClient({
      fetch: peer.fetch,
      url: parts.coordinator,
      certificates: [theirs.tls.fingerprint],
      now: clock,
      answerMs: 500,
    }),
    key: keys.nodes[country],
    releasesOf: async () => [],
    ...{ work, execute, log, now: clock },
    ...{ waitSeconds: 1, retryMs: 50, holdMs: 2000 },
  })
  return {
    ...{ worker, ledger, database, work },
    async close() {
      await worker.close()
      await work.close()
      peer.close()
      await database.close()
    },
  }
}

/** Says so many persons, whoever asks. */
export function saying(persons: number): Execute {
  return async () => ok([aTable(persons)])
}
