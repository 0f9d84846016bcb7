import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SERVICES } from '#wire/discovery/directory.ts'
import { bridgedId, readBridgedId } from './bridged-id.ts'

const name = fc.record({
  service: fc.constantFrom(...SERVICES),
  form: fc.constantFrom('structured' as const, 'pdf' as const, 'image' as const, 'source' as const),
  peerId: fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme-ascii' }),
})

test('names lead back, on both wires', () => {
  fc.assert(
    fc.property(name, fc.constantFrom('fhir' as const, 'ihe' as const), (one, wire) => {
      const id = bridgedId(one, wire, '2.16.17.710.820.1000.990.1.2')
      assert.deepEqual(readBridgedId(id), { ...one })
      assert.match(id, wire === 'fhir' ? /^[\w-]+$/ : /^2\.16\.17\.710\.820\.1000\.990\.1\.2\^[\w-]+$/)
    }),
  )
})

test('other names lead nowhere, and none makes an error', () => {
  for (const foreign of ['', 'x', '^', '2.25.1', 'a'.repeat(5000), Buffer.from('95x').toString('base64url'), '../..']) {
    assert.equal(readBridgedId(foreign), undefined, foreign.slice(0, 20))
  }
  fc.assert(
    fc.property(fc.string(), (any) => {
      const read = readBridgedId(any)
      return read === undefined || read.peerId !== ''
    }),
  )
})
