/** For tests: the operator's pages over real stores, real keys, a real list of peers, and one peer that answers over TLS. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { readAlerts } from '#care/abuse/alerts.ts'
import { abuseMigrations } from '#care/abuse/migrations.ts'
import { requestWatch } from '#care/abuse/request-watch.ts'
import { borderRecorder } from '#care/context/border-recorder.ts'
import { DISPENSATION, exchange, LISTING, RECORDER_TABLES, retrieval } from '#care/context/testing/accesses.ts'
import { dispensingMigrations } from '#care/dispensing/migrations.ts'
import { type NewSubmission, openOutbox } from '#care/dispensing/outbox.ts'
import { openKeyFigureStore } from '#care/key-figures/key-figure-store.ts'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { serve } from '#platform/http/serve.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { createLog } from '#platform/log/log.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { peopleMigrations } from '#trust/people/migrations.ts'
import type { Office, Professional } from '#trust/people/professional.ts'
import { formToken } from '#trust/people/seal.ts'
import { openSessions } from '#trust/people/sessions.ts'
import { reviewedDirectory } from '#wire/discovery/reviewed-directory.ts'
import { officeHolder } from '../professional/office-holder.ts'
import type { OwnKeys } from './operator-options.ts'
import { operatorPages } from './operator-pages.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
/** Of now, because certificates are made and checked now. */
export const NOW = new Date()
const HOUR = 3_600_000
const log = createLog({ level: 'silent', name: 'FR' })

/** A person of the node; an office only where one is told. */
function personOf(given: string, office?: Office): Professional {
  return {
    identifier: `urn:oid:1.2.250.1.71.4.2.1|${given}`,
    given,
    family: 'FABRE',
    role: office ? undefined : { code: '2211', display: 'Generalist medical practitioners' },
    ...(office ? { office } : {}),
    profession: office ?? 'Médecin',
    organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1', name: 'Point de contact', kind: 'Other' },
    country: 'FR',
    assurance: 'eidas1',
  }
}

export type TestOperator = Awaited<ReturnType<typeof testOperator>>

