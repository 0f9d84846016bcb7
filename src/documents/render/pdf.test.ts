import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { readDocument } from '../read.ts'
import { openFonts, printable, REPLACEMENT } from './pdf/fonts.ts'
import { renderPdf } from './pdf.ts'
import { portugueseSummary } from './test-documents.ts'
import { quietTerminology } from './test-terminology.ts'
import { summaryView } from './view.ts'

const MESSAGES = openMessages(join(import.meta.dirname, '../../../data/messages'), 'fr')
const POPPLER = spawnSync('pdfinfo', ['-v']).error === undefined

async function pdf(change?: (bundle: Record<string, unknown>) => void): Promise<Uint8Array> {
  const read = readDocument(portugueseSummary(change), { terminology: quietTerminology })
  assert.ok(read.ok)
  const reader = { language: 'fr', terminology: quietTerminology, messages: MESSAGES, now: new Date() }
  return renderPdf(summaryView(read.value, reader))
}

function poppler(command: string, options: readonly string[], bytes: Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'pdf-'))
  try {
    const file = join(directory, 'x.pdf')
    writeFileSync(file, bytes)
    return spawnSync(command, [...options, file, ...(command === 'pdftotext' ? ['-'] : [])], { encoding: 'utf8' })
      .stdout
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('characters without a glyph are replaced visibly, others stay', () => {
  let missing = 0
  const shown = (text: string): string => printable(text, openFonts().coverage, () => missing++)
  assert.equal(shown('Ωμέγα Привет ő œ €'), 'Ωμέγα Привет ő œ €')
  assert.equal(missing, 0)
  assert.equal(shown('李 x'), `${REPLACEMENT} x`)
  assert.equal(missing, 1)
})

test('the PDF is tagged, titled, and holds both languages', { skip: !POPPLER && 'pdfinfo is absent' }, async () => {
  const bytes = await pdf()
  const info = poppler('pdfinfo', [], bytes)
  assert.match(info, /Tagged:\s+yes/)
  assert.match(info, /Title:\s+Résumé patient – FERREIRA Maria João/)
  const structure = poppler('pdfinfo', ['-struct'], bytes)
  for (const tag of ['Document', 'H1', 'H2', 'Table', 'TR', 'TH', 'TD'])
    assert.match(structure, new RegExp(`\\b${tag}\\b`))
  const text = poppler('pdftotext', ['-layout'], bytes)
  for (const words of [
    'Alergia à penicilina',
    'Allergies et intolérances',
    'anticoagulant',
    'page 1 sur',
    'Chá de hipericão',
  ]) {
    assert.ok(text.includes(words), words)
  }
})

test('a text longer than a page is printed whole', { skip: !POPPLER && 'pdftotext is absent' }, async () => {
  const words = Array.from({ length: 3000 }, (_, index) => `palavra${index}`)
  const bytes = await pdf((bundle) => {
    const note = JSON.stringify([{ text: words.join(' ') }])
    bundle.entry = JSON.parse(JSON.stringify(bundle.entry).replace('"id":"t",', `"id":"t","note":${note},`))
  })
  const text = poppler('pdftotext', [], bytes)
  for (const word of words) assert.ok(text.includes(word), word)
})

test('what cannot be printed is noted on the page', { skip: !POPPLER && 'pdftotext is absent' }, async () => {
  const bytes = await pdf((bundle) => {
    bundle.entry = JSON.parse(JSON.stringify(bundle.entry).replace('Vive só', '獨居'))
  })
  assert.match(poppler('pdftotext', [], bytes), /ne peuvent pas être imprimés/)
})
