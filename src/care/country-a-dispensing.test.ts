import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { NationalConnector } from '#national/connector.ts'
import { failed } from '#platform/result/result.ts'
import { openTerminology } from '#terminology/index.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import { ledgerRecorder } from './context/recorder.ts'
import type { CountryAOptions } from './country-a/country-a.ts'
import { finishDispensations } from './country-a/unfinished.ts'
import { type AnsweringCountry, answeringCountry } from './testing/answering-country.ts'
import { CLAIRE, LUC } from './testing/french-professionals.ts'
import {
  type Asking,
  dispensed,
  prescriptionNumbered,
  prescriptions,
  provide,
  register,
} from './testing/pharmacy-at-the-border.ts'

/** Dispensations of another country: each counts once, whichever wire it takes and whatever breaks on the way. */

const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
const FERREIRA = `${UTENTE}|298123456`
const CAROLINA = `${UTENTE}|327904118`
const BEATRIZ = `${UTENTE}|301447802`
const NOW = new Date('2026-11-27T09:00:00Z')
/** One package, no substitution; three packages, substitution allowed. */
const SINGLE = 'RX-2026-07741'
const TRIPLE = 'RX-2026-07742'

let cache: string
let terminology: TerminologyCatalogue

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tessera-dispensing-'))
  terminology = await openTerminology({ cache })
})
after(() => rm(cache, { recursive: true, force: true }))

async function portugal(t: TestContext, change?: (options: CountryAOptions) => Partial<CountryAOptions>) {
  const country = await answeringCountry({ clock: () => NOW, terminology, ...(change ? { change } : {}) })
  t.after(() => country.close())
  const asking: Asking = { country, terminology, now: NOW, patient: FERREIRA }
  return { country, asking }
}

async function effects(country: AnsweringCountry): Promise<number> {
  const listed = await country.options.connector.listPrescriptions(
    FERREIRA,
    {},
    { country: 'FR', professional: { identifier: '', name: '', role: '', organisation: '' }, purpose: 'TREATMENT' },
  )
  assert.ok(listed.ok)
  const held = new Set(listed.value.flatMap(({ prescription }) => prescription?.dispensations ?? []))
  return held.size
}

test('over FHIR: created once, repeated with the same answer, and the list tells', async (t) => {
  const { country, asking } = await portugal(t)
  const listed = await prescriptionNumbered(asking, TRIPLE)
  assert.equal(listed.facts.dispensable, true)
  const eD = await dispensed(asking, listed)
  const first = await provide(asking, eD)
  assert.equal(first.status, 200, first.text)
  assert.match(first.text, /"transaction-response".*"201 Created"/)
  const again = await provide(asking, eD)
  assert.match(again.text, /"200 OK"/)
  assert.equal(await effects(country), 1)
  const { facts } = await prescriptionNumbered(asking, TRIPLE)
  assert.deepEqual([facts.dispensable, facts.dispensations], [true, [eD.dispensationId]])
  const events = (await country.ledger.list({ patient: FERREIRA })).map(({ event }) => JSON.stringify(event))
  assert.equal(events.filter((event) => event.includes(eD.submissionId)).length, 2, 'each request is in the ledger')
})

test('over IHE: taken once, and taken back by who dispensed, only by him and only once', async (t) => {
  const { country, asking } = await portugal(t)
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE), { as: 'cda' })
  assert.deepEqual(await register(asking, eD), { status: 'success', errors: [] })
  assert.deepEqual(await register(asking, eD), { status: 'success', errors: [] })
  assert.equal((await prescriptionNumbered(asking, SINGLE)).facts.dispensable, false)
  const discard = { ...eD, kind: 'discard', submissionId: '2.25.77' } as const
  const neighbour = { ...LUC, organisation: { identifier: 'urn:oid:1.2.3|9', name: 'Pharmacie de la Gare' } }
  const codesOf = ({ errors }: Awaited<ReturnType<typeof register>>) => errors.map(({ code }) => code)
  assert.deepEqual(codesOf(await register({ ...asking, who: neighbour }, { ...discard, submissionId: '2.25.78' })), [
    'ERROR_ED_DISCARD_FAILED',
  ])
  const estonia = { ...asking, from: country.estonia }
  assert.deepEqual(codesOf(await register(estonia, { ...discard, submissionId: '2.25.79' })), [
    'ERROR_ED_DISCARD_FAILED',
  ])
  assert.deepEqual(await register(asking, discard), { status: 'success', errors: [] })
  assert.deepEqual(await register(asking, discard), { status: 'success', errors: [] })
  assert.deepEqual(codesOf(await register(asking, { ...discard, submissionId: '2.25.80' })), [
    'ERROR_ED_DISCARD_FAILED',
  ])
  assert.equal((await prescriptionNumbered(asking, SINGLE)).facts.dispensable, true)
})

