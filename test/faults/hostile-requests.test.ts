/** Hostile requests to a running node: none takes its process down, keeps others waiting, or gets anything out of it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import type { NodeUnderTest } from '../nodes.ts'
import { type SmallEurope, smallEurope } from './europe.ts'
import { until } from './processes.ts'

describe('hostile requests to a running node', () => {
  let europe: SmallEurope
  let node: NodeUnderTest
  let portal: { readonly port: number; readonly origin: string }
  let border: { readonly port: number; readonly origin: string }

  before(async () => {
    europe = await smallEurope()
    await europe.start('eu')
    node = await europe.start('pt')
    const configuration = await europe.configurationOf('pt')
    portal = configuration.portal
    border = configuration.border
  })
  after(() => europe?.close())

  /** The process is the same, answers at once, and has met nothing that it did not expect. */
  async function unharmed(): Promise<void> {
    assert.equal(node.child.exitCode, null)
    assert.equal((await fetch(`${portal.origin}/help`)).status, 200)
    assert.equal((await europe.askPortugal('still-there')).status, 200)
    assert.doesNotMatch(europe.log('pt'), /stray-|answer-failed/)
  }

  /** Sends bytes and gives what came back until the connection ended (or `patience` passed). */
  function raw(port: number, bytes: string | Uint8Array, patience = 3000): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      const timer = setTimeout(() => socket.destroy(), patience)
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1')
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        clearTimeout(timer)
        resolve(answer)
      })
    })
  }
  const statusOf = (answer: string): string => answer.split(' ')[1] ?? 'none'
  const get = (line: string, headers = 'Host: localhost\r\n') =>
    raw(portal.port, `${line}\r\n${headers}Connection: close\r\n\r\n`)

  test('what is no HTTP is refused and the connection closed', async () => {
    const garbage = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7) % 256)
    for (const bytes of [garbage, 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n']) {
      const answer = await raw(portal.port, bytes)
      assert.ok(answer === '' || statusOf(answer) === '400', answer.slice(0, 80))
    }
    assert.equal(statusOf(await get('GET / HTTP/1.1', `Host: localhost\r\nCookie: ${'x'.repeat(40_000)}\r\n`)), '431')
    assert.equal(statusOf(await get('GET / HTTP/1.1', 'Host: a b\r\n')), '400')
    const smuggled =
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n'
    assert.equal(statusOf(await raw(portal.port, smuggled)), '400')
    await unharmed()
  })

  test('paths lead to no file', async () => {
    for (const path of [
      ...['/assets/../../../package.json', '/assets/..%2f..%2fpackage.json', '/assets/', '/assets/%00', '/assets/.'],
      ...['/notices/..%2f..%2f..%2f/package', '/notices/..%2fnotices/en', '/notices/%2e%2e/en', '/notices/'],
      ...[
        '/%ff',
        '/%',
        '/patients/%00/documents/..%2f..',
        '/api/countries/..%2f..%2fetc/search-mask',
        '//',
        '/__proto__',
      ],
    ]) {
      const answer = await get(`GET ${path} HTTP/1.1`)
      assert.match(statusOf(answer), /^(30[37]|40[0134])$/, path)
      assert.doesNotMatch(answer, /"dependencies"|\.ts:\d+|\/src\//, path)
    }
    await unharmed()
  })

  test('a foreign name poisons nothing', async () => {
    for (const headers of ['Host: attacker.example\r\n', 'Host: localhost\r\nX-Forwarded-Host: attacker.example\r\n']) {
      for (const path of ['/', '/sign-in', '/patients', '/help?language=fr', '/nowhere']) {
        assert.doesNotMatch(await get(`GET ${path} HTTP/1.1`, headers), /attacker/)
      }
    }
    const absolute = await get('GET http://attacker.example/sign-in HTTP/1.1', 'Host: attacker.example\r\n')
    assert.doesNotMatch(absolute, /attacker/)
    const led = await fetch(`http://127.0.0.1:${portal.port}/help?a=b`, { redirect: 'manual' })
    assert.equal(led.headers.get('location'), `${portal.origin}/help?a=b`)
    await unharmed()
  })

  test('bodies are bounded and methods are few', async () => {
    const post = (path: string, body: string) =>
      fetch(`${portal.origin}${path}`, { method: 'POST', body, headers: { authorization: 'Bearer a.b.c' } })
    assert.equal((await post('/api/patients', 'x'.repeat(2 * 1024 * 1024))).status, 413)
    // There is no identity provider in this test: a token cannot be checked, so nobody is let in.
    assert.equal((await post('/api/patients', '['.repeat(500_000))).status, 503)
    for (const path of ['/sign-out', '/patients', '/session', '/exercise', '/patients/x/end']) {
      assert.equal((await post(path, 'form-token=x')).status, 401, path)
    }
    for (const method of ['TRACE', 'OPTIONS', 'PROPFIND', 'PUT', 'DELETE']) {
      assert.match(statusOf(await get(`${method} / HTTP/1.1`)), /^4\d\d$/, method)
    }
    await raw(portal.port, 'CONNECT attacker.example:443 HTTP/1.1\r\nHost: attacker.example:443\r\n\r\n', 500)
    await get('GET / HTTP/1.1', 'Host: localhost\r\nUpgrade: websocket\r\n')
    await unharmed()
  })

  test('slow and broken-off requests keep nobody waiting', async () => {
    const slow: Socket[] = []
    for (let count = 0; count < 100; count += 1) {
      const socket = connect(count % 2 ? portal.port : border.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('GET / HTTP/1.1\r\nHost: local')
      slow.push(socket)
    }
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(portal.port, '127.0.0.1', () => {
        socket.write('POST /api/patients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"country')
        setTimeout(() => socket.resetAndDestroy(), 20)
      })
      socket.on('error', () => undefined)
    }
    await unharmed()
    for (const socket of slow) socket.destroy()
    await unharmed()
  })

  test('the border speaks mutual TLS only', async () => {
    const plain = await raw(border.port, 'GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n')
    assert.doesNotMatch(plain, /CapabilityStatement/)
    assert.doesNotMatch(await raw(border.port, new Uint8Array(1000)), /HTTP/)
    const nobody = await new Promise<string>((resolve) => {
      const socket = connectTls({ port: border.port, host: '127.0.0.1', rejectUnauthorized: false }, () =>
        socket.write('GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      )
      let answer = ''
      socket.on('data', (chunk) => {
        answer += String(chunk)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(answer))
    })
    assert.equal(nobody, '')
    await unharmed()
  })

  test('malformed tokens are refused alike', async () => {
    const { tls } = await openNodeKeys(join(europe.home, 'fr', 'keys'))
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const ask = (token: string, path = '/fhir/Patient?identifier=urn:oid:1.2|3') =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const asked = httpsRequest(
          `${border.origin}${path}`,
          { key: tls.key, cert: tls.cert, ca: tls.ca, headers: { authorization: `Bearer ${token}` } },
          (response) => {
            let text = ''
            response.setEncoding('utf8').on('data', (chunk) => {
              text += chunk
            })
            response.on('end', () => resolve({ status: response.statusCode, text }))
          },
        )
        asked.on('error', reject)
        asked.end()
      })
    for (const token of [
      'x',
      '..',
      'e30.e30.e30',
      `${part({ alg: 'none', kid: 'a' })}.${part({ iss: 'FR' })}.`,
      `${part({ alg: 'HS256', kid: 'a' })}.${part({ iss: 'FR' })}.e30`,
      `${part({ alg: 'ES256', kid: '__proto__' })}.${part({ iss: 'FR' })}.e30`,
      `${part({ alg: 'ES256', kid: 'a', crit: ['b64'], b64: false })}.${part({ iss: 'FR' })}.e30`,
      `${part({ alg: 'ES256', kid: 'a' })}.${part(Array(100).fill('x'))}.e30`,
      `${part({ alg: 'ES256', kid: 'a' })}.${'A'.repeat(20_000)}.e30`,
    ]) {
      const { status, text } = await ask(token)
      assert.equal(status, 401, token.slice(0, 60))
      assert.match(text, /"token-(malformed|signature)"/)
    }
    for (const path of [
      '/fhir/Bundle/%00',
      '/fhir/Bundle/..%2f',
      '/fhir/Binary/__proto__',
      '/fhir/DocumentReference?patient=%ff',
    ]) {
      assert.match(String((await ask('x', path)).status), /^40[0146]$/, path)
    }
    await unharmed()
  })

  test('figures and health tell of no person and do not grow with what strangers type', async () => {
    const figures = async () => (await fetch(`http://127.0.0.1:${portal.port}/metrics`)).text()
    await figures()
    const before = (await figures()).split('\n').length
    await Promise.all(Array.from({ length: 30 }, (_, index) => fetch(`${portal.origin}/Ferreira${'x'.repeat(index)}`)))
    const text = await figures()
    assert.ok(text.split('\n').length - before < 30, 'a line for each invented page')
    const health = await (await fetch(`http://127.0.0.1:${portal.port}/health`)).text()
    assert.doesNotMatch(text + health, /ferreira|298123456|martin/i)
    await until('the log is written', () => europe.log('pt').includes('node-started'))
    assert.doesNotMatch(readFileSync(join(europe.home, 'pt', 'node.log'), 'utf8'), /ferreira|298123456|martin/i)
  })
})
