/**
 * Country B asks a country A that has turned hostile: genuine certificate, genuine address, and answers that are wrong,
 * endless, somebody else's, or made to run in a browser. Nothing of it is shown as what it is not, and nothing falls over.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { CareContext } from '#care/context/care-context.ts'
import { countryB } from '#care/country-b/country-b.ts'
import { claire } from '#care/testing/claire-martin.ts'
import { type Europe, listen, openEurope, type TestCountry } from '#care/testing/europe.ts'
import { realReading } from '#care/testing/journeys.ts'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import type { Handler } from '#platform/http/serve.ts'
import { openTerminology } from '#terminology/index.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import type { DocumentMetadata, IheHandlers } from '#wire/ihe/exchange.ts'
import { iheServer } from '#wire/ihe/server.ts'
import { renderSummary } from './support/rendered.ts'

const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const DEMONSTRATION = join(import.meta.dirname, '..', '..', 'data', 'demo', 'PT', 'documents')
const shipped = (name: string): string => readFileSync(join(DEMONSTRATION, name), 'utf8')
const SUMMARY = shipped('maria-joao-ferreira.L3.xml')
const REPORT = shipped('maria-joao-ferreira.laboratory-1.L1.xml')
const INTEGRITY = 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'

const LISTED: DocumentMetadata = {
  repositoryId: '1.2.3',
  documentId: '1.2.3.4',
  homeCommunityId: '2.16.17.710.820.1000.990.1',
  patient: PATIENT,
  classCode: '60591-5',
  formatCode: 'urn:epSOS:ps:ps:2010',
  mimeType: 'text/xml',
  title: 'Resumo',
  created: '2026-11-27T10:00:00Z',
  language: 'pt-PT',
  country: 'PT',
  confidentiality: 'N',
  authors: [],
}

describe('a hostile country A', () => {
  let europe: Europe
  let france: TestCountry
  let portugal: TestCountry
  let cache: string
  let answer: Handler = () => new Response(null, { status: 503 })
  let close: () => Promise<void>

  before(async () => {
    cache = await mkdtemp(join(tmpdir(), 'tessera-hostile-'))
    const reading = realReading(await openTerminology({ cache }))
    const plans = { FR: { wires: ['ihe'] }, PT: { wires: ['ihe'] } } as const
    europe = await openEurope(['FR', 'PT'], reading, () => new Date(), plans)
    france = europe.country('FR')
    portugal = europe.country('PT')
    const server = await listen(portugal.keys, (request, connection) => answer(request, connection))
    close = () => server.close()
    const ihe = iheEndpoints(`${server.url}/openncp-ws-server/services`)
    await europe.register([france.participant, { ...portugal.participant, ihe, fhirBase: `${server.url}/fhir` }])
  })
  after(async () => {
    await close?.()
    await europe?.close()
    await rm(cache, { recursive: true, force: true })
  })

  function context(): CareContext {
    const now = new Date().toISOString()
    const notice = { version: '1', languages: ['fr'], recordedAt: now }
    const relationship = { declaredAt: now }
    return { professional: claire, patient: PATIENT, country: 'PT', purpose: 'TREATMENT', relationship, notice }
  }

  /** Country A lists this entry and hands out this document. */
  function handingOut(document: string | Uint8Array, entry: Partial<DocumentMetadata> = {}): Handler {
    const listed = { ...LISTED, ...entry }
    const bytes = typeof document === 'string' ? Buffer.from(document) : document
    return answering({
      queryDocuments: async () => ({ documents: [listed], errors: [], status: 'success' }),
      retrieveDocuments: async ([asked]) => ({
        documents: asked ? [{ ...asked, mimeType: 'text/xml', bytes }] : [],
        errors: [],
        status: 'success',
      }),
    })
  }

  function answering(handlers: Partial<IheHandlers>): Handler {
    const nothing = { documents: [], errors: [], status: 'success' } as const
    const app = iheServer({
      homeCommunityId: portugal.participant.homeCommunityId,
      handlers: {
        discoverPatients: async () => ({ patients: [], errors: [] }),
        queryDocuments: async () => nothing,
        retrieveDocuments: async () => nothing,
        submitDocument: async () => ({ status: 'success', errors: [] }),
        ...handlers,
      },
    })
    return (request, connection) => app.fetch(request, { connection })
  }

  /** A door of its own for each question: nothing is remembered of what came before. */
  async function summary(options: Partial<Parameters<typeof countryB>[0]> = {}) {
    const b = countryB({ ...france.options, ...options })
    const listed = await b.documents(context())
    if (!listed.ok) return listed
    return b.retrieve(context(), listed.value[0]?.id ?? '')
  }

  async function report() {
    const b = countryB(france.options)
    const listed = await b.originals.list(context(), { classCode: '11502-2' })
    if (!listed.ok) return listed
    return b.originals.retrieve(context(), listed.value[0]?.id ?? '')
  }

  async function failsWith(asked: ReturnType<typeof summary> | ReturnType<typeof report>, code: string): Promise<void> {
    const result = await asked
    assert.equal(result.ok ? 'shown' : result.problem.code, code)
    if (!result.ok) assert.doesNotMatch(JSON.stringify(result.problem), /298123456|\.ts:\d+|\bat \w+\.|java\./)
    const [entry] = await france.ledger.list({ limit: 1 })
    assert.match(entry?.event.outcomeDesc ?? '', new RegExp(code), 'the own ledger has it')
  }

  const ORIGINAL = { classCode: '11502-2', formatCode: 'urn:eHDSI:orcd:pdf:2021' } as const
  const withFile = (file: Uint8Array | string, xml = REPORT): string =>
    xml.replace(/(<text mediaType="[^"]*" representation="B64">)[^<]*/, `$1${Buffer.from(file).toString('base64')}`)

  test('its honest answer is shown, so that the others have a meaning', async () => {
    answer = handingOut(SUMMARY)
    const shown = await summary()
    assert.ok(shown.ok, shown.ok ? '' : shown.problem.code)
    answer = handingOut(REPORT, ORIGINAL)
    const original = await report()
    assert.ok(original.ok, original.ok ? '' : original.problem.code)
    assert.equal(original.value.file?.mediaType, 'application/pdf')
    assert.equal(original.value.file?.active, undefined)
  })

  test("another patient's summary", async () => {
    answer = handingOut(SUMMARY.replaceAll('298123456', '284556731'))
    await failsWith(summary(), INTEGRITY)
  })

  test("another patient's summary, in a list that is about that patient, too", async () => {
    const other = PATIENT.replace('298123456', '284556731')
    answer = handingOut(SUMMARY.replaceAll('298123456', '284556731'), { patient: other })
    await failsWith(summary(), INTEGRITY)
  })

  test("over FHIR: another patient's summary, in a list that is about that patient, too", async () => {
    const json = (body: object): Response =>
      new Response(JSON.stringify(body), { headers: { 'content-type': 'application/fhir+json' } })
    const identifier = [{ system: 'urn:oid:2.16.17.710.820.1000.990.1.1', value: '284556731' }]
    const patient = { resourceType: 'Patient', id: 'p', identifier }
    const composition = {
      resourceType: 'Composition',
      status: 'final',
      type: { coding: [{ system: 'http://loinc.org', code: '60591-5' }] },
      subject: { reference: 'urn:uuid:p' },
      date: '2026-11-27',
      title: 'Resumo',
      section: [],
    }
    const entry = [
      { fullUrl: 'urn:uuid:c', resource: composition },
      { fullUrl: 'urn:uuid:p', resource: patient },
    ]
    const document = { resourceType: 'Bundle', type: 'document', timestamp: '2026-11-27T10:00:00Z', entry }
    const reference = {
      resourceType: 'DocumentReference',
      id: '1',
      status: 'current',
      contained: [patient],
      subject: { reference: '#p' },
      content: [{ attachment: { contentType: 'application/fhir+json', url: 'Bundle/1' } }],
    }
    answer = (request) =>
      request.url.includes('DocumentReference')
        ? json({ resourceType: 'Bundle', type: 'searchset', total: 1, entry: [{ resource: reference }] })
        : json(document)
    await failsWith(summary({ wires: ['fhir'] }), INTEGRITY)
  })

  test("another patient's report, which is a picture inside CDA", async () => {
    answer = handingOut(REPORT.replaceAll('298123456', '284556731'), ORIGINAL)
    await failsWith(report(), INTEGRITY)
  })

  test('a document that is not the one whose hash was listed', async () => {
    answer = handingOut(SUMMARY, { hash: '0'.repeat(40) })
    await failsWith(summary(), INTEGRITY)
  })

  test('a document of another name than was asked for', async () => {
    const { queryDocuments } = {
      queryDocuments: async () => ({ documents: [LISTED], errors: [], status: 'success' as const }),
    }
    answer = answering({
      queryDocuments,
      retrieveDocuments: async ([asked]) => ({
        documents: asked ? [{ ...asked, documentId: '9.9.9', mimeType: 'text/xml', bytes: Buffer.from(SUMMARY) }] : [],
        errors: [],
        status: 'success',
      }),
    })
    const result = await summary()
    assert.equal(result.ok, false)
  })

  const endless = (): Response => {
    const block = new Uint8Array(256 * 1024).fill(0x20)
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(block) })
    return new Response(body, { headers: { 'content-type': 'application/soap+xml' } })
  }

  test('an answer without end is cut off', async () => {
    answer = endless
    const { tls } = france.keys
    const fetch = createPeerFetch({ ...tls, timeoutMs: 20_000, maxBytes: 4 * 1024 * 1024 })
    const result = await summary({ fetch })
    fetch.close()
    assert.equal(result.ok ? 'shown' : result.problem.code, 'ERROR_GENERIC')
  })

  test('an answer that trickles is waited for no longer than any other', async () => {
    answer = () => {
      let timer: NodeJS.Timeout | undefined
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          timer = setInterval(() => controller.enqueue(Buffer.from(' ')), 50)
        },
        cancel: () => clearInterval(timer),
      })
      return new Response(body, { headers: { 'content-type': 'application/soap+xml' } })
    }
    await failsWith(summary({ timeoutMs: 400 }), 'ERROR_GENERIC_TIMEOUT')
  })

  test('an answer to another question (RelatesTo), an answer of another action, a fault with a stack trace', async () => {
    const honest = handingOut(SUMMARY)
    const changed =
      (from: RegExp, to: string): Handler =>
      async (request, connection) => {
        const reply = await honest(request, connection)
        const text = (await reply.text()).replace(from, to)
        return new Response(text, { status: reply.status, headers: { 'content-type': 'application/soap+xml' } })
      }
    answer = changed(/(<wsa:RelatesTo>)[^<]*/, '$1urn:uuid:00000000-0000-4000-8000-000000000000')
    await failsWith(summary(), 'ERROR_GENERIC')
    answer = changed(/CrossGatewayQueryResponse/g, 'CrossGatewayRetrieveResponse')
    await failsWith(summary(), 'ERROR_GENERIC')
    const trace = 'java.lang.NullPointerException at eu.openncp.Patient298123456.main(Patient.java:12)'
    answer = () =>
      new Response(
        `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">${trace}</s:Text></s:Reason><s:Detail><x>${trace}</x></s:Detail></s:Fault></s:Body></s:Envelope>`,
        { status: 500, headers: { 'content-type': 'application/soap+xml' } },
      )
    await failsWith(summary(), 'ERROR_GENERIC')
  })

  test('errors whose text is a stack trace, a script, or a name of a person', async () => {
    for (const text of ['at org.x.Y(Y.java:3)', '<script>alert(1)</script>', 'Maria Ferreira 298123456']) {
      const errors = [{ code: '4703', severity: 'error', text }] as const
      answer = answering({ queryDocuments: async () => ({ documents: [], errors, status: 'failure' }) })
      const result = await summary()
      assert.equal(result.ok ? 'shown' : result.problem.code, '4703')
      assert.ok(!JSON.stringify(result).includes(text), 'words of the other country are not repeated')
    }
  })

  test('a bomb, a document type, and nesting without end, where the document should be', async () => {
    for (const document of [
      `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]>${SUMMARY.replace(/<\?xml[^>]*\?>/, '')}`,
      `<ClinicalDocument xmlns="urn:hl7-org:v3">${'<x>'.repeat(100_000)}${'</x>'.repeat(100_000)}</ClinicalDocument>`,
      '',
      '{"resourceType":"Bundle"}',
      'PK\u0003\u0004',
    ]) {
      answer = handingOut(document)
      const result = await summary()
      assert.equal(result.ok, false, document.slice(0, 40))
    }
  })

  test('a script in the narrative, in names and in links stays text', async () => {
    const evil = SUMMARY.replace(/<title>[^<]*<\/title>/, '<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>')
      .replace('<given>Maria</given>', '<given>&lt;img src=x onerror=alert(1)&gt;</given>')
      .replace(
        /<text>/,
        '<text><linkHtml href="javascript:alert(1)">x</linkHtml><renderMultiMedia referencedObject="javascript:alert(2)"/><paragraph>&lt;iframe src="//evil"&gt;</paragraph>',
      )
    assert.notEqual(evil, SUMMARY)
    answer = handingOut(evil, { title: '<script>alert(3)</script>' })
    const shown = await summary()
    assert.ok(shown.ok, shown.ok ? '' : shown.problem.code)
    const page = renderSummary(shown.value.document)
    assert.doesNotMatch(page, /<(script|iframe|img|object|embed)[\s>]|<[^>]*\son\w+=|href="javascript:/i)
    assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;/, 'and is shown as what it is')
  })

  test('a PDF that runs something is handed over as such, never as a page', async () => {
    const pdf =
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n150\n%%EOF\n'
    answer = handingOut(withFile(pdf), ORIGINAL)
    const shown = await report()
    assert.ok(shown.ok, shown.ok ? '' : shown.problem.code)
    assert.deepEqual([shown.value.file?.mediaType, shown.value.file?.active], ['application/pdf', true])
  })

  test('what calls itself a PDF or a picture and is not', async () => {
    for (const file of ['<html><script>alert(1)</script></html>', '%PDF-', 'GIF89a', '<svg onload="alert(1)"/>']) {
      answer = handingOut(withFile(file), ORIGINAL)
      const shown = await report()
      assert.equal(shown.ok ? shown.value.file : undefined, undefined, file)
    }
  })

  test('a genuine certificate for another host is not spoken to, though its fingerprint is listed', async () => {
    const subject = { country: 'PT', organisation: 'Test', commonName: 'elsewhere' }
    const create = { authority: europe.authority, subject, hosts: ['elsewhere.example'] }
    const keys = await openNodeKeys(join(europe.directory, 'elsewhere'), { create })
    let asked = 0
    const server = await listen(keys, () => {
      asked += 1
      return new Response('')
    })
    const fetch = createPeerFetch({ ...france.keys.tls, timeoutMs: 2000, maxBytes: 1000 })
    const reply = await fetch.fetch({ url: `${server.url}/`, pinnedFingerprints: [keys.tls.fingerprint] })
    fetch.close()
    await server.close()
    assert.equal(reply.ok ? 'answered' : reply.problem.code, 'tls-untrusted')
    assert.equal(asked, 0, 'nothing left')
  })
})
