/**
 * Nodes of the demonstration as processes, asked by hand: raw HTTPS with the certificate of any country, so that a test
 * can send what no client of ours would send, and read the ledger of who was asked.
 */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEvent } from 'fhir/r4'
import { planEurope, type Wires } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import type { AuditEventName } from '#trust/audit/audit-facts.ts'
import { openAuditStore } from '#trust/audit/audit-store.ts'
import { type Authority, createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../../nodes.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')

/** The answering countries speak both wires: every attack is tried on each. */
const BOTH: Wires = { FR: ['fhir', 'ihe'], PT: ['fhir', 'ihe'], EE: ['fhir', 'ihe'], GR: ['fhir', 'ihe'] }

export type Code = keyof typeof BOTH

/** A country that may ask, with its TLS key, its token key and its signature key. */
export interface Asker {
  readonly country: string
  readonly homeCommunityId: string
  readonly keys: NodeKeys
  readonly seal: SealSigner
}

export interface Sent {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Other TLS settings than those of the asker. */
  readonly tls?: RequestOptions
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  readonly text: string
}

export interface Border {
  readonly home: string
  readonly authority: Authority
  /** OIDs of the answering countries, as their nodes have them. */
  homeCommunityId(country: Code): string
  asker(country: Code): Promise<Asker>
  portOf(country: Code): number
  folderOf(country: Code): string
  /** Rejects when the connection breaks before an answer. */
  send(country: Code, asker: Asker | undefined, sent: Sent): Promise<Reply>
  /** Newest first. */
  ledger(country: Code, limit?: number): Promise<readonly AuditEvent[]>
  /** Audit messages of one event, as XML, newest first. */
  auditMessages(country: Code, event: AuditEventName): Promise<readonly string[]>
  /** How many entries its ledger has. */
  entries(country: Code): Promise<number>
  log(country: Code): string
  close(): Promise<void>
}

interface OpenedLedger {
  readonly database: Database
  readonly ledger: Ledger
}

export interface BorderOptions {
  readonly nodes: readonly Code[]
  /** Another OID than the country has, as the senders of the samples know it. */
  readonly homeCommunityIds?: Readonly<Partial<Record<Code, string>>>
  /** Called before the nodes start, with the folder of a country and the home of all. */
  readonly fill?: (folderOf: (country: Code) => string, home: string) => Promise<void> | void
}

export async function startBorder(options: BorderOptions): Promise<Border> {
  const home = mkdtempSync(join(tmpdir(), 'tessera-border-'))
  const data = join(home, 'data')
  cpSync(DATA, data, { recursive: true })
  for (const [country, oid] of Object.entries(options.homeCommunityIds ?? {})) {
    const file = join(data, 'countries', `${country}.json`)
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), homeCommunityId: oid }))
  }
  const plan = planEurope(await freeBase(), BOTH)
  const prepared = await prepareEurope({ home, data, plan })
  const folderOf = (country: Code) => join(home, country.toLowerCase(), 'folder')
  await options.fill?.(folderOf, home)
  const running: NodeUnderTest[] = []
  const start = async (name: string): Promise<void> => {
    const node = prepared.find((one) => one.name === name)
    if (!node) throw new Error(`There is no node ${name}.`)
    running.push(await startNodeProcess(node.configuration, home))
  }
  await start('eu')
  await Promise.all(options.nodes.map((code) => start(code.toLowerCase())))
  const ledgers = new Map<Code, OpenedLedger>()
  const ledgerOf = async (country: Code): Promise<OpenedLedger> => {
    const known = ledgers.get(country)
    if (known) return known
    const database = await openDatabase(`sqlite:${join(home, country.toLowerCase(), 'node.sqlite')}`)
    const opened = {
      database,
      ledger: await openLedger(database, { node: country, signer: (await keysOf(country)).seal }),
    }
    ledgers.set(country, opened)
    return opened
  }
  const keysOf = (country: Code) => openNodeKeys(join(home, country.toLowerCase(), 'keys'))
  const homeCommunityId = (country: Code): string =>
    JSON.parse(readFileSync(join(data, 'countries', `${country}.json`), 'utf8')).homeCommunityId
  const portOf = (country: Code): number => {
    const found = plan.countries.find((one) => one.country === country)
    if (!found) throw new Error(`There is no country ${country}.`)
    return found.border
  }
  return {
    home,
    authority: await createAuthority(join(home, 'authority')),
    homeCommunityId,
    portOf,
    folderOf,
    async asker(country) {
      const keys = await keysOf(country)
      if (!keys.signature) throw new Error(`${country} signs nothing.`)
      return { country, homeCommunityId: homeCommunityId(country), keys, seal: keys.signature }
    },
    send: (country, asker, sent) => exchange(portOf(country), asker, sent),
    async ledger(country, limit = 1) {
      return (await (await ledgerOf(country)).ledger.list({ limit })).map(({ event }) => event)
    },
    async auditMessages(country, event) {
      const messages = await openAuditStore((await ledgerOf(country)).database, country).list({ event })
      return messages.map(({ xml }) => xml)
    },
    async entries(country) {
      return (await (await ledgerOf(country)).ledger.list({ limit: 1 }))[0]?.sequence ?? 0
    },
    log: (country) => readFileSync(join(home, country.toLowerCase(), 'node.log'), 'utf8'),
    async close() {
      for (const { database } of ledgers.values()) await database.close()
      await Promise.all(running.map((node) => node.kill()))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** One request on a connection of its own. */
export function exchange(port: number, asker: Asker | undefined, sent: Sent): Promise<Reply> {
  const own = asker ? { key: asker.keys.tls.key, cert: asker.keys.tls.cert, ca: asker.keys.tls.ca } : {}
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: sent.path,
        method: sent.method ?? (sent.body === undefined ? 'GET' : 'POST'),
        headers: { ...sent.headers },
        agent: false,
        ...own,
        ...sent.tls,
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const body = Buffer.concat(chunks)
          const { statusCode: status = 0, headers } = incoming
          resolve({ status, headers, body, text: body.toString('utf8') })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(sent.body)
  })
}
