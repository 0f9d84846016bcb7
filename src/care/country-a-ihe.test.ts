import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Handler, serve } from '#platform/http/serve.ts'
import { attribute, child, descend, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { openTerminology } from '#terminology/index.ts'
import { iheClient } from '#wire/ihe/client.ts'
import type { DocumentQuery, IheClient, OutgoingAssertions } from '#wire/ihe/exchange.ts'
import { iheServer } from '#wire/ihe/server.ts'
import { endpointsAt } from '#wire/ihe/testing/pair.ts'
import { countryADoors } from './country-a/country-a.ts'
import {
  type AnsweringCountry,
  type AskingCountry,
  answeringCountry,
  HOME,
  REPOSITORY,
} from './testing/answering-country.ts'
import { assertionsOf, CLAIRE, LUC, type Professional, type Vouching } from './testing/french-professionals.ts'

/** Country A on the IHE wire, asked with real signed assertions over mutual TLS. */

const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
const FERREIRA = `${UTENTE}|298123456`
const CAROLINA = `${UTENTE}|327904118`
const TAVARES = `${UTENTE}|284556731`
const BEATRIZ = `${UTENTE}|301447802`
const NOBODY = `${UTENTE}|999999999`
const PERMISSIONS = ['PRD-003', 'PRD-004', 'PRD-005', 'PRD-006', 'PRD-010', 'PRD-016']
const NOW = new Date('2026-11-27T09:00:00Z')

let country: AnsweringCountry
let cache: string

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tessera-ihe-border-'))
  country = await answeringCountry({ clock: () => NOW, terminology: await openTerminology({ cache }) })
})
after(async () => {
  await country.close()
  await rm(cache, { recursive: true, force: true })
})

function client(from: AskingCountry = country.france): IheClient {
  return iheClient({
    fetch: from.fetch,
    endpoints: endpointsAt(country.url, 'openncp'),
    fingerprints: [country.portugal.tls.fingerprint],
  })
}

function vouch(patient = FERREIRA, who: Professional = CLAIRE, more: Partial<Vouching> = {}): OutgoingAssertions {
  return assertionsOf(country.france, who, { now: NOW, patient, ...more })
}

async function query(
  patient: string,
  assertions: OutgoingAssertions,
  classCodes = ['60591-5'],
  more: Partial<DocumentQuery> = {},
) {
  const reply = await client().queryDocuments({ patient, classCodes, status: [], ...more }, assertions)
  assert.ok(reply.ok, reply.ok ? '' : reply.problem.code)
  return reply.value
}

async function retrieve(documentId: string, assertions: OutgoingAssertions, more = {}) {
  const request = { homeCommunityId: HOME.PT, repositoryId: REPOSITORY, documentId, ...more }
  const reply = await client().retrieveDocument(request, assertions)
  assert.ok(reply.ok, reply.ok ? '' : reply.problem.code)
  return reply.value
}

async function discover(identifiers: readonly string[], assertions: OutgoingAssertions, more = {}) {
  const question = { identifiers, sender: HOME.FR, receiver: HOME.PT, ...more }
  const reply = await client().discoverPatients(question, assertions)
  assert.ok(reply.ok, reply.ok ? '' : reply.problem.code)
  return reply.value
}

async function newest() {
  const [entry] = await country.ledger.list({ limit: 1 })
  assert.ok(entry)
  return entry.event
}

const codes = (errors: readonly { readonly code: string }[]) => errors.map(({ code }) => code)

test('a patient is found with his minimal traits, and the ledger has it', async () => {
  const found = await discover([FERREIRA], vouch(FERREIRA, CLAIRE, { withoutTrc: true }), { birthDate: '1958-04-12' })
  assert.deepEqual(found.errors, [])
  const [patient] = found.patients
  assert.deepEqual(patient && [patient.family, patient.given, patient.birthDate, patient.gender], [
    'Ferreira',
    ['Maria', 'João'],
    '1958-04-12',
    'female',
  ])
  const event = await newest()
  assert.equal(event.outcome, '0')
  assert.match(JSON.stringify(event), /Claire Martin/)
})

test('nobody, several people, another receiver, a search by name', async () => {
  const without = { withoutTrc: true }
  const nobody = await discover([NOBODY], vouch(NOBODY, CLAIRE, without))
  assert.deepEqual([nobody.patients, codes(nobody.errors)], [[], ['ERROR_PI_NO_MATCH']])
  const several = await discover([`${UTENTE}|312654987`], vouch(FERREIRA, CLAIRE, without))
  assert.deepEqual(codes(several.errors), ['ERROR_PI_MULTIPLE_MATCHES'])
  const elsewhere = await discover([FERREIRA], vouch(FERREIRA, CLAIRE, without), { receiver: HOME.EE })
  assert.equal(elsewhere.reason, 'AnswerNotAvailable')
})

