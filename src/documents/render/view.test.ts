import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import type { Designation } from '#terminology/terminology.ts'
import { readDocument } from '../read.ts'
import { documentTitle } from './document-title.ts'
import { renderPage } from './page.ts'
import { renderSummary } from './summary.ts'
import type { Section, SummaryView } from './summary-view.ts'
import { portugueseSummary } from './test-documents.ts'
import { fixedTerminology, quietTerminology } from './test-terminology.ts'
import { renderText } from './text.ts'
import { plain } from './values.ts'
import { accountReport, summaryView } from './view.ts'

const MESSAGES = join(import.meta.dirname, '../../../data/messages')

function french(term: string): Designation {
  return { term, language: 'fr', match: 'exact', source: 'test', status: 'unreviewed' }
}

const TERMS = fixedTerminology({
  'http://snomed.info/sct|91936005': french('Allergie à la pénicilline'),
  'http://snomed.info/sct|39579001': french('Choc anaphylactique'),
  'http://www.whocc.no/atc|B01AA03': french('Warfarine'),
})

function show(bytes: Uint8Array, language = 'fr', terminology = TERMS): SummaryView {
  const read = readDocument(bytes, { terminology })
  assert.ok(read.ok)
  const messages = openMessages(MESSAGES, language)
  return summaryView(read.value, { language, terminology, messages, now: new Date(2026, 10, 24) })
}

function section(view: SummaryView, code: string): Section {
  const found = view.sections.find(({ id }) => id.endsWith(code))
  assert.ok(found, `no section ${code}`)
  return found
}

test('allergies stand first, in the reader’s words with the original beside', () => {
  const view = show(portugueseSummary())
  assert.equal(view.header.patientName, 'FERREIRA Maria João')
  const [allergy] = view.danger.allergies
  assert.ok(allergy)
  assert.equal(plain(allergy.term), 'Allergie à la pénicilline')
  assert.equal(plain(allergy.tags.map(({ text }) => text)).includes('criticité élevée'), true)
  assert.match(allergy.subs.map(plain).join(' | '), /Choc anaphylactique · sévère/)
  assert.match(view.sections[0]?.id ?? '', /48765-2/)
})

test('an anticoagulant is a medicine of high risk, found through the referenced medication', () => {
  const view = show(portugueseSummary())
  assert.equal(view.danger.medicines.length, 1)
  assert.deepEqual(view.danger.medicines[0]?.tags[0]?.text, 'anticoagulant')
  const stopped = show(
    portugueseSummary((bundle) => {
      bundle.entry = JSON.parse(
        JSON.stringify(bundle.entry).replace('"id":"m","status":"active"', '"id":"m","status":"stopped"'),
      )
    }),
  )
  assert.equal(stopped.danger.medicines.length, 0)
})

test('a free text keeps its language and is counted as text', () => {
  const view = show(portugueseSummary())
  const row = section(view, '10160-0').rows[1]
  assert.equal(row?.fate, 'text')
  assert.deepEqual(row?.term, [{ kind: 'words', text: 'Chá de hipericão <ocasional>', language: 'pt' }])
  assert.match(renderPage(view), /<span lang="pt">Chá de hipericão &lt;ocasional&gt;<\/span>/)
})

test('repeated measurements are one row with a trend and words for what lies outside', () => {
  const row = section(show(portugueseSummary()), '30954-2').rows[0]
  assert.ok(row?.trend)
  assert.deepEqual(
    row.trend.points.map(({ number }) => number.text),
    ['2,4', '2,9', '3,9'],
  )
  assert.equal(plain(row.tags.map(({ text }) => text)), 'au-dessus')
})

test('every statement is in exactly one share, and a missing target is on the list', () => {
  const view = show(portugueseSummary())
  assert.equal(
    view.account.shares.reduce((sum, { count }) => sum + count, 0),
    view.account.statements,
  )
  assert.deepEqual(
    view.account.notCarried.map(({ what }) => what),
    ['AllergyIntolerance/gone'],
  )
  assert.equal(view.account.complete, false)
  assert.match(renderPage(view), /id="not-carried"/)
})

test('“nothing is lost” is said only when it is true', () => {
  const whole = portugueseSummary((bundle) => {
    bundle.entry = JSON.parse(JSON.stringify(bundle.entry).replace(',{"reference":"AllergyIntolerance/gone"}', ''))
  })
  assert.match(renderPage(show(whole)), /Rien n’est perdu/)
  assert.doesNotMatch(renderPage(show(portugueseSummary())), /Rien n’est perdu/)
})

test('what no section names is shown in a section of its own', () => {
  const other = show(portugueseSummary()).sections.find(({ group }) => group === 'other')
  assert.equal(plain(other?.rows[0]?.term ?? []), 'Vive só')
})

test('none known, no information and nothing recorded are three sentences', () => {
  const sentences = ['nilknown', 'unavailable', undefined].map((code) => {
    const bytes = portugueseSummary((bundle) => {
      const entries = JSON.parse(JSON.stringify(bundle.entry)).filter(
        (entry: { resource: { resourceType: string } }) => entry.resource.resourceType !== 'AllergyIntolerance',
      )
      const allergies = entries[0].resource.section[2]
      delete allergies.entry
      delete allergies.text
      if (code !== undefined) allergies.emptyReason = { coding: [{ code }] }
      bundle.entry = entries
    })
    return show(bytes).danger.allergySentences.map(plain).join()
  })
  assert.equal(new Set(sentences).size, 3)
})

test('narrative of the source can run nothing and opens no heading', () => {
  const html = String(renderSummary(show(portugueseSummary())))
  assert.doesNotMatch(html, /onclick|alert\(1\)|<script/)
  assert.equal(html.match(/<h1/g)?.length, 1)
})

