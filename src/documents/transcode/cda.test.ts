import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { child, elements } from '#platform/xml/access.ts'
import { readCodedElementList } from './coded-element-list.ts'
import { parseCodedPath } from './coded-path.ts'
import { statusOf } from './findings.ts'
import { ask, attributesOf, find, problem, section, summary } from './testing/documents.ts'
import {
  codeSystem,
  conceptMap,
  ICD,
  ICD_OID,
  ICD_OLD_OID,
  NATIONAL_OID,
  terminologyOf,
} from './testing/terminology.ts'
import { transformDocument } from './transform.ts'

const terminology = terminologyOf(
  codeSystem(ICD, { I48: { en: 'Atrial fibrillation', fr: 'Fibrillation "auriculaire" & autres' } }),
  conceptMap({ A: ['I48'] }),
)
const all = { codedElements: 'all' } as const
const translate = { direction: 'translate', languages: ['fr'], codedElements: 'all' } as const
const I48 = `code="I48" codeSystem="${ICD_OID}"`

test('a null flavour is left alone; words instead of a code are a success; a code without its system is said', () => {
  const { text, said, report } = ask(
    summary(
      problem('<value nullFlavor="UNK" code="A"/>') + problem('<value><originalText>Wörter</originalText></value>'),
    ),
    terminology,
  )
  assert.ok(text.includes('<value nullFlavor="UNK" code="A"/>'))
  assert.equal(report.coverage.nullFlavor, 2) // with the document's confidentiality
  assert.equal(report.coverage.textOnly, 1)
  assert.ok(!said.includes('TM 2508'))
  const without = ask(summary(problem('<value code="A"/>')), terminology)
  assert.ok(without.said.includes('TM 2508') && without.said.includes('TM 4505'))
  assert.equal(without.report.status, 'ERROR')
})

test('a value of another type is no coded element', () => {
  const { said } = ask(summary(problem('<value xsi:type="ST">words</value>')), terminology)
  assert.ok(said.includes('TM 2507'))
  assert.ok(!said.includes('TM 4505'))
})

test('a required element that is missing is an error where it should stand; where its parent is unknown nothing is owed', () => {
  const { report } = ask(summary(problem('')), terminology)
  const missing = report.findings.filter(({ code }) => code === '4511')
  assert.equal(missing.length, 1)
  assert.match(missing[0]?.path ?? '', /\/observation$/)
  const unknown = summary(problem('')).replace('<observation>', '<observation nullFlavor="NI">')
  assert.deepEqual(ask(unknown, terminology).said.includes('TM 4511'), false)
})

test('the former OID of a system becomes the one of the pivot, with the original kept', () => {
  const { root } = ask(
    summary(problem(`<value code="I48" codeSystem="${ICD_OLD_OID}" displayName="VHF"/>`)),
    terminology,
  )
  const value = find(root, 'value')
  assert.equal(attributesOf(value).codeSystem, ICD_OID)
  const kept = child(value, 'translation')
  assert.ok(kept)
  assert.deepEqual(attributesOf(kept), { code: 'I48', codeSystem: ICD_OLD_OID, displayName: 'VHF' })
})

test('words, qualifiers and white space stay where they are, before the translation', () => {
  const value = `<value ${I48}>\n  <originalText>Wörter<!-- c --></originalText>\n  <qualifier><name code="x"/></qualifier>\n</value>`
  const { text } = ask(summary(problem(value)), terminology, translate)
  const words = 'Fibrillation &quot;auriculaire&quot; &amp; autres'
  assert.ok(
    text.includes(
      `<value ${I48} displayName="${words}">\n  <originalText>Wörter<!-- c --></originalText>\n  <qualifier><name code="x"/></qualifier><translation ${I48}/>\n</value>`,
    ),
    text,
  )
})

