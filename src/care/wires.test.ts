import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openTerminology } from '#terminology/index.ts'
import type { ListedDocument } from './border/border-service.ts'
import type { CareContext } from './context/care-context.ts'
import { claire } from './testing/claire-martin.ts'
import { type Europe, openEurope, type TestCountry, valueFrom } from './testing/europe.ts'
import { BEATRIZ, contextOf, luc, MARIA, realReading, TAVARES, warfarinOrder } from './testing/journeys.ts'

/**
 * The demonstration's people and documents over every way that there is between two countries: IHE, FHIR, and bridges in
 * both directions; real documents, real terminology, real assertions and tokens, real mutual TLS.
 */

let cache: string
let open: (plans: Parameters<typeof openEurope>[3]) => Promise<Europe>

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tessera-wires-'))
  const terminology = await openTerminology({ cache })
  const reading = realReading(terminology)
  open = (plans = {}) => openEurope(Object.keys(plans), reading, () => new Date(), plans)
})
after(() => rm(cache, { recursive: true, force: true }))

async function summaryOf(asking: TestCountry, context: CareContext) {
  const [entry] = valueFrom(await asking.b.documents(context))
  assert.ok(entry)
  return valueFrom(await asking.b.retrieve(context, entry.id))
}

const ways = [
  { name: 'IHE', plans: { FR: { wires: ['fhir', 'ihe'] }, PT: { wires: ['ihe'] } } },
  { name: 'FHIR', plans: { FR: { wires: ['fhir', 'ihe'] }, PT: { wires: ['fhir'] } } },
  {
    name: 'the asking country’s bridge (FHIR to IHE)',
    plans: { FR: { wires: ['fhir'], bridge: true }, PT: { wires: ['ihe'] } },
  },
  {
    name: 'the answering country’s bridge (FHIR to IHE)',
    plans: { FR: { wires: ['fhir'] }, PT: { wires: ['ihe'], bridge: true } },
  },
  {
    name: 'the asking country’s bridge (IHE to FHIR)',
    plans: { FR: { wires: ['ihe'], bridge: true }, PT: { wires: ['fhir'] } },
  },
  {
    name: 'the answering country’s bridge (IHE to FHIR)',
    plans: { FR: { wires: ['ihe'] }, PT: { wires: ['fhir'], bridge: true } },
  },
] as const

for (const { name, plans } of ways) {
  test(`over ${name}`, async (t) => {
    const europe = await open(plans)
    t.after(() => europe.close())
    const france = europe.country('FR')
    const portugal = europe.country('PT')

    await t.test('the country is there', async () => {
      const [state] = await france.b.countries()
      assert.deepEqual(new Set(state?.services.map((service) => service.state)), new Set(['available']))
    })

    await t.test("Maria's summary arrives, coded and as PDF", async () => {
      const context = await contextOf(france, claire, 'PT', MARIA)
      const { document, pdf } = await summaryOf(france, context)
      assert.equal(document.kind, 'patient-summary')
      assert.ok(document.bundle.entry?.some(({ resource }) => resource?.resourceType === 'AllergyIntolerance'))
      assert.equal(
        Buffer.from(pdf ?? [])
          .subarray(0, 5)
          .toString(),
        '%PDF-',
      )
    })

    await t.test('nobody, objection and no document look alike', async () => {
      const nobody = await france.b.identify(claire, 'PT', { ...MARIA, birthDate: '1958-04-13' })
      assert.equal(!nobody.ok && nobody.problem.code, 'ERROR_PI_NO_MATCH')
      const none = await france.b.documents(await contextOf(france, claire, 'PT', BEATRIZ))
      const objected = await france.b.documents(await contextOf(france, claire, 'PT', TAVARES))
      assert.equal(!none.ok && none.problem.code, 'ERROR_PS_NOT_FOUND')
      assert.deepEqual(objected, none)
    })

    await t.test('her laboratory report arrives as it is', async () => {
      const context = await contextOf(france, claire, 'PT', MARIA)
      const [report] = valueFrom(await france.b.originals.list(context, { classCode: '11502-2' }))
      assert.ok(report)
      const { file } = valueFrom(await france.b.originals.retrieve(context, report.id))
      assert.equal(file?.mediaType, 'application/pdf')
      const missing = await france.b.originals.list(context, { classCode: '18748-4' })
      assert.equal(!missing.ok && missing.problem.code, 'ERROR_ORCD_NOT_FOUND')
    })

    await t.test('her prescription is dispensed once, and taken back once', () => dispensing(france, portugal))

    await t.test('a prescription behind a PIN is seen and dispensed with it only', () => behindPin(france, portugal))

    await t.test('all ledgers are whole, and name the same professional', async () => {
      for (const country of [france, portugal]) assert.ok((await country.ledger.verify()).intact)
      const answered = await portugal.ledger.list({ professional: luc.identifier })
      assert.ok(answered.length > 0)
      for (const bridge of [france.bridge, portugal.bridge]) {
        if (!bridge) continue
        assert.ok((await bridge.ledger.verify()).intact)
        const entries = await bridge.ledger.list({ professional: luc.identifier })
        assert.ok(entries.length > 0, 'the bridge has a ledger of its own')
      }
    })
  })
}