test('a document in the reader’s own language has no second column', () => {
  const view = show(portugueseSummary(), 'pt', quietTerminology)
  assert.equal(view.sameLanguage, true)
  assert.doesNotMatch(renderPage(view), /class="orig"/)
  assert.equal(view.account.untranslated.length, 0)
})

test('a dose is told with its unit, its times and its interval', () => {
  const told = (repeat: object, doseQuantity: object): string => {
    const bytes = portugueseSummary((bundle) => {
      const dosage = JSON.stringify([{ timing: { repeat }, doseAndRate: [{ doseQuantity }] }])
      bundle.entry = JSON.parse(JSON.stringify(bundle.entry).replace('"id":"t",', `"id":"t","dosage":${dosage},`))
    })
    return plain(section(show(bytes), '10160-0').rows[1]?.second[0] ?? [])
  }
  const tablet = { value: 1, unit: 'cp' }
  assert.equal(told({ frequency: 2, period: 1, periodUnit: 'd' }, tablet), '1\u00a0cp, 2 fois par jour')
  assert.equal(told({ frequency: 1, period: 12, periodUnit: 'h' }, tablet), '1\u00a0cp, 2 fois par jour')
  assert.equal(told({ frequency: 1, period: 8, periodUnit: 'h' }, tablet), '1\u00a0cp, toutes les 8 heures')
  assert.equal(
    told({ frequency: 1, frequencyMax: 3, period: 1, periodUnit: 'd' }, tablet),
    '1\u00a0cp, 1–3 fois par jour',
  )
  assert.equal(
    told({ frequency: 1, period: 1, periodUnit: 'd', when: ['MORN'] }, { value: 2, unit: '1' }),
    '2 par prise, 1 fois par jour, le matin',
  )
  assert.equal(told({ when: ['HS'] }, { value: 2, code: '1' }), '2 par prise, au coucher')
})

test('a document that is only a file says so, and claims nothing about allergies', () => {
  const bytes = Buffer.from(
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'document',
      entry: [
        {
          resource: { resourceType: 'Composition', language: 'pt', section: [{ entry: [{ reference: 'Binary/b' }] }] },
        },
        { resource: { resourceType: 'Patient', id: 'p' } },
        { resource: { resourceType: 'Binary', id: 'b', contentType: 'application/pdf', data: 'JVBERi0xLjcK' } },
      ],
    }),
  )
  const view = show(bytes)
  assert.equal(view.isFile, true)
  const page = renderPage(view)
  assert.match(page, /href="data:application\/pdf;base64,JVBERi0xLjcK" download="document-1.pdf"/)
  assert.doesNotMatch(page, /Rien n’est perdu|n’inscrit rien/)
})

test('the report lists what has no words in the reader’s language', () => {
  const read = readDocument(portugueseSummary(), { terminology: TERMS })
  assert.ok(read.ok)
  const view = show(portugueseSummary())
  const report = accountReport(read.value, view)
  assert.equal(report.statements, report.coded + report.text)
  assert.deepEqual(
    report.untranslated.map(({ code }) => code),
    ['6301-6'],
  )
})

test('people and the making of the document are folded; all numbers of the account lead somewhere', () => {
  const page = renderPage(show(portugueseSummary()))
  assert.match(page, /id="s-people"[^>]*><details class="fold"><summary><header><h2/)
  assert.match(page, /id="s-document"[^>]*><details class="fold">/)
  assert.match(page, /<a href="#s0-48765-2">\d+ dans votre langue<\/a>/)
  assert.match(page, /<a href="#not-carried">1 information non reprise<\/a>/)
})

test('an identifier has the name of its domain, or none, but never a bare address in the head', () => {
  const view = show(portugueseSummary())
  const identifier = view.header.traits.find(({ content }) => plain(content).includes('298123456'))
  assert.deepEqual([identifier?.label.text, plain(identifier?.content ?? [])], ['Identifiant', '298123456'])
  const named = { ...TERMS, systemName: () => 'N.º de utente' }
  const other = show(portugueseSummary(), 'fr', named)
  assert.ok(other.header.traits.some(({ label }) => label.text === 'N.º de utente'))
  assert.match(renderPage(view), /urn:oid:1\.2\.3\|298123456/)
})

test('codes of the source’s structure and of the making are no missing translations', () => {
  const bytes = portugueseSummary((bundle) => {
    const coded = (code: string): object => ({ coding: [{ system: 'urn:oid:1.2.9', code, display: 'x' }] })
    const extension = [{ url: 'urn:tessera:source', extension: [{ url: 'code', valueCodeableConcept: coded('CONC') }] }]
    const text = JSON.stringify(bundle.entry).replace('"id":"m",', `"id":"m","extension":${JSON.stringify(extension)},`)
    bundle.entry = [
      ...JSON.parse(text),
      { resource: { resourceType: 'Provenance', id: 'v', activity: coded('CREATE') } },
    ]
  })
  const view = show(bytes)
  assert.deepEqual(
    view.account.untranslated.map(({ code }) => code),
    ['6301-6'],
  )
  assert.match(renderPage(view), /CONC[\s\S]*CREATE/)
})

test('a document says what it is', () => {
  const read = readDocument(portugueseSummary(), { terminology: TERMS })
  assert.ok(read.ok)
  assert.equal(documentTitle(read.value, openMessages(MESSAGES, 'fr')), 'Résumé patient')
  assert.equal(documentTitle(read.value), 'Resumo do doente')
})

test('plain text has 80 columns and the danger before the rest', () => {
  const text = renderText(show(portugueseSummary()))
  for (const line of text.split('\n')) assert.ok(line.length <= 80 || !line.trim().includes(' '), line)
  assert.ok(text.indexOf('pénicilline') < text.indexOf('Vive só'))
})
