/** v3 data types: what FHIR says, in the form that the schema takes, and the same when it is read again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CodeableConcept, Quantity } from 'fhir/r4'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { concept } from '../../datatypes/code.ts'
import { humanName } from '../../datatypes/identity.ts'
import { narrativesOf } from '../../narrative-index.ts'
import type { Reading } from '../../reading.ts'
import { NULL_FLAVOR_EXTENSION, SOURCE_VALUE_EXTENSION } from '../../tables/urls.ts'
import { TERMINOLOGY } from '../../testing/documents.ts'
import type { Piece } from '../element.ts'
import { startWriting } from '../writing.ts'
import { code } from './code.ts'
import { address, id, personName, telecom } from './identity.ts'
import { quantity } from './quantity.ts'
import { interval, stampOf, time } from './time.ts'
import { value } from './value.ts'

const OIDS: Readonly<Record<string, string>> = {
  'http://loinc.org': '2.16.840.1.113883.6.1',
  'http://snomed.info/sct': '2.16.840.1.113883.6.96',
}
const terminology = { ...TERMINOLOGY, oidOf: (system: string) => OIDS[system] }
const writing = startWriting({ resourceType: 'Bundle', type: 'document' }, terminology, 'en', () => undefined)

function tree(piece: Piece | undefined): XmlElement {
  const read = parseXml(Buffer.from((piece?.xml ?? '').replace('xsi:type', 'type')))
  assert.ok(read.ok, piece?.xml)
  return read.value.root
}

function reading(root: XmlElement): Reading {
  return {
    terminology,
    narratives: narrativesOf(root),
    entries: [],
    seed: '',
    language: 'en',
    systems: new Map(),
    patient: '',
  }
}

test('a concept: its first coding, its words, the others as translations; the same when read again', () => {
  const held: CodeableConcept = {
    coding: [
      { system: 'http://snomed.info/sct', code: '91936005', display: 'Allergy to penicillin' },
      { system: 'http://hospital.example/codes', code: 'P1', version: '2' },
      { display: 'in words only' },
    ],
    text: 'Penicillin < all of them',
  }
  const root = tree(code('code', held, writing))
  assert.deepEqual(concept(root, reading(root)), held)
})

test('a concept without a code says why, or that its words are not in the code system', () => {
  assert.match(
    code('code', { text: 'x' }, writing)?.xml ?? '',
    /^<code nullFlavor="OTH"><originalText>x<\/originalText>/,
  )
  const asked = { extension: [{ url: NULL_FLAVOR_EXTENSION, valueCode: 'ASKU' }] }
  assert.equal(code('code', asked, writing)?.xml, '<code nullFlavor="ASKU"/>')
  assert.equal(code('code', {}, writing), undefined)
  // A code of several words is none for the schema: its words are kept.
  assert.match(
    code('code', { coding: [{ code: 'two words' }] }, writing)?.xml ?? '',
    /nullFlavor="OTH" displayName="two words"/,
  )
})

test('words that the narrative has are referred to', () => {
  writing.narrative.set('Kiwi fruit', 'a1')
  assert.match(code('code', { text: 'Kiwi  fruit' }, writing)?.xml ?? '', /<reference value="#a1"\/>/)
  writing.narrative.clear()
})

test('times keep their precision and zone; what the source wrote goes first', () => {
  for (const [fhir, v3] of [
    ['2011', '2011'],
    ['2011-05', '201105'],
    ['2011-05-03', '20110503'],
    ['2011-05-03T10:20:30+02:00', '20110503102030+0200'],
    ['2011-05-03T10:20:30.125Z', '20110503102030.125+0000'],
    ['2011-05-03T10:20', '20110503102000'],
  ] as const)
    assert.equal(stampOf(fhir), v3)
  assert.equal(stampOf('yesterday'), undefined)
  const literal = { extension: [{ url: SOURCE_VALUE_EXTENSION, valueString: '201105031020' }] }
  assert.equal(time('time', '2011-05-03', literal)?.xml, '<time value="201105031020"/>')
  assert.equal(time('time', undefined), undefined)
  assert.equal(interval('t', { start: '2011' })?.xml, '<t><low value="2011"/></t>')
})

test('quantities: digits, units of other systems as translations, comparators as bounds', () => {
  assert.equal(
    quantity('q', { value: 5, unit: 'mg', code: 'mg', system: 'http://unitsofmeasure.org' }, writing)?.xml,
    '<q value="5" unit="mg"/>',
  )
  const spoonful: Quantity = { value: 2, unit: 'table spoon', system: 'http://snomed.info/sct', code: '415704004' }
  assert.match(
    quantity('q', spoonful, writing)?.xml ?? '',
    /<q value="2"><translation code="415704004" codeSystem="2\.16\.840\.1\.113883\.6\.96" displayName="table spoon" value="2"\/>/,
  )
  assert.match(
    value('value', { valueQuantity: { value: 5, comparator: '<' } }, writing)?.xml ?? '',
    /IVL_PQ"><high inclusive="false" value="5"\/>/,
  )
  assert.equal(quantity('q', {}, writing), undefined)
})

test('identifiers: OIDs, UUIDs, other systems by a computed root with their URL beside it', () => {
  assert.equal(id({ system: 'urn:oid:1.2.3', value: 'a' }, writing)?.xml, '<id root="1.2.3" extension="a"/>')
  assert.equal(id({ system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3' }, writing)?.xml, '<id root="1.2.3"/>')
  assert.match(
    id({ system: 'http://a.example', value: '7' }, writing)?.xml ?? '',
    /^<id root="[0-9a-f-]{36}" extension="7" assigningAuthorityName="http:\/\/a\.example"\/>$/,
  )
  assert.equal(id({}, writing), undefined)
})

test('names, addresses and numbers', () => {
  const name = { prefix: ['Dr'], given: ['Ana', 'Rosa'], family: 'Silva' }
  const { given, family, prefix } = humanName(tree(personName(name))) ?? {}
  assert.deepEqual({ prefix, given, family }, name)
  assert.equal(personName({}).xml, '<name nullFlavor="NI"/>')
  assert.match(
    address({ use: 'home', line: ['Rua 1'], country: 'PT' }).xml,
    /^<addr use="H"><streetAddressLine>Rua 1<.*<country>PT</,
  )
  assert.equal(
    telecom({ system: 'phone', value: '+351 21', use: 'mobile' })?.xml,
    '<telecom use="MC" value="tel:+351 21"/>',
  )
  assert.equal(telecom({}), undefined)
})
