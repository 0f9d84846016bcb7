/** Every CDA document and FHIR document of the corpus, there and back: nothing but what may change has changed. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ParseOption, XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { parseXml } from '#platform/xml/parse.ts'
import { CORPUS, corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { openTerminology } from '#terminology/open.ts'
import { difference } from './testing/difference.ts'
import { ask } from './testing/documents.ts'
import { transformDocument } from './transform.ts'

const skip = withoutCorpus()
const home = mkdtempSync(join(tmpdir(), 'tessera-transcode-'))
after(() => rmSync(home, { recursive: true, force: true }))
const terms = join(import.meta.dirname, '..', '..', '..', 'data', 'terms')
// What ships without the packages of HL7: enough words, and ready at once.
const terminology = await openTerminology({ cache: home, sources: { terms, packages: [], icu: true } })
const documents = corpusFiles('openncp/cda/**/*.xml')

const comments = (text: string) => text.match(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g) ?? []

for (const direction of ['translate', 'transcode'] as const) {
  test(`${direction}: only coded elements change, the original is kept, comments stay, and again changes nothing`, {
    skip,
  }, () => {
    let changed = 0
    for (const file of documents) {
      const bytes = readFileSync(file)
      const before = parseXml(bytes)
      assert.ok(before.ok, file)
      const once = ask(bytes, terminology, { direction, codedElements: 'all' })
      const { forbidden, changed: here } = difference(before.value.root, once.root, direction)
      assert.deepEqual(forbidden, [], file)
      assert.equal(here, once.report.coverage.changed, file)
      assert.deepEqual(comments(once.text), comments(bytes.toString().replace(/^\uFEFF/, '')), file)
      assert.deepEqual(ask(once.bytes, terminology, { direction, codedElements: 'all' }).bytes, once.bytes, file)
      changed += here
    }
    assert.equal(documents.length, 138)
    assert.ok(changed > 1500, String(changed))
  })
}

test('what the report counts adds up', { skip }, () => {
  for (const file of documents) {
    const { report } = ask(readFileSync(file), terminology, { direction: 'translate', codedElements: 'all' })
    const { elements, translated, untranslated, unknown, nullFlavor, textOnly } = report.coverage
    const incomplete = report.findings.filter(({ family, code }) => family === 'TM' && code === '2508').length
    assert.equal(translated + untranslated + unknown + nullFlavor + textOnly + incomplete, elements, file)
    const used = Object.values(report.languagesUsed).reduce((sum, times) => sum + times, 0)
    assert.equal(used, translated, file)
    for (const language of Object.keys(report.languagesUsed)) assert.match(language, /^fr/, file)
  }
})

const SCHEMA = join(CORPUS, 'openncp', 'schema', 'cda-pharma', 'CDA_Pharma.xsd')

test('a document that is valid against the schema of CDA stays so', { skip }, () => {
  xmlRegisterFsInputProviders()
  const schema = XmlDocument.fromBuffer(readFileSync(SCHEMA), { url: SCHEMA })
  const validator = XsdValidator.fromDoc(schema)
  const isValid = (bytes: Uint8Array) => {
    const document = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_HUGE })
    try {
      validator.validate(document)
      return ''
    } catch (error) {
      return error instanceof Error ? error.message : 'invalid'
    } finally {
      document.dispose()
    }
  }
  let checked = 0
  for (const file of documents) {
    const bytes = readFileSync(file)
    if (isValid(bytes) !== '') continue
    for (const direction of ['transcode', 'translate'] as const) {
      assert.equal(
        isValid(ask(bytes, terminology, { direction, codedElements: 'all' }).bytes),
        '',
        `${file} ${direction}`,
      )
    }
    checked++
  }
  validator.dispose()
  schema.dispose()
  assert.ok(checked > 30, String(checked))
})

interface Coded {
  readonly system?: unknown
  readonly code?: unknown
  readonly display?: unknown
}

/** Every coding, in order, without those that repeat one just before it (what a translation keeps). */
function codingsIn(value: unknown, found: Coded[] = []): readonly Coded[] {
  if (Array.isArray(value)) for (const item of value) codingsIn(item, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if (key !== 'coding' || !Array.isArray(child)) codingsIn(child, found)
      else {
        const last: Coded[] = []
        for (const coding of child) {
          const previous = last.at(-1)
          if (previous?.system !== coding.system || previous?.code !== coding.code) last.push(coding)
        }
        found.push(...last)
      }
    }
  }
  return found
}

test('FHIR documents: translated words, the same codes, every number as it was written, and again changes nothing', {
  skip,
}, () => {
  let translated = 0
  let seen = 0
  for (const file of corpusFiles('fhir/**/*.json')) {
    const bytes = readFileSync(file)
    const request = { direction: 'translate', languages: ['fr'], codedElements: 'all' } as const
    const result = transformDocument(bytes, request, terminology)
    if (!result.ok) continue
    seen++
    const text = Buffer.from(result.value.bytes).toString()
    const codes = (json: string) => codingsIn(JSON.parse(json)).map(({ system, code }) => [system, code])
    assert.deepEqual(codes(text), codes(bytes.toString().replace(/^\uFEFF/, '')), file)
    const numbers = (json: string) =>
      json.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)
    assert.deepEqual(numbers(text), numbers(bytes.toString()), file)
    const again = transformDocument(result.value.bytes, request, terminology)
    assert.ok(again.ok)
    assert.equal(Buffer.from(again.value.bytes).toString(), text, file)
    translated += result.value.report.coverage.translated
  }
  assert.ok(seen > 100, String(seen))
  assert.ok(translated > 1000, String(translated))
})

test('FHIR documents: transcoding is idempotent', { skip }, () => {
  for (const file of corpusFiles('fhir/**/*.json')) {
    const request = { direction: 'transcode', languages: [], codedElements: 'all' } as const
    const once = transformDocument(readFileSync(file), request, terminology)
    if (!once.ok) continue
    const again = transformDocument(once.value.bytes, request, terminology)
    assert.ok(again.ok)
    assert.deepEqual(again.value.bytes, once.value.bytes, file)
  }
})
