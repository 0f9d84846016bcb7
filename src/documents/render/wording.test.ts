/** Names, doses, units and dates as a doctor reads them; and what is not in the reader's language says so. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import type { Designation } from '#terminology/terminology.ts'
import { readDocument } from '../read.ts'
import { renderPage } from './page.ts'
import type { Row, SummaryView } from './summary-view.ts'
import { portugueseSummary } from './test-documents.ts'
import { fixedTerminology } from './test-terminology.ts'
import { plain } from './values.ts'
import { summaryView } from './view.ts'

const EDQM = 'http://standardterms.edqm.eu'
const ATC = 'http://www.whocc.no/atc'
const UCUM = 'http://unitsofmeasure.org'

function french(term: string): Designation {
  return { term, language: 'fr', match: 'exact', source: 'test', status: 'unreviewed' }
}

const TERMS = fixedTerminology({
  [`${ATC}|B01AA03`]: french('Warfarine'),
  [`${EDQM}|10219000`]: french('Comprimé'),
  [`${EDQM}|20053000`]: french('Voie orale'),
  [`${UCUM}|mg`]: french('milligramme'),
})

/** The authored summary with other entries appended and the medicine section pointing at them. */
function show(resources: readonly object[], section = '10160-0', source = 'pt'): SummaryView {
  const bytes = portugueseSummary((bundle) => {
    const entry: { resource: Record<string, unknown> }[] = JSON.parse(JSON.stringify(bundle.entry))
    const composition = entry[0]?.resource
    assert.ok(composition)
    composition.language = source
    composition.section = [
      { code: { coding: [{ system: 'http://loinc.org', code: section }] }, entry: [{ reference: 'urn:uuid:x0' }] },
    ]
    const added = resources.map((resource, position) => ({ fullUrl: `urn:uuid:x${position}`, resource }))
    bundle.entry = [entry[0], entry[1], ...added]
  })
  const read = readDocument(bytes, { terminology: TERMS })
  assert.ok(read.ok)
  const messages = openMessages(join(import.meta.dirname, '../../../data/messages'), 'fr')
  return summaryView(read.value, { language: 'fr', terminology: TERMS, messages, now: new Date(2026, 10, 24) })
}

function row(view: SummaryView): Row {
  const found = view.sections[0]?.rows[0]
  assert.ok(found)
  return found
}

const amount = (value: number, code: string): object => ({ value, unit: code, system: UCUM, code })

const STATEMENT = {
  resourceType: 'MedicationStatement',
  status: 'active',
  medicationReference: { reference: 'urn:uuid:x1' },
  effectivePeriod: { start: '2009-05' },
  dosage: [
    {
      route: { coding: [{ system: EDQM, code: '20053000', display: 'via oral' }] },
      timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
      doseAndRate: [{ doseQuantity: amount(1, '1') }],
    },
  ],
}

function medication(ingredient: object, more: object = {}): object {
  return {
    resourceType: 'Medication',
    code: { text: 'Varfarina' },
    form: { coding: [{ system: EDQM, code: '10219000', display: 'Comprimido' }] },
    ingredient: [
      { itemCodeableConcept: ingredient, strength: { numerator: amount(5, 'mg'), denominator: amount(1, '1') } },
    ],
    ...more,
  }
}

const WARFARIN = { coding: [{ system: ATC, code: 'B01AA03', display: 'varfarina' }] }

test('a product without a code has the name of its ingredient and its strength, the original beside', () => {
  const view = show([STATEMENT, medication(WARFARIN)])
  const shown = row(view)
  assert.equal(plain(shown.term), 'Warfarine 5\u00a0mg')
  assert.equal(shown.fate, 'translated')
  assert.deepEqual(shown.second.map(plain), ['1\u00a0comprimé, 1 fois par jour, voie orale', 'depuis 05.2009'])
  assert.deepEqual(shown.subs.map(plain), ['comprimé'])
  assert.deepEqual(shown.original.map(plain), ['Varfarina', 'Comprimido'])
  assert.equal(plain(view.danger.medicines[0]?.term ?? []), 'Warfarine 5\u00a0mg')
  assert.match(view.danger.medicines[0]?.subs.map(plain).join(' | ') ?? '', /Varfarina$/)
  const page = renderPage(view)
  assert.doesNotMatch(page, /texte sans code|en portugais|mg \/ 1/)
})

