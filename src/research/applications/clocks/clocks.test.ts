/** Every deadline, against a computation that shares nothing with ours but the law: the data of the corpus and `Date`. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it, test } from 'node:test'
import fc from 'fast-check'
import type { CaseEvent } from '../case/events.ts'
import { replay } from '../case/evolve.ts'
import type { Procedure } from '../procedure.ts'
import { type ClockRule, clockRule } from '../rules/rule-set.ts'
import { actor, grantCase, HOLDER, type Place, procedureIn, submittedCase } from '../testing/example-case.ts'
import { makeCase } from '../testing/many-cases.ts'
import { walk, walkSteps } from '../testing/random-walks.ts'
import { overdueBoard, remindersOf } from './board.ts'
import { type Clock, clocksOf, standingOf } from './clocks.ts'
import { deadlineOf } from './deadline.ts'
import { activityReportPeriod, descriptionReviewDue, logsKeptUntil } from './recurring.ts'

const CORPUS = join(import.meta.dirname, ...Array(5).fill('..'), 'shared', 'corpus', 'secondary', 'regulation')
const file = join(CORPUS, 'ehds-clocks.json')
const skip = existsSync(file) ? false : `the corpus is absent: ${file}`

interface Published {
  readonly id: string
  readonly article: string
  readonly from?: string
  readonly length?: Record<string, number>
  readonly every?: Record<string, number>
  readonly submitWithin?: Record<string, number>
  readonly retainAtLeast?: Record<string, number>
  readonly extension?: { readonly months?: number; readonly years?: number } | string
}
const published: readonly Published[] = skip ? [] : JSON.parse(readFileSync(file, 'utf8')).clocks

let procedure: Procedure
before(async () => {
  procedure = await procedureIn('FR')
})

describe('the clocks of the rules', () => {
  it('are those of the Regulation', { skip }, () => {
    for (const { id, article, from, length, every, submitWithin, retainAtLeast, extension } of published) {
      const rule = procedure.rules.clocks.find((clock) => clock.id === id)
      assert.ok(rule, id)
      assert.equal(rule.article, article)
      if (from) assert.equal(rule.from, from)
      assert.deepEqual(rule.length, length ?? submitWithin ?? retainAtLeast ?? every, id)
      if (every) assert.deepEqual(rule.every, every)
      const extra = typeof extension === 'object' ? (extension.months ?? extension.years) : undefined
      const ours = rule.extension?.length
      if (extra !== undefined) assert.deepEqual(Object.values(typeof ours === 'object' ? ours : {}), [extra], id)
      assert.equal(extension === undefined, ours === undefined, id)
    }
    // T6 has no number in the law; all others are in the corpus.
    const others = procedure.rules.clocks.filter(({ id }) => !published.some((one) => one.id === id))
    assert.deepEqual(
      others.map(({ number }) => number),
      ['T6'],
    )
  })
})

/** Holidays as a list made by hand for these years, not by our calendar. */
const HOLIDAYS: Readonly<Record<string, string>> = {
  FR: `2029-01-01 2029-04-02 2029-05-01 2029-05-08 2029-05-10 2029-05-21 2029-07-14 2029-08-15 2029-11-01 2029-11-11
    2029-12-25 2030-01-01 2030-04-22 2030-05-01 2030-05-08 2030-05-30 2030-06-10 2030-07-14 2030-08-15 2030-11-01
    2030-11-11 2030-12-25 2031-01-01 2031-04-14 2031-05-01 2031-05-08 2031-05-22 2031-06-02 2031-07-14 2031-08-15
    2031-11-01 2031-11-11 2031-12-25 2032-01-01 2032-03-29 2032-05-01 2032-05-06 2032-05-08 2032-05-17 2032-07-14
    2032-08-15 2032-11-01 2032-11-11 2032-12-25 2033-01-01`,
  PT: `2029-01-01 2029-03-30 2029-04-01 2029-04-25 2029-05-01 2029-05-31 2029-06-10 2029-08-15 2029-10-05 2029-11-01
    2029-12-01 2029-12-08 2029-12-25 2030-01-01 2030-04-19 2030-04-21 2030-04-25 2030-05-01 2030-06-10 2030-06-20
    2030-08-15 2030-10-05 2030-11-01 2030-12-01 2030-12-08 2030-12-25 2031-01-01`,
}
const ZONES: Readonly<Record<string, string>> = { FR: 'Europe/Paris', PT: 'Europe/Lisbon' }

