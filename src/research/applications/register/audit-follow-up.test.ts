import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays, type Day, daysBetween } from '../calendar/civil-day.ts'
import { calendarFor } from '../calendar/holidays.ts'
import { shipped } from '../testing/example-case.ts'
import {
  type FollowUp,
  type FollowUpInput,
  LONGEST_FOLLOW_UP,
  measuresNumbers,
  measuresOn,
  overdueOn,
  readFollowUp,
} from './audit-follow-up.ts'
import type { EnvironmentAudit } from './environment-audit.ts'

const { calendars } = await shipped()
const AUDIT: EnvironmentAudit = {
  ...{ number: 1, first: 1, recordedAt: '2029-05-21T10:00:00Z', recordedBy: 'https://id.example|auditor' },
  ...{
    audited: '2029-05-20',
    environment: 'spe-1',
    auditor: 'Security Auditors',
    kind: 'own',
    findings: 'Short logs.',
  },
  measures: { words: 'Keep them for a year.', until: '2029-09-01' },
}
const { measures: _measures, ...WITHOUT } = AUDIT

function said(number: number, outcome: FollowUp['outcome'], day: Day, more: Partial<FollowUp> = {}): FollowUp {
  const recorded = { recordedAt: `${day}T10:00:00Z`, recordedBy: 'https://id.example|auditor' }
  return { number, audit: 1, outcome, day, words: 'Looked at.', ...recorded, ...more }
}
const followed = (...followUps: readonly FollowUp[]) => ({ audit: AUDIT, followUps })

test('measures are open until the end of their last day where the body sits, then overdue, whatever the hour elsewhere', () => {
  const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('2025-01-01', days))
  const place = fc.constantFrom('FR', 'PT', 'EE', 'GR')
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -180, max: 180 }),
      place,
      (until, days, minutes, country) => {
        const calendar = calendarFor(calendars, country)
        // Around a midnight there: the first moment of the day after `days` days, found by asking the clock of the place.
        const midnight = midnightOf(addDays(until, days), calendar.timeZone)
        const now = new Date(midnight + minutes * 60_000).toISOString()
        const today = minutes < 0 ? addDays(until, days - 1) : addDays(until, days)
        const audit = { ...AUDIT, audited: until, measures: { words: 'x', until } }
        const state = measuresOn({ audit, followUps: [] }, calendar.dayOf(now))
        const daysLeft = daysBetween(today, until)
        assert.deepEqual(state, { kind: daysLeft < 0 ? 'overdue' : 'open', until, daysLeft })
      },
    ),
  )
})

/** Milliseconds at which a day begins in a zone: by the offset that its clock shows, not by the code under test. */
function midnightOf(day: Day, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' })
  const offsetAt = (time: number): number => {
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  }
  return utc - offsetAt(utc - offsetAt(utc))
}

test('whatever was recorded, the latest extension counts, and what was carried out is in time or late by it', () => {
  const offset = fc.integer({ min: -30, max: 120 })
  const record = fc.record({
    done: fc.boolean(),
    offset: fc.nat({ max: 120 }),
    gone: fc.constantFrom('no', 'no', 'corrected', 'outdated'),
  })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), offset, (records, at) => {
      const { until = '' } = AUDIT.measures ?? {}
      const followUps = records.map(({ done, offset: days, gone }, index) =>
        said(index + 1, done ? 'carried-out' : 'extended', addDays(AUDIT.audited, days), {
          ...(gone === 'corrected' ? { replacedBy: 99 } : {}),
          ...(gone === 'outdated' ? { outdated: true } : {}),
        }),
      )
      const counted = records.filter(({ gone }) => gone === 'no')
      const last = Math.max(
        daysBetween(AUDIT.audited, until),
        ...counted.filter(({ done }) => !done).map(({ offset: days }) => days),
      )
      const done = counted.find((one) => one.done)
      const state = measuresOn(followed(...followUps), addDays(AUDIT.audited, at))
      const expected = done && done.offset <= at ? 'carried-out' : at > last ? 'overdue' : 'open'
      assert.ok(state.kind !== 'none')
      assert.deepEqual([state.kind, state.until], [expected, addDays(AUDIT.audited, last)])
      if (state.kind === 'carried-out' && done) assert.equal(state.inTime, done.offset <= last)
    }),
  )
  assert.deepEqual(measuresOn({ audit: WITHOUT, followUps: [] }, '2031-01-01'), { kind: 'none' })
})

