import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { descend } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { DiscoveryAnswer, PatientDiscovery } from '../exchange.ts'
import { schemaValidator, type Validate } from '../testing/schema.ts'
import { readPatientDiscovery, refusalBeforeSearch, writePatientDiscovery } from './discovery-request.ts'
import { readDiscoveryResponse, writeDiscoveryResponse } from './discovery-response.ts'

const skip = withoutCorpus()
const noSchema: Validate = () => ''
const validRequest = skip ? noSchema : schemaValidator('xcpd/schema/PRPA_IN201305UV02.xsd')
const validResponse = skip ? noSchema : schemaValidator('xcpd/schema/PRPA_IN201306UV02.xsd')

const origin = { newId: () => randomUUID() as string, now: () => new Date('2026-11-27T20:51:35.042Z') }
const PORTUGAL = '2.16.17.710.820.1000.990.1'
const PROFILES = ['openncp', 'standard'] as const

function parsed(xml: string | Uint8Array): XmlElement {
  const read = parseXml(typeof xml === 'string' ? Buffer.from(xml) : xml)
  assert.ok(read.ok, read.ok ? '' : read.problem.sentence)
  const { root } = read.value
  return root.name === 'Envelope' ? (descend(root, 'Body', 'PRPA_IN201305UV02') ?? root) : root
}

function question(xml: string | Uint8Array) {
  const read = readPatientDiscovery(parsed(xml))
  assert.ok(read.ok, read.ok ? '' : read.problem.sentence)
  return read.value
}

const eleni: PatientDiscovery = {
  identifiers: ['urn:oid:1.2.3|12 & "34"', 'urn:oid:1.2.4|0'],
  family: 'Παπαδοπούλου',
  given: ['Ελένη', 'Μαρία <II>'],
  birthDate: '1968-03-09',
  gender: 'female',
  address: { street: 'Οδός Αθηνάς 1', city: 'Αθήνα', postalCode: '105 51', country: 'GR' },
  sender: '1.2.208',
  receiver: PORTUGAL,
}

for (const file of corpusFiles('openncp/xcpd/wire/*.xml')) {
  test(`a question that another program wrote is read: ${basename(file)}`, { skip }, () => {
    const bytes = readFileSync(file)
    const { question: read, echo } = question(bytes)
    assert.match(read.sender, /^[12]\./)
    assert.match(read.receiver, /^[12]\./)
    const ids = bytes.toString().match(/<livingSubjectId>/g)?.length ?? 0
    assert.equal(read.identifiers.length, ids)
    assert.equal(
      refusalBeforeSearch(read, read.receiver)?.reason,
      ids === 0 ? 'DemographicsQueryNotAllowed' : undefined,
    )
    assert.equal(refusalBeforeSearch(read, '9.9')?.reason, 'AnswerNotAvailable')
    for (const profile of PROFILES) {
      const answer = writeDiscoveryResponse(found, echo, { ...origin, homeCommunityId: read.receiver, profile })
      assert.equal(validResponse(answer), '')
    }
  })
}

test('the corpus is read', { skip }, () => assert.equal(corpusFiles('openncp/xcpd/wire/*.xml').length, 6))

const found: DiscoveryAnswer = {
  patients: [
    {
      identifiers: ['urn:oid:1.2.3|12 & "34"', 'urn:oid:1.2.4|0'],
      family: 'Παπαδοπούλου',
      given: ['Ελένη', 'Μαρία'],
      birthDate: '1968-03-09',
      gender: 'female',
      address: { street: 'Οδός Αθηνάς 1', city: 'Αθήνα', postalCode: '105 51', country: 'GR' },
    },
    { identifiers: ['urn:oid:1.2.3|x'], family: 'Ó', given: [], birthDate: '1968', gender: 'unknown' },
  ],
  errors: [{ code: 'WARNING_PI_GENERIC', severity: 'warning', text: 'Two & more.' }],
}

for (const profile of PROFILES) {
  test(`${profile}: a question keeps every field and is valid by the schema`, () => {
    const xml = writePatientDiscovery(eleni, profile, origin)
    assert.equal(validRequest(xml), '')
    assert.deepEqual(question(xml).question, eleni)
    const least = { identifiers: ['urn:oid:1.2.3|1'], sender: '1.2', receiver: '1.3' }
    const small = writePatientDiscovery(least, profile, origin)
    assert.equal(validRequest(small), '')
    assert.deepEqual(question(small).question, least)
  })

  test(`${profile}: an answer keeps every field, is valid, and repeats the question`, () => {
    const { echo } = question(writePatientDiscovery(eleni, profile, origin))
    const xml = writeDiscoveryResponse(found, echo, { ...origin, homeCommunityId: PORTUGAL, profile })
    assert.equal(validResponse(xml), '')
    const root = parsed(xml)
    const read = readDiscoveryResponse(root)
    assert.deepEqual(read.ok && read.value, found)
    const names = ['controlActProcess', 'queryByParameter', 'parameterList', 'livingSubjectName', 'value', 'family']
    assert.deepEqual(descend(root, ...names)?.children, ['Παπαδοπούλου'])
    assert.equal(descend(root, 'receiver', 'device', 'id')?.attributes[0]?.value, '1.2.208')
  })

  for (const reason of [
    'AnswerNotAvailable',
    'DemographicsQueryNotAllowed',
    'InsufficientRights',
    'PolicyViolation',
    'ResponderBusy',
    'OfTheirOwn',
  ]) {
    test(`${profile}: nobody may be told: ${reason}`, () => {
      const { echo } = question(writePatientDiscovery(eleni, profile, origin))
      const refused: DiscoveryAnswer = {
        patients: [],
        errors: [{ code: 'ERROR_PI_GENERIC', severity: 'error', text: 'No.' }],
        reason,
      }
      const xml = writeDiscoveryResponse(refused, echo, { ...origin, homeCommunityId: PORTUGAL, profile })
      assert.equal(validResponse(xml), '')
      assert.match(xml, /<typeCode code="AE"\/>/)
      const read = readDiscoveryResponse(parsed(xml))
      assert.deepEqual(read.ok && read.value, refused)
    })
  }
}