/** Reg. 1182/71 once more, walking day by day with `Date`. */
function naiveEnd(moment: string, length: Readonly<Record<string, number>>, place: 'FR' | 'PT', roll = true): string {
  const holidays = new Set((HOLIDAYS[place] ?? '').split(/\s+/))
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: ZONES[place], dateStyle: 'short' }).formatToParts(
    new Date(moment),
  )
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const date = new Date(Date.UTC(of('year'), of('month') - 1, of('day')))
  const text = () => date.toISOString().slice(0, 10)
  const works = () => date.getUTCDay() % 6 !== 0 && !holidays.has(text())
  const step = () => date.setUTCDate(date.getUTCDate() + 1)
  if (length.workingDays !== undefined) {
    for (let left = length.workingDays; left > 0; ) {
      step()
      if (works()) left -= 1
    }
    return text()
  }
  if (length.weeks !== undefined) for (let day = 0; day < 7 * length.weeks; day += 1) step()
  const months = (length.months ?? 0) + 12 * (length.years ?? 0)
  if (months > 0) {
    const wanted = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + months)
    const month = date.getUTCMonth()
    date.setUTCDate(wanted)
    // Past the end of a shorter month: back to its last day.
    if (date.getUTCMonth() !== month) date.setUTCDate(0)
  }
  while (roll && !works()) step()
  return text()
}

