import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Bundle, Composition, Patient } from 'fhir/r4'
import { openTerminology } from '#terminology/index.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import { readAlerts } from './abuse/alerts.ts'
import { requestWatch } from './abuse/request-watch.ts'
import { type AnsweringCountry, answeringCountry } from './testing/answering-country.ts'
import { CLAIRE, LUC } from './testing/french-professionals.ts'
import { type Asking, fhir, references } from './testing/pharmacy-at-the-border.ts'

/** Country A on the FHIR wire beyond summaries: reports, pictures, rights by country and role, defaults, limits. */

const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
const FERREIRA = `${UTENTE}|298123456`
const CAROLINA = `${UTENTE}|327904118`
const NOW = new Date('2026-11-27T09:00:00Z')
const LAB = 'http://loinc.org|11502-2'

let cache: string
let terminology: TerminologyCatalogue
let country: AnsweringCountry
let asking: Asking

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tessera-services-'))
  terminology = await openTerminology({ cache })
  country = await answeringCountry({ clock: () => NOW, terminology })
  asking = { country, terminology, now: NOW, patient: FERREIRA, who: CLAIRE }
  const report = laboratoryReport()
  await writeFile(join(country.folder, 'documents', 'hematology.json'), JSON.stringify(report))
})
after(async () => {
  await country.close()
  await rm(cache, { recursive: true, force: true })
})

const find = (parameters: string, who = CLAIRE, type = LAB) =>
  fhir(
    { ...asking, who },
    `/DocumentReference?type=${encodeURIComponent(type)}&patient.identifier=${encodeURIComponent(FERREIRA)}${parameters}`,
    'user/DocumentReference.search',
  )

test('a report comes as a FHIR document or as its original, by category, date, size and type', async () => {
  const all = await references(asking, LAB)
  assert.equal(all.length, 2)
  const coded = all.find(({ content }) => content.length === 1)
  const scanned = all.find((reference) => reference !== coded)
  assert.deepEqual(
    coded?.category?.map(({ coding }) => coding?.[0]?.code),
    ['Laboratory-Reports', '18723-7'],
  )
  assert.equal(coded?.content[0]?.format?.code, 'http://hl7.eu/fhir/laboratory/StructureDefinition/Bundle-eu-lab')
  const read = await fhir(asking, coded?.content[0]?.attachment.url ?? '', 'user/Bundle.read')
  const bundle: Bundle = JSON.parse(read.text)
  assert.deepEqual([read.status, bundle.resourceType, bundle.type], [200, 'Bundle', 'document'])
  const pdf = scanned?.content.find(({ attachment }) => attachment.contentType === 'application/pdf')
  const original = await fhir(asking, pdf?.attachment.url ?? '', 'user/Binary.read')
  assert.equal(Buffer.from(original.bytes).subarray(0, 5).toString(), '%PDF-')
  const number = async (parameters: string) => JSON.parse((await find(parameters)).text).total
  assert.equal(await number('&category=18723-7'), 1)
  assert.equal(await number('&category=Patient-Summaries'), 0)
  assert.equal(await number('&contenttype=application/pdf'), 1)
  assert.equal(await number('&date=ge2026-11-26'), 1)
  assert.equal(await number('&size=le1'), 0)
  assert.equal(await number('&status=superseded'), 0)
})

test('a picture comes as it is', async () => {
  const carolina = { ...asking, patient: CAROLINA }
  const [image] = await references(carolina, 'x-clinical-image')
  const png = image?.content.find(({ attachment }) => attachment.contentType === 'image/png')
  const got = await fhir(carolina, png?.attachment.url ?? '', 'user/Binary.read')
  assert.deepEqual([...got.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47])
})