test('what is overdue comes longest first', () => {
  const of = (number: number, until: Day, ...followUps: readonly FollowUp[]) => ({
    audit: { ...AUDIT, number, measures: { words: 'x', until } },
    followUps,
  })
  const list = [
    of(1, '2029-08-31'),
    of(2, '2029-06-01', said(1, 'extended', '2029-08-30')),
    of(3, '2029-06-01', said(1, 'carried-out', '2029-07-01')),
    of(4, '2029-09-02'),
    of(5, '2029-06-02'),
    of(6, '2029-06-02'),
    { audit: { ...WITHOUT, number: 7 }, followUps: [] },
  ]
  assert.deepEqual(
    overdueOn(list, '2029-09-01').map(({ audit }) => audit.number),
    [5, 6, 2, 1],
  )
})

test('the report counts what was carried out in its period, and what was overdue on its last day or today', () => {
  const list = [
    followed(said(1, 'carried-out', '2029-09-01')),
    followed(said(1, 'carried-out', '2029-12-31')),
    followed(said(1, 'carried-out', '2030-01-01')),
    followed(),
    followed(said(1, 'extended', '2030-06-01')),
    { audit: WITHOUT, followUps: [] },
  ]
  const in2029 = { from: '2029-01-01', to: '2029-12-31' }
  assert.deepEqual(measuresNumbers(list, in2029, '2030-03-01'), { carriedOut: 2, late: 1, overdue: 2 })
  assert.deepEqual(measuresNumbers(list, { from: '2030-01-01', to: '2030-12-31' }, '2030-03-01'), {
    ...{ carriedOut: 1, late: 1, overdue: 1 },
  })
  assert.deepEqual(measuresNumbers(list.slice(3), in2029, '2029-09-01'), { carriedOut: 0, late: 0, overdue: 0 })
})

test('a record is read as it was written; everything that is wrong is told, each at its field', () => {
  const today = '2029-08-15'
  const whole: FollowUpInput = { outcome: 'carried-out', day: '2029-08-15', words: ' Logs are kept. ' }
  const faultsIn = (change: FollowUpInput, records: readonly FollowUp[] = [], replaces?: number) => {
    const correcting = replaces === undefined ? {} : { replaces }
    const read = readFollowUp({ ...whole, ...change }, { followed: followed(...records), today, ...correcting })
    return 'faults' in read ? read.faults.map(({ field, fault }) => `${field} ${fault}`) : []
  }
  assert.deepEqual(readFollowUp(whole, { followed: followed(), today, replaces: 3 }), {
    ...{ outcome: 'carried-out', day: '2029-08-15', words: 'Logs are kept.', replaces: 3 },
  })
  const none = { outcome: '', day: '', words: ' ' }
  assert.deepEqual(faultsIn(none), ['outcome missing', 'day missing', 'words missing'])
  const wrong: readonly (readonly [FollowUpInput, string])[] = [
    [{ outcome: 'perhaps' }, 'outcome missing'],
    [{ day: '2029-02-30' }, 'day no-day'],
    [{ day: '2029-08-16' }, 'day in-future'],
    [{ day: '2029-05-19' }, 'day before-audit'],
    [{ words: 'x'.repeat(LONGEST_FOLLOW_UP.words + 1) }, 'words too-long'],
    [{ outcome: 'extended', day: '2029-09-01' }, 'day not-later'],
    [{ outcome: 'extended', day: 'later' }, 'day no-day'],
  ]
  for (const [change, fault] of wrong) assert.deepEqual(faultsIn(change), [fault])
  assert.deepEqual(faultsIn({ day: '2029-05-20' }), [])
  const extend = (day: Day) => ({ outcome: 'extended', day })
  assert.deepEqual(faultsIn(extend('2029-09-02')), [])
  const extended = [said(1, 'extended', '2029-10-01')]
  assert.deepEqual(faultsIn(extend('2029-10-01'), extended), ['day not-later'])
  assert.deepEqual(faultsIn(extend('2029-09-15'), extended, 1), [], 'a correction shortens what it corrects')
  assert.deepEqual(faultsIn(extend('2029-09-01'), extended, 1), [], 'or takes it back')
  assert.deepEqual(faultsIn(extend('2029-08-31'), extended, 1), ['day not-later'])
})
