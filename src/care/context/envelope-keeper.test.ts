import assert from 'node:assert/strict'
import { test } from 'node:test'
import { envelopeKeeper } from './envelope-keeper.ts'
import type { ExchangedEnvelopes } from './recorder.ts'

const exchanged = (messageId: string, response?: string): ExchangedEnvelopes => ({
  wire: 'ihe',
  transaction: 'ITI-39',
  messageId,
  request: '<a/>',
  ...(response === undefined ? {} : { response }),
})

test('messages of successes are kept up to so many a minute, those of failures always', () => {
  let time = new Date('2026-01-01T00:00:10Z')
  const keeper = envelopeKeeper({ keep: 'redacted', hours: 1, successesPerMinute: 2 }, () => time)
  const kept = (kind: 'success' | 'failed', id: string) => keeper.of({ kind }, exchanged(id)).envelopes !== undefined
  assert.deepEqual([kept('success', '1'), kept('success', '2'), kept('success', '3')], [true, true, false])
  assert.ok(kept('failed', '4'))
  time = new Date('2026-01-01T00:01:00Z')
  assert.ok(kept('success', '5'))
})

test('an answer that comes later is kept with its request, or not at all', () => {
  const keeper = envelopeKeeper({ keep: 'whole', hours: 1, successesPerMinute: 1 }, () => new Date(0))
  keeper.of({ kind: 'success' }, exchanged('1'))
  keeper.of({ kind: 'success' }, exchanged('2'))
  assert.deepEqual([keeper.answer('1', '<b/>'), keeper.answer('2', '<b/>')], ['<b/>', undefined])
  // Of each message there is one answer.
  assert.equal(keeper.answer('2', '<b/>'), '<b/>')
})

test('whoever never answers is forgotten', () => {
  const keeper = envelopeKeeper({ keep: 'whole', hours: 1, successesPerMinute: 0 }, () => new Date(0))
  for (let id = 0; id <= 1000; id += 1) keeper.of({ kind: 'success' }, exchanged(String(id)))
  assert.deepEqual([keeper.answer('0', '<b/>'), keeper.answer('1', '<b/>')], ['<b/>', undefined])
})
