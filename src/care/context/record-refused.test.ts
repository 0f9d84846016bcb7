import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Connection, NO_CONNECTION, type PeerCertificate } from '#platform/http/connection.ts'
import { createLog } from '#platform/log/log.ts'
import type { Ledger, LedgerEntry } from '#trust/ledger/ledger.ts'
import { recordRefused } from './record-refused.ts'
import { refusalMeter } from './refusal-meter.ts'
import type { NotedFacts } from './transaction-facts.ts'

const from = (remoteAddress: string, certificate?: PeerCertificate): Connection => ({
  ...NO_CONNECTION,
  remoteAddress,
  certificate,
})
const FRANCE: PeerCertificate = { raw: new Uint8Array(), fingerprint: 'aa', country: 'FR', commonName: 'ncp.fr' }

describe('the meter of refusals', () => {
  const limits = { known: 3, unknown: 2, sources: 2 }
  const source = (key: string, known = false) => ({ key, known })

  test('the first of each source at once, then a count for each code', () => {
    const meter = refusalMeter<string>(limits)
    const codes = ['a', 'a', 'a', 'b', 'b']
    assert.deepEqual(codes.map((code) => meter.count(source('x'), code, 'X')), [true, true, false, false, false])
    assert.deepEqual(codes.map((code) => meter.count(source('y', true), code, 'Y')), [true, true, true, false, false])
    assert.deepEqual(meter.takeCounted(), [
      { code: 'a', count: 1, about: 'X' },
      { code: 'b', count: 2, about: 'X' },
      { code: 'b', count: 2, about: 'Y' },
    ])
    assert.deepEqual(meter.takeCounted(), [])
    assert.equal(meter.count(source('x'), 'a', 'X'), true, 'a new period')
  }) // biome-ignore format: a table

  test('sources beyond the limit share one count', () => {
    const meter = refusalMeter<string>(limits)
    for (const key of ['x', 'y', 'z', 'w']) meter.count(source(key), 'a', key)
    assert.deepEqual(meter.takeCounted(), [{ code: 'a', count: 2, about: undefined }])
  })

  test('what is written and what is told later is everything, whoever knocks and however often', () => {
    const meter = refusalMeter<string>(limits)
    let [seed, written, told] = [7, 0, 0]
    for (let knock = 0; knock < 5000; knock += 1) {
      seed = (seed * 48271) % 2147483647
      if (meter.count(source(`s${seed % 5}`, seed % 2 === 0), `c${seed % 3}`, '')) written += 1
      if (seed % 97 === 0) told += meter.takeCounted().reduce((sum, { count }) => sum + count, 0)
    }
    told += meter.takeCounted().reduce((sum, { count }) => sum + count, 0)
    assert.equal(written + told, 5000)
  })
})

describe('what was refused before it was read', () => {
  const entries: string[] = []
  const notes: NotedFacts[] = []
  const lines: string[] = []
  let broken = false
  const options = {
    node: { country: 'PT', homeCommunityId: '1.2', address: 'https://ncp.pt/fhir' },
    ledger: {
      async append(event) {
        if (broken) throw new Error('full')
        entries.push(`${event.agent[0]?.network?.address} ${event.outcomeDesc}`)
        return { sequence: entries.length, hash: 'h' } as LedgerEntry
      },
    } as Ledger,
    recorder: { note: async (facts: NotedFacts) => void notes.push(facts) },
    clock: () => new Date('2026-11-28T12:00:00Z'),
    log: createLog({ level: 'error', name: 'PT', destination: { write: (line) => void lines.push(line) } }),
  }
  let refused = recordRefused(options)
  before(() => refused.close())
  beforeEach(() => {
    entries.length = 0
    notes.length = 0
    broken = false
    refused = recordRefused(options)
  })
  after(() => refused.close())

  test('an entry of the ledger, and a message that names it', async () => {
    await refused.record('tls-no-certificate', from('192.0.2.7'))
    await refused.record('soap-not-xml', from('192.0.2.8', FRANCE))
    await refused.close()
    assert.deepEqual(entries, ['192.0.2.7 tls-no-certificate', '192.0.2.8 soap-not-xml'])
    assert.deepEqual(
      notes.map(({ event, serviceConsumer, ledger }) => [event, serviceConsumer?.userId, ledger?.sequence]),
      [
        ['node-authentication-failure', 'unknown', 1],
        ['request-refused', 'FR', 2],
      ],
    )
  })

  test('a flood is told as a number when the node stops', async () => {
    for (let count = 0; count < 500; count += 1) await refused.record('http-malformed', from('192.0.2.7'))
    assert.equal(entries.length, 10)
    await refused.close()
    assert.equal(entries.length, 11)
    assert.equal(entries[10], '192.0.2.7 http-malformed: 490 more within 60 seconds')
    assert.equal(notes.length, 11)
  })

  test('a ledger that cannot be written to is told to the log, and refuses all the same', async () => {
    broken = true
    await refused.record('http-malformed', from('192.0.2.7'))
    assert.match(lines.join(), /access-not-recorded/)
    assert.deepEqual(notes, [])
  })
})
