/** A country's node: the border (country A answers), the portal and the software door (country B asks), in one process. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { countryA } from '#care/country-a/country-a.ts'
import { idSecretOf } from '#care/country-a/opaque-id.ts'
import { countryB } from '#care/country-b/country-b.ts'
import { readPolicies, type ServicePolicy } from '#care/policy/policy.ts'
import { readDocument } from '#documents/read.ts'
import { transcode } from '#documents/transcode/transcode.ts'
import { openFolderConnector } from '#national/folder/folder-connector.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { type Handler, serve } from '#platform/http/serve.ts'
import { ok, type Result } from '#platform/result/result.ts'
import { softwareApi } from '#portal/software/software-api.ts'
import { type FollowedTerminology, followTerminology } from '#terminology/follow.ts'
import { openConsents } from '#trust/consent/consents.ts'
import { createReplayStore } from '#trust/tokens/replay.ts'
import { directoryClient } from '#wire/discovery/directory-client.ts'
import { PublicKey } from '#wire/discovery/participants-file.ts'
import { ncpehServer } from '#wire/fhir/ncpeh-server.ts'
import { addVitalSigns, measured, type Surroundings, surroundings } from './answering.ts'
import { elsewhere } from './canonical-host.ts'
import type { CountryConfiguration } from './configuration.ts'
import { type CountryData, readCountry } from './country-data.ts'
import { countryPortal } from './country-portal.ts'
import { RELEASED, VERSION } from './release.ts'
import type { RunningNode } from './running.ts'
import { openRelyingParty } from './sign-in.ts'
import { openStores, type Stores } from './stores.ts'
import { closeAll } from './union.ts'

/** Everything that border and portal share. */
interface Parts {
  readonly configuration: CountryConfiguration
  readonly description: CountryData
  readonly stores: Stores
  readonly around: Surroundings
  readonly policies: readonly ServicePolicy[]
  readonly terminology: FollowedTerminology
  readonly network: ReturnType<typeof openNetwork>
}

/** Starts the node. Problems: a taken port, unusable policies; rejects with `ProblemError` for keys and database. */
export async function startCountry(configuration: CountryConfiguration): Promise<Result<RunningNode>> {
  const around = surroundings(configuration.country)
  const [description, stores, terminology, policies] = await Promise.all([
    readCountry(configuration.data, configuration.country),
    openStores(configuration),
    followTerminology({
      cache: configuration.cache,
      home: configuration.terms,
      onProblem: (code) => around.log.warn('terminology-not-followed', { code }),
      onChange: () => around.log.info('terminology-followed'),
    }),
    openPolicies(configuration.data),
  ])
  if (!policies.ok) return policies
  const network = openNetwork(configuration, stores, around)
  const parts: Parts = { configuration, description, stores, around, policies: policies.value, terminology, network }
  watchHealth(parts)
  const border = await serve({
    handler: await borderHandler(parts),
    host: configuration.host,
    port: configuration.border.port,
    tls: { ...stores.keys.tls, requireClientCertificate: true },
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!border.ok) return border
  const portal = await serve({
    handler: await portalHandler(parts),
    host: configuration.host,
    port: configuration.portal.port,
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!portal.ok) {
    await border.value.close()
    return portal
  }
  around.log.info('node-started')
  return ok({
    stop: async () => {
      await closeAll([portal.value, border.value])
      network.fetch.close()
      terminology.stop()
      await stores.database.close()
    },
  })
}

async function openPolicies(data: string): Promise<ReturnType<typeof readPolicies>> {
  const file = join(data, 'policies', 'services.json')
  return readPolicies(JSON.parse(await readFile(file, 'utf8')), file)
}

/** The way to the other countries: mutual TLS, and the Union's directory of whom to trust. */
function openNetwork(configuration: CountryConfiguration, stores: Stores, around: Surroundings) {
  const timeoutMs = configuration.timeoutSeconds * 1000
  const fetch = createPeerFetch({ ...stores.keys.tls, timeoutMs, maxBytes: 64 * 1024 * 1024 })
  const directory = directoryClient({
    fetch,
    origin: configuration.union.origin,
    unionKeys: [PublicKey.parse(configuration.union.publicKey)],
    clock: () => new Date(),
    cache: join(configuration.home, 'directory'),
    onStale: (subject, code) => around.log.warn('directory-not-renewed', { kind: subject, code }),
  })
  return { fetch, directory, timeoutMs }
}

function watchHealth({ around, stores, network }: Parts): void {
  around.health.part('ledger', () => stores.ledger.ready())
  around.health.part('directory', async () => {
    if (!(await network.directory.participants()).ok) throw new Error('unreachable')
  })
}

async function borderHandler(parts: Parts): Promise<Handler> {
  const { configuration, description, stores, around, network, terminology } = parts
  const base = `${configuration.border.origin}/fhir`
  const connector = await openFolderConnector({
    directory: configuration.folder,
    consentDefault: description.consentDefault,
    onProblem: ({ code }) => around.log.warn('national-problem', { code }),
  })
  const handlers = countryA({
    country: configuration.country,
    homeCommunityId: description.homeCommunityId,
    base,
    connector,
    consents: openConsents(stores.database, { defaultDecision: description.consentDefault }),
    consentDefault: description.consentDefault,
    policies: parts.policies,
    ledger: stores.ledger,
    trust: async (country) => {
      const participant = await network.directory.participant(country)
      return participant.ok ? participant.value : undefined
    },
    replay: createReplayStore(),
    idSecret: idSecretOf(stores.keys.token.privateKey),
    readDocument: (bytes) => readDocument(bytes, { terminology: terminology.current() }),
    transcode: (document) => transcode(document, terminology.current()),
    clock: () => new Date(),
    log: around.log,
  })
  const app = ncpehServer({
    base,
    name: `National contact point for eHealth, ${configuration.country}`,
    softwareVersion: VERSION,
    released: RELEASED,
    handlers,
    onError: (error) => around.log.failure('answer-failed', error),
  })
  return (request, connection) => measured(around, 'border', request, () => app.fetch(request, { connection }))
}

async function portalHandler(parts: Parts): Promise<Handler> {
  const { configuration, description, stores, around, network, terminology } = parts
  const asking = countryB({
    country: configuration.country,
    homeCommunityId: description.homeCommunityId,
    address: configuration.border.origin,
    directory: network.directory,
    fetch: network.fetch,
    signer: { ...stores.keys.token, certificateFingerprint: stores.keys.tls.fingerprint },
    policies: parts.policies,
    ledger: stores.ledger,
    readDocument: (bytes) => readDocument(bytes, { terminology: terminology.current() }),
    clock: () => new Date(),
    log: around.log,
    timeoutMs: network.timeoutMs,
  })
  const people = await openRelyingParty(configuration, description)
  const app = new Hono()
  addVitalSigns(app, around)
  app.route(
    '/api',
    softwareApi({ countryB: asking, people, onError: (error) => around.log.failure('answer-failed', error) }),
  )
  app.route(
    '/',
    countryPortal({ configuration, description, stores, asking, people, terminology: terminology.terminology, around }),
  )
  const answer = (request: Request) => elsewhere(configuration.portal.origin, request) ?? app.fetch(request)
  return (request) => measured(around, 'portal', request, () => answer(request))
}
