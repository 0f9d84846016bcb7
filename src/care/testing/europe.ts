/**
 * A small Europe for tests: central services and countries as they run in operation, over real mutual TLS on loopback,
 * with their keys, ledgers and consents; all of it in one process and one temporary folder.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { NationalConnector } from '#national/connector.ts'
import { openFolderConnector } from '#national/folder/folder-connector.ts'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createPeerFetch, type PeerFetch } from '#platform/http/peer-fetch.ts'
import { type Handler, type HttpServer, serve } from '#platform/http/serve.ts'
import { createLog, type Log } from '#platform/log/log.ts'
import { describeProblem, type Result } from '#platform/result/result.ts'
import type { ConsentStore } from '#trust/consent/consent.ts'
import { openConsents } from '#trust/consent/consents.ts'
import { consentMigrations } from '#trust/consent/migrations.ts'
import { type Authority, createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import type { TokenSigner } from '#trust/tokens/issue.ts'
import { createReplayStore } from '#trust/tokens/replay.ts'
import { centralServices } from '#wire/discovery/central-services.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import { type Directory, directoryClient } from '#wire/discovery/directory-client.ts'
import { participantOf, watchParticipants, writeParticipants } from '#wire/discovery/participants-file.ts'
import { ncpehServer } from '#wire/fhir/ncpeh-server.ts'
import { countryA } from '../country-a/country-a.ts'
import { idSecretOf } from '../country-a/opaque-id.ts'
import { type CountryB, type CountryBOptions, countryB } from '../country-b/country-b.ts'
import { readPolicies, type ServicePolicy } from '../policy/policy.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')

/** How a test reads and transcodes documents: with the real rooms or with doubles. */
export interface Reading {
  readDocument(bytes: Uint8Array): Result<ClinicalDocument> | Promise<Result<ClinicalDocument>>
  transcode(document: ClinicalDocument): ClinicalDocument
}

export interface TestCountry {
  readonly code: string
  readonly keys: NodeKeys
  readonly participant: Participant
  readonly ledger: Ledger
  readonly fetch: PeerFetch
  readonly directory: Directory
  readonly signer: TokenSigner
  readonly server: HttpServer
  /** Asks as this country. */
  readonly b: CountryB
  readonly options: CountryBOptions
  readonly consents: ConsentStore
  /** National operations that were called, in order. */
  readonly calls: string[]
}

export interface Europe {
  readonly authority: Authority
  readonly directory: string
  readonly log: Log
  readonly policies: readonly ServicePolicy[]
  readonly union: HttpServer
  country(code: string): TestCountry
  /** Registers countries anew, e.g. after one got another address. */
  register(participants: readonly Participant[]): Promise<void>
  close(): Promise<void>
}

const HOME_COMMUNITY: Readonly<Record<string, string>> = {
  FR: '2.16.17.710.790.1000.990.1',
  PT: '2.16.17.710.820.1000.990.1',
  EE: '1.3.6.1.4.1.28284.6.2.2.1',
  GR: '2.16.840.1.113883.2.25.3.4.1',
}