test('several types are one list; one that may not be asked for refuses the whole', async () => {
  const both = await references(asking, `http://loinc.org|60591-5,${LAB}`)
  assert.deepEqual(new Set(both.map(({ type }) => type?.coding?.[0]?.code)), new Set(['60591-5', '11502-2']))
  assert.equal((await find('', CLAIRE, `${LAB},http://loinc.org|57833-6`)).code, 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  assert.equal((await find('', CLAIRE, 'http://loinc.org|99999-9')).code, 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN')
  assert.equal((await find('', { ...LUC, role: '3213' })).code, 'ERROR_SEC_INSUFFICIENT_RIGHTS')
})

test('the id of a report does not open it for a role that may read summaries only', async () => {
  const [report] = await references(asking, LAB)
  const url = report?.content[0]?.attachment.url ?? ''
  country.calls.length = 0
  const answer = await fhir({ ...asking, who: { ...LUC, role: '3213' } }, url, 'user/Bundle.read')
  assert.deepEqual([answer.status, answer.code], [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'])
  assert.deepEqual(country.calls, [])
})

test('an asking country can be closed out of a service, or a relative kept from it, by data alone', async (t) => {
  const narrowed = await answeringCountry({
    clock: () => NOW,
    terminology,
    change: ({ policies }) => ({
      policies: policies.map((policy) =>
        policy.service === 'laboratory-report'
          ? { ...policy, nextOfKin: false, countries: { EE: { roles: [] } } }
          : policy,
      ),
    }),
  })
  t.after(() => narrowed.close())
  const here = { ...asking, country: narrowed }
  assert.equal((await references(here, LAB)).length, 1)
  const query = `/DocumentReference?type=${encodeURIComponent(LAB)}&patient.identifier=${encodeURIComponent(FERREIRA)}`
  const scope = 'user/DocumentReference.search'
  assert.equal((await fhir({ ...here, from: narrowed.estonia }, query, scope)).code, 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  const nextOfKin = { family: 'Ferreira', given: 'Rui', identifiers: ['urn:oid:1.2.3|7'] }
  assert.equal((await fhir(here, query, scope, { nextOfKin })).code, 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  const [entry] = await narrowed.ledger.list({ limit: 1 })
  assert.match(entry?.event.outcomeDesc ?? '', /next-of-kin/)
})

test('silence may mean no for one class of documents and yes for another', async (t) => {
  const optIn = { default: 'permit', documentClasses: { '11502-2': 'deny' } } as const
  const { openConsents } = await import('#trust/consent/consents.ts')
  const careful = await answeringCountry({
    clock: () => NOW,
    terminology,
    change: (_, database) => ({
      consentDefault: optIn,
      consents: openConsents(database, { defaultDecision: optIn }),
    }),
  })
  t.after(() => careful.close())
  const here = { ...asking, country: careful }
  assert.equal((await references(here, 'http://loinc.org|60591-5')).length, 1)
  assert.deepEqual(await references(here, LAB), [])
  const recorded = NOW.toISOString()
  await careful.consents.record({
    patient: FERREIRA,
    country: 'FR',
    documentClass: '11502-2',
    decision: 'permit',
    recorded,
  })
  assert.equal((await references(here, LAB)).length, 1)
})

test('too many requests about one patient are told to the operator, and refused where a limit says so', async (t) => {
  const watched = await answeringCountry({
    clock: () => NOW,
    terminology,
    change: ({ log }, database) => ({
      watch: requestWatch({
        database,
        log,
        secret: new Uint8Array(32),
        flushAfterMs: 0,
        thresholds: {
          thresholds: [{ subject: 'patient', periodSeconds: 3600, alertAbove: 2, refuseAbove: 3 }],
          emergencyAlerts: true,
        },
      }),
    }),
  })
  t.after(() => watched.close())
  const here = { ...asking, country: watched }
  const query = `/DocumentReference?type=${encodeURIComponent(LAB)}&patient.identifier=${encodeURIComponent(FERREIRA)}`
  const answers = []
  for (let more = 0; more < 4; more += 1) answers.push(await fhir(here, query, 'user/DocumentReference.search'))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 429],
  )
  assert.equal(answers[3]?.code, 'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS')
  await fhir(here, query, 'user/DocumentReference.search', { purpose: 'EMERGENCY' })
  assert.deepEqual((await readAlerts(watched.database)).map(({ kind }) => kind).sort(), ['emergency', 'patient'])
})

/** A small report that a laboratory writes in FHIR, of one kind of study. */
function laboratoryReport(): Bundle<Composition | Patient> {
  return {
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:oid:1.2.3', value: 'LAB-1' },
    timestamp: '2026-11-26T10:00:00Z',
    entry: [
      {
        fullUrl: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f11',
        resource: {
          resourceType: 'Composition',
          status: 'final',
          language: 'pt',
          type: { coding: [{ system: 'http://loinc.org', code: '11502-2' }] },
          category: [{ coding: [{ system: 'http://loinc.org', code: '18723-7', display: 'Hematology studies' }] }],
          subject: { reference: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f12' },
          date: '2026-11-26T10:00:00Z',
          author: [{ display: 'Laboratório Central' }],
          title: 'Hemograma',
        },
      },
      {
        fullUrl: 'urn:uuid:6b2f2c1e-8a5e-4a53-9d2c-0a6a3c0f8f12',
        resource: { resourceType: 'Patient', identifier: [{ system: UTENTE, value: '298123456' }] },
      },
    ],
  }
}