test('level 3 and level 1 of a summary are two entries of one document, opaque, and both can be had', async () => {
  const listed = await query(FERREIRA, vouch())
  assert.equal(listed.status, 'success')
  const [coded, original] = listed.documents
  assert.deepEqual(
    listed.documents.map(({ formatCode }) => formatCode),
    ['urn:epSOS:ps:ps:2010', 'urn:ihe:iti:xds-sd:pdf:2008'],
  )
  assert.ok(coded && original)
  assert.equal(original.transforms, coded.documentId)
  for (const { documentId, repositoryId, homeCommunityId, patient } of listed.documents) {
    assert.match(documentId, /^2\.25\.\d+$/)
    assert.deepEqual([repositoryId, homeCommunityId, patient], [REPOSITORY, HOME.PT, FERREIRA])
    assert.doesNotMatch(documentId, /298123456/)
  }
  const summary = await retrieve(coded.documentId, vouch())
  assert.equal(summary.status, 'success')
  const { root } = parsed(summary.documents[0]?.bytes)
  assert.equal(attribute(child(root, 'code'), 'code'), '60591-5')
  assert.ok(descend(root, 'component', 'structuredBody'))
  const pdf = parsed((await retrieve(original.documentId, vouch())).documents[0]?.bytes).root
  const body = descend(pdf, 'component', 'nonXMLBody', 'text')
  assert.equal(Buffer.from(text(body), 'base64').subarray(0, 5).toString(), '%PDF-')
})

test('reports and pictures come as level 1 with the format code of what is inside', async () => {
  const image = await query(CAROLINA, vouch(CAROLINA), ['x-clinical-image'])
  assert.deepEqual(
    image.documents.map(({ formatCode }) => formatCode),
    ['urn:eHDSI:orcd:png:2021'],
  )
  const got = await retrieve(image.documents[0]?.documentId ?? '', vouch(CAROLINA))
  const body = descend(parsed(got.documents[0]?.bytes).root, 'component', 'nonXMLBody', 'text')
  assert.equal(attribute(body, 'mediaType'), 'image/png')
  const lab = await query(FERREIRA, vouch(), ['11502-2', '18748-4'])
  assert.deepEqual(
    lab.documents.map(({ classCode, formatCode }) => [classCode, formatCode]),
    [['11502-2', 'urn:eHDSI:orcd:pdf:2021']],
  )
  assert.deepEqual(
    lab.errors.map(({ code, severity }) => [code, severity]),
    [['1104', 'warning']],
  )
  assert.equal(lab.status, 'success')
  const small = await query(FERREIRA, vouch(), ['11502-2'], { maximumSize: 10 })
  assert.deepEqual(small.documents, [])
  const later = await query(FERREIRA, vouch(), ['11502-2'], { createdAfter: '2030-01-01T00:00:00Z' })
  assert.deepEqual(later.documents, [])
})

test('a bare PDF of the country is wrapped as CDA of level 1', async () => {
  const about = {
    patient: BEATRIZ,
    classCode: '34105-7',
    title: 'Alta',
    effectiveTime: '2026-11-03T10:00:00Z',
    language: 'pt-PT',
    author: 'Dr. Sá',
  }
  await writeFile(join(country.folder, 'documents', 'alta.pdf'), '%PDF-1.7\n')
  await writeFile(join(country.folder, 'documents', 'alta.about.json'), JSON.stringify(about))
  const [entry] = (await query(BEATRIZ, vouch(BEATRIZ), ['34105-7'])).documents
  assert.equal(entry?.formatCode, 'urn:eHDSI:orcd:pdf:2021')
  const { root } = parsed((await retrieve(entry?.documentId ?? '', vouch(BEATRIZ))).documents[0]?.bytes)
  assert.equal(attribute(child(root, 'code'), 'code'), '34105-7')
  assert.equal(attribute(descend(root, 'recordTarget', 'patientRole', 'id'), 'extension'), '301447802')
  const body = descend(root, 'component', 'nonXMLBody', 'text')
  assert.equal(Buffer.from(text(body), 'base64').toString(), '%PDF-1.7\n')
})

