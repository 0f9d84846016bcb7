/** For tests: the words of one group of pages are complete in English and French, and none is there that the code does not use. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..', '..')

export interface WordsOfPages {
  /** How their keys begin, e.g. `operator`. */
  readonly prefix: string
  /** Beginnings of keys under the same prefix that other pages keep in order. */
  readonly others?: readonly string[]
  /** Patterns of their source files, from the root of the project. */
  readonly sources: readonly string[]
}

export function testWords({ prefix, others = [], sources }: WordsOfPages): void {
  function keysOf(language: string): ReadonlySet<string> {
    const parsed: unknown = JSON.parse(readFileSync(join(root, 'data', 'messages', `${language}.json`), 'utf8'))
    assert.ok(parsed && typeof parsed === 'object')
    const own = Object.keys(parsed).filter((key) => key.startsWith(`${prefix}.`))
    return new Set(own.filter((key) => !others.some((other) => key.startsWith(`${other}.`))))
  }

  /** Keys written out in the code, and patterns of those that are put together. */
  function keysInCode() {
    const files = sources
      .flatMap((pattern) => globSync(pattern, { cwd: root }))
      .filter((file) => !/\btest-|\.test\./.test(file))
    const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
    const whole = new Set(
      [...text.matchAll(new RegExp(`'(${prefix}\\.[\\w.-]+)'`, 'g'))]
        .map(([, key]) => key ?? '')
        .filter((key) => !/\.(css|js)$/.test(key)),
    )
    const composed = [...text.matchAll(new RegExp(`\`(${prefix}\\.[^\`]*)\``, 'g'))].map(([, key = '']) => {
      const pattern = key
        .replace(/\$\{[^}]*\}/g, '\u0000')
        .replace(/[.*+?^()|[\]\\]/g, '\\$&')
        .replaceAll('\u0000', '[^.]+')
      return new RegExp(`^${pattern}$`)
    })
    return { whole, composed }
  }

  test('English and French have the same words', () => {
    assert.deepEqual([...keysOf('fr')].sort(), [...keysOf('en')].sort())
  })

  test('every key that the code uses exists, and every key is used', () => {
    const keys = keysOf('en')
    const { whole, composed } = keysInCode()
    assert.ok(whole.size > 50 && composed.length > 5)
    assert.deepEqual(
      [...whole].filter((key) => !keys.has(key)),
      [],
      'used but not written',
    )
    assert.deepEqual(
      composed.filter((pattern) => ![...keys].some((key) => pattern.test(key))),
      [],
      'put together but never found',
    )
    assert.deepEqual(
      [...keys].filter((key) => !whole.has(key) && !composed.some((pattern) => pattern.test(key))),
      [],
      'written but not used',
    )
  })
}
