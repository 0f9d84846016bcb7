import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Bundle } from 'fhir/r4'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { failed, ok } from '#platform/result/result.ts'
import { attribute, children, descend } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { LedgerEntry } from '#trust/ledger/ledger.ts'
import type { CareContext } from './context/care-context.ts'
import { claire as doctor } from './testing/claire-martin.ts'
import { type Europe, openEurope, type Reading, type TestCountry, valueFrom } from './testing/europe.ts'

const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
const FERREIRA = {
  answers: { 'id-2.16.17.710.820.1000.990.1.1': '298 123 456', birthDate: '1958-04-12' },
  id: '298123456',
}
const TAVARES = {
  answers: { 'id-2.16.17.710.820.1000.990.1.1': '284556731', birthDate: '1971-09-30' },
  id: '284556731',
}
const BEATRIZ = {
  answers: { 'id-2.16.17.710.820.1000.990.1.1': '301447802', birthDate: '1990-02-17' },
  id: '301447802',
}
const NOGUEIRA = { answers: { 'id-2.16.17.710.820.1000.990.1.1': '312654987', birthDate: '2009-06-05' } }

let europe: Europe
let france: TestCountry
let portugal: TestCountry

before(async () => {
  europe = await openEurope(['FR', 'PT'], doubles(), () => new Date())
  france = europe.country('FR')
  portugal = europe.country('PT')
})
after(() => europe.close())

function context(patient: string): CareContext {
  const now = new Date().toISOString()
  return {
    professional: doctor,
    patient: `${UTENTE}|${patient}`,
    country: 'PT',
    purpose: 'TREATMENT',
    relationship: { declaredAt: now },
    notice: { version: '2026-1', languages: ['pt', 'fr'], recordedAt: now },
  }
}

async function newest(country: TestCountry): Promise<LedgerEntry> {
  const [entry] = await country.ledger.list({ limit: 1 })
  assert.ok(entry, 'the ledger has an entry')
  return entry
}

test('the whole way: state, mask, identification, list, retrieval, both ledgers', async () => {
  const states = await france.b.countries()
  assert.deepEqual(
    states.map(({ country, services }) => [country, services.map(({ state }) => state)]),
    [['PT', ['available', 'available']]],
  )
  const candidates = valueFrom(await france.b.identify(doctor, 'PT', FERREIRA.answers))
  assert.deepEqual(candidates, [
    {
      identifier: `${UTENTE}|298123456`,
      otherIdentifiers: [],
      family: 'Ferreira',
      given: ['Maria', 'João'],
      birthDate: '1958-04-12',
      gender: 'female',
    },
  ])
  const documents = valueFrom(await france.b.documents(context(FERREIRA.id)))
  const [entry] = documents
  assert.ok(entry)
  assert.equal(documents.length, 1, 'level 3 and level 1 are one entry')
  assert.deepEqual(
    entry.renditions.map(({ kind }) => kind),
    ['structured', 'pdf', 'source'],
  )
  for (const { url } of entry.renditions) assert.ok(!url.includes(FERREIRA.id), 'no patient identifier in a URL')
  const retrieved = valueFrom(await france.b.retrieve(context(FERREIRA.id), entry.id))
  assert.equal(retrieved.document.bundle.type, 'document')
  assert.equal(
    Buffer.from(retrieved.pdf ?? [])
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  )

  const asked = await france.ledger.list({ patient: `${UTENTE}|${FERREIRA.id}`, professional: doctor.identifier })
  const answered = await portugal.ledger.list({ patient: `${UTENTE}|${FERREIRA.id}`, professional: doctor.identifier })
  assert.equal(asked.length, 3)
  // The structured document and its PDF are two accesses for country A.
  assert.equal(answered.length, 4)
  for (const { event } of [...asked, ...answered]) assert.equal(event.outcome, '0')
  assert.deepEqual(await portugal.ledger.verify().then(({ intact }) => intact), true)
})

test('country A tells the national side of each disclosure', async () => {
  portugal.calls.length = 0
  valueFrom(await france.b.identify(doctor, 'PT', FERREIRA.answers))
  assert.deepEqual(portugal.calls, ['findPatients', 'notifyAccess'])
})

test('nobody found, several found, wrong format, missing field', async () => {
  const nobody = await france.b.identify(doctor, 'PT', { ...FERREIRA.answers, birthDate: '1958-04-13' })
  assert.equal(!nobody.ok && nobody.problem.code, 'ERROR_PI_NO_MATCH')
  const several = await france.b.identify(doctor, 'PT', NOGUEIRA.answers)
  assert.equal(!several.ok && several.problem.code, 'ERROR_PI_MULTIPLE_MATCHES')
  portugal.calls.length = 0
  const wrong = await france.b.identify(doctor, 'PT', { ...FERREIRA.answers, 'id-2.16.17.710.820.1000.990.1.1': '12' })
  assert.equal(!wrong.ok && wrong.problem.code, 'ERROR_PI_INCORRECT_FORMATTING')
  assert.equal(!wrong.ok && wrong.problem.place?.path, 'id-2.16.17.710.820.1000.990.1.1')
  const missing = await france.b.identify(doctor, 'PT', { birthDate: '1958-04-12' })
  assert.equal(!missing.ok && missing.problem.code, 'ERROR_PI_MISSING_REQUIRED_FIELDS')
  assert.deepEqual(portugal.calls, [], 'nothing left the country')
})

