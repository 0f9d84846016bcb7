/** The words of the portal: complete in every language of the demonstration, and none that the code does not use. */
import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseMessage, validate } from 'messageformat'
import { EHDSI_PROBLEMS } from '#care/context/care-context.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { readSearchMask } from '#wire/discovery/search-mask.ts'
import { tellings } from '#wire/errors/ehdsi-errors.ts'
import { fieldsOf } from './professional/mask-form.ts'

const root = join(import.meta.dirname, '..', '..')
const directory = join(root, 'data', 'messages')
const OWN = /^(portal|problem|label\.ism|help\.ism)\./
const COMPLETE = ['fr', 'en', 'pt', 'et', 'el', 'de', 'es', 'it', 'nl'] as const

function catalogue(language: string): ReadonlyMap<string, string> {
  const parsed: unknown = JSON.parse(readFileSync(join(directory, `${language}.json`), 'utf8'))
  assert.ok(parsed && typeof parsed === 'object')
  return new Map(
    Object.entries(parsed)
      .filter(([key]) => OWN.test(key))
      .map(([key, text]) => [key, String(text)]),
  )
}

/** Keys written out in the code, and the fixed beginnings and ends of those that are put together. */
function keysInCode() {
  const sources = globSync('src/portal/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const text = sources.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const whole = new Set(
    [...text.matchAll(/'((?:portal|problem|label\.ism)\.[\w.-]+)'/g)]
      .map(([, key]) => key ?? '')
      .filter((key) => !/\.(css|js)$/.test(key)),
  )
  const composed = [...text.matchAll(/`((?:portal|problem)\.[^`<]*)`/g)].map(([, key = '']) => {
    const pattern = key
      .replace(/\$\{[^}]*\}/g, '\u0000')
      .replace(/[.*+?^()|[\]\\]/g, '\\$&')
      .replaceAll('\u0000', '[\\w-]+')
    return new RegExp(`^${pattern}$`)
  })
  return { whole, composed }
}

const parametersOf = (text: string): string =>
  [...new Set([...text.matchAll(/\{?\$(\w+)/g)].map(([, name]) => name))].sort().join(' ')

for (const language of COMPLETE) {
  test(`${language} has every key, with the same parameters`, () => {
    const [french, own] = [catalogue('fr'), catalogue(language)]
    assert.deepEqual(
      [...french.keys()].filter((key) => !own.has(key)),
      [],
      'missing',
    )
    assert.deepEqual(
      [...own.keys()].filter((key) => !french.has(key)),
      [],
      'left over',
    )
    const differing = [...french].filter(([key, text]) => parametersOf(text) !== parametersOf(own.get(key) ?? ''))
    assert.deepEqual(
      differing.map(([key]) => key),
      [],
      'other parameters',
    )
  })
}

test('every key that the code uses exists, and every key is used', () => {
  const french = catalogue('fr')
  const { whole, composed } = keysInCode()
  assert.ok(whole.size > 100 && composed.length > 15)
  assert.deepEqual(
    [...whole].filter((key) => !french.has(key)),
    [],
    'used but not written',
  )
  const dead = composed.filter((pattern) => ![...french.keys()].some((key) => pattern.test(key)))
  assert.deepEqual(dead, [], 'put together but never found')
  const unused = [...french.keys()].filter(
    (key) => /^portal\./.test(key) && !whole.has(key) && !composed.some((pattern) => pattern.test(key)),
  )
  assert.deepEqual(unused, [], 'written but not used')
})

test('every refusal of the border and of the portal has its three sentences', () => {
  const french = catalogue('fr')
  const codes = new Set(
    [...french.keys()].filter((key) => key.startsWith('problem.')).map((key) => key.split('.')[1] ?? ''),
  )
  const told = EHDSI_PROBLEMS.map((code) => tellings(code).find((stem) => french.has(`problem.${stem}.title`)) ?? code)
  for (const code of [...told, ...codes]) {
    for (const part of ['title', 'meaning', 'next']) assert.ok(french.has(`problem.${code}.${part}`), `${code} ${part}`)
  }
})

test('every label and help of the published search masks has words', () => {
  const french = catalogue('fr')
  for (const file of readdirSync(join(root, 'data', 'search-masks'))) {
    const mask = readSearchMask(readFileSync(join(root, 'data', 'search-masks', file)))
    assert.ok(mask.ok, file)
    for (const { label, help } of fieldsOf(mask.value)) {
      assert.ok(french.has(label), label)
      assert.ok(help === undefined || french.has(help), help)
    }
  }
})

test('every message can be formatted in its language', () => {
  const values = { count: 2, country: 'Portugal', provider: 'X', time: '14:00', patient: 'Y', number: 1, date: 'Z' }
  for (const language of COMPLETE) {
    const messages = openMessages(directory, language)
    for (const key of catalogue(language).keys()) {
      const { text, language: found } = messages.phrase(key, { ...values, phone: '0', hours: '24' })
      assert.equal(found, language, key)
      assert.ok(text.length > 0 && !text.includes('.match'), key)
    }
  }
})

/** Every file whole: what the summary says is held to the same rules as what the portal says. */
const FILES = readdirSync(directory).map((file) => file.replace(/\.json$/, ''))

function whole(language: string): readonly (readonly [key: string, text: unknown])[] {
  const parsed: unknown = JSON.parse(readFileSync(join(directory, `${language}.json`), 'utf8'))
  assert.ok(parsed && typeof parsed === 'object')
  return Object.entries(parsed)
}

const ENGLISH = new Map(whole('en').map(([key, text]) => [key, String(text)]))

for (const language of FILES) {
  test(`${language}: every message is MessageFormat 2, known to English, and says something`, () => {
    const rules = new Intl.PluralRules(language)
    const plurals = [...new Set(Array.from({ length: 200 }, (_, number) => rules.select(number)))].sort()
    for (const [key, text] of whole(language)) {
      assert.ok(typeof text === 'string' && text.trim() !== '', `${key} is empty`)
      const english = ENGLISH.get(key)
      assert.ok(english !== undefined, `${key} is not in English`)
      // A word that does not bend (« mois ») may leave out the number that only chooses its form.
      const chooses = english.includes('.match $count') && !english.includes('{$count}')
      const expected = [parametersOf(english), ...(chooses ? [''] : [])]
      assert.ok(expected.includes(parametersOf(text)), `${key} has other parameters`)
      const message = parseMessage(text)
      validate(message)
      if (message.type !== 'select') continue
      const forms = message.variants.flatMap(({ keys }) => keys.map((one) => (one.type === '*' ? 'other' : one.value)))
      assert.deepEqual(forms.toSorted(), plurals.includes('other') ? plurals : [...plurals, 'other'].sort(), key)
    }
  })

  test(`${language}: the words are calm and well set`, () => {
    const begging =
      /!|veuillez|\bplease\b|s['’]il vous plaît|por favor|palun|παρακαλ|\bbitte\b|per favore|per piacere|alstublieft|\bgelieve\b|\bproszę\b|\bvă rugăm\b|\bvänligen\b/i
    for (const [key, text] of whole(language)) {
      const said = String(text).replaceAll('\n', ' ')
      assert.doesNotMatch(said, begging, key)
      assert.doesNotMatch(said, /ERROR_/, key)
      assert.doesNotMatch(said, /\s{2}|^\s|\s$|\s[,.](?!input|match|local)|\.\.\./, `${key}: spaces or points`)
      assert.doesNotMatch(said, /\w'\w/, `${key}: the apostrophe is ’`)
    }
  })
}

test('a French sign of two parts has its space before it, in the other languages it has none', () => {
  for (const language of FILES) {
    for (const [key, text] of whole(language)) {
      const said = String(text).replace(/\.input \{[^}]*\}/, '')
      const wrong = language === 'fr' ? /[^\s:][:;?](?=\s|$|\})/ : /\s[:;?](?=\s|$|\})/
      assert.doesNotMatch(said, wrong, `${language} ${key}`)
    }
  }
})

test('a node offers only languages that have every word of the portal', () => {
  for (const file of readdirSync(join(root, 'data', 'countries'))) {
    const country: unknown = JSON.parse(readFileSync(join(root, 'data', 'countries', file), 'utf8'))
    assert.ok(country && typeof country === 'object' && 'languages' in country && 'portalLanguage' in country)
    assert.ok(Array.isArray(country.languages) && country.languages.includes('en'), file)
    for (const language of [country.portalLanguage, ...country.languages]) {
      assert.ok(
        COMPLETE.some((one) => one === language),
        `${file}: ${language}`,
      )
    }
  }
})
