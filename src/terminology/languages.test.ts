import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageChain, normaliseLanguage } from './languages.ts'

const available = ['', 'de', 'en', 'fr', 'fr-BE', 'fr-CH', 'fr-FR', 'nb', 'pt-PT'].filter(Boolean)

test('a regional wish falls back to the language, then to its other regions', () => {
  assert.deepEqual(languageChain(['fr-BE'], available), [
    { tags: ['fr-BE'], match: 'exact' },
    { tags: ['fr', 'fr-FR', 'fr-CH'], match: 'fallback' },
  ])
  assert.deepEqual(languageChain(['fr-LU'], available), [
    { tags: ['fr', 'fr-FR', 'fr-BE', 'fr-CH'], match: 'fallback' },
  ])
})

test('a wish for a language is met by its regions, the home region first', () => {
  assert.deepEqual(languageChain(['fr'], available), [{ tags: ['fr', 'fr-FR', 'fr-BE', 'fr-CH'], match: 'exact' }])
  assert.deepEqual(languageChain(['pt'], available), [{ tags: ['pt-PT'], match: 'exact' }])
})

test('English is never added by itself', () => {
  assert.deepEqual(languageChain(['el'], available), [])
  assert.deepEqual(languageChain(['el', 'en'], available), [{ tags: ['en'], match: 'fallback' }])
})

test('Norwegian is found under its macrolanguage and its written standards', () => {
  assert.deepEqual(languageChain(['no'], available), [{ tags: ['nb'], match: 'fallback' }])
})

test('tags are spelled in one way', () => {
  assert.equal(normaliseLanguage('FR_be'), 'fr-BE')
  assert.equal(normaliseLanguage('sr-latn-rs'), 'sr-Latn-RS')
})
