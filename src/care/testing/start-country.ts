/** For tests: one country as it runs in operation, on one wire or both, with a bridge beside it when its plan says so. */
import { X509Certificate } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readDispensingPolicy } from '#documents/pharmacy/dispensing-rules.ts'
import type { NationalConnector } from '#national/connector.ts'
import { openFolderConnector } from '#national/folder/folder-connector.ts'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { plainFingerprint } from '#platform/http/connection.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import type { Handler, HttpServer } from '#platform/http/serve.ts'
import type { Log } from '#platform/log/log.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import { openConsents } from '#trust/consent/consents.ts'
import { consentMigrations } from '#trust/consent/migrations.ts'
import type { NodeKeys } from '#trust/keys/node-keys.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { createReplayStore } from '#trust/tokens/replay.ts'
import { type Participant, SERVICES } from '#wire/discovery/directory.ts'
import { type Directory, directoryClient } from '#wire/discovery/directory-client.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import { participantOf } from '#wire/discovery/participants-file.ts'
import { ncpehServer } from '#wire/fhir/ncpeh-server.ts'
import { iheServer } from '#wire/ihe/server.ts'
import type { Wire } from '../border/border-service.ts'
import { openBridge } from '../bridge/bridge.ts'
import { countryADoors } from '../country-a/country-a.ts'
import { idSecretOf } from '../country-a/opaque-id.ts'
import { type CountryBOptions, countryB } from '../country-b/country-b.ts'
import { openDispensingJournal } from '../dispensing/country-a/journal.ts'
import { receivedSubmissionMigrations } from '../dispensing/country-a/migrations.ts'
import { dispensingMigrations } from '../dispensing/migrations.ts'
import { openOutbox } from '../dispensing/outbox.ts'
import type { ServicePolicy } from '../policy/policy.ts'
import type { CountryPlan, Reading, TestCountry, Weather } from './europe.ts'
import { listen, valueFrom } from './listen.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
const AUTHENTICATION = 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'
const TIMEOUT = 5000

export interface Starting {
  readonly code: string
  readonly plan: CountryPlan | undefined
  readonly homeCommunityId: string
  readonly keys: NodeKeys
  /** Of the bridge, in a country that has one. */
  readonly bridgeKeys: NodeKeys | undefined
  /** A folder of this country's own. */
  readonly home: string
  readonly log: Log
  readonly policies: readonly ServicePolicy[]
  readonly reading: Reading
  readonly clock: () => Date
  readonly union: HttpServer
  readonly unionKeys: NodeKeys
}

export interface Started {
  readonly country: TestCountry
  close(): Promise<void>
}

