import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'

const DIRECTORY = join(import.meta.dirname, '../../../data/messages')

function catalogue(language: string): Map<string, string> {
  const parsed: unknown = JSON.parse(readFileSync(join(DIRECTORY, `${language}.json`), 'utf8'))
  assert.ok(typeof parsed === 'object' && parsed !== null)
  return new Map(Object.entries(parsed).filter(([key]) => key.startsWith('summary.')))
}

const LANGUAGES = readdirSync(DIRECTORY).map((file) => file.replace('.json', ''))
const ENGLISH = catalogue('en')

function names(source: string): string[] {
  return [...new Set([...source.matchAll(/\$(\w+)/g)].map((match) => match[1] ?? ''))].sort()
}

test('French and English have the same keys of the summary', () => {
  assert.deepEqual([...catalogue('fr').keys()].sort(), [...ENGLISH.keys()].sort())
})

for (const language of LANGUAGES) {
  test(`${language}: no unknown key, the same values in each message, and every message can be said`, () => {
    const messages = openMessages(DIRECTORY, language)
    for (const [key, source] of catalogue(language)) {
      const english = ENGLISH.get(key)
      assert.ok(english !== undefined, `${key} is not in English`)
      for (const name of names(source)) assert.ok(names(english).includes(name), `${key}: ${name}`)
      const values = Object.fromEntries(names(english).map((name) => [name, name === 'count' ? 2 : 'x']))
      const said = messages.phrase(key, values)
      assert.equal(said.language, language)
      assert.doesNotMatch(said.text, /[{}]|\$/, key)
    }
  })
}
