import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import { type Authority, createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Connection } from './connection.ts'
import { createPeerFetch, type PeerFetchOptions } from './peer-fetch.ts'
import { type Handler, type HttpServer, type ServeOptions, serve } from './serve.ts'

const directory = mkdtempSync(join(tmpdir(), 'tessera-http-'))
let authority: Authority
let server: NodeKeys
let client: NodeKeys

before(async () => {
  authority = await createAuthority(join(directory, 'authority'))
  server = await keys('PT', authority)
  client = await keys('FR', authority)
})
after(() => rmSync(directory, { recursive: true }))

function keys(country: string, by: Authority, hosts?: readonly string[], folder = country): Promise<NodeKeys> {
  const subject = { country, organisation: 'Test', commonName: `ncp ${country}` }
  return openNodeKeys(join(directory, folder), { create: { authority: by, subject, ...(hosts ? { hosts } : {}) } })
}

async function start(t: TestContext, handler: Handler, options: Partial<ServeOptions> = {}): Promise<HttpServer> {
  const started = await serve({ port: 0, host: '127.0.0.1', limits: { closeGraceMs: 50 }, ...options, handler })
  assert.ok(started.ok)
  t.after(() => started.value.close())
  return started.value
}

const mutual = (by: NodeKeys) => ({ key: by.tls.key, cert: by.tls.cert, ca: by.tls.ca, requireClientCertificate: true })

function peer(t: TestContext, options: Partial<PeerFetchOptions> = {}) {
  const made = createPeerFetch({ ...client.tls, timeoutMs: 2000, maxBytes: 100_000, ...options })
  t.after(() => made.close())
  return made
}

test('the handler learns the verified certificate of the client', async (t) => {
  let seen: Connection | undefined
  const running = await start(
    t,
    (_request, connection) => {
      seen = connection
      return new Response('there')
    },
    { tls: mutual(server) },
  )
  const answer = await peer(t).fetch({ url: `${running.url}/` })
  assert.ok(answer.ok)
  assert.equal(new TextDecoder().decode(answer.value.body), 'there')
  assert.equal(seen?.certificate?.country, 'FR')
  assert.equal(seen?.certificate?.fingerprint, client.tls.fingerprint)
  assert.equal(new X509Certificate(Buffer.from(seen?.certificate?.raw ?? [])).subject.includes('C=FR'), true)
})

test("a client without a certificate, or with another authority's, does not get in", async (t) => {
  const running = await start(t, () => new Response('there'), { tls: mutual(server) })
  const other = await keys('FR', await createAuthority(join(directory, 'other-authority')), undefined, 'stranger')
  const stranger = await peer(t, { ...other.tls, ca: server.tls.ca }).fetch({ url: running.url })
  assert.equal(!stranger.ok && ['tls-untrusted', 'connection-lost'].includes(stranger.problem.code), true)
})

test('a server with a wrong name, another authority or an unlisted certificate is not trusted', async (t) => {
  const misnamed = await start(t, () => new Response('there'), {
    tls: mutual(await keys('EE', authority, ['ncp.example'], 'misnamed')),
  })
  const wrongName = await peer(t).fetch({ url: misnamed.url })
  assert.equal(!wrongName.ok && wrongName.problem.code, 'tls-untrusted')

  const other = await createAuthority(join(directory, 'third-authority'))
  const foreign = await start(t, () => new Response('there'), { tls: mutual(await keys('GR', other)) })
  const wrongAuthority = await peer(t).fetch({ url: foreign.url })
  assert.equal(!wrongAuthority.ok && wrongAuthority.problem.code, 'tls-untrusted')

  let requests = 0
  const running = await start(
    t,
    () => {
      requests += 1
      return new Response('there')
    },
    { tls: mutual(server) },
  )
  const unlisted = await peer(t).fetch({ url: running.url, pinnedFingerprints: ['00'.repeat(32)] })
  assert.equal(!unlisted.ok && unlisted.problem.code, 'tls-untrusted')
  assert.equal(requests, 0, 'the request was not sent')
  const listed = await peer(t).fetch({ url: running.url, pinnedFingerprints: [server.tls.fingerprint] })
  assert.equal(listed.ok, true)
})

test('a certificate taken off the list is refused on a kept connection too', async (t) => {
  const running = await start(t, () => new Response('there'), { tls: mutual(server) })
  const fetch = peer(t)
  assert.equal((await fetch.fetch({ url: running.url, pinnedFingerprints: [server.tls.fingerprint] })).ok, true)
  assert.equal((await fetch.fetch({ url: running.url, pinnedFingerprints: ['00'.repeat(32)] })).ok, false)
})

test('not there, too slow, too much, broken off: four different codes', async (t) => {
  const running = await start(
    t,
    (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/slow') return new Promise<Response>(() => undefined)
      return new Response('x'.repeat(200_000))
    },
    { tls: mutual(server) },
  )
  const fetch = peer(t)
  const slow = await fetch.fetch({ url: `${running.url}/slow`, timeoutMs: 100 })
  assert.equal(!slow.ok && slow.problem.code, 'timeout')
  const much = await fetch.fetch({ url: `${running.url}/much` })
  assert.equal(!much.ok && much.problem.code, 'too-large')
  const gone = await start(t, () => new Response(''), { tls: mutual(server) })
  await gone.close()
  const refused = await fetch.fetch({ url: gone.url })
  assert.equal(!refused.ok && refused.problem.code, 'connection-refused')
  const plain = await start(t, () => new Response(''))
  const notTls = await fetch.fetch({ url: plain.url })
  assert.equal(!notTls.ok && notTls.problem.code, 'tls-untrusted')
})

