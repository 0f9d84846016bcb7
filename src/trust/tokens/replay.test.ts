import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReplayStore } from './replay.ts'

const token = (tokenId: string, binding = 'a', issuer = 'FR') => ({ issuer, tokenId, binding, forgetAt: 100 })

test('the same token again is the same; the same id with another content is not', () => {
  const store = createReplayStore()
  assert.equal(store.use(token('1'), 0), 'first')
  assert.equal(store.use(token('1'), 50), 'again')
  assert.equal(store.use(token('1', 'b'), 50), 'different')
  assert.equal(store.use(token('1', 'b', 'ES'), 50), 'first', 'each country has its own ids')
  assert.equal(store.use(token('1', 'b'), 100), 'first', 'forgotten once it is refused anyway')
})

test('the memory is bounded for each country, and room is made by what has expired', () => {
  const store = createReplayStore({ perIssuer: 2 })
  assert.equal(store.use(token('1'), 0), 'first')
  assert.equal(store.use(token('2'), 0), 'first')
  assert.equal(store.use(token('3'), 0), 'full')
  assert.equal(store.use(token('3', 'a', 'ES'), 0), 'first')
  assert.equal(store.use(token('3'), 100), 'first')
})