test('a patient who opted out is answered as one without documents, and no document is touched', async () => {
  const none = await france.b.documents(context(BEATRIZ.id))
  portugal.calls.length = 0
  const objected = await france.b.documents(context(TAVARES.id))
  assert.deepEqual(portugal.calls, ['findPatients'])
  assert.equal(!none.ok && none.problem.code, 'ERROR_PS_NOT_FOUND')
  assert.deepEqual(objected, none)
  const { event } = await newest(portugal)
  assert.match(event.outcomeDesc ?? '', /consent/)
})

test("a choice in the node's own store counts as well", async (t) => {
  const choice = { patient: `${UTENTE}|${FERREIRA.id}`, documentClass: '60591-5', recorded: new Date().toISOString() }
  await portugal.consents.record({ ...choice, country: 'FR', decision: 'deny' })
  t.after(() =>
    portugal.consents.record({ ...choice, country: 'FR', recorded: new Date().toISOString(), decision: 'permit' }),
  )
  const objected = await france.b.documents(context(FERREIRA.id))
  assert.equal(!objected.ok && objected.problem.code, 'ERROR_PS_NOT_FOUND')
})

test('a professional without a role, or with one that may not ask, does not get across', async () => {
  portugal.calls.length = 0
  const without = await france.b.identify({ ...doctor, role: undefined }, 'PT', FERREIRA.answers)
  assert.equal(!without.ok && without.problem.code, 'ERROR_HPI_INSUFFICIENT_INFORMATION')
  const clerk = { ...doctor, role: { code: '44', display: 'Other clerical support workers' } }
  const wrong = await france.b.identify(clerk, 'PT', FERREIRA.answers)
  assert.equal(!wrong.ok && wrong.problem.code, 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  const emergency = await france.b.documents({ ...context(FERREIRA.id), purpose: 'EMERGENCY', reason: ' ' })
  assert.equal(!emergency.ok && emergency.problem.code, 'ERROR_HPI_INSUFFICIENT_INFORMATION')
  assert.deepEqual(portugal.calls, [])
  const { event } = await newest(france)
  assert.equal(event.outcome, '8')
})

test('an emergency with a reason is answered; the reason stays in the country of the professional', async () => {
  const reason = 'Unconscious after an accident'
  valueFrom(await france.b.documents({ ...context(FERREIRA.id), purpose: 'EMERGENCY', reason }))
  const { event } = await newest(portugal)
  assert.equal(event.outcome, '0')
  assert.ok(event.purposeOfEvent?.[0]?.coding?.some(({ code }) => code === 'ETREAT'))
  assert.doesNotMatch(JSON.stringify(event), new RegExp(reason))
})

test('both ledgers name the same request', async () => {
  valueFrom(await france.b.identify(doctor, 'PT', FERREIRA.answers))
  const requestOf = ({ event }: LedgerEntry) =>
    event.entity?.find(({ type }) => type?.code === 'XrequestId')?.what?.identifier?.value
  const [asked, answered] = [requestOf(await newest(france)), requestOf(await newest(portugal))]
  assert.ok(asked)
  assert.equal(asked, answered)
})

test('a treatment relationship of the day before yesterday is not enough', async () => {
  const declaredAt = new Date(Date.now() - 48 * 3_600_000).toISOString()
  const old = await france.b.documents({ ...context(FERREIRA.id), relationship: { declaredAt } })
  assert.equal(!old.ok && old.problem.code, 'ERROR_HPI_INSUFFICIENT_INFORMATION')
})

test('a ledger that does not take the access keeps the result back', async () => {
  const broken = { ...france.options, ledger: { ...france.ledger, append: () => Promise.reject(new Error('full')) } }
  const { countryB } = await import('./country-b/country-b.ts')
  const result = await countryB(broken).identify(doctor, 'PT', FERREIRA.answers)
  assert.equal(!result.ok && result.problem.code, 'ERROR_GENERIC')
})

/** Doubles for documents: enough of a Bundle to travel and to be about a patient. */
function doubles(): Reading {
  return {
    readDocument(bytes) {
      const text = new TextDecoder().decode(bytes)
      if (text.startsWith('{')) return ok(documentOf(JSON.parse(text) as Bundle))
      const parsed = parseXml(bytes)
      if (!parsed.ok) return failed('not-xml', 'No document.', 'None.')
      const ids = children(descend(parsed.value.root, 'recordTarget', 'patientRole'), 'id')
      const identifier = ids.map((id) => ({
        system: `urn:oid:${attribute(id, 'root')}`,
        value: attribute(id, 'extension') ?? '',
      }))
      const patient = { resourceType: 'Patient' as const, id: 'p', identifier }
      return ok(documentOf({ resourceType: 'Bundle', type: 'document', entry: [{ resource: patient }] }))
    },
    transcode: (document) => document,
  }
}

function documentOf(bundle: Bundle): ClinicalDocument {
  const account = { statements: [], notCarried: [] }
  return { bundle, kind: 'patient-summary', origin: { format: 'fhir', language: 'pt' }, account }
}