test('a kept connection that the peer has cut is replaced', async (t) => {
  const running = await start(t, () => new Response('there'), { tls: mutual(server), limits: { closeGraceMs: 1 } })
  const fetch = peer(t)
  assert.equal((await fetch.fetch({ url: running.url })).ok, true)
  await running.close()
  const again = await serve({
    port: running.port,
    host: '127.0.0.1',
    tls: mutual(server),
    handler: () => new Response('again'),
  })
  assert.ok(again.ok)
  t.after(() => again.value.close())
  const answer = await fetch.fetch({ url: running.url })
  assert.equal(answer.ok && new TextDecoder().decode(answer.value.body), 'again')
})

test('TLS older than 1.2 is not spoken', async (t) => {
  const running = await start(t, () => new Response(''), {
    tls: { ...mutual(server), requireClientCertificate: false },
  })
  const error = await new Promise<Error | undefined>((resolve) => {
    const socket = connect({
      port: running.port,
      host: '127.0.0.1',
      ca: server.tls.ca,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    socket.on('secureConnect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.on('error', resolve)
  })
  assert.ok(error)
})

test('connections beyond the limit are closed, and those within it are served', async (t) => {
  const running = await start(t, () => new Response('there'), { limits: { connections: 2, closeGraceMs: 50 } })
  const held = await Promise.all([1, 2].map(() => opened(t, running.port)))
  const third = await opened(t, running.port)
  await new Promise((resolve) => third.once('close', resolve))
  assert.equal(held[0]?.destroyed, false)
  held[0]?.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [chunk] = await once(held[0] ?? third, 'data')
  assert.match(String(chunk), /^HTTP\/1\.1 200/)
})

test('who never ends the TLS handshake is cut off, and others are served meanwhile', async (t) => {
  const running = await start(t, () => new Response('there'), {
    tls: mutual(server),
    limits: { handshakeTimeoutMs: 100, closeGraceMs: 50 },
  })
  const silent = await opened(t, running.port)
  const cut = new Promise((resolve) => silent.once('close', resolve))
  assert.equal((await peer(t).fetch({ url: running.url })).ok, true)
  await cut
})

async function opened(t: TestContext, port: number): Promise<Socket> {
  const socket = createConnection({ port, host: '127.0.0.1' })
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

test('a taken port is named', async (t) => {
  const running = await start(t, () => new Response(''))
  const second = await serve({ port: running.port, host: '127.0.0.1', handler: () => new Response('') })
  assert.equal(!second.ok && second.problem.code, 'port-taken')
  assert.match(second.ok ? '' : second.problem.sentence, new RegExp(String(running.port)))
})

test('a key that does not fit is told, not thrown', async () => {
  const tls = { key: 'no key', cert: 'no certificate' }
  const started = await serve({ port: 0, host: '127.0.0.1', tls, handler: () => new Response('') })
  assert.equal(!started.ok && started.problem.code, 'tls-material')
})

test('bodies are bounded, whether their length is announced or not', async (t) => {
  const running = await start(t, async (request) => new Response(String((await request.text()).length)), {
    limits: { bodyBytes: 1000, closeGraceMs: 50 },
  })
  const post = (body: string | ReadableStream<Uint8Array>) =>
    fetch(running.url, { method: 'POST', body, duplex: 'half' })
  assert.equal(await (await post('x'.repeat(1000))).text(), '1000')
  assert.equal((await post('x'.repeat(1001))).status, 413)
  const chunks = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let index = 0; index < 20; index += 1) controller.enqueue(new Uint8Array(100))
        controller.close()
      },
    })
  assert.equal((await post(chunks())).status, 413)
})

test('every answer has the security headers; a handler may set its own', async (t) => {
  const running = await start(
    t,
    (request) =>
      new URL(request.url).pathname === '/own'
        ? new Response('', { headers: { 'content-security-policy': "default-src 'self'" } })
        : Response.redirect('http://127.0.0.1/'),
    {},
  )
  const own = await fetch(`${running.url}/own`)
  assert.equal(own.headers.get('content-security-policy'), "default-src 'self'")
  assert.equal(own.headers.get('x-content-type-options'), 'nosniff')
  const redirect = await fetch(running.url, { redirect: 'manual' })
  assert.equal(redirect.headers.get('x-frame-options'), 'DENY')
  assert.equal(redirect.headers.get('cache-control'), 'no-store')
})

test('an error inside a handler is told to the node and not to the client', async (t) => {
  const errors: unknown[] = []
  const running = await start(
    t,
    () => {
      throw new Error('the name of a patient')
    },
    { onError: (error) => errors.push(error) },
  )
  const answer = await fetch(running.url)
  assert.equal(answer.status, 500)
  assert.doesNotMatch(await answer.text(), /patient|at .*:\d+/)
  assert.equal(errors.length, 1)
})

test('closing lets a running request end', async (t) => {
  let finish: (() => void) | undefined
  const running = await start(
    t,
    async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return new Response('done')
    },
    { limits: { closeGraceMs: 5000 } },
  )
  const answering = fetch(running.url)
  while (!finish) await new Promise((resolve) => setTimeout(resolve, 5))
  const closing = running.close()
  finish()
  assert.equal(await (await answering).text(), 'done')
  await closing
})
