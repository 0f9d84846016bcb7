import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { arrows, MAY_IMPORT } from './rooms.ts'

const root = join(import.meta.dirname, '..', '..')

test('arrows between rooms go down only', () => {
  const wrong = arrows(root).filter(
    (arrow) => !arrow.file.endsWith('.test.ts') && !arrow.typeOnly && !MAY_IMPORT[arrow.from]?.includes(arrow.to),
  )
  assert.deepEqual(
    wrong.map((arrow) => `${arrow.file} imports ${arrow.specifier}`),
    [],
  )
})

test('wire never imports care, not even in its tests', () => {
  assert.deepEqual(
    arrows(root).filter((arrow) => arrow.from === 'wire' && arrow.to === 'care' && !arrow.typeOnly),
    [],
  )
})

test('the arrows are really found', () => {
  assert.ok(arrows(root).some((arrow) => arrow.from === 'care' && arrow.to === 'platform'))
})

test('every folder of src is a known room', () => {
  assert.deepEqual(
    readdirSync(join(root, 'src')).filter((room) => !(room in MAY_IMPORT)),
    [],
  )
})
