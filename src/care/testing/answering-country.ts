/**
 * Portugal answering on both wires as in operation (real mutual TLS, real assertions and tokens, real documents and
 * terminology, a copy of its demonstration folder), and France's means to ask it anything: for tests of country A.
 */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDispensingPolicy } from '#documents/pharmacy/dispensing-rules.ts'
import { readDocument } from '#documents/read.ts'
import { transcode } from '#documents/transcode/transcode.ts'
import type { NationalConnector } from '#national/connector.ts'
import { openFolderConnector } from '#national/folder/folder-connector.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createPeerFetch, type PeerFetch } from '#platform/http/peer-fetch.ts'
import { type Handler, serve } from '#platform/http/serve.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { createLog } from '#platform/log/log.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import { type Consents, openConsents } from '#trust/consent/consents.ts'
import { consentMigrations } from '#trust/consent/migrations.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { createReplayStore } from '#trust/tokens/replay.ts'
import { ncpehServer } from '#wire/fhir/ncpeh-server.ts'
import { iheServer } from '#wire/ihe/server.ts'
import { abuseMigrations } from '../abuse/migrations.ts'
import { cdaForms } from '../country-a/cda-forms.ts'
import { type CountryAOptions, countryADoors } from '../country-a/country-a.ts'
import { idSecretOf } from '../country-a/opaque-id.ts'
import { openDispensingJournal } from '../dispensing/country-a/journal.ts'
import { receivedSubmissionMigrations } from '../dispensing/country-a/migrations.ts'
import { readPolicies } from '../policy/policy.ts'
import { valueFrom } from './europe.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')

export const HOME = {
  PT: '2.16.17.710.820.1000.990.1',
  FR: '2.16.17.710.790.1000.990.1',
  EE: '1.3.6.1.4.1.28284.6.2.2.1',
}
export const REPOSITORY = `${HOME.PT}.7`

/** A country that may ask: its TLS and token keys, its seal, its way to Portugal. */
export interface AskingCountry {
  readonly code: 'FR' | 'EE'
  readonly keys: NodeKeys
  readonly seal: SealSigner
  readonly fetch: PeerFetch
}

export interface AnsweringCountry {
  readonly url: string
  readonly portugal: NodeKeys
  readonly france: AskingCountry
  readonly estonia: AskingCountry
  readonly ledger: Ledger
  readonly consents: Consents
  readonly database: Database
  readonly folder: string
  /** National operations that were called, in order. */
  readonly calls: string[]
  readonly options: CountryAOptions
  close(): Promise<void>
}

export interface AnsweringOptions {
  readonly clock: () => Date
  readonly terminology: TerminologyCatalogue
  /** Changes what country A is given; told everything else. */
  readonly change?: (options: CountryAOptions, database: Database) => Partial<CountryAOptions>
  readonly profile?: 'openncp' | 'standard'
}

