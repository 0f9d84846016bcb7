/** The sender and the receiver over real TLS, with a repository that is away, slow, or goes away in between. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLog } from '#platform/log/log.ts'
import { until } from '../../../test/faults/processes.ts'
import { openAuditArchive } from './archive.ts'
import { connectRepository } from './connection.ts'
import { frame, frameReader } from './frames.ts'
import { readSyslogMessage, writeSyslogMessage } from './message.ts'
import { type Receiver, type ReceiverOptions, startReceiver } from './receiver.ts'
import { type SenderOptions, startSyslogSender } from './sender.ts'
import { openSpool, type Spool } from './spool.ts'
import { type TestTls, testAuthority } from './testing/material.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-syslog-'))
const log = createLog({ level: 'silent', name: 'test' })
let node: TestTls
let repository: TestTls
let stranger: TestTls

before(async () => {
  const issue = await testAuthority(join(root, 'authority'))
  node = issue('ncp.fr')
  repository = issue('audit.fr')
  stranger = (await testAuthority(join(root, 'other-authority')))('stranger')
})
after(() => rmSync(root, { recursive: true, force: true }))

interface Listening extends Receiver {
  readonly received: string[]
  readonly refused: string[]
}

async function listen(options: Partial<ReceiverOptions> = {}): Promise<Listening> {
  const received: string[] = []
  const refused: string[] = []
  const started = await startReceiver({
    host: '127.0.0.1',
    port: 0,
    tls: repository,
    onMessages: async (messages) => {
      for (const { body } of messages) received.push(Buffer.from(body).toString('utf8'))
    },
    onRefused: (code) => refused.push(code),
    ...options,
  })
  assert.ok(started.ok)
  return { ...started.value, received, refused }
}

async function put(spool: Spool, ...names: readonly string[]): Promise<void> {
  for (const xml of names) {
    const message = { priority: 132, timestamp: new Date(), host: 'ncp.fr', xml }
    assert.ok((await spool.put([writeSyslogMessage(message)])).ok)
  }
}

function sender(spool: Spool, port: number, more: Partial<SenderOptions> = {}) {
  const address = { host: '127.0.0.1', port, tls: node }
  return startSyslogSender({
    repository: address,
    spool,
    log,
    firstPauseMs: 5,
    longestPauseMs: 50,
    confirmAfterMs: 30,
    ...more,
  })
}

const newSpool = (maxBytes?: number) =>
  openSpool({ folder: mkdtempSync(join(root, 'spool-')), ...(maxBytes === undefined ? {} : { maxBytes }) })
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `<A n="${from + index}"/>`)

describe('the sender of audit messages', () => {
  it('sends what lies there and what comes later, in order, over one connection', async () => {
    const spool = await newSpool()
    await put(spool, ...numbers(1, 5))
    const receiver = await listen()
    const sending = sender(spool, receiver.port)
    assert.ok(await sending.settled(5000))
    await put(spool, ...numbers(6, 9))
    sending.wake()
    assert.ok(await sending.settled(5000))
    assert.deepEqual(receiver.received, numbers(1, 9))
    await sending.close()
    await receiver.close()
  })

  it('waits for a repository that is away, and misses nothing when it comes', async () => {
    const spool = await newSpool()
    const first = await listen()
    const { port } = first
    await first.close()
    const sending = sender(spool, port)
    await put(spool, ...numbers(1, 20))
    sending.wake()
    await until('it has failed', () => sending.state().failures > 2)
    assert.equal(sending.state().lastProblem, 'ECONNREFUSED')
    assert.equal(sending.state().waiting, 20)
    const receiver = await listen({ port })
    assert.ok(await sending.settled(5000))
    assert.deepEqual(receiver.received, numbers(1, 20))
    assert.equal(sending.state().failures, 0)
    await sending.close()
    await receiver.close()
  })

  it('sends again what was on a connection that broke', async () => {
    const spool = await newSpool()
    const first = await listen()
    const sending = sender(spool, first.port, { confirmAfterMs: 60_000 })
    await put(spool, ...numbers(1, 3))
    sending.wake()
    await until('all was received', () => first.received.length === 3)
    assert.equal(sending.state().waiting, 3)
    await first.close()
    const second = await listen({ port: first.port })
    sending.wake()
    await until('all was received again', () => second.received.length === 3)
    assert.deepEqual(second.received, numbers(1, 3))
    // A repository that ends the connection in order has read everything.
    await sending.close()
    assert.equal(spool.state().files, 0)
    await second.close()
  })

  it('does not take a slow repository for a dead one', async () => {
    const spool = await newSpool()
    const slow: string[] = []
    const receiver = await listen({
      onMessages: async (messages) => {
        for (const { body } of messages) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          slow.push(Buffer.from(body).toString('utf8'))
        }
      },
    })
    const big = 'x'.repeat(200_000)
    const sending = sender(spool, receiver.port)
    const messages = numbers(1, 30).map((one) => `${one}<!--${big}-->`)
    await put(spool, ...messages)
    sending.wake()
    assert.ok(await sending.settled(20_000))
    await sending.close()
    await until('all was stored', () => slow.length >= 30)
    assert.deepEqual([...new Set(slow)], messages)
    await receiver.close()
  })

  it('gives up a connection on which nothing is read', async () => {
    const spool = await newSpool()
    const receiver = await listen({ onMessages: () => new Promise(() => {}) })
    const sending = sender(spool, receiver.port, { timeoutMs: 200, confirmAfterMs: 60_000 })
    // More than the buffers of both systems hold.
    await put(spool, ...Array.from({ length: 16 }, () => `<A>${'x'.repeat(1_000_000)}</A>`))
    sending.wake()
    await until('it gave up', () => sending.state().failures > 0)
    assert.equal(sending.state().waiting, 16)
    await receiver.close()
    await sending.close()
  })

  it('sends nothing to a repository of another authority or another name on the list', async () => {
    const spool = await newSpool()
    await put(spool, '<A/>')
    const other = await listen({ tls: stranger })
    const sending = sender(spool, other.port)
    await until('it failed', () => sending.state().failures > 0)
    await sending.close()
    await other.close()
    const right = await listen()
    const address = { host: '127.0.0.1', port: right.port, tls: { ...node, pinnedFingerprints: ['00'.repeat(32)] } }
    const pinned = sender(spool, right.port, { repository: address })
    await until('it failed', () => pinned.state().failures > 0)
    assert.equal(pinned.state().lastProblem, 'ERR_TLS_NOT_PINNED')
    assert.deepEqual([...other.received, ...right.received], [])
    await pinned.close()
    await right.close()
  })
})

describe('the receiver', () => {
  const say = (port: number, tls: TestTls, ...texts: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', key: tls.key, cert: tls.cert, ca: node.ca })
      socket.on('error', () => resolve())
      socket.once('close', () => resolve())
      socket.resume()
      socket.once('secureConnect', () => {
        for (const text of texts) socket.write(text)
        socket.end()
      })
    })
  const header = '<110>1 - - - - - - '

  it('cuts whoever does not send frames, and goes on', async () => {
    const receiver = await listen({ largestMessage: 1000 })
    for (const bad of [`${header}<A/>`, '0 ', '1001 ', 'GET / HTTP/1.1\r\n\r\n', '9999999999999999999 a', '\0\0\0\0']) {
      await say(receiver.port, node, bad)
    }
    await until('all were refused', () => receiver.refused.length === 6)
    assert.deepEqual(new Set(receiver.refused), new Set(['not-octet-counted']))
    await say(receiver.port, node, '5 hello', `${header.length + 4} ${header}<B/>`)
    assert.deepEqual(receiver.received, ['<B/>'])
    assert.equal(receiver.refused.at(-1), 'syslog-header')
    await say(receiver.port, node, '50 cut')
    await until('the end was seen', () => receiver.refused.at(-1) === 'cut-off')
    await receiver.close()
  })

  it('takes nothing from a client without a certificate of its authority', async () => {
    const receiver = await listen()
    await say(receiver.port, stranger, `${header.length + 4} ${header}<B/>`)
    await until('the handshake failed', () => receiver.refused.includes('tls-handshake'))
    assert.deepEqual(receiver.received, [])
    await receiver.close()
  })

  it('cuts a sender that stops in the middle of a message', async () => {
    const receiver = await listen({ stalledMs: 50 })
    const socket = connect({ port: receiver.port, host: '127.0.0.1', key: node.key, cert: node.cert, ca: node.ca })
    socket.on('error', () => {})
    socket.once('secureConnect', () => socket.write('100 <110>1'))
    await until('it was cut', () => receiver.refused.includes('stalled'))
    socket.destroy()
    await receiver.close()
  })
})

describe('a lasting connection', () => {
  it('keeps nothing of what has gone over it', async () => {
    setFlagsFromString('--expose_gc')
    const collect: () => void = runInNewContext('gc')
    const receiver = await listen({ onMessages: async () => {} })
    const connection = await connectRepository({ host: '127.0.0.1', port: receiver.port, tls: node }, 5000)
    const bytes = 1_000_000
    for (let sent = 0; sent < 100; sent += 1) {
      const message = writeSyslogMessage({
        priority: 110,
        timestamp: new Date(),
        host: 'ncp.fr',
        xml: 'x'.repeat(bytes),
      })
      await connection.write(frame(message))
      if (sent % 10 === 0) collect()
    }
    collect()
    const { arrayBuffers } = process.memoryUsage()
    connection.destroy()
    await assert.rejects(connection.write(Buffer.from('x')))
    await receiver.close()
    assert.ok(arrayBuffers < 50 * bytes, `${arrayBuffers} bytes are kept`)
  })
})

describe('the archive of a repository', () => {
  it('keeps what came, in order and readable again, a file for each run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-archive-'))
    const archive = await openAuditArchive(folder, new Date('2026-11-24T10:00:00Z'))
    const receiver = await listen({ onMessages: (messages) => archive.append(messages.map(({ raw }) => raw)) })
    const spool = await newSpool()
    const sending = sender(spool, receiver.port)
    await put(spool, ...numbers(1, 40))
    sending.wake()
    assert.ok(await sending.settled(20_000))
    await sending.close()
    await receiver.close()
    await archive.close()
    const second = await openAuditArchive(folder, new Date('2026-11-24T11:00:00Z'))
    await second.append([Buffer.from('<110>1 2026-11-24T11:00:00Z - - - - - <Z/>')])
    await second.close()
    const files = readdirSync(folder).sort()
    assert.equal(files.length, 2)
    const kept = files.flatMap((file) => frameReader(1_000_000).read(readFileSync(join(folder, file))) ?? [])
    const bodies = kept.map((raw) => {
      const read = readSyslogMessage(raw)
      return read.ok ? Buffer.from(read.value.body).toString('utf8') : read.problem.code
    })
    assert.deepEqual(bodies, [...numbers(1, 40), '<Z/>'])
    rmSync(folder, { recursive: true })
  })
})