test('several given names: OpenNCP, which keeps the last it reads, is given all of them there', () => {
  const given = (profile: (typeof PROFILES)[number]) =>
    writePatientDiscovery({ ...eleni, given: ['Maria', 'João'] }, profile, origin).match(/<given>[^<]*/g)
  assert.deepEqual(given('openncp'), ['<given>Maria', '<given>João', '<given>Maria João'])
  assert.deepEqual(given('standard'), ['<given>Maria', '<given>João'])
})

test('nobody found is no error: AA in both profiles, NF by the standard, and its words for OpenNCP', () => {
  const { echo } = question(writePatientDiscovery(eleni, 'standard', origin))
  const responder = { ...origin, homeCommunityId: PORTUGAL }
  const standard = writeDiscoveryResponse({ patients: [], errors: [] }, echo, { ...responder, profile: 'standard' })
  assert.match(standard, /<typeCode code="AA"\/>.*<queryResponseCode code="NF"\/>/)
  const read = readDiscoveryResponse(parsed(standard))
  assert.deepEqual(read.ok && read.value, { patients: [], errors: [] })
  const openncp = writeDiscoveryResponse({ patients: [], errors: [] }, echo, { ...responder, profile: 'openncp' })
  assert.equal(validResponse(openncp), '')
  assert.match(
    openncp,
    /<typeCode code="AA"\/>.*ERROR_PI_NO_MATCH.*AnswerNotAvailable.*<queryResponseCode code="AE"\/>/,
  )
})

test('an answer that fails without a word is not "nobody found"', () => {
  const { echo } = question(writePatientDiscovery(eleni, 'standard', origin))
  const responder = { ...origin, homeCommunityId: PORTUGAL, profile: 'standard' as const }
  const silent = writeDiscoveryResponse({ patients: [], errors: [] }, echo, responder).replace('"NF"', '"AE"')
  const read = readDiscoveryResponse(parsed(silent))
  assert.equal(read.ok && read.value.errors[0]?.code, 'ERROR_PI_GENERIC')
})

test('what one field holds never becomes another, whatever it is', () => {
  const word = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `x${text.replace(/[^\P{C}]/gu, '')}y`)
  const words = word.map((text) => text.replace(/\s+/g, ' '))
  const asked = fc.record(
    {
      identifiers: fc.uniqueArray(
        words.map((value) => `urn:oid:1.2.3|${value}`),
        { minLength: 1, maxLength: 4 },
      ),
      family: words,
      given: fc.array(words, { minLength: 1, maxLength: 4 }),
      birthDate: fc
        .date({ min: new Date('1900-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      gender: fc.constantFrom('male', 'female', 'other', 'unknown'),
      address: fc.record({ street: words, city: words, postalCode: words, country: words }, { noNullPrototype: true }),
      sender: fc.constant('1.2'),
      receiver: fc.constant('1.3'),
    },
    { requiredKeys: ['identifiers', 'sender', 'receiver'], noNullPrototype: true },
  )
  fc.assert(
    fc.property(asked, fc.constantFrom(...PROFILES), (one, profile) => {
      assert.deepEqual(question(writePatientDiscovery(one as PatientDiscovery, profile, origin)).question, one)
    }),
    { numRuns: 200 },
  )
})

for (const [what, change] of [
  ['another message', (xml: string) => xml.replaceAll('PRPA_IN201305UV02', 'PRPA_IN201306UV02')],
  ['another namespace', (xml: string) => xml.replace('urn:hl7-org:v3', 'urn:hl7-org:v2')],
  ['no id', (xml: string) => xml.replace(/<id [^>]*>/, '')],
  ['no sender', (xml: string) => xml.replace(/<sender .*<\/sender>/, '')],
  ['no query', (xml: string) => xml.replace(/<queryByParameter>.*<\/queryByParameter>/, '')],
  ['no query id', (xml: string) => xml.replace(/<queryId[^>]*>/, '')],
  ['an identifier without a root', (xml: string) => xml.replace('root="1.2.3" ', '')],
  ['a birth date that is none', (xml: string) => xml.replace('19680309', '19680231')],
  ['a gender that is none', (xml: string) => xml.replace('code="F"', 'code="woman"')],
] as const) {
  test(`refused: ${what}`, () => {
    const read = readPatientDiscovery(parsed(change(writePatientDiscovery(eleni, 'openncp', origin))))
    assert.equal(!read.ok && read.problem.code, 'discovery-malformed')
  })
}

test('an identifier is its root alone, or has an OID; others cannot be said', () => {
  const xml = writePatientDiscovery({ ...eleni, identifiers: ['https://a|1', 'urn:oid:1.2|1'] }, 'openncp', origin)
  assert.deepEqual(question(xml).question.identifiers, ['urn:oid:1.2|1'])
  assert.throws(() => writePatientDiscovery({ ...eleni, identifiers: ['https://a|1'] }, 'openncp', origin))
  const alone = writePatientDiscovery({ ...eleni, identifiers: ['urn:ietf:rfc:3986|urn:oid:1.2'] }, 'openncp', origin)
  assert.match(alone, /<value root="1.2"\/>/)
  assert.deepEqual(question(alone).question.identifiers, ['urn:ietf:rfc:3986|urn:oid:1.2'])
})
