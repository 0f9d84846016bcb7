/** The exchange over real sockets: mutual TLS with certificates of the trust list, and a peer that hangs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { serve } from '#platform/http/serve.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { testKey, testParty, trusting } from '../../permits/testing/bodies.ts'
import { actor, answersFor, CASE_ID } from '../testing/example-case.ts'
import { log, type TestBody, twoBodies } from '../testing/two-bodies.ts'
import { caseHandler } from './door.ts'
import { type ErrandRunner, errandRunner } from './errand-runner.ts'
import { openCaseReceiver } from './receive.ts'
import { messageSender } from './send.ts'

const directory = mkdtempSync(join(tmpdir(), 'tessera-bodies-'))
const keys: Record<string, NodeKeys> = {}
const [signing, stranger] = [testKey('key-FR'), testKey('key-XX')]

before(async () => {
  const authority = await createAuthority(join(directory, 'authority'))
  for (const country of ['FR', 'PT', 'XX']) {
    const subject = { country, organisation: 'Body', commonName: `hdab ${country}` }
    keys[country] = await openNodeKeys(join(directory, country), { create: { authority, subject } })
  }
})
after(() => rmSync(directory, { recursive: true }))

function keysOf(country: string): NodeKeys {
  const found = keys[country]
  assert.ok(found)
  return found
}

async function bodies(t: TestContext) {
  const databases = [await openDatabase('sqlite::memory:'), await openDatabase('sqlite::memory:')] as const
  t.after(() => Promise.all(databases.map((database) => database.close())))
  const { bodies: made, clock } = await twoBodies(databases)
  const trust = trusting(testParty('hdab-FR', 'FR', ['cases'], [signing], keysOf('FR').tls.fingerprint))
  const receiver = openCaseReceiver(databases[1], made.PT.procedures, () => clock.now)
  return { ...made, clock, door: caseHandler({ receiver, trust, now: () => clock.now }) }
}

/** The errands of France, over its own certificate, or over that of somebody else. */
function runnerTo(
  t: TestContext,
  FR: TestBody,
  url: string,
  { as = 'FR', key = signing, timeoutMs = 120_000 } = {},
): ErrandRunner {
  const peer = createPeerFetch({ ...keysOf(as).tls, timeoutMs, maxBytes: 10_000 })
  t.after(() => peer.close())
  return errandRunner(FR.database, {
    body: FR.procedures.body,
    permits: FR.desk,
    send: messageSender({
      fetch: peer.fetch,
      key,
      addressOf: () => ({ url, certificates: [keysOf('PT').tls.fingerprint] }),
    }),
    clock: () => FR.clock.now,
    log,
  })
}

async function submit(FR: TestBody): Promise<void> {
  const [at, by] = ['2029-04-03T10:00:00Z', actor('applicant')]
  const answers = answersFor('data-permit', ['FR', 'PT'])
  for (const command of [
    { kind: 'draft', at, by, caseId: CASE_ID, applicationKind: 'data-permit', answers },
    { kind: 'submit', at, by },
  ] as const) {
    assert.ok((await FR.store.handle(CASE_ID, command)).ok)
  }
}

test('a peer that hangs is asked again, and then told over mutual TLS', async (t) => {
  const { FR, PT, door, clock } = await bodies(t)
  await submit(FR)
  const { key, cert } = keysOf('PT').tls
  const hanging = createServer({ key, cert }, () => undefined).listen(0, '127.0.0.1')
  await once(hanging, 'listening')
  t.after(() => {
    hanging.close()
    hanging.closeAllConnections()
  })
  const dead = `https://127.0.0.1:${(hanging.address() as AddressInfo).port}`
  assert.deepEqual(await runnerTo(t, FR, dead, { timeoutMs: 500 }).run(), { tried: 1, done: 0, refused: 0, again: 1 })
  assert.equal((await FR.runner.open())[0]?.code, 'timeout')

  const tls = { ...keysOf('PT').tls, requireClientCertificate: true }
  const server = await serve({ handler: door, host: '127.0.0.1', port: 0, tls })
  assert.ok(server.ok)
  t.after(() => server.value.close())
  const soon = () => {
    clock.now = new Date(clock.now.getTime() + 3_600_001)
  }
  // The certificate of a stranger, though of the same authority; then the key of one.
  soon()
  await runnerTo(t, FR, server.value.url, { as: 'XX' }).run()
  assert.equal((await FR.runner.open())[0]?.code, 'party-unknown')
  soon()
  await runnerTo(t, FR, server.value.url, { key: stranger }).run()
  assert.equal((await FR.runner.open())[0]?.code, 'key-unknown')
  assert.equal(await PT.store.load(CASE_ID), undefined)
  soon()
  assert.deepEqual(await runnerTo(t, FR, server.value.url).run(), { tried: 1, done: 1, refused: 0, again: 0 })
  assert.equal((await PT.store.load(CASE_ID))?.application?.title, 'Time to diagnosis of rare diseases')
})
