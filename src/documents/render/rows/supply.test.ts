/** What a pharmacist must not overlook stands in the row of the medicine, in the reader's language. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { TERMINOLOGY } from '../../cda/testing/documents.ts'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { prescriptionBundle, read } from '../../pharmacy/testing/prescriptions.ts'
import { readDocument } from '../../read.ts'
import { renderText } from '../text.ts'
import { summaryView } from '../view.ts'

const MESSAGES = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'messages')

function shown(document: ClinicalDocument, language: string): string {
  const messages = openMessages(MESSAGES, language)
  const view = summaryView(document, { language, terminology: TERMINOLOGY, messages, now: new Date('2026-11-27') })
  return renderText(view).replace(/\s+/g, ' ')
}

test('packages, validity and substitution of a prescription', () => {
  const refused = shown(read(prescriptionBundle({ substitution: false })), 'fr')
  assert.match(refused, /substitution non autorisée/)
  assert.match(refused, /à délivrer : 2 conditionnements/)
  assert.match(refused, /valable : jusqu’au 30\.06\.2024/)
  assert.match(shown(read(prescriptionBundle({ substitution: true })), 'de'), /Austausch erlaubt/)
  assert.doesNotMatch(shown(read(prescriptionBundle({})), 'fr'), /substitution/)
})

test('tablets are shown as tablets, not as packages', () => {
  const quantity = { value: 30, unit: 'tablet', system: 'http://standardterms.edqm.eu', code: '15054000' }
  assert.match(shown(read(prescriptionBundle({ quantity })), 'en'), /to be dispensed: 30 tablets/)
})

test('a product without words in its code is shown by its name, a pack in a pack by both numbers', {
  skip: withoutCorpus(),
}, () => {
  const [file] = corpusFiles('openncp/cda/ep/v9__lantussolostar.xml')
  assert.ok(file)
  const document = readDocument(readFileSync(file), { terminology: TERMINOLOGY })
  assert.ok(document.ok)
  const text = shown(document.value, 'fr')
  assert.match(text, /- Lantus SoloStar \[en finnois\]/)
  assert.match(text, /5 × 3 ml/)
})

test('what was given, when, and that it is another product', { skip: withoutCorpus() }, () => {
  const [file] = corpusFiles('openncp/cda/ed/dk__GrRequest1.xml')
  assert.ok(file)
  const document = readDocument(readFileSync(file), { terminology: TERMINOLOGY })
  assert.ok(document.ok)
  const text = shown(document.value, 'fr')
  assert.match(text, /autre produit que celui prescrit/)
  assert.match(text, /délivré : \d+ conditionnement/)
})
