import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { narrativesOf } from '../narrative-index.ts'
import type { Reading } from '../reading.ts'
import { TERMINOLOGY } from '../testing/documents.ts'
import { concept } from './code.ts'
import { detail } from './detail.ts'
import { address, contactPoint, humanName, identifier } from './identity.ts'
import { quantity } from './quantity.ts'
import { fhirTime, moment, period } from './time.ts'
import { readValue } from './value.ts'

function element(xml: string): XmlElement {
  const parsed = parseXml(
    Buffer.from(xml.replace(/^<(\w+)/, '<$1 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')),
  )
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem.sentence)
  return parsed.value.root
}

const READING: Reading = {
  terminology: TERMINOLOGY,
  narratives: narrativesOf(element('<text><td ID="a">Asma <br/>grave</td></text>')),
  entries: [],
  seed: '',
  language: 'pt',
  systems: new Map(),
  patient: 'urn:uuid:p',
}

const TIMES: readonly (readonly [string, string | undefined, boolean])[] = [
  ['2011', '2011', true],
  ['201103', '2011-03', true],
  ['20110305', '2011-03-05', true],
  ['2011-03-05', '2011-03-05', true],
  ['20110305104900+0200', '2011-03-05T10:49:00+02:00', true],
  ['201103051049-0330', '2011-03-05T10:49:00-03:30', true],
  ['20110305104900.123Z', '2011-03-05T10:49:00.123Z', true],
  ['20110305104900', '2011-03-05', false],
  ['20110300', '2011-03', false],
  ['20110000', '2011', false],
  ['20110230', '2011-02', false],
  ['20120229', '2012-02-29', true],
  ['00000000', undefined, false],
  ['2011030', '2011-03', false],
  ['gestern', undefined, false],
  ['', undefined, false],
]

for (const [stamp, value, exact] of TIMES) {
  test(`the time ${JSON.stringify(stamp)}`, () => {
    const found = fhirTime(stamp)
    if (stamp === '2011030') assert.equal(found.exact, false)
    else assert.deepEqual([found.value, found.exact], [value, exact])
  })
}

test('what a date cannot say stays beside it', () => {
  assert.deepEqual(moment(element('<low value="20110305104900"/>')), {
    value: '2011-03-05',
    element: { extension: [{ url: 'urn:tessera:source-value', valueString: '20110305104900' }] },
  })
  assert.equal(moment(element('<low nullFlavor="ASKU"/>'))?.element?.extension?.[0]?.valueCode, 'asked-unknown')
  assert.equal(
    period(element('<t><low value="2011"/><width value="3" unit="d"/></t>'))?.extension?.[0]?.valueQuantity?.value,
    3,
  )
})

test('numbers keep their precision, words are not made numbers', () => {
  assert.deepEqual(quantity(element('<v value="5.50" unit="mmol/L"/>')), {
    value: 5.5,
    _value: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/quantity-precision', valueInteger: 2 }] },
    unit: 'mmol/L',
    system: 'http://unitsofmeasure.org',
    code: 'mmol/L',
  })
  assert.equal(quantity(element('<v value="1,5" unit="mg"/>'))?.value, undefined)
  assert.equal(quantity(element('<v value="1,5" unit="mg"/>'))?.extension?.[0]?.valueString, '1,5')
  assert.equal(quantity(element('<v value="1" unit="kapsułka na dobę"/>'))?.code, undefined)
})

test('translations from the outside in, words from the narrative', () => {
  const found = concept(
    element(`<code code="J45" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" displayName="Asthma"><originalText><reference value="#a"/></originalText>
      <translation code="195967001" codeSystem="2.16.840.1.113883.6.96"><translation code="X1" codeSystem="1.2.3" displayName="Asma"/></translation></code>`),
    READING,
  )
  assert.deepEqual(
    found?.coding?.map(({ system, code }) => `${system}|${code}`),
    ['http://hl7.org/fhir/sid/icd-10|J45', 'http://snomed.info/sct|195967001', 'urn:oid:1.2.3|X1'],
  )
  assert.equal(found?.text, 'Asma grave')
})

test('a code that is missing says why; a qualifier stays', () => {
  assert.equal(concept(element('<code nullFlavor="UNK"/>'), READING)?.extension?.[0]?.valueCode, 'UNK')
  const found = concept(
    element('<code code="1" codeSystem="1.2"><qualifier><name code="2"/><value code="3"/></qualifier></code>'),
    READING,
  )
  assert.equal(found?.extension?.[0]?.extension?.[1]?.valueCodeableConcept?.coding?.[0]?.code, '3')
  assert.equal(
    concept(element('<code code="1" codeSystemName="Local list"/>'), READING)?.coding?.[0]?.extension?.[0]?.valueString,
    'Local list',
  )
  assert.equal(concept(element('<code/>'), READING), undefined)
})

