import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { parseEcl } from './parse.ts'
import { printEcl } from './print.ts'

const MARK = '‸'
const schema = z.object({
  section: z.string(),
  valid: z.array(z.strictObject({ text: z.string(), prints: z.string().optional() })),
  invalid: z.array(z.strictObject({ text: z.string(), at: z.number().optional(), expected: z.string() })),
})
const folder = join(import.meta.dirname, 'cases')

for (const file of globSync('*.json', { cwd: folder }).sort()) {
  const { section, valid, invalid } = schema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))

  test(`${section}: what is allowed is read`, () => {
    for (const { text, prints } of valid) {
      const read = parseEcl(text)
      assert.ok(read.ok, read.ok ? '' : `${text}\n${read.problem.sentence}`)
      assert.equal(printEcl(read.value), prints ?? text)
    }
  })

  test(`${section}: what is not allowed is refused at its place`, () => {
    for (const { text: marked, at, expected } of invalid) {
      const offset = at ?? marked.indexOf(MARK)
      const text = marked.replace(MARK, '')
      const read = parseEcl(text)
      assert.ok(!read.ok, text)
      assert.equal(read.problem.offset, offset, `${text}\n${read.problem.sentence}\n${read.problem.excerpt}`)
      assert.ok(read.problem.expected?.includes(expected), `${text}: ${read.problem.sentence}`)
      const [line = '', caret = ''] = read.problem.excerpt.split('\n')
      const found = read.problem.found ?? ''
      assert.ok(
        found === 'end' ? caret.length - 1 <= line.length : line.startsWith(found.slice(0, 1), caret.length - 1),
        read.problem.excerpt,
      )
    }
  })
}

test('the place has line and column, and the excerpt shows the line', () => {
  const read = parseEcl('< 404684003 :\r\n  363698007 = <\n  116676008 @ *')
  assert.ok(!read.ok)
  assert.deepEqual(read.problem.place, { line: 3, column: 13 })
  assert.equal(read.problem.excerpt, '  116676008 @ *\n            ^')
  assert.match(read.problem.sentence, /^Line 3, character 13: expected .*, found "@"\.$/)
})
