import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeSystem, conceptMap, ICD, NATIONAL, terminologyOf } from './testing/terminology.ts'
import { transformDocument } from './transform.ts'

const terminology = terminologyOf(
  codeSystem(ICD, { I48: { en: 'Atrial fibrillation', fr: 'Fibrillation auriculaire' }, J44: { en: 'COPD' } }),
  conceptMap({ A: [{ code: 'I48', equivalence: 'equivalent', comment: 'by hand' }] }),
)

function bundle(code: object, more = ''): string {
  return `{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","language":"de",
    "section":[{"text":{"div":"<div>Drei Wörter hier</div>"}}]}},{"resource":{"resourceType":"Condition","code":${JSON.stringify(code)}${more}}}]}`
}

function ask(
  json: string,
  direction: 'transcode' | 'translate' = 'translate',
  languages: readonly string[] = ['fr-BE'],
) {
  const result = transformDocument(Buffer.from(json), { direction, languages, codedElements: 'all' }, terminology)
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  const text = Buffer.from(result.value.bytes).toString()
  return { text, report: result.value.report, codings: JSON.parse(text).entry[1].resource.code.coding }
}

test('the words of the reader come first, what the author chose follows and is marked', () => {
  const { codings, report, text } = ask(bundle({ coding: [{ system: ICD, code: 'I48', display: 'Vorhofflimmern' }] }))
  assert.deepEqual(codings, [
    { system: ICD, code: 'I48', display: 'Fibrillation auriculaire' },
    { system: ICD, code: 'I48', display: 'Vorhofflimmern', userSelected: true },
  ])
  assert.deepEqual(report.languagesUsed, { fr: 1 })
  assert.deepEqual(report.narrative, { sections: 1, characters: 16, withoutEntries: 1, language: 'de' })
  assert.equal(ask(text).text, text)
})

test('a coding without words gets them, and nothing is kept beside it; without a designation nothing changes', () => {
  assert.deepEqual(ask(bundle({ coding: [{ system: ICD, code: 'I48' }] })).codings, [
    { system: ICD, code: 'I48', display: 'Fibrillation auriculaire' },
  ])
  const json = bundle({ coding: [{ system: ICD, code: 'J44', display: 'COPD' }] })
  const { text, report } = ask(json)
  assert.equal(text, json)
  assert.deepEqual(report.withoutDesignation, [{ system: ICD, code: 'J44', times: 1 }])
  assert.equal(report.status, 'WARNING')
})

test('transcoded, then translated: the national coding stays last', () => {
  const transcoded = ask(bundle({ coding: [{ system: NATIONAL, code: 'A', display: 'Flimmern' }] }), 'transcode')
  assert.equal(transcoded.report.coverage.mapped, 1)
  const { codings } = ask(transcoded.text)
  assert.deepEqual(
    codings.map(({ code, display, userSelected }: { code: string; display: string; userSelected?: boolean }) => [
      code,
      display,
      userSelected ?? false,
    ]),
    [
      ['I48', 'Fibrillation auriculaire', false],
      ['I48', 'Atrial fibrillation', true],
      ['A', 'Flimmern', true],
    ],
  )
})

test('numbers keep their digits', () => {
  const numbers = ',"extension":[{"valueDecimal":5.50},{"valueDecimal":1e-7},{"valueDecimal":123456789.12345678901}]'
  const { text } = ask(bundle({ coding: [{ system: ICD, code: 'I48' }] }, numbers))
  for (const number of ['5.50', '1e-7', '123456789.12345678901'])
    assert.ok(text.includes(`"valueDecimal": ${number}`), number)
})

test('a national code without a mapping is said, in every family it concerns', () => {
  const { report } = ask(bundle({ coding: [{ system: NATIONAL, code: 'Z' }] }), 'transcode')
  assert.deepEqual(
    report.findings.map(({ family, code }) => `${family} ${code}`),
    ['TESSERA national-code', 'TSAM 4504', 'TM 2502'],
  )
})

test('what would lose something when written anew is refused', () => {
  const twice = bundle({ coding: [] }).replace('"type":"document"', '"type":"document","type":"batch"')
  const result = transformDocument(
    Buffer.from(twice),
    { direction: 'translate', languages: ['fr'], codedElements: 'all' },
    terminology,
  )
  assert.equal(result.ok ? '' : result.problem.code, 'fhir-json')
})
