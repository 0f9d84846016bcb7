import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IDENTIFIER, WORDS } from '../testing/arbitrary-documents.ts'
import {
  readCx,
  readTime,
  readXcn,
  readXon,
  readXpn,
  writeCx,
  writeTime,
  writeXcn,
  writeXon,
  writeXpn,
} from './hl7-v2.ts'

test('identifiers are written and read in any script, with the separators of HL7 in them', () => {
  fc.assert(fc.property(IDENTIFIER, (identifier) => assert.equal(readCx(writeCx(identifier)), identifier)))
  assert.equal(writeCx('urn:oid:1.2|a^b&c'), 'a\\S\\b\\T\\c^^^&1.2&ISO')
  assert.equal(writeCx('https://id.example|7'), '7^^^&https://id.example&URI')
  assert.equal(readCx('7^^^&https://id.example&URI'), 'https://id.example|7')
})

test('identifiers of other programs are read in their forms', () => {
  const expected = 'urn:oid:1.2.3|34'
  for (const form of [
    '34^^^&1.2.3&ISO',
    ' 34 ^^^&1.2.3&ISO ',
    '34^^^&amp;1.2.3&amp;ISO',
    '34^^^1.2.3',
    '34^^^X&1.2.3&ISO^PI',
    '34^^^&urn:oid:1.2.3&ISO',
  ])
    assert.equal(readCx(form), expected, form)
})

test('an identifier without a value or an authority is none', () => {
  for (const form of ['', '^^^&1.2.3&ISO', '34', '34^^^', '34^^^&&ISO', '34^^^&not an oid&ISO', ' ^^^&1.2&ISO']) {
    assert.equal(readCx(form), undefined, form)
  }
})

test('persons and institutions in every form that senders use', () => {
  assert.equal(readXcn('502116685^GEIRAAS^BENEDIKTE^^^^^^&urn:oid:2.16&ISO'), 'BENEDIKTE GEIRAAS')
  assert.equal(readXcn('^Dopplemeyer^Sherry^^^'), 'Sherry Dopplemeyer')
  assert.equal(readXcn('John House^^^&1.2&ISO'), 'John House')
  assert.equal(readXcn('Jussi Lemmetty&amp;1.2&amp;ISO'), 'Jussi Lemmetty')
  assert.deepEqual(readXon('Cleveland Clinic'), { name: 'Cleveland Clinic' })
  assert.deepEqual(readXon('FIN^^^^^&2.16&ISO^^^^4211607'), { name: 'FIN', identifier: 'urn:oid:2.16|4211607' })
  assert.deepEqual(readXon('X^^^^^^^^^1.1'), { name: 'X', identifier: 'urn:ietf:rfc:3986|urn:oid:1.1' })
})

test('names come back as they were', () => {
  fc.assert(
    fc.property(WORDS, IDENTIFIER, fc.constantFrom('openncp', 'standard'), (name, identifier, profile) => {
      assert.equal(readXcn(writeXcn(name, profile, { name: 'x', identifier })), name)
      assert.deepEqual(readXon(writeXon({ name, identifier })), { name, identifier })
      assert.equal(readXpn(writeXpn(name, ['Anna', 'Maria', 'José'])).family, name)
    }),
  )
  assert.deepEqual(readXpn(writeXpn('X', ['Anna', 'Maria', 'José'])).given, ['Anna', 'Maria', 'José'])
})

test('times are as exact as they are written; without an offset they are UTC', () => {
  const times: readonly (readonly [text: string, iso: string | undefined])[] = [
    ['2024', '2024'],
    ['202402', '2024-02'],
    ['20240229', '2024-02-29'],
    ['2024022913', '2024-02-29T13:00:00Z'],
    ['20240229131415', '2024-02-29T13:14:15Z'],
    ['20240229131415.123+0200', '2024-02-29T11:14:15Z'],
    ['20240229240000.000+0200', '2024-02-28T22:00:00Z'],
    ['2023-01-01T00:00:00Z', '2023-01-01T00:00:00Z'],
    ['2023-01-01T01:00:00.5+01:00', '2023-01-01T00:00:00Z'],
    ['20230229', undefined],
    ['20231301', undefined],
    ['20230101250000', undefined],
    ['soon', undefined],
    ['', undefined],
  ]
  for (const [text, iso] of times) assert.equal(readTime(text), iso, text)
})

test('what is a time in the model comes back from the wire', () => {
  for (const iso of ['2024', '2024-02', '2024-02-29', '2024-02-29T13:14:15Z']) {
    assert.equal(readTime(writeTime(iso) ?? ''), iso)
  }
  assert.equal(writeTime('2024-02-29T13:14:15+02:00'), '20240229111415')
  assert.equal(writeTime('never'), undefined)
})