test('“text without code” is said only when neither product nor ingredient has one', () => {
  const unknown = show([STATEMENT, medication({ coding: [{ system: ATC, code: 'X99', display: 'Coisa' }] })])
  assert.equal(row(unknown).fate, 'original-language')
  assert.doesNotMatch(renderPage(unknown), /texte sans code/)
  const text = show([STATEMENT, medication({ text: 'Coisa' })])
  assert.equal(row(text).fate, 'text')
  assert.match(renderPage(text), /en portugais<\/span> <span class="tag warn">texte sans code/)
})

test('words that nobody translated are marked in words, wherever in the row they stand', () => {
  const dosage = [{ route: { coding: [{ system: EDQM, code: '99999999', display: 'via desconhecida' }] } }]
  const shown = row(show([{ ...STATEMENT, dosage }, medication(WARFARIN)]))
  assert.match(plain(shown.second[0] ?? []), /^via desconhecida \(en portugais\)$/)
})

test('no line of a row is said twice', () => {
  const statement = { ...STATEMENT, dosage: [{ text: 'Chá, ocasional' }], medicationReference: undefined }
  const shown = row(show([{ ...statement, medicationCodeableConcept: { text: 'Chá, ocasional' } }]))
  const lines = [shown.term, ...shown.subs, ...shown.second, ...shown.original].map(plain)
  assert.equal(lines.filter((line) => line.includes('Chá')).length, 1)
})

test('the reason of a treatment is told in its row and not once more elsewhere', () => {
  const reason = {
    resourceType: 'Observation',
    code: { text: 'Doença' },
    valueCodeableConcept: { text: 'Fibrilhação auricular' },
  }
  const view = show([{ ...STATEMENT, reasonReference: [{ reference: 'urn:uuid:x2' }] }, medication(WARFARIN), reason])
  assert.match(row(view).subs.map(plain).join('|'), /pour Fibrilhação auricular \(en portugais\)/)
  assert.equal(
    view.sections.find(({ group }) => group === 'other'),
    undefined,
  )
})

test('units are symbols that every reader knows, or words of the reader', () => {
  const told = (quantity: object): string =>
    plain(
      row(show([{ resourceType: 'Observation', code: { text: 'x' }, valueQuantity: quantity }], '30954-2')).second[0] ??
        [],
    ).replaceAll('\u00a0', ' ')
  assert.equal(told(amount(120, 'mm[Hg]')), '120 mmHg')
  assert.equal(told(amount(4.5, '10*9/L')), '4,5 ×10⁹/l')
  assert.equal(told(amount(3.9, '{INR}')), '3,9')
  assert.equal(told(amount(60, 'mL/min/{1.73_m2}')), '60 ml/min/1,73 m²')
  assert.equal(told(amount(5, 'mg')), '5 mg')
  assert.equal(told(amount(27.5, 'kg/m2')), '27,5 kg/m²')
  assert.equal(told(amount(2, 'm[IU]/L')), '2 mUI/l')
  assert.equal(told(amount(20, 'ug/d')), '20 µg/jour')
  assert.equal(told({ value: 2, unit: 'colheres' }), '2 colheres (en portugais)')
  assert.equal(told(amount(2, '{tablet}')), '2 comprimés')
  assert.equal(told({ value: 7, code: '[HPF]}{' }), '7 [HPF]}{')
})

test('Greek family names in capitals carry no accents', () => {
  const view = show([], '10160-0', 'el')
  assert.equal(view.header.patientName, 'FERREIRA Maria João')
  const greek = portugueseSummary((bundle) => {
    bundle.entry = JSON.parse(JSON.stringify(bundle.entry).replace('"Ferreira"', '"Παπαδοπούλου"'))
  })
  const read = readDocument(greek, { terminology: TERMS })
  assert.ok(read.ok)
  const { messages } = view
  const shown = summaryView(read.value, { language: 'fr', terminology: TERMS, messages, now: new Date() })
  assert.equal(shown.header.patientName, 'ΠΑΠΑΔΟΠΟΥΛΟΥ Maria João')
})
