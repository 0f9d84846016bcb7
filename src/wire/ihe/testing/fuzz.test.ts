import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from './fuzz.ts'

test('whatever chance makes of a message, readers answer with a value', () => {
  const { read, runs } = fuzz(Number(process.env.TESSERA_FUZZ ?? 2000))
  assert.ok(read > runs / 10, `${read} of ${runs} were read`)
})
