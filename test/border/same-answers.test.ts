/**
 * A patient's choice is his secret: who opted out, who is not known and who has no document are answered alike, in bytes and
 * in time, on both wires (EHDS Art. 8). Discovery knows no choice: XCPD finds the person whatever he chose about documents.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Asker, type Border, type Reply, startBorder } from './support/border.ts'
import { assertionsOf, tokenOf } from './support/credentials.ts'
import { askPortugal, BEATRIZ, FERREIRA, listedName, NOBODY, TAVARES } from './support/requests.ts'
import { codesOf, envelope, posted, retrieveDocument, type Transaction } from './support/soap.ts'

const SILENT = { 'opted out': TAVARES, 'no document': BEATRIZ, unknown: NOBODY } as const

describe('hidden, opted out and nothing there are one answer', () => {
  let border: Border
  let france: Asker

  before(async () => {
    border = await startBorder({ nodes: ['PT'] })
    france = await border.asker('FR')
  })
  after(() => border?.close())

  async function overIhe(transaction: Transaction, patient: string, document?: string): Promise<Reply> {
    const { hcp, trc } = assertionsOf(france, { patient })
    if (document === undefined) {
      return askPortugal(border, france, transaction, transaction === 'ITI-55' ? [hcp] : [hcp, trc], patient)
    }
    const home = border.homeCommunityId('PT')
    const text = envelope(transaction, retrieveDocument(home, `${home}.2`, document), [hcp, trc])
    return border.send('PT', france, posted(transaction, text))
  }

  async function overFhir(path: 'DocumentReference' | `Bundle/${string}`, patient: string): Promise<Reply> {
    const scope = path === 'DocumentReference' ? 'user/DocumentReference.search' : 'user/Bundle.read'
    const token = await tokenOf(france, { patient, audience: border.homeCommunityId('PT'), scope })
    const asked = new URLSearchParams({ 'patient.identifier': patient, type: 'http://loinc.org|60591-5' })
    const query = path === 'DocumentReference' ? `?${asked}` : ''
    return border.send('PT', france, { path: `/fhir/${path}${query}`, headers: { authorization: `Bearer ${token}` } })
  }

  /** Masked are identifiers made for the message, times, boundaries, and the number that the asker wrote himself. */
  function masked({ status, headers, text }: Reply): string {
    const { date: _, ...kept } = headers
    return JSON.stringify([status, kept, text])
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
      .replace(/(creationTime value=\\")[^"\\]*/g, '$1TIME')
      .replace(/284556731|301447802|999999999/g, 'NUMBER')
  }

  test('ITI-38: the same bytes, for a summary and for every other class', async () => {
    const answers = await Promise.all(Object.values(SILENT).map((patient) => overIhe('ITI-38', patient)))
    assert.equal(new Set(answers.map(masked)).size, 1)
    for (const answer of answers) assert.deepEqual(codesOf(answer), ['ERROR_PS_NOT_FOUND'])
  })

  test('ITI-39: the same bytes, for the name of a real document and for an invented one', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    const real = await listedName(border, france, [hcp, trc])
    const answers = await Promise.all([
      ...Object.values(SILENT).map((patient) => overIhe('ITI-39', patient, real)),
      overIhe('ITI-39', FERREIRA, '2.25.4711'),
      overIhe('ITI-39', TAVARES, '2.25.4711'),
    ])
    assert.equal(new Set(answers.map(masked)).size, 1)
    for (const answer of answers) assert.deepEqual(codesOf(answer), ['XDSMissingDocument'])
  })

  test('ITI-55: who opted out is found like anybody else; who is not known is not', async () => {
    const [optedOut, other, unknown] = await Promise.all(
      [TAVARES, BEATRIZ, NOBODY].map((one) => overIhe('ITI-55', one)),
    )
    assert.ok(optedOut && other && unknown)
    const shape = (reply: Reply) => reply.text.replace(/>[^<]*</g, '><').replace(/="[^"]*"/g, '')
    const once = (text: string) => text.replace(/(<given><\/given>)+/g, '<given/>')
    assert.equal(once(shape(optedOut)), once(shape(other)))
    assert.deepEqual([codesOf(optedOut), codesOf(unknown)], [[], ['ERROR_PI_NO_MATCH']])
  })

  test('FHIR: the same bytes, listing and reading', async () => {
    const listings = await Promise.all(Object.values(SILENT).map((patient) => overFhir('DocumentReference', patient)))
    assert.equal(new Set(listings.map(masked)).size, 1)
    assert.equal(listings[0]?.status, 200)
    const real = /DocumentReference[^"]*Bundle\/([\w.-]+)/.exec(
      (await overFhir('DocumentReference', FERREIRA)).text,
    )?.[1]
    const readings = await Promise.all(
      Object.values(SILENT).map((patient) => overFhir(`Bundle/${real ?? 'psum-0000'}`, patient)),
    )
    readings.push(await overFhir('Bundle/0123456789abcdef', FERREIRA))
    assert.equal(new Set(readings.map(masked)).size, 1)
    assert.equal(readings[0]?.status, 404)
  })

  for (const [name, ask] of [
    ['ITI-38', (patient: string) => overIhe('ITI-38', patient)],
    ['ITI-39', (patient: string) => overIhe('ITI-39', patient, '2.25.4711')],
    ['FHIR', (patient: string) => overFhir('DocumentReference', patient)],
  ] as const) {
    test(`${name}: the clock does not tell them apart (rank test over 40 answers of each)`, async () => {
      const score = await compare(ask, TAVARES, BEATRIZ)
      assert.ok(Math.abs(score) < MARGIN, `${name} told them apart: ${score.toFixed(1)}`)
    })
  }

  test('the same test does tell an answer with documents from one without', async () => {
    const score = await compare((patient) => overIhe('ITI-38', patient), FERREIRA, BEATRIZ)
    assert.ok(Math.abs(score) > MARGIN, `the instrument is blind: ${score.toFixed(1)}`)
  })
})

type Ask = (patient: string) => Promise<Reply>

/** Mann–Whitney over 40 answers of each: how far their ranks are from what chance gives, in standard deviations. */
async function compare(ask: Ask, one: string, other: string): Promise<number> {
  const taken: Taken[] = []
  for (let round = 0; round < 44; round += 1) {
    // In turns, and each first as often as last: what else runs on the machine touches both alike.
    for (const patient of round % 2 ? [one, other] : [other, one]) {
      const begun = performance.now()
      await ask(patient)
      // The first answers warm up.
      if (round >= 4) taken.push({ of: patient === one, took: performance.now() - begun })
    }
  }
  return standardScore(taken)
}

interface Taken {
  /** Of the first of the two. */
  readonly of: boolean
  readonly took: number
}

/** By chance once in three million. */
const MARGIN = 5

function standardScore(taken: readonly Taken[]): number {
  const sorted = [...taken].sort((one, other) => one.took - other.took)
  const ranks = sorted.reduce((sum, { of }, index) => (of ? sum + index + 1 : sum), 0)
  const each = taken.length / 2
  const mean = (each * (taken.length + 1)) / 2
  return (ranks - mean) / Math.sqrt((each * each * (taken.length + 1)) / 12)
}
