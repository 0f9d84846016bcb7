import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openTerminology } from '#terminology/index.ts'
import { countryB, dispensingJob } from './country-b/country-b.ts'
import { type Europe, openEurope, type TestCountry, valueFrom, type Weather } from './testing/europe.ts'
import { contextOf, luc, MARIA, realReading, warfarinOrder } from './testing/journeys.ts'

/** Dispensing over real lines that break: whatever happens, the prescription is dispensed once, and nobody guesses. */

let cache: string
let open: (plans: NonNullable<Parameters<typeof openEurope>[3]>, clock: () => Date) => Promise<Europe>

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tessera-dispensing-'))
  const reading = realReading(await openTerminology({ cache }))
  open = (plans, clock) => openEurope(Object.keys(plans), reading, clock, plans)
})
after(() => rm(cache, { recursive: true, force: true }))

const ways = [
  { name: 'IHE', plans: { FR: { wires: ['ihe'] }, PT: { wires: ['ihe'] } } },
  { name: 'FHIR', plans: { FR: { wires: ['fhir'] }, PT: { wires: ['fhir'] } } },
  { name: 'a bridge to IHE', plans: { FR: { wires: ['fhir'], bridge: true }, PT: { wires: ['ihe'] } } },
  { name: 'a bridge to FHIR', plans: { FR: { wires: ['ihe'], bridge: true }, PT: { wires: ['fhir'] } } },
] as const

/** The line breaks in the middle of the answer. */
const broken = () =>
  new Response(new ReadableStream({ start: (controller) => controller.error(new Error('gone')) }), {
    headers: { 'content-type': 'application/soap+xml' },
  })

/** Submissions are the only requests in these tests that country A is asked to act on. */
async function isSubmission(request: Request): Promise<boolean> {
  if (request.method !== 'POST') return false
  const { pathname } = new URL(request.url)
  return pathname.startsWith('/fhir') || pathname.includes('XDR')
}

function onSubmissions(weather: Weather): Weather {
  return async (request, answer) => ((await isSubmission(request)) ? weather(request, answer) : answer(request))
}

const answerLost = onSubmissions(async (request, answer) => {
  await (await answer(request)).arrayBuffer()
  return broken()
})

const deliveredTwice = onSubmissions(async (request, answer) => {
  const copy = request.clone()
  const first = await answer(request)
  await answer(copy)
  return first
})

const requestLost = onSubmissions(async () => broken())

/** As a node that starts again: nothing but the database is left. */
function restarted(country: TestCountry): () => Promise<unknown> {
  return dispensingJob(country.options)
}

const submissions = ({ calls }: TestCountry): number => calls.filter((call) => call === 'submitDispensation').length

for (const { name, plans } of ways) {
  test(`over ${name}`, async (t) => {
    let now = Date.now()
    const europe = await open(plans, () => new Date(now))
    t.after(() => europe.close())
    const france = europe.country('FR')
    const portugal = europe.country('PT')
    const context = await contextOf(france, luc, 'PT', MARIA)

    await t.test('a request that was lost is sent again, the same', async () => {
      const order = await warfarinOrder(france, context, 'lost-request')
      portugal.disturb(requestLost)
      const { entry, sentence } = valueFrom(await france.b.pharmacy.dispense(context, order))
      assert.equal(entry.state, 'unknown')
      assert.ok(sentence, 'the pharmacist is told that it is not known')
      portugal.disturb()
      now += 60_000
      await restarted(france)()
      const settled = await entryOf(france, entry.submissionId)
      assert.deepEqual([settled?.state, settled?.attempts], ['accepted', 2])
      assert.equal(submissions(portugal), 1)
      assert.equal(valueFrom(await france.b.pharmacy.discard(context, entry.dispensationId)).entry.state, 'accepted')
    })

    await t.test('an answer that was lost does not make two dispensations', async () => {
      portugal.calls.length = 0
      const order = await warfarinOrder(france, context, 'lost-answer')
      portugal.disturb(answerLost)
      const { entry } = valueFrom(await france.b.pharmacy.dispense(context, order))
      assert.equal(entry.state, 'unknown')
      const pressedAgain = valueFrom(await countryB(france.options).pharmacy.dispense(context, order)).entry
      assert.equal(pressedAgain.submissionId, entry.submissionId)
      portugal.disturb()
      now += 60_000
      await Promise.all([restarted(france)(), restarted(france)()])
      const settled = await entryOf(france, entry.submissionId)
      assert.equal(settled?.state, 'accepted', JSON.stringify(settled))
      assert.equal(submissions(portugal), 1)
      assert.equal(valueFrom(await france.b.pharmacy.discard(context, entry.dispensationId)).entry.state, 'accepted')
    })

    await t.test('a request that arrives twice is one dispensation', async () => {
      portugal.calls.length = 0
      const order = await warfarinOrder(france, context, 'twice')
      portugal.disturb(deliveredTwice)
      const { entry } = valueFrom(await france.b.pharmacy.dispense(context, order))
      portugal.disturb()
      assert.equal(entry.state, 'accepted')
      assert.equal(submissions(portugal), 1)
    })

    await t.test('every attempt is in the ledger of the country that asked', async () => {
      const entries = await france.ledger.list({ professional: luc.identifier })
      const text = JSON.stringify(entries.map(({ event }) => event))
      for (const { submissionId } of await france.b.pharmacy.outbox(luc)) assert.ok(text.includes(submissionId))
      assert.ok((await france.ledger.verify()).intact)
    })
  })
}

async function entryOf({ b }: TestCountry, submissionId: string) {
  return (await b.pharmacy.outbox(luc)).find((one) => one.submissionId === submissionId)
}

test('a country that is down: nothing was sent, and that is what is said', async (t) => {
  const europe = await open({ FR: { wires: ['ihe'] }, PT: { wires: ['ihe'] } }, () => new Date())
  t.after(() => europe.close())
  const france = europe.country('FR')
  const portugal = europe.country('PT')
  const context = await contextOf(france, luc, 'PT', MARIA)
  const order = await warfarinOrder(france, context, 'down')
  const { ihe } = portugal.participant
  assert.ok(ihe)
  const down = { ...ihe, submission: 'https://127.0.0.1:1/XDR_Service' }
  await europe.register([france.participant, { ...portugal.participant, ihe: down }])
  const { entry, sentence } = valueFrom(await france.b.pharmacy.dispense(context, order))
  assert.deepEqual([entry.state, entry.code], ['sending', 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE'])
  assert.match(sentence ?? '', /could not be reached/)
})
