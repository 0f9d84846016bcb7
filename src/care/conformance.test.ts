import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { europeanPackages, testDefinitions, WITHOUT_PACKAGES } from '#documents/validate/testing/definitions.ts'
import { validate } from '#documents/validate/validate.ts'
import type { AccessScope } from '#trust/tokens/access-grant.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import { claireInTokens, emptyReading } from './testing/claire-martin.ts'
import { type Europe, openEurope, valueFrom } from './testing/europe.ts'

/** What leaves country A, and what both sides write down, against the published definitions. */

const FERREIRA = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const HEALTH_DATA_API = 'http://hl7.eu/fhir/health-data-api/StructureDefinition/EehrxfMhdDocumentReference'
const packages = europeanPackages()
const skip = packages ? false : WITHOUT_PACKAGES
const definitions = testDefinitions(packages ?? [])

let europe: Europe

before(async () => {
  europe = await openEurope(['FR', 'PT'], emptyReading, () => new Date())
})
after(() => europe.close())

async function ask(path: string, scope: AccessScope) {
  const [france, portugal] = [europe.country('FR'), europe.country('PT')]
  const now = new Date()
  const token = await issueAccessToken(
    {
      issuer: 'FR',
      homeCommunityId: france.options.homeCommunityId,
      audience: portugal.options.homeCommunityId,
      professional: claireInTokens,
      purpose: 'TREATMENT',
      emergencyReasonGiven: false,
      patient: FERREIRA,
      scopes: [scope],
      relationship: { declaredAt: now.toISOString() },
      notice: { version: '1', languages: ['pt'], recordedAt: now.toISOString() },
    },
    france.signer,
    now,
  )
  const url = `${portugal.participant.fhirBase}/${path}`
  const reply = valueFrom(await france.fetch.fetch({ url, headers: { authorization: `Bearer ${token}` } }))
  return JSON.parse(new TextDecoder().decode(reply.body))
}

function errorsOf(resource: unknown, profiles: readonly string[] = []): readonly string[] {
  return validate(resource, { definitions, profiles })
    .filter(({ severity }) => severity === 'error')
    .map(({ expression, sentence }) => `${expression}: ${sentence}`)
}

test('what country A answers is FHIR R4 without errors', { skip }, async () => {
  const parameters = new URLSearchParams({ type: 'http://loinc.org|60591-5', 'patient.identifier': FERREIRA })
  for (const [path, scope] of [
    ['metadata', 'user/Patient.search'],
    [`Patient?${new URLSearchParams({ identifier: FERREIRA })}`, 'user/Patient.search'],
    [`DocumentReference?${parameters}`, 'user/DocumentReference.search'],
    [`DocumentReference?${parameters}&colour=red`, 'user/DocumentReference.search'],
    ['Patient', 'user/Patient.search'],
    ['Bundle/unknown', 'user/Bundle.read'],
  ] as const) {
    assert.deepEqual(errorsOf(await ask(path, scope)), [], path)
  }
})

test('a DocumentReference has what the European Health Data API asks for', { skip }, async () => {
  const parameters = new URLSearchParams({ type: 'http://loinc.org|60591-5', 'patient.identifier': FERREIRA })
  const bundle = await ask(`DocumentReference?${parameters}`, 'user/DocumentReference.search')
  const [reference] = bundle.entry
  // That API lists one content for each entry; the NCPeH API lists the renditions of a document together.
  const single = { ...reference.resource, content: reference.resource.content.slice(0, 1) }
  assert.deepEqual(errorsOf(single, [HEALTH_DATA_API]), [])
})

test('what both ledgers hold conforms to the audit profiles it claims', { skip }, async () => {
  const { b } = europe.country('FR')
  const professional = {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
    given: 'Claire',
    family: 'Martin',
    role: { code: '2211', display: 'Generalist medical practitioners' },
    profession: 'Médecin',
    organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101', name: 'Centre', kind: 'Other' as const },
    country: 'FR',
    assurance: 'eidas1',
  }
  const declared = new Date().toISOString()
  const context = {
    professional,
    patient: FERREIRA,
    country: 'PT',
    purpose: 'TREATMENT' as const,
    relationship: { declaredAt: declared },
    notice: { version: '1', languages: ['pt'], recordedAt: declared },
  }
  valueFrom(
    await b.identify(professional, 'PT', { 'id-2.16.17.710.820.1000.990.1.1': '298123456', birthDate: '1958-04-12' }),
  )
  const [entry] = valueFrom(await b.documents(context))
  // The double holds no patient, so retrieval is refused; the refusal is recorded as well.
  await b.retrieve(context, entry?.id ?? '')
  for (const code of ['FR', 'PT']) {
    const entries = await europe.country(code).ledger.list({ limit: 100 })
    assert.ok(entries.length >= 3)
    for (const { event } of entries) assert.deepEqual(errorsOf(event), [], `${code} ${JSON.stringify(event.subtype)}`)
  }
})
