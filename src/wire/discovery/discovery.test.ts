import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { NO_CONNECTION } from '#platform/http/connection.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import { failed, ok } from '#platform/result/result.ts'
import { publicJwkOf } from '#trust/keys/node-keys.ts'
import { centralServices } from './central-services.ts'
import type { Participant } from './directory.ts'
import { type DirectoryClientOptions, directoryClient } from './directory-client.ts'
import { watchParticipants, writeParticipants } from './participants-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'tessera-discovery-'))
after(() => rmSync(directory, { recursive: true }))

const ISM = `<ism:searchFields xmlns:ism="http://ec.europa.eu/sante/ehncp/ism"><ism:country code="PT" label="l"><ism:patientSearch><ism:identifier type="NORMAL"><ism:id domain="1.2" label="l" format="x" contextualDescription="h"/></ism:identifier></ism:patientSearch></ism:country></ism:searchFields>`

function key() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, ...publicJwkOf(privateKey) }
}

const union = key()
const FINGERPRINT = 'ab'.repeat(32)
const portugal: Participant = {
  country: 'PT',
  homeCommunityId: '2.16.17.710.820.1000.990.1',
  fhirBase: 'https://127.0.0.1:4011/fhir',
  services: ['patient-identification', 'patient-summary'],
  certificates: [FINGERPRINT],
  tokenKeys: [key().publicJwk],
  sealCertificates: [],
}

/** Central services without a socket, and a client of them. */
function centre(options: Partial<DirectoryClientOptions> & { readonly signer?: typeof union } = {}) {
  let now = new Date('2026-11-24T12:00:00Z')
  let version = 1
  let participants: readonly Participant[] = [portugal]
  let down = false
  let fingerprint = FINGERPRINT
  let requests = 0
  const app = centralServices({
    signer: options.signer ?? union,
    participants: async () => ok({ version, participants }),
    searchMask: async (country) => (country === 'PT' ? new TextEncoder().encode(ISM) : undefined),
    clock: () => now,
  })
  const fetch: PeerFetch = {
    async fetch({ url }) {
      requests += 1
      if (down) return failed('connection-refused', 'Down.', 'Wait.')
      const certificate = { raw: new Uint8Array(), fingerprint, country: 'PT', commonName: undefined }
      const answer = await app.fetch(new Request(url), { connection: { ...NO_CONNECTION, certificate } })
      return ok({ status: answer.status, headers: answer.headers, body: new Uint8Array(await answer.arrayBuffer()) })
    },
    close: () => undefined,
  }
  const client = () =>
    directoryClient({
      fetch,
      origin: 'https://union.test',
      unionKeys: [union.publicJwk],
      clock: () => now,
      refreshMs: 0,
      ...options,
    })
  return {
    client,
    requests: () => requests,
    set: (changes: {
      now?: Date
      version?: number
      participants?: readonly Participant[]
      down?: boolean
      fingerprint?: string
    }) => {
      now = changes.now ?? now
      version = changes.version ?? version
      participants = changes.participants ?? participants
      down = changes.down ?? down
      fingerprint = changes.fingerprint ?? fingerprint
    },
  }
}

const codeOf = (result: { ok: boolean; problem?: { code: string } }): string | undefined => result.problem?.code

test('directory, trust list and search mask come together', async () => {
  const client = centre().client()
  assert.deepEqual(await client.participant('PT'), ok(portugal))
  const mask = await client.searchMask('PT')
  assert.equal(mask.ok && mask.value.country, 'PT')
  assert.equal(codeOf(await client.participant('ES')), 'country-unknown')
  assert.equal(codeOf(await client.searchMask('ES')), 'country-unknown')
  assert.equal(codeOf(await client.searchMask('../x')), 'country-unknown')
})

test('only certificates on the trust list are served', async () => {
  const { client, set } = centre()
  set({ fingerprint: 'cd'.repeat(32) })
  assert.equal(codeOf(await client().participants()), 'directory-unreachable')
})

test('another signer is not believed', async () => {
  assert.equal(codeOf(await centre({ signer: key() }).client().participants()), 'directory-signature')
  const sameId = { ...key(), kid: union.kid }
  assert.equal(codeOf(await centre({ signer: sameId }).client().participants()), 'directory-signature')
})

test('the last good copy serves while the centre is down, until it expires', async () => {
  const { client, set } = centre()
  const one = client()
  assert.equal((await one.participants()).ok, true)
  set({ down: true, now: new Date('2026-11-25T11:00:00Z') })
  assert.equal((await one.participants()).ok, true)
  set({ now: new Date('2026-11-25T12:30:00Z') })
  assert.equal(codeOf(await one.participants()), 'directory-too-old')
})

test('a copy outlives a restart on disk, and is verified again', async () => {
  const cache = join(directory, 'cache')
  const { client, set } = centre({ cache })
  assert.equal((await client().participants()).ok, true)
  set({ down: true })
  assert.equal((await client().participants()).ok, true)
  writeFileSync(join(cache, 'trust-list.jws'), 'e30.e30.e30')
  assert.equal(codeOf(await client().participants()), 'directory-unreachable')
})

test('an older list than the one known is refused, a newer one takes effect at once', async () => {
  const { client, set } = centre()
  const one = client()
  set({ version: 5 })
  assert.equal((await one.participants()).ok, true)
  set({ version: 4, participants: [{ ...portugal, country: 'ES' }] })
  const rolledBack = await one.participants()
  assert.equal(rolledBack.ok && rolledBack.value[0]?.country, 'PT', 'the known copy stays')
  set({ version: 6, now: new Date('2026-11-24T12:01:00Z') })
  const newer = await one.participants()
  assert.equal(newer.ok && newer.value[0]?.country, 'ES')
})

test('a fresh copy is not asked for again, and simultaneous callers share one request', async () => {
  const { client, requests } = centre({ refreshMs: 30_000 })
  const one = client()
  await Promise.all([one.participants(), one.participants(), one.participant('PT')])
  await one.participants()
  assert.equal(requests(), 2, 'one for the directory, one for the trust list')
})

test('a node whose clock is wrong says so', async () => {
  const { client } = centre({ clock: () => new Date('2026-11-24T11:00:00Z') })
  assert.equal(codeOf(await client().participants()), 'directory-clock')
})

test('the file of participants is read again when it changes, and kept while it is broken', async () => {
  const path = join(directory, 'participants.json')
  const read = watchParticipants(path)
  assert.equal(codeOf(await read()), 'participants-unreadable')
  await writeParticipants(path, { version: 1, participants: [] })
  assert.deepEqual(await read(), ok({ version: 1, participants: [] }))
  await writeParticipants(path, { version: 2, participants: [portugal] })
  assert.deepEqual(await read(), ok({ version: 2, participants: [portugal] }))
  writeFileSync(path, '{ half a file')
  assert.deepEqual(await read(), ok({ version: 2, participants: [portugal] }))
})

test('private keys never reach the list', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const path = join(directory, 'private.json')
  const leaked = { ...publicJwkOf(privateKey).publicJwk, ...privateKey.export({ format: 'jwk' }) }
  await writeParticipants(path, { version: 1, participants: [{ ...portugal, tokenKeys: [leaked] }] })
  const read = await watchParticipants(path)()
  assert.equal(read.ok && read.value.participants[0]?.tokenKeys[0]?.d, undefined)
})