const VALUES: readonly (readonly [string, object])[] = [
  ['<value xsi:type="INT" value="3"/>', { valueInteger: 3 }],
  ['<value xsi:type="BL" value="true"/>', { valueBoolean: true }],
  ['<value xsi:type="ST">já</value>', { valueString: 'já' }],
  ['<value xsi:type="ns1:TS" value="2011"/>', { valueDateTime: '2011', _valueDateTime: undefined }],
  [
    '<value xsi:type="IVL_PQ"><low value="1" unit="g"/></value>',
    { valueRange: { low: { value: 1, unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' } } },
  ],
  ['<value xsi:type="IVL_TS"><low value="2011"/></value>', { valuePeriod: { start: '2011' } }],
  [
    '<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="2"/></value>',
    { valueRatio: { numerator: { value: 1 }, denominator: { value: 2 } } },
  ],
  [
    '<value value="7" unit="kg"/>',
    { valueQuantity: { value: 7, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } },
  ],
]

for (const [xml, expected] of VALUES) {
  test(`the value ${xml}`, () => assert.deepEqual(readValue(element(xml), READING)?.value, expected))
}

test('a value of an unknown type is kept by its shape', () => {
  const found = readValue(
    element('<value xsi:type="SLIST_PQ"><origin value="0" unit="s"/><digits>1 2 3</digits></value>'),
    READING,
  )
  assert.ok(JSON.stringify(found?.extras).includes('1 2 3'))
})

test('identifiers', () => {
  assert.deepEqual(identifier(element('<id root="1.2.3" extension="A 1"/>'), READING), {
    system: 'urn:oid:1.2.3',
    value: 'A 1',
  })
  assert.deepEqual(identifier(element('<id root="1.2.3"/>'), READING), {
    system: 'urn:ietf:rfc:3986',
    value: 'urn:oid:1.2.3',
  })
  assert.equal(identifier(element('<id nullFlavor="NI"/>'), READING), undefined)
})

test('names in any script, with every part', () => {
  const name = humanName(
    element(
      '<name use="L"><prefix>Dr</prefix><given>Ελένη</given><given>Μαρία</given><family qualifier="BR">Παπαδοπούλου</family><suffix>PhD</suffix></name>',
    ),
  )
  assert.deepEqual(
    [name?.family, name?.given, name?.prefix, name?.suffix],
    ['Παπαδοπούλου', ['Ελένη', 'Μαρία'], ['Dr'], ['PhD']],
  )
  assert.equal(name?._family?.extension?.[0]?.valueCode, 'BR')
  assert.equal(humanName(element('<name>Ana Silva</name>'))?.text, 'Ana Silva')
  assert.equal(humanName(element('<name><family>García</family><family>López</family></name>'))?.family, 'García López')
  assert.equal(humanName(element('<name/>')), undefined)
})

test('addresses and numbers', () => {
  const found = address(
    element(
      '<addr use="HP"><streetName>Rua A</streetName><houseNumber>1</houseNumber><city>Porto</city><country>PT</country></addr>',
    ),
  )
  assert.deepEqual([found?.use, found?.line, found?.city, found?.country], ['home', ['Rua A', '1'], 'Porto', 'PT'])
  assert.deepEqual(contactPoint(element('<telecom use="MC" value="tel:+351 1"/>')), {
    system: 'phone',
    value: '+351 1',
    use: 'mobile',
  })
  assert.deepEqual(contactPoint(element('<telecom value="a@b.c"/>')), { system: 'email', value: 'a@b.c' })
  assert.equal(contactPoint(element('<telecom/>')), undefined)
})

test('anything else becomes a detail by its shape', () => {
  const found = detail(
    element(
      '<performer typeCode="PRF"><time value="2011"/><assignedEntity><id root="1.2" extension="3"/><assignedPerson><name><family>X</family></name></assignedPerson></assignedEntity></performer>',
    ),
    READING,
  )
  const said = JSON.stringify(found)
  for (const literal of ['2011', '"3"', '"X"', 'assignedEntity']) assert.ok(said.includes(literal), literal)
  assert.equal(detail(element('<templateId root="1.2"/>'), READING), undefined)
})
