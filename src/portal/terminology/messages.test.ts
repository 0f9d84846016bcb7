/** The words of the terminology pages: complete in English and French, and none that the code does not use. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..', '..')
/** The authority's own pages keep their words in order themselves. */
const OWN = /^terminology\.(?!release\.|edit\.)/

function keysOf(language: string): ReadonlySet<string> {
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'data', 'messages', `${language}.json`), 'utf8'))
  assert.ok(parsed && typeof parsed === 'object')
  return new Set(Object.keys(parsed).filter((key) => OWN.test(key)))
}

/** Keys written out in the code, and patterns of those that are put together. */
function keysInCode() {
  const files = globSync('src/portal/terminology/*.ts', { cwd: root })
    .concat(globSync('src/portal/terminology/{pages,routes}/*.ts', { cwd: root }))
    .filter((file) => !/test/.test(file))
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const whole = new Set(
    [...text.matchAll(/'(terminology\.[\w.-]+)'/g)]
      .map(([, key]) => key ?? '')
      .filter((key) => !/\.(css|js)$/.test(key)),
  )
  const composed = [...text.matchAll(/`(terminology\.[^`]*)`/g)].map(([, key = '']) => {
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
  assert.ok(whole.size > 100 && composed.length > 15)
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
