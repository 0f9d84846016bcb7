/** A certificate is changed under a running TLS server and its client: real sockets, real files. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { plainFingerprint } from '#platform/http/connection.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { serve } from '#platform/http/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { watchKeys } from '#trust/keys/watch-keys.ts'
import { followKeys } from './follow-keys.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-follow-keys-'))
after(() => rmSync(home, { recursive: true, force: true }))
const authority = await createAuthority(join(home, 'authority'))
const log = createLog({ level: 'silent', name: 'FR' })

async function folder(name: string) {
  const directory = join(home, name)
  const subject = { country: 'FR', organisation: 'Test', commonName: 'ncp FR' }
  return { directory, keys: await openNodeKeys(directory, { create: { authority, subject } }) }
}

const [own, next, client] = [await folder('own'), await folder('next'), await folder('client')]

test('new connections see the new certificate, both ways; those that stand and what is under way go on', async () => {
  const seen: (string | undefined)[] = []
  let release: () => void = () => {}
  const waiting = new Promise<void>((resolve) => {
    release = resolve
  })
  const started = await serve({
    handler: async (incoming, { certificate }) => {
      seen.push(certificate?.fingerprint)
      if (incoming.url.endsWith('/slow')) await waiting
      return new Response('there')
    },
    ...{ host: '127.0.0.1', port: 0, limits: { closeGraceMs: 50 } },
    tls: { ...own.keys.tls, requireClientCertificate: true },
  })
  assert.ok(started.ok)
  const server = started.value
  const fetch = createPeerFetch({ ...own.keys.tls, timeoutMs: 5000, maxBytes: 1000 })
  const watched = watchKeys(own.directory, own.keys, { everyMs: 1_000_000 })
  followKeys(watched, { server, fetch, log })

  const { key, cert, ca } = client.keys.tls
  const agent = new Agent({ key, cert, ca, keepAlive: true, maxSockets: 1 })
  assert.equal(await presented(agent, server.url), own.keys.tls.fingerprint)
  const standing = Object.values(agent.freeSockets)[0]?.[0]
  assert.ok((await fetch.fetch({ url: `${server.url}/` })).ok)
  const slow = fetch.fetch({ url: `${server.url}/slow` })
  await until(() => seen.length === 3)

  for (const name of ['tls.key.pem', 'tls.certificate.pem']) {
    copyFileSync(join(next.directory, name), join(own.directory, name))
  }
  await watched.look()
  assert.equal(await handshake(server.port, client.keys.tls), next.keys.tls.fingerprint)
  assert.equal(await presented(agent, server.url), own.keys.tls.fingerprint, 'the old connection is used again')
  assert.equal(Object.values(agent.freeSockets)[0]?.[0], standing)
  const again = await fetch.fetch({ url: `${server.url}/` })
  assert.ok(again.ok)
  assert.equal(seen.at(-1), next.keys.tls.fingerprint, 'as a client, too')
  release()
  const late = await slow
  assert.ok(late.ok && late.value.status === 200, 'what was under way has ended well')

  // A pair that does not belong together changes nothing.
  const broken = server.renewTls({ ...next.keys.tls, key: client.keys.tls.key })
  assert.equal(!broken.ok && broken.problem.code, 'tls-material')
  assert.equal(await handshake(server.port, client.keys.tls), next.keys.tls.fingerprint)
  const stranger = await handshake(server.port, { ...client.keys.tls, key: undefined, cert: undefined }).catch(String)
  assert.match(stranger, /alert|reset|certificate/i, 'a client without a certificate still does not get in')

  watched.stop()
  agent.destroy()
  fetch.close()
  await server.close()
})

/** What the server presents on a connection of this agent, after a whole request. */
function presented(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate()
      response.resume().on('end', () => setImmediate(resolve, plainFingerprint(fingerprint256)))
    })
    sent.on('error', reject).end()
  })
}

/** A new connection: what it presents, once something was read from it (TLS 1.3 refuses a client only then). */
function handshake(
  port: number,
  tls: { readonly key: string | undefined; readonly cert: string | undefined; readonly ca: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { key, cert, ca } = tls
    const socket = connect({ port, host: '127.0.0.1', ca, ...(key && cert ? { key, cert } : {}) })
    socket.on('error', reject)
    socket.on('secureConnect', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'))
    socket.once('data', () => {
      resolve(plainFingerprint(socket.getPeerCertificate().fingerprint256))
      socket.destroy()
    })
  })
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}