test('a report that is only coded is printed for countries that take PDF', async () => {
  const report = {
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:oid:1.2.3', value: 'LAB-9' },
    entry: [
      {
        fullUrl: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f11',
        resource: {
          resourceType: 'Composition',
          status: 'final',
          type: { coding: [{ system: 'http://loinc.org', code: '11502-2' }] },
          subject: { reference: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f12' },
          date: '2026-11-26T10:00:00Z',
          author: [{ display: 'Laboratório Central' }],
          title: 'Hemograma',
        },
      },
      {
        fullUrl: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f12',
        resource: { resourceType: 'Patient', identifier: [{ system: UTENTE, value: '327904118' }] },
      },
    ],
  }
  await writeFile(join(country.folder, 'documents', 'hemograma.json'), JSON.stringify(report))
  const [entry] = (await query(CAROLINA, vouch(CAROLINA), ['11502-2'])).documents
  assert.equal(entry?.formatCode, 'urn:eHDSI:orcd:pdf:2021')
  const { root } = parsed((await retrieve(entry?.documentId ?? '', vouch(CAROLINA))).documents[0]?.bytes)
  const body = descend(root, 'component', 'nonXMLBody', 'text')
  assert.equal(attribute(body, 'mediaType'), 'application/pdf')
  assert.equal(Buffer.from(text(body), 'base64').subarray(0, 5).toString(), '%PDF-')
})

test('prescriptions are for pharmacists, with what the list tells of them', async () => {
  const listed = await query(FERREIRA, vouch(FERREIRA, LUC), ['57833-6'])
  const facts = listed.documents.find(
    ({ formatCode, description }) => /pre:2010$/.test(formatCode) && description?.startsWith('Varfarina'),
  )
  assert.ok(facts?.prescription)
  assert.equal(facts.prescription.dispensable, true)
  assert.equal(facts.prescription.atc?.code, 'B01AA03')
  assert.equal(facts.prescription.substitution?.code, 'N')
  const doctor = await query(FERREIRA, vouch(), ['57833-6'])
  assert.deepEqual([doctor.status, codes(doctor.errors)], ['failure', ['4703']])
  const report = await query(FERREIRA, vouch(FERREIRA, LUC, { permissions: ['PRD-004', 'PRD-010'] }), ['11502-2'])
  assert.deepEqual(codes(report.errors), ['4703'], 'without the permissions of the transaction')
  const none = await query(BEATRIZ, vouch(BEATRIZ, LUC), ['57833-6'])
  assert.deepEqual(
    [none.status, none.errors[0]?.code, none.errors[0]?.severity],
    ['failure', 'ERROR_EP_NOT_FOUND', 'warning'],
  )
})

test('opted out, unknown and without documents are the same message', async () => {
  const answers = []
  for (const patient of [TAVARES, NOBODY, CAROLINA]) answers.push(await query(patient, vouch(patient), ['34105-7']))
  assert.deepEqual(answers[0], answers[1])
  assert.deepEqual(answers[0], answers[2])
  assert.equal(answers[0]?.status, 'success')
  const [coded] = (await query(FERREIRA, vouch())).documents
  const missing = []
  for (const patient of [TAVARES, NOBODY, BEATRIZ])
    missing.push(await retrieve(coded?.documentId ?? '', vouch(patient)))
  missing.push(
    await retrieve('2.25.1', vouch()),
    await retrieve(coded?.documentId ?? '', vouch(), { repositoryId: '1.2.3' }),
  )
  for (const answer of missing) {
    assert.deepEqual([answer.status, codes(answer.errors)], ['partial', ['XDSMissingDocument']])
    assert.equal(answer.errors[0]?.text, missing[0]?.errors[0]?.text)
    assert.match(answer.errors[0]?.text ?? '', /^ERROR_GENERIC_DOCUMENT_MISSING/)
  }
})

test('an id that was made for one country means nothing to another', async () => {
  const [coded] = (await query(FERREIRA, vouch())).documents
  const assertions = assertionsOf(country.estonia, CLAIRE, { now: NOW, patient: FERREIRA })
  const request = { homeCommunityId: HOME.PT, repositoryId: REPOSITORY, documentId: coded?.documentId ?? '' }
  const reply = await client(country.estonia).retrieveDocument(request, assertions)
  assert.deepEqual(reply.ok && codes(reply.value.errors), ['XDSMissingDocument'])
})

test('refused before anything national is asked, and written down', async () => {
  const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000)
  const cases: readonly (readonly [string, OutgoingAssertions, string])[] = [
    ['without TRC', vouch(FERREIRA, CLAIRE, { withoutTrc: true }), 'assertion-trc-missing'],
    ['another patient', vouch(BEATRIZ), 'another-patient'],
    [
      'signed by another country',
      assertionsOf(country.estonia, CLAIRE, { now: NOW, patient: FERREIRA }),
      'assertion-country',
    ],
    ['out of time', vouch(FERREIRA, CLAIRE, { now: minutes(-600) }), 'assertion-expired'],
    ['of the future', vouch(FERREIRA, CLAIRE, { now: minutes(10) }), 'assertion-not-yet-valid'],
    ['altered', { ...vouch(), hcp: vouch().hcp.replaceAll('Claire Martin', 'Claire Martim') }, 'signature'],
    ['mixed', { ...vouch(), trc: vouch().trc ?? '' }, 'assertion-belongs-to-another'],
    ['clerk alone', vouch(FERREIRA, { ...CLAIRE, role: '44' }, { permissions: PERMISSIONS }), 'role'],
  ]
  for (const [name, assertions, reason] of cases) {
    country.calls.length = 0
    const answer = await query(FERREIRA, assertions)
    assert.equal(answer.status, 'failure', name)
    assert.deepEqual(answer.documents, [], name)
    assert.equal(answer.errors.length, 1, name)
    assert.deepEqual(country.calls, [], name)
    const event = await newest()
    assert.match(event.outcomeDesc ?? '', new RegExp(reason), name)
    assert.doesNotMatch(JSON.stringify(answer), /298123456|node_modules|\bat /, name)
  }
})

