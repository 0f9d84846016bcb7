import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ConnectionOptions, connect } from 'node:tls'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Connection } from './connection.ts'
import { type HttpServer, serve } from './serve.ts'

describe('what is refused before a handler is asked', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-refusals-'))
  let server: HttpServer
  let own: NodeKeys
  let client: NodeKeys
  let stranger: NodeKeys
  let told: { code: string; connection: Connection }[] = []

  const keysOf = async (name: string, authority: string) => {
    const by = await createAuthority(join(directory, authority))
    return openNodeKeys(join(directory, name), {
      create: { authority: by, subject: { country: name, organisation: 'Test', commonName: name } },
    })
  }
  before(async () => {
    const authority = await createAuthority(join(directory, 'authority'))
    const keys = (country: string) =>
      openNodeKeys(join(directory, country), {
        create: { authority, subject: { country, organisation: 'Test', commonName: country } },
      })
    own = await keys('PT')
    client = await keys('FR')
    stranger = await keysOf('XX', 'elsewhere')
    const started = await serve({
      port: 0,
      host: '127.0.0.1',
      handler: async (request) => new Response(await request.text()),
      tls: { ...own.tls, requireClientCertificate: true },
      limits: {
        bodyBytes: 1000,
        headersTimeoutMs: 300,
        requestTimeoutMs: 400,
        handshakeTimeoutMs: 300,
        connections: 20,
        closeGraceMs: 20,
      },
      onRefused: (code, connection) => void told.push({ code, connection }),
    })
    assert.ok(started.ok)
    server = started.value
  })
  after(async () => {
    await server?.close()
    rmSync(directory, { recursive: true })
  })

  /** What comes back until the connection is closed. */
  function said(options: ConnectionOptions, text: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect({ port: server.port, host: '127.0.0.1', ca: own.tls.ca, ...options }, () =>
        socket.write(text),
      )
      let answer = ''
      socket.on('data', (data) => {
        answer += String(data)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(answer))
    })
  }

  async function refused(options: ConnectionOptions, text: string, code: string, status?: string): Promise<void> {
    told = []
    const answer = await said(options, text)
    assert.equal(answer.split('\r\n')[0] ?? '', status === undefined ? '' : `HTTP/1.1 ${status}`)
    assert.deepEqual([...new Set(told.map((one) => one.code))], [code])
    const [first] = told
    assert.equal(first?.connection.remoteAddress, '127.0.0.1')
    assert.equal(first?.connection.certificate?.country, status === undefined ? undefined : 'FR')
  }

  const GET = 'GET / HTTP/1.1\r\nHost: a\r\n'
  const POST = 'POST / HTTP/1.1\r\nHost: a\r\n'
  const pair = (keys: NodeKeys) => ({ key: keys.tls.key, cert: keys.tls.cert })

  test('handshakes: no certificate, one of a stranger, an old version', async () => {
    await refused({}, `${GET}\r\n`, 'tls-no-certificate')
    await refused(pair(stranger), `${GET}\r\n`, 'tls-certificate-not-accepted')
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await refused({ ...pair(client), ...old }, `${GET}\r\n`, 'tls-version-not-accepted')
  })

  test('a handshake that never ends, and one that is none', async () => {
    for (const [text, code] of [['', 'tls-handshake-timeout'], ['GET / HTTP/1.1\r\n\r\n', 'tls-handshake-failed']] as const) {
      told = []
      await new Promise<void>((resolve) => {
        const socket = connectPlain(server.port, '127.0.0.1', () => socket.write(text))
        socket.on('error', () => undefined)
        socket.on('close', () => resolve())
        socket.resume()
      })
      assert.deepEqual(told.map((one) => [one.code, one.connection.remoteAddress]), [[code, '127.0.0.1']])
    }
  }) // biome-ignore format: a table

  test('requests: malformed, headers without end, too slow, too large', async () => {
    const by = pair(client)
    await refused(by, `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 'http-malformed', '400 Bad Request')
    await refused(by, `${GET}X: ${'x'.repeat(40_000)}\r\n\r\n`, 'http-header-overflow', '431 Request Header Fields Too Large')
    await refused(by, GET, 'http-timeout', '408 Request Timeout')
    await refused(by, `${POST}Content-Length: 4000\r\n\r\n`, 'http-too-large', '413 Payload Too Large')
  }) // biome-ignore format: a table

  test('a client that goes away by itself was not refused', async () => {
    told = []
    await new Promise<void>((resolve) => {
      const socket = connectPlain(server.port, '127.0.0.1', () => socket.destroy())
      socket.on('close', () => resolve())
    })
    assert.match(await said(pair(client), `${GET}Connection: close\r\n\r\n`), /^HTTP\/1\.1 200 /)
    assert.deepEqual(told, [])
  })

  test('more connections than allowed', async () => {
    told = []
    const open = Array.from({ length: 25 }, () => connectPlain(server.port, '127.0.0.1'))
    for (const socket of open) socket.on('error', () => undefined)
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.on('close', resolve).resume())))
    const dropped = told.filter(({ code }) => code === 'too-many-connections')
    assert.equal(dropped.length >= 5, true)
    assert.equal(dropped[0]?.connection.remoteAddress, '127.0.0.1')
  })
})
