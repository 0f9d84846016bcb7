import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ProvidedDocument, readProvision, writeProvision } from './provide-documents.ts'

const eD = '{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Basic","n":1.50}}]}'
const provided: ProvidedDocument = {
  kind: 'dispensation',
  submissionId: '2.25.42',
  dispensationId: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f11',
  patient: 'urn:oid:1.2.3|42',
  prescriptionId: 'urn:oid:1.2.4|RX-1',
  submitted: '2026-11-24T09:00:00.000Z',
  document: { format: 'fhir', bytes: new TextEncoder().encode(eD) },
}

function read(body: string): ProvidedDocument {
  const answer = readProvision(body)
  assert.ok(answer.ok, answer.ok ? '' : answer.problem.sentence)
  return answer.value
}

test('what is written is read again, its decimals as they were', () => {
  for (const one of [
    provided,
    { ...provided, kind: 'discard', submissionId: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f12' },
    { ...provided, dispensationId: 'urn:oid:1.2.5|ED-1' },
    { ...provided, document: { format: 'cda', bytes: new TextEncoder().encode('<ClinicalDocument/>') } },
  ] as const) {
    const back = read(writeProvision(one, '2.999.1'))
    assert.deepEqual({ ...back, document: undefined }, { ...one, document: undefined })
    assert.equal(back.document.format, one.document.format)
    assert.equal(new TextDecoder().decode(back.document.bytes), new TextDecoder().decode(one.document.bytes))
  }
})

test('a discard updates the entry of the dispensation; a dispensation creates one', () => {
  const requests = (kind: ProvidedDocument['kind']) =>
    JSON.parse(writeProvision({ ...provided, kind }, '2.999.1')).entry.map(
      ({ request }: { request: { method: string; url: string } }) => `${request.method} ${request.url.split('?')[0]}`,
    )
  assert.deepEqual(requests('dispensation'), ['POST List', 'POST DocumentReference', 'POST Bundle'])
  assert.deepEqual(requests('discard'), ['POST List', 'PUT DocumentReference', 'POST Bundle'])
})

test('a transaction whose parts do not agree is refused as a whole', () => {
  const changed = (change: (bundle: ReturnType<typeof JSON.parse>) => void): string => {
    const bundle = JSON.parse(writeProvision(provided, '2.999.1'))
    change(bundle)
    return JSON.stringify(bundle)
  }
  const bodies = [
    'no JSON',
    '[]',
    changed((bundle) => bundle.entry.pop()),
    changed((bundle) => bundle.entry.push(bundle.entry[2])),
    changed((bundle) => {
      bundle.type = 'batch'
    }),
    changed((bundle) => {
      bundle.entry[0].resource.identifier = []
    }),
    changed((bundle) => {
      bundle.entry[0].resource.entry[0].item.reference = 'urn:uuid:other'
    }),
    changed((bundle) => {
      bundle.entry[0].resource.subject.identifier.value = '43'
    }),
    changed((bundle) => {
      bundle.entry[1].resource.content[0].attachment.url = 'https://elsewhere.test/Bundle/1'
    }),
    changed((bundle) => {
      bundle.entry[1].resource.status = 'entered-in-error'
    }),
    changed((bundle) => {
      bundle.entry[2].resource.type = 'collection'
    }),
  ]
  for (const [index, body] of bodies.entries()) {
    const answer = readProvision(body)
    assert.equal(!answer.ok && answer.problem.code, 'provision-malformed', `body ${index}`)
  }
  const other = readProvision(
    changed((bundle) => {
      bundle.entry[1].resource.type.coding[0].code = '60591-5'
    }),
  )
  assert.equal(!other.ok && other.problem.code, 'provision-unsupported')
})