export async function startCountry(starting: Starting): Promise<Started> {
  const { code, keys, plan, homeCommunityId, log, policies, reading, clock, bridgeKeys } = starting
  const wires: readonly Wire[] = plan?.wires ?? ['fhir']
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [
    ...ledgerMigrations,
    ...consentMigrations,
    ...dispensingMigrations,
    ...receivedSubmissionMigrations,
  ])
  const ledger = await openLedger(database, { node: code, signer: keys.seal })
  const { fetch, directory } = network(starting, keys)
  const consents = openConsents(database, { defaultDecision: 'permit' })
  const calls: string[] = []
  const connector = watched(await openFolderConnector({ directory: await folderOf(starting), recheckAfter: 0 }), calls)
  let handler: Handler = () => new Response(null, { status: 503 })
  const server = await listen(keys, (request, connection) => handler(request, connection))
  const base = `${server.url}/fhir`
  const trust = async (country: string) => {
    const found = await directory.participant(country)
    return found.ok ? found.value : undefined
  }
  const rules = valueFrom(
    readDispensingPolicy(JSON.parse(await readFile(join(DATA, 'policies', 'dispensing.json'), 'utf8'))),
  )
  const doors = countryADoors({
    country: code,
    homeCommunityId,
    base,
    connector,
    consents,
    consentDefault: 'permit',
    policies,
    ledger,
    trust,
    replay: createReplayStore(),
    idSecret: idSecretOf(keys.token.privateKey),
    readDocument: reading.readDocument,
    transcode: reading.transcode,
    clock,
    log,
    ...(plan ? { dispensations: openDispensingJournal(database), dispensingRules: rules.of(code) } : {}),
    ...(reading.cda ? { cda: reading.cda } : {}),
    ...(bridgeKeys ? { bridge: ownBridge(bridgeKeys) } : {}),
    ihe: {
      repositoryId: `${homeCommunityId}.2`,
      profile: () => 'openncp',
      assertionTrust: async (country) => {
        const found = await trust(country)
        return found && { signers: found.sealCertificates, authorities: [], revocationLists: [] }
      },
    },
  })
  const about = { name: `Test node ${code}`, softwareVersion: '0', released: '2026-11-24' }
  const onError = (error: unknown): void => log.failure('answer-failed', error)
  const fhir = ncpehServer({ base, ...about, handlers: doors.fhir, onError })
  const ihe = doors.ihe && iheServer({ handlers: doors.ihe, homeCommunityId, onError, clock })
  let weather: Weather | undefined
  handler = (request, connection) => {
    const answer = async (asked: Request): Promise<Response> => {
      const isFhir = new URL(asked.url).pathname.startsWith('/fhir')
      if (isFhir) return wires.includes('fhir') ? fhir.fetch(asked, { connection }) : nothing()
      return ihe && wires.includes('ihe') ? ihe.fetch(asked, { connection }) : nothing()
    }
    return weather ? weather(request, answer) : answer(request)
  }
  const bridge = bridgeKeys && plan ? await startBridge(starting, bridgeKeys, wires) : undefined
  const signer = {
    kid: keys.token.kid,
    privateKey: keys.token.privateKey,
    certificateFingerprint: keys.tls.fingerprint,
  }
  const options: CountryBOptions = {
    country: code,
    homeCommunityId,
    address: base,
    directory,
    fetch,
    signer,
    policies,
    ledger,
    readDocument: reading.readDocument,
    clock,
    log,
    timeoutMs: plan ? TIMEOUT : 2000,
    probeTimeoutMs: plan ? 2000 : 500,
    stateFreshMs: 0,
    wires,
    ...(keys.signature ? { ihe: { signer: keys.signature, authnContext: AUTHENTICATION } } : {}),
    ...(bridge ? { bridge: bridge.address } : {}),
    ...(plan
      ? {
          dispensing: {
            outbox: openOutbox(database, { node: code, secret: keys.token.kid }),
            rules,
            words: { language: 'fr' },
            writeCda: (document) => cdaOf(reading, document),
          },
        }
      : {}),
  }
  const country: TestCountry = {
    code,
    keys,
    participant: participant(starting, server.url, wires, bridge?.url),
    ledger,
    fetch,
    directory,
    signer,
    server,
    b: countryB(options),
    options,
    consents,
    calls,
    home: starting.home,
    disturb: (next) => {
      weather = next
    },
    ...(bridge ? { bridge } : {}),
  }
  return {
    country,
    async close() {
      fetch.close()
      await bridge?.close()
      await server.close()
      await database.close()
    },
  }
}

function nothing(): Response {
  return new Response(null, { status: 404 })
}

function network({ union, unionKeys, clock, plan }: Starting, keys: NodeKeys) {
  const fetch = createPeerFetch({ ...keys.tls, timeoutMs: plan ? TIMEOUT : 2000, maxBytes: 64 * 1024 * 1024 })
  const unionKey = [unionKeys.token.publicJwk]
  const directory: Directory = directoryClient({ fetch, origin: union.url, unionKeys: unionKey, clock, refreshMs: 0 })
  return { fetch, directory }
}

/** Countries with a plan dispense, which writes: they get a folder of their own. */
async function folderOf({ code, plan, home }: Starting): Promise<string> {
  const shipped = join(DATA, 'demo', code)
  if (!plan) return shipped
  await cp(shipped, join(home, 'folder'), { recursive: true })
  return join(home, 'folder')
}