test('several translations: the first moves inside, the others stay beside it', () => {
  const value = `<value ${I48} displayName="now"><translation displayName="before"/><translation displayName="else"/></value>`
  const { root } = ask(summary(problem(value)), terminology, translate)
  const [outer, other] = elements(find(root, 'value'))
  assert.ok(outer && other)
  assert.deepEqual([attributesOf(outer).displayName, attributesOf(other).displayName], ['now', 'else'])
  assert.deepEqual(
    elements(outer).map((inner) => attributesOf(inner).displayName),
    ['before'],
  )
})

test('in an element of an extension the translation is in the namespace of CDA, whatever the prefixes', () => {
  const variants = [
    `<p:formCode xmlns:p="urn:hl7-org:pharm" ${I48}/>`,
    `<formCode xmlns="urn:hl7-org:pharm" ${I48}/>`,
    `<p:formCode xmlns:p="urn:hl7-org:pharm" xmlns="urn:other" ${I48}/>`,
    `<h:code xmlns:h="urn:hl7-org:v3" ${I48}/>`,
    `<h:code xmlns:h="urn:hl7-org:v3" ${I48}><h:translation displayName="x"/></h:code>`,
  ]
  for (const variant of variants) {
    const { root } = ask(summary(section('1', variant)), terminology, translate)
    assert.equal(
      child(find(root, variant.includes('formCode') ? 'formCode' : 'code', { code: 'I48' }), 'translation')?.namespace,
      'urn:hl7-org:v3',
    )
  }
})

test('what cannot hold its original is not changed, and is said', () => {
  const event = `<effectiveTime xsi:type="EIVL_TS"><event ${I48}/></effectiveTime>`
  const { text, said } = ask(summary(section('1', event)), terminology, translate)
  assert.ok(text.includes(event))
  assert.ok(said.includes('TESSERA cannot-hold-original'))
})

test('windows line ends and other encodings', () => {
  const xml = summary(problem(`<value ${I48} displayName="Herzflimmern ä"/>`)).replaceAll('\n', '\r\n')
  const crlf = ask(xml, terminology, translate)
  assert.equal(crlf.text.replaceAll('\r\n', '').includes('\n'), false)
  const latin = ask(Buffer.from(xml.replace('UTF-8', 'ISO-8859-1'), 'latin1'), terminology, translate)
  assert.equal(latin.text, crlf.text)
})

test('the kind of document: without a code, with an unknown one, an empty PDF, no clinical document', () => {
  const said = (xml: string) => ask(xml, terminology).said
  const whole = summary(problem(`<value ${I48}/>`))
  assert.deepEqual(said(whole.replace('code="60591-5" ', '')), ['TM 4509'])
  assert.deepEqual(said(whole.replace('60591-5', '99999-9')), ['TM 4510'])
  const pdf = (text: string) =>
    whole.replace(/<structuredBody>.*<\/structuredBody>/s, `<nonXMLBody><text>${text}</text></nonXMLBody>`)
  assert.deepEqual(said(pdf(' ')), ['TM 4508'])
  assert.ok(!said(pdf('JVBERi0=')).includes('TM 4508'))
  assert.deepEqual(said('<other/>'), ['TM 4507'])
  const refused = ask(whole.replace('60591-5', '99999-9'), terminology)
  assert.equal(refused.report.status, 'ERROR')
  assert.ok(refused.text.includes('99999-9'))
})

test('a language that nobody has words for is said once', () => {
  const { said, report } = ask(summary(problem(`<value ${I48}/>`)), terminology, { ...translate, languages: ['mt'] })
  assert.equal(said[0], 'TM 2505')
  assert.equal(report.coverage.translated, 0)
})

test('a list may fix the language of an element', () => {
  const list = readCodedElementList({
    id: 'own',
    version: '1',
    documents: { PS3: { loinc: '60591-5', level: 3 } },
    elements: [{ name: 'Problem', path: '//observation/value', usage: { O: ['PS3'] }, language: 'en' }],
  })
  assert.ok(list.ok)
  const request = { ...translate, codedElements: list.value }
  const { root } = ask(summary(problem(`<value ${I48}/>`)), terminology, request)
  assert.equal(attributesOf(find(root, 'value')).displayName, 'Atrial fibrillation')
})