test('a dispensation over IHE is the same dispensation over FHIR', async (t) => {
  const { country, asking } = await portugal(t)
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE), { as: 'cda' })
  assert.equal((await register(asking, eD)).status, 'success')
  const discard = await provide(asking, { ...eD, kind: 'discard', submissionId: '2.25.81' })
  assert.equal(discard.status, 200, discard.text)
  assert.equal(await effects(country), 0)
})

test('many at once: the same submission is one; of different ones for the last package one counts', async (t) => {
  const { country, asking } = await portugal(t)
  const listed = await prescriptionNumbered(asking, SINGLE)
  const [one, other] = [await dispensed(asking, listed), await dispensed(asking, listed)]
  const same = await Promise.all([provide(asking, one), provide(asking, one), provide(asking, one)])
  assert.deepEqual(
    same.map(({ status }) => status),
    [200, 200, 200],
  )
  assert.equal(same.filter(({ text }) => text.includes('201 Created')).length, 1)
  assert.equal((await provide(asking, other)).code, '4106')
  const { country: fresh, asking: again } = await portugal(t)
  const candidates = await Promise.all(
    [0, 1, 2, 3].map(async () => dispensed(again, await prescriptionNumbered(again, SINGLE))),
  )
  const answers = await Promise.all(candidates.map((eD) => provide(again, eD)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.deepEqual([...new Set(answers.flatMap(({ code }) => code ?? []))], ['4106'])
  assert.deepEqual([await effects(country), await effects(fresh)], [1, 1])
})

test('a submission id with another content is refused, and changes nothing', async (t) => {
  const { country, asking } = await portugal(t)
  const listed = await prescriptionNumbered(asking, TRIPLE)
  const [one, two] = [await dispensed(asking, listed), await dispensed(asking, listed, { packages: 2 })]
  assert.equal((await provide(asking, one)).status, 200)
  const altered = await provide(asking, { ...two, submissionId: one.submissionId })
  assert.deepEqual([altered.status, altered.code], [409, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'])
  assert.equal(await effects(country), 1)
  assert.equal((await provide(asking, one)).status, 200, 'the first still has its answer')
})

test('what may not be dispensed: substituted, too much, not his, not a pharmacist, kept at home', async (t) => {
  const { country, asking } = await portugal(t)
  const single = await prescriptionNumbered(asking, SINGLE)
  const triple = await prescriptionNumbered(asking, TRIPLE)
  const code = async (eD: Awaited<ReturnType<typeof dispensed>>, by: Partial<Asking> = {}) =>
    (await provide({ ...asking, ...by }, eD)).code
  assert.equal(
    await code(await dispensed(asking, single, { substituted: true })),
    'ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED',
  )
  assert.equal(await code(await dispensed(asking, triple, { packages: 4 })), 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION')
  const his = await dispensed(asking, single)
  assert.equal(await code({ ...his, patient: BEATRIZ }, { patient: BEATRIZ }), '4206', 'the document is about another')
  assert.equal(await code({ ...his, patient: BEATRIZ }), 'ERROR_SEC_INSUFFICIENT_RIGHTS', 'the token is about another')
  assert.equal(await code(his, { who: CLAIRE }), 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  const notIdentified = {
    ...his,
    submissionId: '2.25.6',
    document: { ...his.document, bytes: renamed(his.document.bytes) },
  }
  assert.equal(
    await code({ ...notIdentified, prescriptionId: 'urn:oid:9|none' }),
    'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE',
  )
  const rules = { prescription: { crossBorder: false } }
  await writeFile(
    join(country.folder, 'documents', 'maria-joao-ferreira.prescription-1.about.json'),
    JSON.stringify(rules),
  )
  assert.equal((await prescriptionNumbered(asking, SINGLE)).facts.dispensable, false)
  assert.equal(await code(await dispensed(asking, single)), 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION')
  assert.equal(await effects(country), 0)
})

test('a patient who objects has no prescriptions, and nothing can be dispensed on them', async (t) => {
  const { country, asking } = await portugal(t)
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE))
  const choice = { patient: FERREIRA, country: 'FR', recorded: NOW.toISOString(), decision: 'deny' } as const
  await country.consents.record({ ...choice, documentClass: '57833-6' })
  assert.deepEqual(await prescriptions(asking), [])
  await country.consents.record({ ...choice, documentClass: '60593-1' })
  assert.equal((await provide(asking, eD)).code, 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE')
  assert.equal(await effects(country), 0)
})

test('a prescription behind a PIN is shown and dispensed with it only', async (t) => {
  const { country, asking: ferreira } = await portugal(t)
  const asking = { ...ferreira, patient: CAROLINA }
  const rules = { prescription: { pin: '2468' } }
  await writeFile(
    join(country.folder, 'documents', 'carolina-matos-ribeiro.prescription-1.about.json'),
    JSON.stringify(rules),
  )
  assert.deepEqual(await prescriptions(asking), [])
  assert.deepEqual(await prescriptions(asking, { dispensationPin: '0000' }), [])
  assert.equal((await prescriptions(asking, { dispensationPin: '2468' })).length, 1)
})

test('when the national side is away nothing is concluded, and the next start ends it', async (t) => {
  let away = true
  const { country, asking } = await portugal(t, (options) => ({
    connector: {
      ...options.connector,
      findPatients: (...given) => options.connector.findPatients(...given),
      listPatientSummaries: (...given) => options.connector.listPatientSummaries(...given),
      listPrescriptions: (...given) => options.connector.listPrescriptions(...given),
      getDocument: (...given) => options.connector.getDocument(...given),
      consents: (...given) => options.connector.consents(...given),
      notifyAccess: (...given) => options.connector.notifyAccess(...given),
      // The dispensation is taken, and the answer is lost.
      async submitDispensation(...given: Parameters<NationalConnector['submitDispensation']>) {
        const answer = await options.connector.submitDispensation(...given)
        return away ? failed('national-unavailable', 'Away.', 'Wait.') : answer
      },
    },
  }))
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE))
  const lost = await provide(asking, eD)
  assert.deepEqual([lost.status, lost.code], [503, 'ERROR_ED_EDISPENSATION_ACK_NOT_RECEIVED'])
  assert.equal((await provide(asking, eD)).status, 503)
  away = false
  assert.equal(await finishDispensations(country.options), 1)
  assert.equal((await provide(asking, eD)).status, 200)
  assert.equal(await effects(country), 1)
  assert.equal(await finishDispensations(country.options), 0)
})

test('a national side that cannot be looked at takes nothing, and is no refusal for ever', async (t) => {
  let away = false
  const { country, asking } = await portugal(t, (options) => ({
    connector: new Proxy(options.connector, {
      get: (target, name) =>
        away && name === 'listPrescriptions'
          ? async () => failed('national-unavailable', 'Away.', 'Wait.')
          : Reflect.get(target, name),
    }),
  }))
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE))
  away = true
  const answer = await provide(asking, eD)
  assert.deepEqual([answer.status, answer.code], [503, 'ERROR_ED_REGISTRY_NOT_AVAILABLE'])
  away = false
  assert.equal((await provide(asking, eD)).status, 200)
  assert.equal(await effects(country), 1)
})

test('a ledger that does not take the access: the effect is there once, and the repetition is told', async (t) => {
  let full = false
  const { country, asking } = await portugal(t, ({ ledger }) => ({
    recorder: {
      record: (record) => (full ? Promise.reject(new Error('full')) : ledgerRecorder(ledger).record(record)),
    },
  }))
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE))
  full = true
  const answer = await provide(asking, eD)
  assert.deepEqual([answer.status, answer.code], [503, 'ERROR_GENERIC'])
  full = false
  assert.equal((await provide(asking, eD)).status, 200)
  assert.equal(await effects(country), 1)
})