test('every deadline of every clock equals the independent one, for any moment, in two countries', { skip }, () => {
  const moment = fc
    .date({ min: new Date('2029-01-01T00:00:00Z'), max: new Date('2030-05-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString())
  // The list of holidays of Portugal ends in 2031: periods that end later are left to the tests of the calendar.
  const counted = published.filter(
    ({ length }) => length !== undefined && length.years === undefined && (length.months ?? 0) <= 6,
  )
  assert.ok(counted.length >= 12)
  fc.assert(
    fc.property(
      moment,
      fc.constantFrom(...counted),
      fc.constantFrom('FR', 'PT'),
      fc.nat(3),
      (at, clock, place, extra) => {
        const rule = clockRule(procedure.rules, clock.id as ClockRule['id'])
        const calendar = procedure.calendars.get(place)
        assert.ok(calendar && clock.length)
        const months = clock.length.months !== undefined && typeof clock.extension === 'object' ? extra : 0
        const length = months > 0 ? { months: (clock.length.months ?? 0) + months } : clock.length
        const naive = naiveEnd(at, length, place as 'FR' | 'PT', rule.counting === 'period')
        assert.equal(deadlineOf(rule, at, calendar, months), naive, `${clock.id} in ${place}`)
      },
    ),
    { numRuns: 2000 },
  )
})

/** Name of the event in the Regulation's data → events of ours that are it. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  incompletenessNotified: ['completion-asked'],
  completeApplicationReceived: ['submitted', 'completed'],
  requestReceived: ['submitted'],
  requestAssessed: ['granted'],
  forwardedToTrustedHolder: ['sent-to-trusted-holder'],
  assessmentReceived: ['proposal-made'],
  dataRequestReceivedByHolder: ['data-asked'],
  dataReceivedFromHolders: ['delivered'],
  permitIssued: ['granted'],
  permitExpired: ['ended'],
  processingCompletedOrResponseReceived: ['ended', 'responded'],
  decisionTaken: ['granted', 'refused'],
  findingNotified: ['finding-notified'],
}

/** The last day of a clock from the law and the events alone; nothing for those that the law gives no number. */
function lawfulDue(clock: Clock, past: readonly CaseEvent[]): string | undefined {
  const law = published.find(({ id }) => id === clock.id)
  const kinds = EVENTS[law?.from ?? '']
  const last = (test: (event: CaseEvent) => boolean) => past.findLast(test)
  if (clock.id === 'permitMax') {
    const permit = last((event) => 'permit' in event && event.permit !== undefined)
    const until = permit && 'permit' in permit ? permit.permit?.until : undefined
    const moment = new Date(Date.parse(until ?? '') - 1)
    return moment.toLocaleDateString('en-CA', { timeZone: 'Europe/Paris' })
  }
  if (!law?.length || !kinds) return undefined
  const about = (event: CaseEvent) =>
    clock.about === undefined || Object.values(event).some((value) => value === clock.about)
  const from = last((event) => kinds.includes(event.kind) && about(event))
  assert.ok(from, clock.id)
  if (from.kind === 'finding-notified') return from.viewsUntil
  const stated = last(
    ({ kind }) =>
      (clock.id === 'makeAvailable' && kind === 'preparation-extended') ||
      (clock.id === 'publishResults' && kind === 'publication-extended'),
  )
  if (stated && 'until' in stated) return stated.until
  const extra = past.flatMap((event) => {
    if (event.kind === 'decision-extended') return clock.id.startsWith('decision') ? event.months : []
    return event.kind === 'delivery-delayed' && clock.id === 'holderDelivery' && about(event) ? event.months : []
  })
  const months = extra.reduce((sum, one) => sum + one, law.length.months ?? 0)
  return naiveEnd(from.at, months > 0 ? { months } : law.length, 'FR')
}

test('every clock of every case, after every event, runs from the event that the Regulation names', { skip }, () => {
  const walks = fc.sample(walkSteps, { numRuns: 150, seed: 1182 })
  const streams = [
    ...Array.from({ length: 60 }, (_, index) => makeCase(index, procedure).events),
    ...walks.map((steps) => [...walk(steps, procedure)].flatMap(({ events }) => events)),
  ]
  const seen = new Set<string>()
  for (const events of streams) {
    for (let count = 1; count <= events.length; count += 1) {
      const past = events.slice(0, count)
      const state = replay(past)
      assert.ok(state)
      for (const clock of clocksOf(state, procedure)) {
        if (clock.due === undefined) continue
        const due = lawfulDue(clock, past)
        // The list of holidays made by hand ends there.
        if (due === undefined || due > '2032-12-31') continue
        assert.equal(clock.due, due, `${clock.id} after ${past.at(-1)?.kind}`)
        seen.add(clock.id)
      }
    }
  }
  assert.deepEqual([...seen].sort(), [
    'completeApplication',
    'decision',
    'feeAgreement',
    'holderDelivery',
    'makeAvailable',
    'permitMax',
    'publishDecision',
    'publishResults',
    'requestAssessment',
    'requestResponse',
    'speDeletion',
    'trustedHolderAssessment',
    'trustedHolderDecision',
    'viewsOnFinding',
  ])
})

describe('limits', () => {
  it('of years are not lengthened by a holiday', { skip }, () => {
    const calendar = procedure.calendars.get('FR')
    assert.ok(calendar)
    for (const id of ['permitMax', 'exclusionMax'] as const) {
      const years = published.find((clock) => clock.id === id)?.length?.years ?? 0
      const end = deadlineOf(clockRule(procedure.rules, id), '2029-12-25T10:00:00Z', calendar)
      assert.equal(end, `${2029 + years}-12-25`)
    }
  })

  it('recur for bodies, descriptions and logs', () => {
    const calendar = procedure.calendars.get('FR')
    assert.ok(calendar)
    assert.deepEqual(activityReportPeriod(procedure.rules, '2029-03-26', calendar), {
      from: '2029-03-26',
      to: '2031-03-25',
      submitBy: '2031-09-25',
    })
    assert.equal(descriptionReviewDue(procedure.rules, '2029-07-14T10:00:00Z', calendar), '2030-07-15')
    assert.equal(logsKeptUntil(procedure.rules, '2029-07-14T10:00:00Z', calendar), '2030-07-14')
  })
})

describe('clocks of a case', () => {
  it('of each Member State run by its own calendar', () => {
    const made = submittedCase(procedure, 'data-permit', ['FR', 'GR', 'EE'], '2029-01-08T22:30:00Z')
    const due = Object.fromEntries(clocksOf(made.state(), procedure).map((clock) => [clock.memberState, clock.due]))
    // In Athens and Tallinn it was the 9th; Orthodox Monday of Easter is the 9th of April.
    assert.deepEqual(due, { FR: '2029-04-09', EE: '2029-04-09', GR: '2029-04-10' })
  })

  it('are overdue when the last day is over where the body sits, and soft ones never are', () => {
    const made = submittedCase(procedure, 'data-request', ['FR'])
    const [clock] = clocksOf(made.state(), procedure)
    assert.ok(clock)
    const standing = (now: string) => standingOf(clock, procedure, now)
    assert.deepEqual(
      [standing('2029-07-03T21:59:59Z').standing, standing('2029-07-03T21:59:59Z').daysLeft],
      ['running', 0],
    )
    assert.equal(standing('2029-07-03T22:00:00Z').standing, 'overdue')
    grantCase(made, procedure, 'FR', '2029-04-10T10:00:00Z', '2031-01-01T00:00:00Z')
    const soft = clocksOf(made.state(), procedure).find(({ id }) => id === 'requestResponse')
    assert.ok(soft)
    assert.equal(standingOf(soft, procedure, '2030-01-01T10:00:00Z').standing, 'running')
  })

  it('stand on the board when they are overdue, and remind on their days once each', () => {
    const made = submittedCase(procedure)
    grantCase(made, procedure, 'FR', '2029-05-02T10:00:00Z', '2031-06-01T00:00:00Z')
    made.give({
      kind: 'ask-holder',
      at: '2029-05-03T10:00:00Z',
      by: actor('data-preparer'),
      memberState: 'FR',
      holder: HOLDER.FR,
    })
    const clocks = clocksOf(made.state(), procedure).map((clock) => ({ ...clock, caseId: 'c', title: 't' }))
    const board = overdueBoard(clocks, procedure, '2029-08-10T10:00:00Z')
    assert.deepEqual(
      board.map(({ id, daysLeft, responsible }) => [id, daysLeft, responsible]),
      [
        ['publishDecision', -53, 'coordinator'],
        ['holderDelivery', -7, 'data-holder'],
      ],
    )
    assert.deepEqual(overdueBoard(clocks, procedure, '2029-05-04T10:00:00Z'), [])
    const steps: [string, number][] = []
    for (let day = 0; day < 120; day += 1) {
      const now = new Date(Date.UTC(2029, 4, 4 + day, 8)).toISOString()
      for (const { id, step } of remindersOf(clocks, procedure, now)) steps.push([id, step])
    }
    const ofHolder = steps.filter(([id]) => id === 'holderDelivery').map(([, step]) => step)
    assert.deepEqual(ofHolder, [28, 14, 7, 1, 0, -1])
  })
})

test('clocks name a role of the rules', () => {
  const roles = new Set(procedure.rules.roles.map(({ code }) => code))
  for (const { responsible, id } of procedure.rules.clocks) assert.ok(roles.has(responsible), id)
  const places: readonly Place[] = ['FR', 'PT', 'EE', 'GR']
  for (const place of places) assert.ok(procedure.calendars.has(place))
})