test('paths and lists that cannot be understood are refused, naming the part', () => {
  for (const path of [
    'code',
    '//a//b',
    '//a[1]',
    '//a[text()="x"]',
    '/',
    '//a/@',
    "//a[not(@b='c')]",
    '//*',
    '//a[@b]',
  ]) {
    const result = parseCodedPath(path)
    assert.equal(result.ok ? path : result.problem.code, 'coded-path-unsupported')
  }
  const wrong = readCodedElementList({
    id: 'x',
    version: '1',
    documents: {},
    elements: [{ name: 'n', path: '/a', usage: { O: ['PS9'] } }],
  })
  assert.match(wrong.ok ? '' : wrong.problem.sentence, /PS9/)
  assert.ok(!readCodedElementList('nonsense').ok)
})

test('a status is no better than its worst finding', () => {
  const of = (...severities: ('error' | 'warning' | 'note')[]) =>
    statusOf(severities.map((severity) => ({ family: 'TM', code: '1', severity, sentence: '' })))
  assert.deepEqual(
    [of(), of('note'), of('note', 'warning'), of('warning', 'error')],
    ['SUCCESS', 'SUCCESS', 'WARNING', 'ERROR'],
  )
})

test('hostile input ends in a problem or in a document, never in an exception', () => {
  const deep = '<a xmlns="urn:hl7-org:v3">'.repeat(300)
  const many = summary(section('1', `<observation><code ${I48}/></observation>`.repeat(5_000)))
  const inputs = [
    '',
    '<',
    '<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument xmlns="urn:hl7-org:v3"/>',
    deep,
    many,
    '<ClinicalDocument xmlns="urn:hl7-org:v3"/>',
    summary(problem(`<value code="${'x'.repeat(200_000)}" codeSystem="${'1.'.repeat(50_000)}1"/>`)),
    summary(problem(`<value code="I48" codeSystem="${ICD_OID}" displayName="&lt;/value>&quot;'&#10;&#x1F600;"/>`)),
    summary(problem(`<value code="__proto__" codeSystem="constructor"/>`)),
    summary(
      section(
        '1',
        `<code code="A" codeSystem="${NATIONAL_OID}"><translation><translation><code ${I48}/></translation></translation></code>`,
      ),
    ),
    summary(problem(`<value ${' '.repeat(1_000_000)} ${I48} displayName="x"${' '.repeat(1_000_000)}/>`)),
    `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Composition","section":[{"text":{"div":"${'<'.repeat(1_000_000)}"}}]}}]}`,
    '{"resourceType":"Bundle"',
    '{"resourceType":"Patient"}',
    '{"resourceType":"Bundle","__proto__":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I48"}]}}',
    '{"resourceType":"Bundle","entry":{"coding":[null,1,"x"]}}',
    '{"resourceType":"Bundle","entry":[null,{"resource":{"resourceType":"Condition","code":{"coding":[{"system":1,"code":{}}]}}}]}',
  ]
  for (const input of inputs) {
    for (const direction of ['transcode', 'translate'] as const) {
      const result = transformDocument(Buffer.from(input), { ...translate, direction }, terminology)
      if (!result.ok) assert.ok(result.problem.sentence.length > 0)
    }
  }
})

test('any value in a coded element survives: what stood there is in the translation', () => {
  const word = fc.string({ unit: fc.constantFrom('a', '<', '&', '"', "'", '>', 'é', ' ', '😀', ']'), maxLength: 8 })
  fc.assert(
    fc.property(word, (display) => {
      const escaped = display.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
      const { root } = ask(
        summary(problem(`<value code="A" codeSystem="${NATIONAL_OID}" displayName="${escaped}"/>`)),
        terminology,
        all,
      )
      const kept = child(find(root, 'value'), 'translation')
      assert.ok(kept)
      assert.equal(attributesOf(kept).displayName, display)
    }),
    { numRuns: 200 },
  )
})