/** @param origin where the pages are, for a browser */
export async function testOperator(origin = 'http://127.0.0.1') {
  const home = mkdtempSync(join(tmpdir(), 'tessera-operator-'))
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [...[...RECORDER_TABLES, ...abuseMigrations, ...dispensingMigrations, ...peopleMigrations]])
  const authority = await createAuthority(join(home, 'authority'))
  const keysOf = (country: string) =>
    openNodeKeys(join(home, `keys-${country}`), {
      create: { authority, subject: { country, organisation: 'Test', commonName: `ncp ${country}` } },
    })
  const [keys, portugal] = [await keysOf('FR'), await keysOf('PT')]
  assert.ok(keys.signature && portugal.signature)
  const ledger = await openLedger(database, { node: 'FR', signer: keys.seal })
  const recorder = await borderRecorder({
    ...{ ledger, database, node: 'FR', log, signer: keys.signature, now: () => NOW },
    envelopes: { keep: 'whole', hours: 1 },
  })
  const outbox = openOutbox(database, { node: 'FR', secret: 'a secret of the node' })
  const fetch = createPeerFetch({ ...keys.tls, timeoutMs: 2000, maxBytes: 100_000 })
  const peersFile = join(home, 'peers.json')
  const directory = reviewedDirectory({ peers: peersFile, fetch, clock: () => NOW })
  const answering = await serve({
    handler: (request) =>
      new Response('{}', { status: new URL(request.url).pathname === '/fhir/metadata' ? 200 : 404 }),
    ...{ port: 0, host: '127.0.0.1', limits: { closeGraceMs: 50 } },
    tls: { key: portugal.tls.key, cert: portugal.tls.cert, ca: portugal.tls.ca, requireClientCertificate: true },
  })
  assert.ok(answering.ok)

  const sessions = openSessions(database, { country: 'FR', now: () => NOW.getTime() })
  const signedIn = async (professional: Professional): Promise<string> => {
    const { identifier, given, family, assurance } = professional
    const person = { identifier, given, family, assurance, exercises: [professional] }
    return (await sessions.begin({ person, exercise: 0, idToken: 'x' })).secret
  }
  const secrets = {
    operator: await signedIn(personOf('Olivier', 'node-operator')),
    authority: await signedIn(personOf('Agnès', 'terminology-authority')),
    doctor: await signedIn(personOf('Claire')),
  }
  /** May be changed by a test. */
  const state: { keys: OwnKeys; now: Date; audit: 'none' | 'broken' } = {
    keys: {
      folder: join(home, 'keys-FR'),
      tls: keys.tls.cert,
      signature: keys.signature.certificate,
      authority: keys.tls.ca,
    },
    now: NOW,
    audit: 'none',
  }
  const errors: unknown[] = []
  const app = new Hono().route(
    '/operator',
    operatorPages({
      country: 'FR',
      node: { country: 'FR', homeCommunityId: '1.2.250.1.213', address: origin },
      ...{ directory, peersFile, fetch, ledger, transactions: recorder, outbox },
      keys: () => state.keys,
      recorder: () => (state.audit === 'none' ? recorder.state() : BROKEN_AUDIT),
      thresholds: THRESHOLDS,
      alerts: (limit) => readAlerts(database, limit),
      keyFigures: openKeyFigureStore(database, 'FR'),
      person: officeHolder({ country: 'FR', origin, database, now: () => NOW }, 'node-operator'),
      messages: (language) => openMessages(join(DATA, 'messages'), language),
      languages: ['fr', 'en', 'pt'],
      signIn: { href: '/sign-in?to=%2Foperator', provider: 'Test' },
      onError: (error) => errors.push(error),
      now: () => state.now,
    }),
  )
  return {
    ...{ app, home, ledger, outbox, recorder, directory, peersFile, portugal, secrets, state, errors, database },
    /** What PT answers on: `https://127.0.0.1:…`. */
    peerUrl: answering.value.url,
    watch: requestWatch({ database, thresholds: THRESHOLDS, secret: Buffer.from('s'), log, flushAfterMs: 0 }),
    get: (path: string, as: keyof typeof secrets | undefined = 'operator', language = 'fr') =>
      answerOf(app, `${origin}/operator${path}`, { headers: headersOf(as && secrets[as], language) }),
    post(path: string, form: Readonly<Record<string, string>>, token = formToken(secrets.operator)) {
      const body = new URLSearchParams({ 'form-token': token, ...form })
      const headers = headersOf(secrets.operator, 'fr')
      return answerOf(app, `${origin}/operator${path}`, { method: 'POST', body, headers })
    },
    async close() {
      await recorder.close()
      fetch.close()
      await answering.value.close()
      await database.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const BROKEN_AUDIT = {
  failures: 3,
  repository: { connected: false, waiting: 7, waitingBytes: 51_234, failures: 4, lastProblem: 'ECONNREFUSED' },
}

export const THRESHOLDS = {
  thresholds: [{ subject: 'patient' as const, periodSeconds: 3600, alertAbove: 2 }],
  emergencyAlerts: true,
}

function headersOf(secret: string | undefined, language: string): Record<string, string> {
  return { 'accept-language': language, ...(secret ? { cookie: `tessera-fr-session=${secret}` } : {}) }
}

async function answerOf(app: Hono, url: string, request: RequestInit) {
  const response = await app.request(url, request)
  const { status, headers } = response
  return { status, headers, text: await response.text(), to: headers.get('location') }
}

/** Four transactions in both directions, with messages in which a patient is named. */
export async function somethingHappened({ recorder }: Pick<TestOperator, 'recorder'>): Promise<void> {
  await recorder.record(retrieval('B', 1), exchange(1, true))
  await recorder.record({ ...retrieval('B', 2), outcome: { kind: 'failed', code: 'ERROR_GENERIC' } }, exchange(2, true))
  await recorder.record(LISTING, { ...exchange(3, true), transaction: 'ITI-38' })
  await recorder.record(DISPENSATION, { ...exchange(4, false), transaction: 'ITI-41' })
  assert.ok(await recorder.settled(10_000))
}

/** A dispensation whose outcome nobody can find out by asking again, and one that is still being sent. */
export async function twoSubmissions({ outbox }: Pick<TestOperator, 'outbox'>): Promise<void> {
  await outbox.put(submissionOf('2.25.1'))
  await outbox.put(submissionOf('2.25.2'))
  for (const attempt of [1, 2]) {
    const held = await outbox.hold('2.25.1', new Date(NOW.getTime() + attempt * HOUR))
    assert.ok(held)
    const answer = attempt === 1 ? ({ kind: 'unknown' } as const) : ({ kind: 'refused', repeatable: false } as const)
    await outbox.learn(held, answer, NOW)
  }
}

function submissionOf(submissionId: string): NewSubmission {
  const professional = {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    name: 'Paul Durand',
    role: { code: '2262', display: 'Pharmacists' },
    organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|5550001', name: 'Pharmacie du Lac' },
  }
  return {
    ...{ kind: 'dispensation', submissionId, dispensationId: `urn:uuid:${submissionId}`, country: 'PT' },
    ...{ prescriptionId: 'urn:oid:1.2|RX-1', professional: professional.identifier, wire: 'fhir', confirmedAt: NOW },
    organisation: professional.organisation.identifier,
    confirmation: submissionId,
    waiting: {
      caller: {
        ...{ country: 'FR', homeCommunityId: '1.2.3', professional, purpose: 'TREATMENT' },
        patient: 'urn:oid:1.2|298123456',
      },
      ...{ emergencyReasonGiven: false, patient: 'urn:oid:1.2|298123456', format: 'fhir', document: '' },
    },
  }
}
