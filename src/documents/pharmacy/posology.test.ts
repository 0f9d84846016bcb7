/** Posology in the reader's words, with the prescriber's beside them and a mark where words do not say everything. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { TERMINOLOGY } from '../cda/testing/documents.ts'
import { type PosologyLine, posologyOf } from './posology.ts'
import { prescriptionOf } from './prescription.ts'
import { prescriptionBundle, read } from './testing/prescriptions.ts'

const MESSAGES = join(import.meta.dirname, '..', '..', '..', 'data', 'messages')

function line(dosage: Readonly<Record<string, unknown>>, language = 'en'): PosologyLine {
  const document = read(prescriptionBundle({ dosageInstruction: [dosage] }))
  const resource = prescriptionOf(document)?.items[0]?.resource ?? ''
  const [found] = posologyOf(document, resource, {
    language,
    terminology: TERMINOLOGY,
    messages: openMessages(MESSAGES, language),
    now: new Date('2024-01-10'),
  })
  assert.ok(found)
  return found
}

const TWICE = {
  text: '1 tablet morning and night, 10 days',
  timing: {
    repeat: {
      frequency: 2,
      period: 1,
      periodUnit: 'd',
      boundsDuration: { value: 10, unit: 'd', code: 'd', system: 'http://unitsofmeasure.org' },
    },
  },
  doseAndRate: [{ doseQuantity: { value: 1, unit: '1' } }],
}

test('dose, rhythm and length in each language of the interface', () => {
  const said: Readonly<Record<string, RegExp>> = {
    en: /^1.tablet, 2 times a day, for 10.days$/,
    fr: /^1.comprimé, 2 fois par jour, pendant 10.jours$/,
    pt: /^1.comprimido, 2 vezes por dia, durante 10.dias$/,
    de: /^1.Tablette, 2-mal täglich, für 10.Tage$/,
    es: /^1.comprimido, 2 veces al día, durante 10.días$/,
    it: /^1.compressa, 2 volte al giorno, per 10.giorni$/,
    nl: /^1.tablet, 2 maal per dag, gedurende 10.dagen$/,
    et: /^1.tablett, 2 korda päevas, 10.päeva jooksul$/,
    el: /^1.δισκίο, 2 φορές την ημέρα, για 10.ημέρες$/,
  }
  for (const [language, words] of Object.entries(said)) {
    const found = line(TWICE, language)
    assert.match(found.words ?? '', words, language)
    assert.ok(found.complete, language)
    assert.deepEqual(found.original, ['1 tablet morning and night, 10 days'])
  }
})

test('a greatest dose and a rhythm with a range are said', () => {
  const found = line({
    timing: { repeat: { frequency: 1, period: 4, periodMax: 6, periodUnit: 'h' } },
    maxDosePerPeriod: {
      numerator: { value: 8, unit: '{tablet}', code: '{tablet}', system: 'http://unitsofmeasure.org' },
      denominator: { value: 1, unit: 'd', code: 'd', system: 'http://unitsofmeasure.org' },
    },
    asNeededBoolean: true,
  })
  assert.match(found.words ?? '', /every 4–6 hours, at most 8.tablets in 1.day, as needed/)
  assert.ok(found.complete)
})

test('what words do not say is marked, never guessed', () => {
  for (const repeat of [
    { frequency: 1, period: 1, periodUnit: 'd', offset: 30, when: ['AC'] },
    { frequency: 1, period: 1, periodUnit: 'd', count: 5 },
    { frequency: 1, period: 1, periodUnit: 'd', duration: 2, durationUnit: 'h' },
  ])
    assert.equal(line({ text: 'so', timing: { repeat } }).complete, false, JSON.stringify(repeat))
  assert.equal(line({ ...TWICE, additionalInstruction: [{ text: 'with water' }] }).complete, false)
})

test('words alone stay the words of the prescriber', () => {
  const found = line({ text: 'selon schéma remis', patientInstruction: 'à jeun' }, 'de')
  assert.deepEqual([found.words, found.complete], [undefined, false])
  assert.deepEqual(found.original, ['selon schéma remis', 'à jeun'])
})

test('a route without a name in the reader’s language is not complete', () => {
  const route = { coding: [{ system: 'http://standardterms.edqm.eu', code: '20053000', display: 'Oral use' }] }
  assert.equal(line({ ...TWICE, route }, 'fr').complete, false)
})
