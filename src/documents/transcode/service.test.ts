import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTranslationService } from './service.ts'
import { ask, attributesOf, find, problem, section, summary } from './testing/documents.ts'
import { codeSystem, DISORDERS, ICD, ICD_OID, terminologyOf, valueSet } from './testing/terminology.ts'

const terminology = terminologyOf(
  codeSystem(ICD, {
    I48: { en: 'Atrial fibrillation', 'fr-FR': 'Fibrillation auriculaire' },
    J44: { en: 'COPD' },
  }),
  valueSet(DISORDERS, ICD, 'I48', 'J44'),
)
const service = createTranslationService(() => terminology)

test('a value set in a language: each word says its language, and none is made up', () => {
  const set = service.translateValueSet(DISORDERS, 'fr-BE')
  assert.deepEqual(set?.expansion?.contains, [
    {
      system: ICD,
      code: 'I48',
      display: 'Atrial fibrillation',
      designation: [{ language: 'fr-FR', value: 'Fibrillation auriculaire' }],
    },
    { system: ICD, code: 'J44', display: 'COPD' },
  ])
  assert.equal(set?.expansion?.total, 2)
  assert.equal(service.translateValueSet('1.2.3', 'fr'), undefined)
})

test('documents and value sets fall back the same way', () => {
  const xml = summary(problem(`<value code="I48" codeSystem="${ICD_OID}"/>`))
  const document = service.translate(Buffer.from(xml), 'fr-BE').document
  const translated = ask(document, terminology, { direction: 'translate', languages: ['fr-BE'] })
  const set = service.translateValueSet(DISORDERS, 'fr-BE')?.expansion?.contains?.[0]
  assert.equal(attributesOf(find(translated.root, 'value')).displayName, set?.designation?.[0]?.value)
})

test('what is no XML comes back with 4500 and its line', () => {
  const bytes = Buffer.from('<a>\n<b>')
  const { document, status, findings } = service.transcode(bytes)
  assert.equal(document, bytes)
  assert.equal(status, 'ERROR')
  assert.deepEqual(
    findings.map(({ family, code, line, subject }) => [family, code, line, subject]),
    [['TM', '4500', 2, 'xml-not-well-formed']],
  )
})

test('a document with more to say than can be remembered still has the right status', () => {
  const unknown = '<observation><code code="X" codeSystem="2.999.7"/></observation>'.repeat(4000)
  const required = problem('<value code="X" codeSystem="2.999.7"/>')
  const all = createTranslationService(() => terminology, { codedElements: 'all' })
  const many = all.transcode(Buffer.from(summary(section('1', unknown))))
  assert.equal(many.findings.length, 10_000)
  assert.equal(many.status, 'WARNING')
  const listed = service.transcode(Buffer.from(summary(required.repeat(4000))))
  assert.equal(listed.findings.length, 10_000)
  assert.equal(listed.status, 'ERROR')
})
