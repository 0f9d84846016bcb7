/** What is said in words only must never look like nothing. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { readDocument } from '../read.ts'
import { renderPage } from './page.ts'
import type { SummaryView } from './summary-view.ts'
import { quietTerminology } from './test-terminology.ts'
import { renderText } from './text.ts'
import { plain } from './values.ts'
import { summaryView } from './view.ts'

const MESSAGES = openMessages(join(import.meta.dirname, '../../../data/messages'), 'fr')

interface Written {
  readonly code: string
  readonly status?: string
  readonly words?: string
  readonly reason?: string
  readonly entries?: readonly object[]
}

function show(...written: readonly Written[]): SummaryView {
  const resources: object[] = []
  const section = written.map(({ code, status = 'additional', words, reason, entries = [] }) => ({
    code: { coding: [{ system: 'http://loinc.org', code }] },
    ...(words === undefined
      ? {}
      : { text: { status, div: `<div xmlns="http://www.w3.org/1999/xhtml">${words}</div>` } }),
    ...(reason === undefined ? {} : { emptyReason: { coding: [{ code: reason }] } }),
    entry: entries.map((entry) => {
      resources.push({ id: `e${resources.length}`, ...entry })
      return { reference: `urn:uuid:e${resources.length - 1}` }
    }),
  }))
  const all = [
    {
      resourceType: 'Composition',
      language: 'pt',
      type: { coding: [{ system: 'http://loinc.org', code: '60591-5' }] },
      section,
    },
    { resourceType: 'Patient', name: [{ family: 'Silva' }] },
  ]
  const entry = [
    ...all.map((resource) => ({ resource })),
    ...resources.map((resource, position) => ({ fullUrl: `urn:uuid:e${position}`, resource })),
  ]
  const read = readDocument(Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'document', entry })), {
    terminology: quietTerminology,
  })
  assert.ok(read.ok)
  return summaryView(read.value, {
    language: 'fr',
    terminology: quietTerminology,
    messages: MESSAGES,
    now: new Date(2026, 10, 24),
  })
}

const ALLERGIES = '48765-2'
const MEDICINES = '10160-0'

test('allergies in words are shown in the danger block, in red, in their own language', () => {
  const view = show({ code: ALLERGIES, words: '<p>Penicilina: choque em 1994</p>', reason: 'unavailable' })
  assert.equal(view.sections[0]?.state, 'text')
  assert.equal(view.danger.allergyState, 'text')
  const page = renderPage(view)
  assert.match(page, /class="card danger"[\s\S]*<span lang="pt">Penicilina: choque em 1994<\/span>[\s\S]*en portugais/)
  assert.doesNotMatch(page, /Pas d’information|n’inscrit rien/)
  assert.match(renderText(view), /\| Penicilina: choque em 1994/)
})

test('a coded “no information” does not hide what the section adds in words', () => {
  const code = {
    coding: [{ system: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', code: 'no-allergy-info' }],
  }
  const entries = [{ resourceType: 'AllergyIntolerance', code }]
  const view = show({ code: ALLERGIES, words: 'Refere alergia ao látex', entries })
  assert.equal(plain(view.danger.allergyText?.words ?? []), 'Refere alergia ao látex')
  assert.equal(
    show({ code: ALLERGIES, status: 'generated', words: 'Sem dados', entries }).danger.allergyText,
    undefined,
  )
})

test('a dash is not a text, and an allergy without a name warns of nothing', () => {
  assert.equal(
    show({ code: ALLERGIES, words: '<p>—</p>', reason: 'unavailable' }).danger.allergyState,
    'no-information',
  )
  const nameless = [{ resourceType: 'AllergyIntolerance', clinicalStatus: { coding: [{ code: 'active' }] } }]
  const view = show({ code: ALLERGIES, words: 'Alergia ao pólen', entries: nameless })
  assert.equal(view.danger.allergyState, 'text')
  assert.equal(view.sections[0]?.state, 'text')
})

test('the reason that the writer gives is kept when the text only repeats it', () => {
  const asked = show({ code: ALLERGIES, status: 'generated', words: 'Não perguntado', reason: 'notasked' })
  assert.equal(asked.sections[0]?.state, 'no-information')
  const none = show({ code: ALLERGIES, words: 'Nega alergias', reason: 'nilknown' })
  assert.equal(none.sections[0]?.state, 'none-known')
  assert.equal(plain(none.danger.allergyText?.words ?? []), 'Nega alergias')
})

test('allergies that read the same warn once and keep their rows', () => {
  const entries = [1, 2].map(() => ({ resourceType: 'AllergyIntolerance', code: { text: 'Aspirina' } }))
  const view = show({ code: ALLERGIES, words: 'Aspirina', entries })
  assert.equal(view.danger.allergies.length, 1)
  assert.equal(view.sections[0]?.rows.length, 2)
})

test('medicines in words only, or without a code, are said to be of unknown risk', () => {
  const told = show({ code: MEDICINES, words: 'Toma varfarina', reason: 'unavailable' })
  assert.match(told.danger.medicineSentences.map(plain).join(), /en texte seulement.*lire la section/)
  const statement = {
    resourceType: 'MedicationStatement',
    status: 'active',
    medicationCodeableConcept: { text: 'Chá' },
  }
  const mixed = show({ code: MEDICINES, words: 'Chá', entries: [statement] })
  assert.deepEqual(mixed.danger.medicineSentences.map(plain), ['Sans code, risque non évalué : Chá'])
  const coded = {
    ...statement,
    medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: 'C08CA01' }] },
  }
  assert.deepEqual(show({ code: MEDICINES, words: 'x', entries: [coded] }).danger.medicineSentences, [])
})

test('sections of words count as statements taken over as text', () => {
  const view = show(
    { code: ALLERGIES, words: 'Penicilina', reason: 'unavailable' },
    { code: MEDICINES, words: 'Varfarina' },
    { code: '18776-5', words: '—', reason: 'unavailable' },
  )
  const share = view.account.shares.find(({ key }) => key === 'text')
  assert.equal(share?.count, 2)
  assert.equal(share.rows.length, 2)
  assert.equal(view.account.statements, 2)
})
