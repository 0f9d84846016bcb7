/**
 * Requests that never end, against the same server as the border's with small limits: each is cut off, and who asks in
 * between is answered. Nothing here measures time; a connection that is never cut would keep the test waiting.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import { type HttpServer, serve } from '#platform/http/serve.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { iheServer } from '#wire/ihe/server.ts'
import { SERVICES } from './support/soap.ts'

describe('requests that never end', () => {
  let server: HttpServer
  let keys: NodeKeys
  let directory: string
  const refused: string[] = []

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tessera-slow-'))
    const authority = await createAuthority(join(directory, 'authority'))
    const subject = { country: 'PT', organisation: 'Test', commonName: 'ncp' }
    keys = await openNodeKeys(join(directory, 'keys'), { create: { authority, subject } })
    const nothing = async () => ({ patients: [], documents: [], errors: [], status: 'success' as const })
    const app = iheServer({
      homeCommunityId: '1.2.3',
      handlers: {
        discoverPatients: nothing,
        queryDocuments: nothing,
        retrieveDocuments: nothing,
        submitDocument: nothing,
      },
      onRefused: (code) => void refused.push(code),
    })
    const { key, cert, ca } = keys.tls
    const started = await serve({
      port: 0,
      host: '127.0.0.1',
      handler: (request, connection) => app.fetch(request, { connection }),
      tls: { key, cert, ca, requireClientCertificate: true },
      limits: {
        headersTimeoutMs: 300,
        requestTimeoutMs: 600,
        handshakeTimeoutMs: 300,
        keepAliveTimeoutMs: 300,
        connections: 40,
        closeGraceMs: 20,
      },
    })
    assert.ok(started.ok)
    server = started.value
  })
  after(async () => {
    await server?.close()
    await rm(directory, { recursive: true, force: true })
  })

  /** Writes the beginning, then one byte at a time, until the server has had enough; gives what it said. */
  function trickle(beginning: string): Promise<string> {
    const { key, cert, ca } = keys.tls
    return new Promise((resolve) => {
      const socket = connect({ port: server.port, host: '127.0.0.1', key, cert, ca }, () => socket.write(beginning))
      const drops = setInterval(() => socket.writable && socket.write('x'), 50)
      let text = ''
      socket.on('data', (data) => {
        text += String(data)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        clearInterval(drops)
        resolve(text)
      })
    })
  }

  const post = `POST ${SERVICES}/XCA_Service HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml\r\n`

  test('headers that come byte by byte', async () => {
    assert.match(await trickle(`${post}X-Slow: `), /^(HTTP\/1\.1 408 |$)/)
  })

  test('a body that comes byte by byte, announced or in chunks', async () => {
    assert.match(await trickle(`${post}Content-Length: 100000\r\n\r\n`), /^(HTTP\/1\.1 (400|408) |$)/)
    assert.match(await trickle(`${post}Transfer-Encoding: chunked\r\n\r\nFFFF\r\n`), /^(HTTP\/1\.1 (400|408) |$)/)
  })

  test('a connection on which no handshake is begun', async () => {
    const ended = await new Promise<boolean>((resolve) => {
      const socket = connectPlain(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(true))
    })
    assert.ok(ended)
  })

  test('connections beyond the limit are closed at once, and honest ones answered when others have gone', async () => {
    const idle = Array.from({ length: 60 }, () => {
      const socket = connectPlain(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      return new Promise<void>((resolve) => socket.on('close', () => resolve()))
    })
    await Promise.all(idle)
    const answer = await trickle(`GET ${SERVICES}/XCA_Service HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 405 /)
  })
})
