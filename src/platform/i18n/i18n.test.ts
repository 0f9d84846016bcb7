import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ageAt, openFormats } from './formats.ts'
import { type Messages, openMessages } from './messages.ts'

function withMessages(
  catalogues: Readonly<Record<string, object>>,
  language: string,
  use: (messages: Messages) => void,
): void {
  const directory = mkdtempSync(join(tmpdir(), 'messages-'))
  try {
    for (const [tag, catalogue] of Object.entries(catalogues)) {
      writeFileSync(join(directory, `${tag}.json`), JSON.stringify(catalogue))
    }
    use(openMessages(directory, language))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('a regional reader falls back to the language, then visibly to English', () => {
  withMessages({ fr: { a: 'bonjour' }, en: { a: 'hello', b: 'only here' } }, 'fr-BE', (messages) => {
    assert.deepEqual(messages.phrase('a'), { text: 'bonjour', language: 'fr' })
    assert.deepEqual(messages.phrase('b'), { text: 'only here', language: 'en' })
    assert.equal(messages.text('missing'), 'missing')
    assert.equal(messages.has('missing'), false)
  })
})

test('plurals follow MessageFormat 2, names are joined', () => {
  const count = '.input {$n :number} .match $n one {{{$n} an}} * {{{$n} ans}}'
  withMessages({ fr: { count, join: '{$a} et {$b}' } }, 'fr', (messages) => {
    assert.equal(messages.text('count', { n: 1 }), '1 an')
    assert.equal(messages.text('count', { n: 68 }), '68 ans')
    assert.equal(messages.text('join', { a: 'x', b: 2.5 }), 'x et 2,5')
  })
})

test('dates keep their precision and the reader’s order', () => {
  const french = openFormats('fr')
  assert.equal(french.date('2026-11-03'), '03.11.2026')
  assert.equal(french.date('2019-07'), '07.2019')
  assert.equal(french.date('2023'), '2023')
  assert.equal(french.date('2026-11-03T14:02:11+01:00'), '03.11.2026 14:02')
  assert.equal(french.date('about 1990'), 'about 1990')
  assert.equal(openFormats('en').date('2026-11-03'), '03 Nov 2026')
  assert.equal(openFormats('et').date('2026-11-03'), '03.11.2026')
})

test('numbers keep their digits and are never ambiguous', () => {
  assert.equal(openFormats('fr').number('5.50'), '5,50')
  assert.equal(openFormats('en').number('5.50'), '5.50')
  assert.equal(openFormats('de').number('150000'), '150\u202f000')
  assert.equal(openFormats('fr').number(-12345.6), '-12\u202f345,6')
})

test('age is in years, for the small in months and days, and unknown for a partial date', () => {
  const now = new Date(2026, 10, 24)
  assert.deepEqual(ageAt('1958-04-12', now), { unit: 'years', count: 68 })
  assert.deepEqual(ageAt('1958-11-25', now), { unit: 'years', count: 67 })
  assert.deepEqual(ageAt('2025-10-24', now), { unit: 'months', count: 13 })
  assert.deepEqual(ageAt('2026-11-20', now), { unit: 'days', count: 4 })
  assert.equal(ageAt('1958', now), undefined)
  assert.equal(ageAt('2030-01-01', now), undefined)
})
