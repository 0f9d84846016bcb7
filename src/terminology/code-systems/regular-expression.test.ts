import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileExpression } from './regular-expression.ts'

function matches(expression: string, text: string): boolean {
  const compiled = compileExpression(expression)
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.sentence)
  return compiled.matches(text)
}

test('The whole value must match', () => {
  assert.equal(matches('[^ \\t\\r\\n\\f]{4}[0-9]', 'code1'), true)
  assert.equal(matches('[^ \\t\\r\\n\\f]{4}[0-9]', 'code1a'), false)
  assert.equal(matches('^a|b$', 'a'), true)
  assert.equal(matches('(ab?c|\\d{2,3})+', 'ac12abc999'), true)
  assert.equal(matches('a{0}', ''), true)
  assert.equal(matches('a{2}', 'aaa'), false)
})

test('An expression that makes backtracking explode ends at once', () => {
  const text = `${'a'.repeat(5_000)}!`
  for (const expression of ['(a+)+', '((a+)+)+', '(a|a)*b', '(.*)*x']) assert.equal(matches(expression, text), false)
})

test('What is wrong or not supported is said with its position', () => {
  for (const [expression, part] of [
    ['(a', 'not closed'],
    ['a)', 'too many'],
    ['[a', 'not closed'],
    ['*a', 'Nothing to repeat'],
    ['(?=a)b', 'not supported'],
    ['(a)\\1', 'Back references'],
    ['a{3,1}', 'ends before'],
    ['[z-a]', 'ends before'],
    ['((a{1000}){1000}){1000}', 'repeats too much'],
    ['('.repeat(1_000), 'too deeply'],
  ] as const) {
    const compiled = compileExpression(expression)
    assert.equal(compiled.ok, false, expression)
    if (!compiled.ok) assert.ok(compiled.sentence.includes(part), compiled.sentence)
  }
})

test('It agrees with the engine of the language on harmless expressions', () => {
  const piece = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '(a|b)', '(?:ab)', 'c')
  const repeat = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}')
  const expression = fc
    .array(fc.tuple(piece, repeat), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.map(([part, times]) => part + times).join(''))
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '1', ' '), { maxLength: 8 }).map((letters) => letters.join(''))
  fc.assert(
    fc.property(expression, text, (source, value) => {
      assert.equal(matches(source, value), new RegExp(`^(?:${source})$`, 'u').test(value))
    }),
    { numRuns: 2_000 },
  )
})
