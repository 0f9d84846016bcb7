import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { NationalDocument } from '#national/connector.ts'
import { SERVICES } from '#wire/discovery/directory.ts'
import { groupEntries } from './document-entry.ts'
import { documentId, serviceOfDocument } from './document-id.ts'
import { evenAnswers } from './even-answers.ts'
import { documentReference } from './fhir-entry.ts'
import { listedDocument } from './listed-document.ts'
import { idSecretOf, opaqueIds } from './opaque-id.ts'
import { originalPdf } from './original.ts'

function national(
  id: string,
  format: NationalDocument['format'],
  more: Partial<NationalDocument> = {},
): NationalDocument {
  return {
    id,
    patient: 'urn:oid:1|42',
    classCode: '60591-5',
    title: 'Resumo',
    effectiveTime: '2026-11-03T10:00:00Z',
    author: 'Dra. Sousa',
    language: 'pt',
    format,
    size: 10,
    hash: 'aa',
    confidentiality: 'N',
    ...more,
  }
}

const shape = (documents: readonly NationalDocument[]) =>
  groupEntries(documents).map(({ main, structured, pdf, source }) => [main.id, structured?.id, pdf?.id, source?.id])

test('renditions of one document stand under one entry, newest first', () => {
  const l3 = national('3', 'cda-l3', { related: '1' })
  const l1 = national('1', 'cda-l1', { related: '3' })
  assert.deepEqual(shape([l1, l3]), [['3', '3', '1', '3']])
  assert.deepEqual(shape([l1]), [['1', '1', '1', '1']], 'level 1 alone')
  assert.deepEqual(shape([national('p', 'pdf')]), [['p', undefined, 'p', undefined]])
  const pdf = national('p', 'pdf', { related: '3' })
  assert.deepEqual(shape([l1, pdf, l3]), [['3', '3', 'p', '3']], 'all originals of one document are one entry')
  assert.deepEqual(shape([national('p', 'pdf', { related: '1' }), l1]), [['1', '1', 'p', '1']])
  assert.deepEqual(shape([national('f', 'fhir')]), [['f', 'f', undefined, undefined]])
  const older = national('old', 'cda-l3', { effectiveTime: '2020-01-01T00:00:00Z' })
  assert.deepEqual(
    shape([older, l3, l1]).map(([main]) => main),
    ['3', 'old'],
    'the original goes with the document that names it',
  )
})

test('two documents never share one original', () => {
  const entries = shape([
    national('a', 'cda-l3', { related: 'x' }),
    national('b', 'cda-l3', { related: 'x' }),
    national('x', 'cda-l1'),
  ])
  assert.deepEqual(entries.filter(([, , pdf]) => pdf === 'x').length, 1)
})

const secret = new Uint8Array(32).fill(7)

test('an entry has what the European profiles ask for, and no patient identifier in a URL', () => {
  const [entry] = groupEntries([national('3', 'cda-l3', { related: '1' }), national('1', 'cda-l1')])
  assert.ok(entry)
  const ids = opaqueIds(secret)
  const patient = 'urn:oid:1|42'
  const person = { identifiers: [patient], family: 'F', given: [], birthDate: '1958-04-12', gender: 'female' } as const
  const frame = { wire: 'fhir', service: 'patient-summary', ids, caller: 'FR', person, patient } as const
  const reference = documentReference(listedDocument(entry, frame), {
    country: 'PT',
    homeCommunityId: '2.16.17.710.820.1000.990.1',
    base: 'https://ncp.test/fhir',
    service: 'patient-summary',
    id: ids.of('entry', 'FR', patient, '3'),
  })
  for (const element of [
    'masterIdentifier',
    'status',
    'type',
    'category',
    'subject',
    'date',
    'custodian',
    'description',
  ] as const) {
    assert.ok(reference[element], element)
  }
  assert.deepEqual(
    reference.content.map(({ attachment }) => attachment.contentType),
    ['application/fhir+json', 'application/pdf', 'text/xml'],
  )
  for (const { attachment } of reference.content) {
    assert.match(attachment.url ?? '', /^https:\/\/ncp\.test\/fhir\/(Bundle|Binary)\/[0-9a-f]{64}$/)
  }
  assert.equal(reference.contained?.[0]?.resourceType, 'Patient')
})

test('opaque ids differ by kind, caller, patient, document and secret', () => {
  const ids = opaqueIds(secret)
  const all = [
    ids.of('bundle', 'FR', 'p', 'd'),
    ids.of('pdf', 'FR', 'p', 'd'),
    ids.of('bundle', 'ES', 'p', 'd'),
    ids.of('bundle', 'FR', 'q', 'd'),
    ids.of('bundle', 'FR', 'p', 'e'),
    ids.of('bundle', 'FR', 'pd', ''),
    opaqueIds(new Uint8Array(32)).of('bundle', 'FR', 'p', 'd'),
  ]
  assert.equal(new Set(all).size, all.length)
  assert.equal(
    ids.of('bundle', 'FR', 'p', 'd'),
    opaqueIds(secret).of('bundle', 'FR', 'p', 'd'),
    'the same on each replica',
  )
  assert.throws(() => opaqueIds(new Uint8Array(8)), RangeError)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  assert.deepEqual(idSecretOf(privateKey), idSecretOf(privateKey))
})

