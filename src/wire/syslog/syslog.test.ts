import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { frame, frameReader } from './frames.ts'
import { facilityOf, priorityOf, readSyslogMessage, writeSyslogMessage } from './message.ts'

const timestamp = new Date('2026-11-24T10:00:00.000Z')

describe('a syslog message', () => {
  it('has the header of MyHealth@EU, a byte order mark and the XML', () => {
    const bytes = writeSyslogMessage({ priority: 132, timestamp, host: 'ncp.fr', xml: '<A é="1"/>' })
    const expected = '<132>1 2026-11-24T10:00:00.000Z ncp.fr - - - - \ufeff<A é="1"/>'
    assert.equal(Buffer.from(bytes).toString('utf8'), expected)
    const read = readSyslogMessage(bytes)
    assert.ok(read.ok)
    assert.equal(Buffer.from(read.value.body).toString('utf8'), '<A é="1"/>')
    assert.equal(read.value.host, 'ncp.fr')
  })

  it('has the calculated priority, or the joined digits of the reference implementation', () => {
    assert.deepEqual(
      [6, 5, 4, 3].map((severity) => priorityOf('standard', severity as 3)),
      [110, 109, 108, 107],
    )
    assert.equal(priorityOf('openncp', 6), 132)
    assert.deepEqual(facilityOf(110), { facility: 13, severity: 6 })
    assert.deepEqual(facilityOf(106), { facility: 13, severity: 2 })
    assert.deepEqual(facilityOf(132), { facility: 13, severity: 2 })
  })

  it('of a host with strange characters stays one line of ASCII', () => {
    const bytes = writeSyslogMessage({ priority: 110, timestamp, host: 'hôte du port\n', xml: '<A/>' })
    const read = readSyslogMessage(bytes)
    assert.equal(read.ok && read.value.host, 'hteduport')
  })

  it('is refused without a header', () => {
    const problem = (text: string) => {
      const read = readSyslogMessage(Buffer.from(text))
      return read.ok ? undefined : read.problem.code
    }
    assert.equal(problem('<110>1 - - - - - - <A/>'), undefined)
    assert.equal(problem('<110>1 - - - - - -'), undefined)
    assert.equal(problem('<192>1 - - - - - - <A/>'), 'syslog-header')
    assert.equal(problem('<34>Oct 11 22:14:15 mymachine su: failed'), 'syslog-header')
    assert.equal(problem('<AuditMessage/>'), 'syslog-header')
    assert.equal(problem('<110>1 - - - - - [a@1 b="c"] <A/>'), 'syslog-structured-data')
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readSyslogMessage(bytes)))
  })
})

describe('frames', () => {
  const anyMessages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 })

  it('come out as they went in, however the stream was cut', () => {
    fc.assert(
      fc.property(anyMessages, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (messages, cuts) => {
        const stream = Buffer.concat(messages.map(frame))
        const reader = frameReader(100)
        const out: Uint8Array[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = cuts[turn % cuts.length] ?? 1
          out.push(...(reader.read(stream.subarray(at, at + length)) ?? assert.fail('refused')))
          at += length
        }
        assert.deepEqual(
          out.map((one) => [...one]),
          messages.map((one) => [...one]),
        )
        assert.equal(reader.unfinished, false)
      }),
    )
  })

  it('that are none are refused, for ever', () => {
    for (const text of [
      '<110>1 ',
      '0 a',
      '01 a',
      ' 1 a',
      '-1 a',
      '12a ',
      '1\n',
      'GET / HTTP/1.1',
      '101 ',
      '9'.repeat(50),
    ]) {
      const reader = frameReader(100)
      assert.equal(reader.read(Buffer.from(text)), undefined, text)
      assert.equal(reader.read(Buffer.from('1 a')), undefined, text)
    }
  })

  it('are unfinished in the middle', () => {
    const reader = frameReader(100)
    assert.deepEqual(reader.read(Buffer.from('1')), [])
    assert.equal(reader.unfinished, true)
    assert.deepEqual(reader.read(Buffer.from('0 12345')), [])
    assert.equal(reader.unfinished, true)
  })
})