test('an id that is no key is refused', async (t) => {
  const { asking } = await portugal(t)
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE))
  const answer = await provide(asking, { ...eD, submissionId: `urn:oid:1|${'9'.repeat(400)}` })
  assert.deepEqual([answer.status, answer.code], [400, 'ERROR_ED_INCORRECT_FORMATTING'])
})

test('bodies that are no dispensation are refused with a sentence, not taken', async (t) => {
  const { country, asking } = await portugal(t)
  const eD = await dispensed(asking, await prescriptionNumbered(asking, SINGLE))
  const empty = new TextEncoder().encode('{"resourceType":"Bundle","type":"document"}')
  const answer = await provide(asking, { ...eD, document: { format: 'fhir', bytes: empty } })
  assert.deepEqual([answer.status, answer.code], [400, 'ERROR_ED_INCORRECT_FORMATTING'])
  const text = await register(asking, {
    ...eD,
    submissionId: '2.25.5',
    document: { format: 'cda', bytes: Buffer.from('hello') },
  })
  assert.deepEqual(
    text.errors.map(({ code }) => code),
    ['ERROR_ED_INCORRECT_FORMATTING'],
  )
  assert.equal(await effects(country), 0)
})

/** The same dispensation, of a prescription that nobody has. */
function renamed(bytes: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll('RX-2026-07741', 'RX-0000-00000'))
}
