import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzReaders, fuzzServer } from './fuzz.ts'

const RUNS = Number(process.env.TESSERA_FUZZ ?? 2000)

test('whatever chance makes of a message, readers answer with a value', async () => {
  const { read } = await fuzzReaders(RUNS)
  assert.ok(read > RUNS / 10, `${read} of ${RUNS} were read`)
})

test('whatever is sent to a service, it answers with a message', async () => {
  const { read } = await fuzzServer(RUNS)
  assert.ok(read > RUNS / 10, `${read} of ${RUNS} were answered`)
})