function ownBridge({ tls, token, signature }: NodeKeys) {
  const seals = signature ? [plainFingerprint(new X509Certificate(signature.certificate).fingerprint256)] : []
  return { certificates: [tls.fingerprint], tokenKeys: [token.publicJwk], seals }
}

/** With a bridge the wire that the country lacks is the bridge's, and so are some of its keys. */
function participant(
  { code, homeCommunityId, keys, plan, bridgeKeys }: Starting,
  url: string,
  wires: readonly Wire[],
  bridgeUrl: string | undefined,
): Participant {
  const owners = [keys, ...(bridgeKeys ? [bridgeKeys] : [])]
  const of = (wire: Wire): string | undefined => (wires.includes(wire) ? url : bridgeUrl)
  const [fhir, ihe] = [of('fhir'), of('ihe')]
  return participantOf({
    country: code,
    homeCommunityId,
    ...(fhir === undefined ? {} : { fhirBase: `${fhir}/fhir` }),
    ...(ihe === undefined ? {} : { ihe: iheEndpoints(`${ihe}/openncp-ws-server/services`) }),
    services: plan ? SERVICES : ['patient-identification', 'patient-summary'],
    certificates: owners.map(({ tls }) => tls.cert),
    tokenKeys: owners.map(({ token }) => token.publicJwk),
    sealCertificates: plan ? owners.flatMap(({ signature }) => signature?.certificate ?? []) : [],
  })
}

async function startBridge(starting: Starting, keys: NodeKeys, wires: readonly Wire[]) {
  const { code, homeCommunityId, policies, log, clock, reading } = starting
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, ledgerMigrations)
  const ledger = await openLedger(database, { node: code, signer: keys.seal })
  const { fetch, directory } = network(starting, keys)
  let handler: Handler = () => new Response(null, { status: 503 })
  const server = await listen(keys, (request, connection) => handler(request, connection))
  const line = { homeCommunityId, fetch, clock, log, timeoutMs: TIMEOUT }
  const { kid, privateKey } = keys.token
  const bridge = openBridge({
    owner: { country: code, homeCommunityId, wire: wires[0] ?? 'fhir' },
    origin: server.url,
    directory,
    fhir: { ...line, signer: { kid, privateKey, certificateFingerprint: keys.tls.fingerprint } },
    ihe: { ...line, signer: signatureOf(keys), authnContext: AUTHENTICATION },
    replay: createReplayStore(),
    conversions: { readDocument: reading.readDocument, writeCda: (document) => cdaOf(reading, document) },
    notice: { version: 'test', languages: ['fr'] },
    name: `Bridge ${code}`,
    softwareVersion: '0',
    released: '2026-11-24',
    policies,
    ledger,
    clock,
    log,
    idSecret: idSecretOf(privateKey),
  })
  handler = (request, connection) => bridge.answer(request, connection)
  return {
    url: server.url,
    ledger,
    address: {
      fhirBase: server.url,
      ihe: iheEndpoints(`${server.url}/openncp-ws-server/services`),
      fingerprints: [keys.tls.fingerprint],
    },
    async close() {
      fetch.close()
      await server.close()
      await database.close()
    },
  }
}

function signatureOf({ signature }: NodeKeys): SealSigner {
  if (!signature) throw new Error('The keys of this test have no signature key.')
  return signature
}

function cdaOf({ cda }: Reading, document: Parameters<Reading['transcode']>[0]): Result<Uint8Array> {
  const written = cda?.writeCda(document)
  return written?.ok ? ok(written.bytes) : failed('test-no-cda', 'This test writes no CDA.', 'None.')
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
    submitDispensation(...given) {
      note('submitDispensation')
      return connector.submitDispensation(...given)
    },
    async notifyAccess() {
      note('notifyAccess')
      return { ok: true, value: undefined }
    },
  }
}