/** Starts the central services and the countries. `clock` is every node's clock. */
export async function openEurope(codes: readonly string[], reading: Reading, clock: () => Date): Promise<Europe> {
  const directory = await mkdtemp(join(tmpdir(), 'tessera-europe-'))
  const log = createLog({ level: 'silent', name: 'test' })
  const authority = await createAuthority(join(directory, 'authority'))
  const policies = valueFrom(readPolicies(JSON.parse(await readFile(join(DATA, 'policies', 'services.json'), 'utf8'))))
  const unionKeys = await keysOf(directory, authority, 'EU')
  const participantsFile = join(directory, 'participants.json')
  let version = 0
  const register = async (participants: readonly Participant[]): Promise<void> => {
    version += 1
    await writeParticipants(participantsFile, { version, participants })
  }
  const central = centralServices({
    signer: unionKeys.token,
    participants: watchParticipants(participantsFile),
    searchMask: (code) =>
      readFile(join(DATA, 'search-masks', `InternationalSearch_${code}.xml`)).catch(() => undefined),
    clock,
  })
  const union = await listen(unionKeys, (request, connection) => central.fetch(request, { connection }))
  const countries = new Map<string, TestCountry>()
  const closing: (() => Promise<void> | void)[] = []
  for (const code of codes) {
    const keys = await keysOf(directory, authority, code)
    const started = await startCountry({ code, keys, log, policies, reading, clock, union, unionKeys })
    countries.set(code, started.country)
    closing.push(started.close)
  }
  await register([...countries.values()].map(({ participant }) => participant))
  return {
    authority,
    directory,
    log,
    policies,
    union,
    register,
    country(code) {
      const found = countries.get(code)
      if (!found) throw new Error(`There is no country ${code} in this test.`)
      return found
    },
    async close() {
      for (const close of closing) await close()
      await union.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export function keysOf(directory: string, authority: Authority, code: string): Promise<NodeKeys> {
  const subject = { country: code, organisation: `Test node ${code}`, commonName: `ncp.${code.toLowerCase()}.test` }
  return openNodeKeys(join(directory, code, 'keys'), { create: { authority, subject } })
}

export async function listen(keys: NodeKeys, handler: Handler): Promise<HttpServer> {
  const { key, cert, ca } = keys.tls
  const options = { port: 0, host: '127.0.0.1', tls: { key, cert, ca, requireClientCertificate: true } }
  return valueFrom(await serve({ ...options, handler, limits: { closeGraceMs: 100 } }))
}

export function valueFrom<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(describeProblem(result.problem))
  return result.value
}

interface Starting {
  readonly code: string
  readonly keys: NodeKeys
  readonly log: Log
  readonly policies: readonly ServicePolicy[]
  readonly reading: Reading
  readonly clock: () => Date
  readonly union: HttpServer
  readonly unionKeys: NodeKeys
}

async function startCountry(starting: Starting) {
  const { code, keys, log, policies, reading, clock, union, unionKeys } = starting
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [...ledgerMigrations, ...consentMigrations])
  const ledger = await openLedger(database, { node: code, signer: keys.seal })
  const homeCommunityId = HOME_COMMUNITY[code] ?? '2.999.1'
  const fetch = createPeerFetch({ ...keys.tls, timeoutMs: 2000, maxBytes: 64 * 1024 * 1024 })
  const centre = directoryClient({
    fetch,
    origin: union.url,
    unionKeys: [unionKeys.token.publicJwk],
    clock,
    refreshMs: 0,
  })
  const consents = openConsents(database, { defaultDecision: 'permit' })
  const calls: string[] = []
  const connector = watched(await openFolderConnector({ directory: join(DATA, 'demo', code) }), calls)
  let handler: Handler = () => new Response(null, { status: 503 })
  const server = await listen(keys, (request, connection) => handler(request, connection))
  const base = `${server.url}/fhir`
  const app = ncpehServer({
    base,
    name: `Test node ${code}`,
    softwareVersion: '0',
    released: '2026-11-24',
    handlers: countryA({
      country: code,
      homeCommunityId,
      base,
      connector,
      consents,
      consentDefault: 'permit',
      policies,
      ledger,
      trust: async (country) => {
        const found = await centre.participant(country)
        return found.ok ? found.value : undefined
      },
      replay: createReplayStore(),
      idSecret: idSecretOf(keys.token.privateKey),
      ...reading,
      clock,
      log,
    }),
  })
  handler = (request, connection) => app.fetch(request, { connection })
  const signer = {
    kid: keys.token.kid,
    privateKey: keys.token.privateKey,
    certificateFingerprint: keys.tls.fingerprint,
  }
  const options = {
    country: code,
    homeCommunityId,
    address: base,
    directory: centre,
    fetch,
    signer,
    policies,
    ledger,
    readDocument: reading.readDocument,
    clock,
    log,
    timeoutMs: 2000,
    probeTimeoutMs: 500,
    stateFreshMs: 0,
  }
  const country: TestCountry = {
    code,
    keys,
    participant: participantOf({
      country: code,
      homeCommunityId,
      fhirBase: base,
      services: ['patient-identification', 'patient-summary'],
      certificates: [keys.tls.cert],
      tokenKeys: [keys.token.publicJwk],
    }),
    ledger,
    fetch,
    directory: centre,
    signer,
    server,
    b: countryB(options),
    options,
    consents,
    calls,
  }
  const close = async (): Promise<void> => {
    fetch.close()
    await server.close()
    await database.close()
  }
  return { country, close }
}

/** The connector with every call noted; the national side is not told, so that the shipped folder stays as it is. */
function watched(connector: NationalConnector, calls: string[]): NationalConnector {
  const note = (name: string): void => {
    calls.push(name)
  }
  return {
    ...connector,
    findPatients(...given) {
      note('findPatients')
      return connector.findPatients(...given)
    },
    listPatientSummaries(...given) {
      note('listPatientSummaries')
      return connector.listPatientSummaries(...given)
    },
    getDocument(...given) {
      note('getDocument')
      return connector.getDocument(...given)
    },
    async notifyAccess() {
      note('notifyAccess')
      return { ok: true, value: undefined }
    },
  }
}