test('the name of a document tells this node its service, and has the form of its wire', () => {
  const ids = opaqueIds(secret)
  const named = { form: 'pdf', caller: 'FR', patient: 'p', document: 'd' } as const
  for (const service of SERVICES) {
    const fhir = documentId(ids, { ...named, wire: 'fhir', service })
    const oid = documentId(ids, { ...named, wire: 'ihe', service })
    assert.match(fhir, /^[0-9a-f]{64}$/)
    // IHE ITI TF-3: an OID of at most 64 characters, no component with a leading zero.
    assert.match(oid, /^2\.25\.[1-9]\d{0,38}$/)
    assert.deepEqual([serviceOfDocument(fhir), serviceOfDocument(oid)], [service, service])
  }
  for (const foreign of ['', 'x', '2.25.0', '2.25', '1.2.3', `ff${'0'.repeat(62)}`, `2.25.${'9'.repeat(60)}`]) {
    assert.equal(serviceOfDocument(foreign), undefined, foreign)
  }
})

test('reports travel over IHE as PDF or picture, summaries also coded, national CDA never', () => {
  const frame = (wire: 'fhir' | 'ihe', service: 'patient-summary' | 'laboratory-report' | 'medical-image') => ({
    wire,
    service,
    ids: opaqueIds(secret),
    caller: 'FR',
    person: { identifiers: ['urn:oid:1|42'], family: 'F', given: [], birthDate: '1958', gender: 'female' } as const,
    patient: 'urn:oid:1|42',
  })
  const forms = (
    documents: readonly NationalDocument[],
    wire: 'fhir' | 'ihe',
    service: 'patient-summary' | 'laboratory-report' | 'medical-image',
  ) => groupEntries(documents).map((entry) => listedDocument(entry, frame(wire, service)).forms.map(({ form }) => form))
  const summary = [national('3', 'cda-l3', { related: '1' }), national('1', 'cda-l1')]
  assert.deepEqual(forms(summary, 'fhir', 'patient-summary'), [['structured', 'pdf', 'source']])
  assert.deepEqual(forms(summary, 'ihe', 'patient-summary'), [['structured', 'pdf']])
  assert.deepEqual(forms([national('1', 'cda-l1')], 'ihe', 'patient-summary'), [['pdf']])
  const lab = [national('l', 'fhir', { classCode: '11502-2' })]
  assert.deepEqual(forms(lab, 'fhir', 'laboratory-report'), [['structured']])
  assert.deepEqual(forms(lab, 'ihe', 'laboratory-report'), [[]])
  const printable = listedDocument(
    { main: lab[0] as NationalDocument, structured: lab[0] as NationalDocument },
    { ...frame('ihe', 'laboratory-report'), canPrint: true },
  )
  assert.deepEqual(
    printable.forms.map(({ form, size }) => [form, size]),
    [['pdf', undefined]],
  )
  const image = [national('i', 'png', { classCode: 'x-clinical-image' })]
  assert.deepEqual(forms(image, 'ihe', 'medical-image'), [['image']])
})

test('empty answers wait until they are as old as a listing', async () => {
  let time = 0
  const waited: number[] = []
  const even = evenAnswers({
    floorMs: 40,
    now: () => time,
    wait: async (ms) => {
      waited.push(ms)
    },
  })
  time = 5
  await even.settle(0)
  even.observe(95)
  await even.settle(0)
  time = 500
  await even.settle(0)
  even.observe(1_000_000)
  await even.settle(time)
  assert.deepEqual(
    waited,
    [35, 115, 2000],
    'the floor; then the slowest listing, rounded up; never more than the ceiling',
  )
})

test('the PDF inside a CDA of level 1, and nothing else', () => {
  const pdf = Buffer.from('%PDF-1.4 …').toString('base64')
  const cda = (text: string) =>
    new TextEncoder().encode(
      `<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>${text}</nonXMLBody></component></ClinicalDocument>`,
    )
  const found = originalPdf(cda(`<text mediaType="application/pdf" representation="B64">\n  ${pdf}\n</text>`))
  assert.equal(Buffer.from(found ?? []).toString(), '%PDF-1.4 …')
  assert.equal(originalPdf(cda('<text>plain</text>')), undefined)
  assert.equal(originalPdf(cda('<text representation="B64">AAAA</text>')), undefined)
  assert.equal(originalPdf(new TextEncoder().encode('<a')), undefined)
})
