import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Answer,
  answered,
  begun,
  isSettled,
  MOST_ATTEMPTS,
  pauseAfter,
  type Standing,
} from './submission-state.ts'

const fresh: Standing = { state: 'sending', attempts: 0, open: 0, needsPerson: false }
const refused = { kind: 'refused', repeatable: false } as const

test('a first attempt is settled by its answer', () => {
  assert.equal(answered(begun(fresh), { kind: 'accepted' }).state, 'accepted')
  assert.equal(answered(begun(fresh), refused).state, 'refused')
  assert.deepEqual(answered(begun(fresh), { kind: 'without-effect' }), { ...fresh, attempts: 1 })
  assert.equal(answered(begun(fresh), { kind: 'unknown' }).state, 'unknown')
})

test('a crash leaves the attempt open, and the next one knows that', () => {
  const second = begun(begun(fresh))
  assert.deepEqual(second, { state: 'unknown', attempts: 2, open: 2, needsPerson: false })
  const doubtful = answered(second, refused)
  assert.deepEqual([doubtful.state, doubtful.needsPerson], ['unknown', true], 'the first may have been taken')
  assert.equal(
    answered(second, { kind: 'refused', repeatable: true }).state,
    'refused',
    'a repetition is answered alike',
  )
  assert.equal(answered(second, { kind: 'without-effect' }).state, 'unknown')
})

test('that country A has it is proof at any time; other answers change nothing that is settled', () => {
  const no = answered(begun(fresh), refused)
  assert.equal(answered(no, { kind: 'accepted' }).state, 'accepted')
  const yes = answered(begun(fresh), { kind: 'accepted' })
  for (const late of [refused, { kind: 'unknown' }, { kind: 'without-effect' }] as const)
    assert.equal(answered(yes, late), yes)
})

test('after many attempts a person is asked, and pauses are bounded', () => {
  const tired = answered({ ...fresh, attempts: MOST_ATTEMPTS, open: 1 }, { kind: 'unknown' })
  assert.ok(tired.needsPerson)
  assert.equal(pauseAfter(1), 30_000)
  assert.equal(pauseAfter(2), 60_000)
  assert.equal(pauseAfter(100), 3_600_000)
})

test('no order of beginnings and answers says more than was learned', () => {
  const step = fc.oneof(
    fc.constant('begin' as const),
    fc.constantFrom<Answer>(
      { kind: 'accepted' },
      refused,
      { kind: 'refused', repeatable: true },
      { kind: 'without-effect' },
      { kind: 'unknown' },
    ),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let standing = fresh
      let accepted = false
      for (const one of steps) {
        const before = standing
        if (one === 'begin') {
          if (isSettled(standing) || standing.needsPerson) continue
          standing = begun(standing)
          continue
        }
        if (before.attempts === 0) continue
        standing = answered(standing, one)
        accepted ||= one.kind === 'accepted'
        assert.equal(standing.state === 'accepted', accepted, 'accepted exactly when country A said so')
        if (standing.state === 'refused' && before.state !== 'refused') assert.equal(one.kind, 'refused')
        if (standing.state === 'sending') assert.equal(standing.open, 0, 'what may have arrived is not "not sent"')
      }
    }),
  )
})