test('the own bridge speaks for a country that takes part, nobody else does', async (t) => {
  const { estonia } = country
  const bridged = (seals: readonly string[]) =>
    countryADoors({
      ...country.options,
      bridge: { certificates: [estonia.keys.tls.fingerprint], tokenKeys: [], seals },
    }).ihe
  const seal = new X509Certificate(estonia.seal.certificate).fingerprint256.replaceAll(':', '').toLowerCase()
  const server = await serve({
    port: 0,
    host: '127.0.0.1',
    tls: { ...country.portugal.tls, requireClientCertificate: true },
    limits: { closeGraceMs: 20 },
    handler: (request, connection) => app(request, connection),
  })
  assert.ok(server.ok)
  t.after(() => server.value.close())
  let app: Handler = () => new Response(null, { status: 503 })
  // The bridge signs with its own seal, and says whose professional it is.
  const assertions = assertionsOf(estonia, CLAIRE, { now: NOW, patient: FERREIRA, vouchedFor: 'FR' })
  const foreign = assertionsOf(estonia, CLAIRE, { now: NOW, patient: FERREIRA, vouchedFor: 'XX' })
  const answers = []
  for (const [seals, sent] of [
    [[seal], assertions],
    [[seal], foreign],
    [[], assertions],
  ] as const) {
    const handlers = bridged(seals)
    assert.ok(handlers)
    const ihe = iheServer({ handlers, homeCommunityId: HOME.PT, clock: () => NOW })
    app = (request, connection) => ihe.fetch(request, { connection })
    const client = iheClient({
      fetch: estonia.fetch,
      endpoints: endpointsAt(server.value.url, 'openncp'),
      fingerprints: [country.portugal.tls.fingerprint],
    })
    const reply = await client.queryDocuments({ patient: FERREIRA, classCodes: ['60591-5'], status: [] }, sent)
    assert.ok(reply.ok)
    const event = await newest()
    answers.push([
      reply.value.documents.length,
      event.source.site,
      JSON.stringify(event).includes('point for eHealth of FR'),
    ])
  }
  assert.deepEqual(answers, [
    [2, 'PT', true],
    [0, 'PT', false],
    // Without that configuration it is a professional of the country that signed.
    [2, 'PT', false],
  ])
})

test('clerical staff on behalf of a doctor, a next of kin, an emergency', async () => {
  const clerk = { ...CLAIRE, role: '44' }
  const behalf = await query(FERREIRA, vouch(FERREIRA, clerk, { onBehalfOf: '221', permissions: PERMISSIONS }))
  assert.equal(behalf.documents.length, 2)
  assert.match((await newest()).outcomeDesc ?? '', /on-behalf-of-221/)
  const nextOfKin = { family: 'Ferreira', given: 'Rui', identifiers: ['urn:oid:1.2.3|7'] }
  assert.equal((await query(FERREIRA, vouch(FERREIRA, CLAIRE, { nextOfKin }))).documents.length, 2)
  assert.match((await newest()).outcomeDesc ?? '', /next-of-kin-speaks/)
  const emergency = await query(FERREIRA, vouch(FERREIRA, CLAIRE, { purpose: 'EMERGENCY' }))
  assert.equal(emergency.documents.length, 2)
  const event = await newest()
  assert.match(event.outcomeDesc ?? '', /emergency/)
  assert.ok(event.purposeOfEvent?.[0]?.coding?.some(({ code }) => code === 'ETREAT'))
})

test('a class that nobody gives is refused, after the credentials', async () => {
  const unknown = await query(FERREIRA, vouch(), ['56445-0'])
  assert.equal(unknown.status, 'failure')
  const mixed = await query(FERREIRA, vouch(), ['60591-5', '57833-6'])
  assert.equal(mixed.status, 'partial')
  assert.deepEqual([mixed.documents.length, codes(mixed.errors)], [2, ['4703']])
})

function parsed(bytes: Uint8Array | undefined) {
  const result = parseXml(bytes ?? new Uint8Array())
  assert.ok(result.ok, 'the document is XML')
  return result.value
}