export async function answeringCountry(given: AnsweringOptions): Promise<AnsweringCountry> {
  const { clock, terminology, profile = 'openncp' } = given
  const directory = await mkdtemp(join(tmpdir(), 'tessera-answering-'))
  const authority = await createAuthority(join(directory, 'authority'))
  const keysOf = (country: string) =>
    openNodeKeys(join(directory, country), {
      create: { authority, subject: { country, organisation: 'Test', commonName: `ncp ${country}` } },
    })
  const folder = join(directory, 'folder')
  await cp(join(DATA, 'demo', 'PT'), folder, { recursive: true })
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [
    ...ledgerMigrations,
    ...consentMigrations,
    ...receivedSubmissionMigrations,
    ...abuseMigrations,
  ])
  const [portugal, frenchKeys, estonianKeys] = [await keysOf('PT'), await keysOf('FR'), await keysOf('EE')]
  const ledger = await openLedger(database, { node: 'PT', signer: portugal.seal })
  const consents = openConsents(database, { defaultDecision: 'permit' })
  const seals = testAuthority()
  const asking = (code: AskingCountry['code'], keys: NodeKeys): AskingCountry => ({
    code,
    keys,
    seal: testSigner(seals, { country: code }),
    fetch: createPeerFetch({ ...keys.tls, timeoutMs: 10_000, maxBytes: 64 * 1024 * 1024 }),
  })
  const [france, estonia] = [asking('FR', frenchKeys), asking('EE', estonianKeys)]
  const participants = [france, estonia]
  const calls: string[] = []
  let handler: Handler = () => new Response(null, { status: 503 })
  const { key, cert, ca } = portugal.tls
  const server = valueFrom(
    await serve({
      port: 0,
      host: '127.0.0.1',
      tls: { key, cert, ca, requireClientCertificate: true },
      limits: { closeGraceMs: 50 },
      handler: (request, connection) => handler(request, connection),
    }),
  )
  const base = `${server.url}/fhir`
  const rules = valueFrom(readDispensingPolicy(await json('policies', 'dispensing.json')))
  const basic: CountryAOptions = {
    country: 'PT',
    homeCommunityId: HOME.PT,
    base,
    connector: watched(await openFolderConnector({ directory: folder, recheckAfter: 0, clock }), calls),
    consents,
    consentDefault: 'permit',
    policies: valueFrom(readPolicies(await json('policies', 'services.json'))),
    ledger,
    trust: async (country) => {
      const found = participants.find(({ code }) => code === country)
      return (
        found && {
          country,
          homeCommunityId: HOME[found.code],
          certificates: [found.keys.tls.fingerprint],
          tokenKeys: [found.keys.token.publicJwk],
        }
      )
    },
    replay: createReplayStore(),
    idSecret: idSecretOf(portugal.token.privateKey),
    readDocument: (bytes) => readDocument(bytes, { terminology }),
    transcode: (document) => transcode(document, terminology),
    clock,
    log: createLog({ level: 'silent', name: 'test' }),
    dispensations: openDispensingJournal(database),
    dispensingRules: rules.of('PT'),
    cda: cdaForms(() => terminology, { messages: openMessages(join(DATA, 'messages'), 'pt'), now: clock }),
    ihe: {
      repositoryId: REPOSITORY,
      profile: () => profile,
      assertionTrust: async (country) => {
        const found = participants.find(({ code }) => code === country)
        return found && { signers: [found.seal.certificate], authorities: [], revocationLists: [] }
      },
    },
  }
  const options = { ...basic, ...given.change?.(basic, database) }
  const doors = countryADoors(options)
  const fhir = ncpehServer({ base, name: 'PT', softwareVersion: '0', released: '2026-11-27', handlers: doors.fhir })
  const ihe = doors.ihe && iheServer({ handlers: doors.ihe, homeCommunityId: HOME.PT, profile, clock })
  handler = (request, connection) =>
    new URL(request.url).pathname.startsWith('/fhir') || !ihe
      ? fhir.fetch(request, { connection })
      : ihe.fetch(request, { connection })
  return {
    url: server.url,
    portugal,
    france,
    estonia,
    ledger,
    consents,
    database,
    folder,
    calls,
    options,
    async close() {
      for (const { fetch } of participants) fetch.close()
      await server.close()
      await database.close()
      // The folder may still be told of the last access.
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function json(...path: readonly string[]): Promise<unknown> {
  return JSON.parse(await readFile(join(DATA, ...path), 'utf8'))
}

/** The connector with the name of every call noted. */
function watched(connector: NationalConnector, calls: string[]): NationalConnector {
  return new Proxy(connector, {
    get(target, name, receiver) {
      const held: unknown = Reflect.get(target, name, receiver)
      if (typeof held !== 'function') return held
      return (...given: readonly unknown[]) => {
        calls.push(String(name))
        return Reflect.apply(held, target, given)
      }
    },
  })
}
