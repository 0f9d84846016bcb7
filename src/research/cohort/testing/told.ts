/** The words of the project, refusing what they do not have, and what was told as plain lines. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import type { Told } from '../words/meaning.ts'

const DIRECTORY = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'messages')

/** Throws for a key that the language does not have itself, and for a parameter that was not given. */
export function strictMessages(language: string): Messages {
  const messages = openMessages(DIRECTORY, language)
  const phrase: Messages['phrase'] = (key, parameters) => {
    assert.ok(messages.has(key), `${key} has no words`)
    const found = messages.phrase(key, parameters)
    assert.equal(found.language, language, `${key} is not in ${language}`)
    assert.doesNotMatch(found.text, /\{\$|undefined|\[object|NaN/, key)
    assert.notEqual(found.text, '', key)
    return found
  }
  return { ...messages, phrase, text: (key, parameters) => phrase(key, parameters).text }
}

/** One line each, what belongs to it below and further in. */
export function toldLines(told: readonly Told[], depth = 0): readonly string[] {
  return told.flatMap(({ said, inside }) => [
    `${'  '.repeat(depth)}${said.map(({ text }) => text).join('')}`,
    ...toldLines(inside, depth + 1),
  ])
}
