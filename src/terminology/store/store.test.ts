import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDesignation, addIdentity, type Content, conceptOf, emptyContent, systemOf } from '../content.ts'
import { readStore } from './read.ts'
import { encodeContent } from './write.ts'

function opened(content: Content) {
  const store = readStore(encodeContent(content), 'test')
  assert.ok(store.ok)
  return store.value
}

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => text.isWellFormed())
const designation = fc.record({
  language: fc.constantFrom('fr', 'fr-BE', 'el', 'en', 'bg'),
  term: word,
  source: fc.constantFrom('one', 'two'),
  reviewed: fc.boolean(),
})
const systems = fc.dictionary(word, fc.dictionary(word, fc.array(designation, { maxLength: 5 })), { maxKeys: 6 })

test('what is written is read back: codes, words, languages, sources, status, in order', () => {
  fc.assert(
    fc.property(systems, (given) => {
      const content = emptyContent()
      for (const [url, concepts] of Object.entries(given)) {
        for (const [code, designations] of Object.entries(concepts)) {
          const concept = conceptOf(systemOf(content, url), code)
          concept.active = designations.length % 2 === 0
          for (const item of designations) addDesignation(concept, { ...item })
        }
      }
      const store = opened(content)
      for (const system of content.systems.values()) {
        for (const concept of system.concepts.values()) {
          const number = store.find(system.url, concept.code)
          assert.ok(number >= 0)
          assert.deepEqual(store.designations(number), concept.designations)
          assert.equal(store.active(number), concept.active)
          assert.deepEqual(store.nameOf(number), { system: system.url, code: concept.code })
          assert.equal(store.find(system.url, `${concept.code}\u0000no`), -1)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('the same content gives the same bytes', () => {
  const make = () => {
    const content = emptyContent()
    addDesignation(conceptOf(systemOf(content, 'urn:a'), '1'), {
      language: 'fr',
      term: 'un',
      source: 's',
      reviewed: false,
    })
    addIdentity(content, { url: 'urn:a', name: 'A', oids: ['1.2.3'], aliases: ['urn:b'] })
    return encodeContent(content)
  }
  assert.deepEqual(make(), make())
})

test('a damaged, cut or foreign file is told apart, never read', () => {
  const bytes = encodeContent(emptyContent())
  const code = (input: Uint8Array<ArrayBuffer>) => {
    const result = readStore(input, 'x.terms')
    return result.ok ? 'ok' : result.problem.code
  }
  const flipped = bytes.slice()
  flipped[bytes.length - 3] = (flipped[bytes.length - 3] ?? 0) ^ 1
  assert.equal(code(flipped), 'terminology-file-damaged')
  assert.equal(code(bytes.slice(0, bytes.length - 8)), 'terminology-file-damaged')
  assert.equal(code(new Uint8Array(3)), 'terminology-file-damaged')
  const other = bytes.slice()
  other[8] = 99
  assert.equal(code(other), 'terminology-file-outdated')
})
