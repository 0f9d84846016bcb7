import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { messagesFor } from './messages.ts'
import { ANIMALS, testServer, textsOf } from './test-server.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'data', 'terminology')

function read(name: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'))
}

test('each translated sentence has the places of the English one, and no sentence is without an English one', () => {
  const english = read('operation-messages.en.json')
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
  const files = readdirSync(folder).filter((name) => /^operation-messages\.(?!en)\w+\.json$/.test(name))
  assert.ok(files.length >= 4)
  for (const file of files) {
    for (const [id, text] of Object.entries(read(file))) {
      assert.ok(english[id] !== undefined, `${file} ${id}`)
      assert.deepEqual(places(text), places(english[id]), `${file} ${id}`)
    }
  }
})

test('every message that the code says is in the English catalogue', () => {
  const english = read('operation-messages.en.json')
  for (const name of readdirSync(import.meta.dirname).filter((each) => /(?<!\.test)\.ts$/.test(each))) {
    const source = readFileSync(join(import.meta.dirname, name), 'utf8')
    for (const [, id] of source.matchAll(/\bsay\(\s*'(\w+)'/g)) {
      assert.ok(id !== undefined && english[id] !== undefined, `${name}: ${id}`)
    }
  }
})

test('the header says in which language sentences are, the parameter in which the words of the content are', () => {
  const { ask } = testServer()
  const values = { system: ANIMALS, code: 'unicorn', displayLanguage: 'fr' }
  const english = ask('CodeSystem', 'lookup', values)
  const german = ask('CodeSystem', 'lookup', values, { acceptLanguage: 'de-AT, en;q=0.5' })
  assert.match(textsOf(english).join(), /^There is no code/)
  assert.match(textsOf(german).join(), /^Es gibt keinen Code/)
  assert.equal(german.contentLanguage, 'de')
  assert.equal(messagesFor(['sv', 'nl-BE']).language, 'nl')
  assert.equal(messagesFor(['sv']).language, 'en')
})
