import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLog, type LogLevel } from './log.ts'

function recording(level: LogLevel = 'debug') {
  const lines: string[] = []
  const log = createLog({ level, name: 'PT', destination: { write: (line) => void lines.push(line) } })
  return { log, lines, last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') }
}

describe('the log', () => {
  it('writes one JSON line with the event, the node, the time and the fields', () => {
    const { log, lines, last } = recording()
    log.info('request-answered', { status: 200, route: '/fhir/Bundle/:id' })
    assert.equal(lines.length, 1)
    const { time, ...line } = last()
    assert.deepEqual(line, {
      level: 'info',
      name: 'PT',
      event: 'request-answered',
      status: 200,
      route: '/fhir/Bundle/:id',
    })
    assert.ok(typeof time === 'string' && !Number.isNaN(Date.parse(time)))
  })

  it('drops what is not on the list of keys, and what is not flat', () => {
    const { log, lines } = recording()
    const fromElsewhere = { status: 404, patient: 'Ana Silva', code: { name: 'Ana Silva' } }
    // @ts-expect-error: an object is no field
    log.warn('no-match', fromElsewhere)
    log.with(Object.assign({ country: 'FR' }, { family: 'Ana Silva' })).info('bound')
    assert.equal(lines.join('').includes('Ana'), false)
    assert.ok(lines[0]?.includes('404'))
    assert.ok(lines[1]?.includes('"country":"FR"'))
  })

  it('takes names of events, not sentences', () => {
    const { log, last } = recording()
    log.info('Ana Silva signed in')
    assert.equal(last().event, 'event-without-a-name')
  })

  it('cuts long values', () => {
    const { log, last } = recording()
    log.info('long', { code: 'x'.repeat(5000) })
    assert.equal(String(last().code).length, 200)
  })

  it('tells where an exception came from, but not its message', () => {
    const { log, lines, last } = recording()
    log.failure('failed', Object.assign(new TypeError('Ana Silva\n    is not a number'), { code: 'ERR_X' }), {
      part: 'border',
    })
    const line = last()
    assert.equal(line.error, 'TypeError')
    assert.equal(line.errorCode, 'ERR_X')
    assert.equal(line.part, 'border')
    assert.match(JSON.stringify(line.stack), /log\.test\.ts/)
    assert.equal(lines.join('').includes('Ana'), false)
    log.failure('failed', 'Ana Silva')
    assert.equal(lines.join('').includes('Ana'), false)
  })

  it('keeps to its level', () => {
    const { log, lines } = recording('warn')
    log.info('quiet')
    log.warn('loud')
    assert.equal(lines.length, 1)
  })
})
