import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConsentDefaultForm, defaultDecision } from './consent-default.ts'

test('one word holds for everything; exceptions hold for their class or country, and of two the refusal', () => {
  assert.equal(defaultDecision('permit', 'FR', '60591-5'), 'permit')
  assert.equal(defaultDecision('deny', 'FR', '60591-5'), 'deny')
  const mixed = {
    default: 'permit',
    documentClasses: { '11502-2': 'deny', '57833-6': 'permit' },
    countries: { EE: 'deny' },
  } as const
  assert.equal(defaultDecision(mixed, 'FR', '60591-5'), 'permit')
  assert.equal(defaultDecision(mixed, 'FR', '11502-2'), 'deny')
  assert.equal(defaultDecision(mixed, 'ee', '60591-5'), 'deny')
  assert.equal(defaultDecision(mixed, 'EE', '57833-6'), 'deny')
  const optIn = { default: 'deny', documentClasses: { '60591-5': 'permit' } } as const
  assert.equal(defaultDecision(optIn, 'FR', '60591-5'), 'permit')
  assert.equal(defaultDecision(optIn, 'FR', '11502-2'), 'deny')
})

test('the old form and the new one are read, and nothing else', () => {
  for (const form of ['permit', 'deny', { default: 'deny', countries: { FR: 'permit' } }]) {
    assert.deepEqual(ConsentDefaultForm.parse(form), form)
  }
  for (const wrong of ['perhaps', {}, { default: 'deny', countries: { FRA: 'permit' } }]) {
    assert.equal(ConsentDefaultForm.safeParse(wrong).success, false)
  }
})
