/** Only what is wholly a PDF, PNG or JPEG gets through, whatever it is called. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { TERMINOLOGY } from '../cda/testing/documents.ts'
import { readDocument } from '../read.ts'
import { originalContentOf } from './original-content.ts'
import { originalFactsOf } from './original-facts.ts'

const LIMITS = { maximumBytes: 20_000_000 }

function verdict(bytes: Uint8Array | string): string {
  const result = originalContentOf(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, LIMITS)
  return result.ok ? `${result.value.mediaType}${result.value.active ? ' active' : ''}` : result.problem.code
}

function pdf(objects: string): string {
  return `%PDF-1.7\n%\xe2\xe3\n1 0 obj\n<</Type/Catalog${objects}>>\nendobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n`
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

const HEADER = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  chunk('IHDR', HEADER),
  chunk('IDAT', deflateSync(Buffer.from([0, 0]))),
  chunk('IEND', Buffer.alloc(0)),
])
const JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffda0008010100003f00d2cf20ff00ffd9',
  'hex',
)

test('a PDF, a PNG and a JPEG', () => {
  assert.equal(verdict(pdf('')), 'application/pdf')
  assert.equal(verdict(PNG), 'image/png')
  assert.equal(verdict(JPEG), 'image/jpeg')
})

test('everything else is refused, whatever it is called', () => {
  for (const other of [
    '<!DOCTYPE html><script>alert(1)</script>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<?xml version="1.0"?><ClinicalDocument/>',
    'PK\x03\x04',
    'GIF89a\x01\x00\x01\x00',
    'MZ',
    '\n%PDF-1.7\n%%EOF',
    'plain words',
  ])
    assert.equal(verdict(other), 'original-format', other)
  assert.equal(verdict(''), 'original-missing')
})

test('a file that is two things at once is refused', () => {
  const hidden = pdf('').replace('%\xe2\xe3', '%<html><script>alert(1)</script>')
  assert.equal(verdict(hidden), 'original-damaged')
  assert.equal(verdict(`${pdf('')}PK\x03\x04archive`), 'original-damaged')
  assert.equal(verdict(Buffer.concat([PNG, Buffer.from('<script>')])), 'original-damaged')
  assert.equal(verdict(Buffer.concat([JPEG, Buffer.from('PK\x03\x04')])), 'original-damaged')
})

test('a cut or changed file is refused', () => {
  for (const whole of [Buffer.from(pdf(''), 'latin1'), PNG, JPEG])
    for (const part of [0.3, 0.6, 0.95])
      assert.notEqual(verdict(whole.subarray(0, Math.floor(whole.length * part))).split('/')[0], 'image')
  const changed = Buffer.from(PNG)
  changed[20] = 7
  assert.equal(verdict(changed), 'original-damaged')
})

test('a PDF that can act by itself says so, however it is written', () => {
  for (const action of [
    '/OpenAction<</S/JavaScript/JS(app.alert(1))>>',
    '/OpenAction<</S/J#61vaScript/JS(1)>>',
    '/Names<</EmbeddedFiles 3 0 R>>',
    '/AA<</O<</S/Launch/F(cmd.exe)>>>>',
    '/AcroForm<</XFA 4 0 R>>',
    '/Encrypt 5 0 R',
  ])
    assert.equal(verdict(pdf(action)), 'application/pdf active', action)
  assert.equal(verdict(pdf('/Title(JavaScript and Launch as words)')), 'application/pdf')
})

test('actions inside packed objects are found; what cannot be unpacked counts as active', () => {
  const packed = (content: Buffer): string =>
    pdf('').replace(
      'xref',
      `2 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\n${content.toString('latin1')}\nendstream\nendobj\nxref`,
    )
  assert.equal(verdict(packed(deflateSync('<</S/JavaScript/JS(1)>>'))), 'application/pdf active')
  assert.equal(verdict(packed(deflateSync('<</Type/Page>>'))), 'application/pdf')
  assert.equal(verdict(packed(Buffer.from('not packed at all'))), 'application/pdf active')
})

test('size is limited before anything is looked at', () => {
  const result = originalContentOf(PNG, { maximumBytes: PNG.length - 1 })
  assert.equal(result.ok ? '' : result.problem.code, 'original-too-large')
})

test('no bytes make it throw', () => {
  const seeds = [Buffer.from(pdf('/OpenAction 2 0 R'), 'latin1'), PNG, JPEG]
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      fc.nat(),
      (seed, changes, cut) => {
        const bytes = Buffer.from(seed)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        verdict(bytes.subarray(0, cut % (bytes.length + 1)))
      },
    ),
    { numRuns: 3000, seed: 20261127 },
  )
})

test('many beginnings of packed objects are looked through in one pass', () => {
  verdict(`%PDF-1.7\n${'stream\n'.repeat(400_000)}startxref\n9\n%%EOF`)
  verdict(`%PDF-1.7\n${'obj /ObjStm stream\nendstream '.repeat(100_000)}startxref\n9\n%%EOF`)
})

test('every original document of the corpus: its file by its bytes, and its facts', { skip: withoutCorpus() }, () => {
  const classes: string[] = []
  for (const file of corpusFiles('openncp/cda/orcd/*.xml')) {
    const document = readDocument(readFileSync(file), { terminology: TERMINOLOGY, file })
    assert.ok(document.ok, file)
    const content = originalContentOf(document.value, LIMITS)
    assert.ok(content.ok, file)
    assert.equal(content.value.mediaType, file.includes('image') ? 'image/png' : 'application/pdf')
    const facts = originalFactsOf(document.value)
    assert.ok(facts.authors[0]?.name && facts.authors[0].specialty && facts.written && facts.title, file)
    classes.push(facts.classCode ?? '')
  }
  assert.deepEqual(classes.sort(), ['11502-2', '18748-4', '34105-7', 'x-clinical-image'])
})

test('a document whose PDF is a page for browsers hands nothing out', { skip: withoutCorpus() }, () => {
  const [file] = corpusFiles('openncp/cda/orcd/*11502*.xml')
  assert.ok(file)
  const evil = Buffer.from('<html><script>alert(1)</script></html>').toString('base64')
  const xml = readFileSync(file, 'utf8').replace(/(<text mediaType="application\/pdf"[^>]*>)[^<]*/, `$1${evil}`)
  const document = readDocument(Buffer.from(xml), { terminology: TERMINOLOGY })
  assert.ok(document.ok)
  const content = originalContentOf(document.value, LIMITS)
  assert.equal(content.ok ? content.value.mediaType : content.problem.code, 'original-format')
})