async function dispensing(france: TestCountry, portugal: TestCountry): Promise<void> {
  const { pharmacy } = france.b
  const doctor = await pharmacy.list(await contextOf(france, claire, 'PT', MARIA))
  assert.equal(!doctor.ok && doctor.problem.code, 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  const context = await contextOf(france, luc, 'PT', MARIA)
  const listed = valueFrom(await pharmacy.list(context))
  assert.equal(listed.length, 2)
  const warfarin = listed.find(({ prescription }) => prescription?.atc?.code === 'B01AA03')
  assert.ok(warfarin?.prescription?.dispensable)
  const { prescription, dispensable } = valueFrom(await pharmacy.retrieve(context, warfarin.id))
  assert.deepEqual(dispensable, { yes: true })
  assert.equal(prescription.items.length, 1)
  const order = await warfarinOrder(france, context, 'form-1')

  const [first, second] = await Promise.all([pharmacy.dispense(context, order), pharmacy.dispense(context, order)])
  const entry = valueFrom(first).entry
  assert.equal(valueFrom(second).entry.submissionId, entry.submissionId, 'pressed twice is one')
  const settled = valueFrom(await pharmacy.dispense(context, order)).entry
  assert.equal(settled.state, 'accepted', JSON.stringify(settled))
  assert.equal(portugal.calls.filter((call) => call === 'submitDispensation').length, 1)

  const again = await pharmacy.dispense(context, { ...order, confirmation: 'form-2' })
  assert.ok(!again.ok, 'it is not dispensed a second time')
  const now = valueFrom(await pharmacy.list(context)).find(({ prescription: facts }) => facts?.atc?.code === 'B01AA03')
  assert.equal(now?.prescription?.dispensable, false)

  const stranger = { ...luc, organisation: { ...luc.organisation, identifier: 'urn:oid:1.2.250.1.71.4.2.2|2' } }
  assert.ok(!(await pharmacy.discard({ ...context, professional: stranger }, entry.dispensationId)).ok)
  const discarded = valueFrom(await pharmacy.discard(context, entry.dispensationId))
  assert.equal(discarded.entry.state, 'accepted', JSON.stringify(discarded))
  const open = valueFrom(await pharmacy.list(context)).find(({ prescription: facts }) => facts?.atc?.code === 'B01AA03')
  assert.ok(open?.prescription?.dispensable, 'open again')
  const twice = valueFrom(await pharmacy.discard(context, entry.dispensationId)).entry
  assert.equal(twice.submissionId, discarded.entry.submissionId, 'taken back once')
  const outbox = await pharmacy.outbox(luc)
  assert.deepEqual(outbox.map(({ kind, state }) => [kind, state]).toSorted(), [
    ['discard', 'accepted'],
    ['dispensation', 'accepted'],
  ])
}

async function behindPin(france: TestCountry, { home }: TestCountry): Promise<void> {
  const { pharmacy } = france.b
  await writeFile(
    join(home, 'folder', 'documents', 'maria-joao-ferreira.prescription-1.about.json'),
    JSON.stringify({ prescription: { pin: '4711' } }),
  )
  const context = await contextOf(france, luc, 'PT', MARIA)
  const isWarfarin = ({ prescription }: ListedDocument) => prescription?.atc?.code === 'B01AA03'
  for (const search of [undefined, { pin: '4712' }]) {
    assert.ok(!valueFrom(await pharmacy.list(context, search)).some(isWarfarin), 'not without it')
  }
  const search = { pin: '4711' }
  const listed = valueFrom(await pharmacy.list(context, search)).find(isWarfarin)
  assert.ok(listed)
  const order = await warfarinOrder(france, context, 'with-pin', search)
  assert.ok(!(await pharmacy.dispense(context, { ...order, confirmation: 'without', search: {} })).ok)
  assert.equal(valueFrom(await pharmacy.dispense(context, order)).entry.state, 'accepted')
}
