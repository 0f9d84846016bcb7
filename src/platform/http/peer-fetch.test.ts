/** What a caller must be able to tell apart when a request fails: whether it may have arrived. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { createPeerFetch, MOST_CONNECTIONS } from './peer-fetch.ts'

const directory = mkdtempSync(join(tmpdir(), 'tessera-peer-'))
let keys: NodeKeys

before(async () => {
  const authority = await createAuthority(join(directory, 'authority'))
  const subject = { country: 'PT', organisation: 'Test', commonName: 'ncp PT' }
  keys = await openNodeKeys(join(directory, 'PT'), { create: { authority, subject } })
})
after(() => rmSync(directory, { recursive: true }))

function peer(t: TestContext) {
  const made = createPeerFetch({ ...keys.tls, timeoutMs: 2000, maxBytes: 1000 })
  t.after(() => made.close())
  return made
}

async function listening(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers the first request of each connection and cuts the connection at the second. */
async function forgetful(t: TestContext): Promise<{ readonly url: string; requests(): number }> {
  const served = new WeakSet<object>()
  let requests = 0
  const { key, cert } = keys.tls
  const url = await listening(
    t,
    createServer({ key, cert }, (request, response) => {
      requests += 1
      if (served.has(request.socket)) request.socket.destroy()
      else response.end('there')
      served.add(request.socket)
    }),
  )
  return { url, requests: () => requests }
}

test('a POST that only reads is sent again when a kept connection was closed; any other POST is sent once', async (t) => {
  const { url, requests } = await forgetful(t)
  const { fetch } = peer(t)
  const post = (repeatable: boolean) => fetch({ url, method: 'POST', body: 'x', repeatable })
  assert.equal((await post(true)).ok, true)
  assert.equal((await post(true)).ok, true)
  assert.equal(requests(), 3)
  const once = await post(false)
  assert.equal(!once.ok && once.problem.code, 'connection-lost')
  assert.equal(requests(), 4)
})

test('time that runs out before there is a connection is "not reached"; afterwards it is "no answer"', async (t) => {
  const silent = createTcpServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { fetch } = peer(t)
  const port = (silent.address() as AddressInfo).port
  const unreached = await fetch({ url: `https://127.0.0.1:${port}`, timeoutMs: 100 })
  assert.equal(!unreached.ok && unreached.problem.code, 'connection-refused')
  const { key, cert } = keys.tls
  const url = await listening(
    t,
    createServer({ key, cert }, () => undefined),
  )
  const unanswered = await fetch({ url, method: 'POST', body: 'x', timeoutMs: 500 })
  assert.equal(!unanswered.ok && unanswered.problem.code, 'timeout')
})

test('a request that waited for a connection and gets no answer may have arrived', async (t) => {
  const { key, cert } = keys.tls
  const waiting: ServerResponse[] = []
  const url = await listening(
    t,
    createServer({ key, cert }, (_request, response) => {
      // All connections are used once; whoever waited for one is not answered.
      if (waiting.push(response) === MOST_CONNECTIONS) for (const one of waiting) one.end('there')
    }),
  )
  const { fetch } = peer(t)
  const asked = Array.from({ length: MOST_CONNECTIONS + 1 }, () => fetch({ url, method: 'POST', body: 'x' }))
  const codes = (await Promise.all(asked)).map((answer) => (answer.ok ? 'answered' : answer.problem.code))
  assert.deepEqual(
    codes.filter((code) => code !== 'answered'),
    ['timeout'],
  )
})
