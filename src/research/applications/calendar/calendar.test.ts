import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it, test } from 'node:test'
import fc from 'fast-check'
import { addDays, addMonths, type Day, daysBetween, isDay, localDay, weekday } from './civil-day.ts'
import { easter, orthodoxEaster } from './easter.ts'
import { type Calendar, type Calendars, readCalendar, readCalendars } from './holidays.ts'
import { backFrom, endOfPeriod, limitOf, type Period, WEEKDAYS } from './period.ts'

const FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'research', 'holidays')

let calendars: Calendars
before(async () => {
  const read = await readCalendars(FOLDER)
  assert.ok(read.ok, JSON.stringify(read))
  calendars = read.value
})

function calendar(country: string): Calendar {
  const found = calendars.get(country)
  assert.ok(found, country)
  return found
}

describe('Easter', () => {
  it('falls on the published Sundays', () => {
    const western = '2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2038-04-25'
    const eastern = '2024-05-05 2025-04-20 2026-04-12 2027-05-02 2028-04-16 2029-04-08 2030-04-28 2031-04-13'
    for (const day of western.split(' ')) assert.equal(easter(Number(day.slice(0, 4))), day)
    for (const day of eastern.split(' ')) assert.equal(orthodoxEaster(Number(day.slice(0, 4))), day)
  })

  it('is what the tables of the full moon give, for four hundred years', () => {
    // Julian paschal full moon by golden number: month and day.
    const moons = '4-5 3-25 4-13 4-2 3-22 4-10 3-30 4-18 4-7 3-27 4-15 4-4 3-24 4-12 4-1 3-21 4-9 3-29 4-17'.split(' ')
    for (let year = 1900; year < 2300; year += 1) {
      const [month = 0, day = 0] = (moons[year % 19] ?? '').split('-').map(Number)
      const behind = year < 2100 && year >= 1900 ? 13 : year < 2200 ? 14 : 15
      // The Sunday strictly after the moon; 1900-02-28 and the other missing leap days lie before every moon.
      const moon = addDays(`${year}-0${month}-${String(day).padStart(2, '0')}`, behind)
      const sunday = addDays(moon, 7 - weekday(moon))
      assert.equal(orthodoxEaster(year), sunday, String(year))
      assert.equal(weekday(easter(year)), 0)
      assert.ok(easter(year) >= `${year}-03-22` && easter(year) <= `${year}-04-25`)
      assert.ok(easter(year) <= orthodoxEaster(year), 'East is never before West in these centuries')
    }
  })
})

describe('public holidays', () => {
  it('are those of each country', () => {
    const on = (country: string, year: number) =>
      calendar(country)
        .holidaysOf(year)
        .map(({ on: day }) => day.slice(5))
    assert.deepEqual(on('FR', 2029), '01-01 04-02 05-01 05-08 05-10 05-21 07-14 08-15 11-01 11-11 12-25'.split(' '))
    assert.deepEqual(
      on('PT', 2029),
      '01-01 03-30 04-01 04-25 05-01 05-31 06-10 08-15 10-05 11-01 12-01 12-08 12-25'.split(' '),
    )
    assert.deepEqual(
      on('EE', 2029),
      '01-01 02-24 03-30 04-01 05-01 05-20 06-23 06-24 08-20 12-24 12-25 12-26'.split(' '),
    )
    assert.deepEqual(
      on('GR', 2029),
      '01-01 01-06 02-19 03-25 04-06 04-08 04-09 05-01 05-28 08-15 10-28 12-25 12-26'.split(' '),
    )
    assert.ok(calendar('EU').isHoliday('2029-12-28'))
  })

  it('can be moved for one year', () => {
    const file = {
      country: 'XX',
      timeZone: 'Europe/Athens',
      source: 'test',
      reckoning: 'orthodox',
      fixed: [{ month: 5, day: 1, name: 'a' }],
      easter: [],
      added: [{ on: '2021-05-04', name: 'a' }],
      removed: ['2021-05-01'],
    }
    const read = readCalendar(file)
    assert.ok(read.ok)
    assert.deepEqual(read.value.holidaysOf(2021), [{ on: '2021-05-04', name: 'a' }])
    assert.deepEqual(read.value.holidaysOf(2022), [{ on: '2022-05-01', name: 'a' }])
    for (const wrong of [
      null,
      [],
      { ...file, timeZone: 'Europe/Nowhere' },
      { ...file, removed: ['2021-02-30'] },
      { ...file, fixed: [{ month: 13, day: 1, name: '' }] },
    ]) {
      const refused = readCalendar(wrong)
      assert.equal(!refused.ok && refused.problem.code, 'holidays-unreadable')
    }
  })

  it('says what is wrong with a folder', async () => {
    const read = await readCalendars(join(FOLDER, 'nowhere'))
    assert.equal(!read.ok && read.problem.code, 'holidays-unreadable')
  })
})

test('a moment falls on the day of the place', () => {
  assert.equal(localDay('2029-03-30T22:30:00Z', 'Europe/Athens'), '2029-03-31')
  assert.equal(localDay('2029-03-30T22:30:00Z', 'Europe/Lisbon'), '2029-03-30')
  assert.equal(localDay('2029-06-30T22:30:00Z', 'Europe/Paris'), '2029-07-01')
  assert.ok(isDay('2028-02-29') && !isDay('2029-02-29') && !isDay('2029-2-1') && !isDay('x'))
})

describe('periods (Reg. 1182/71)', () => {
  it('end as Art. 3 says', () => {
    const end = (event: Day, period: Period, country = 'FR') => endOfPeriod(event, period, calendar(country))
    // 3(2)(c): the same date, the same day of the week, or the last day of a shorter month.
    assert.equal(end('2029-04-03', { months: 3 }), '2029-07-03')
    assert.equal(end('2029-11-30', { months: 3 }), '2030-02-28')
    assert.equal(end('2029-04-03', { weeks: 4 }), '2029-05-02', 'the 1st of May is a holiday')
    assert.equal(end('2029-04-04', { weeks: 4 }), '2029-05-02')
    // 3(4): Saturday, Sunday, holidays in a row.
    assert.equal(end('2029-04-14', { months: 3 }), '2029-07-16', 'a national holiday on a Saturday')
    assert.equal(end('2029-09-25', { months: 3 }, 'EE'), '2029-12-27', 'three days of Christmas')
    assert.equal(end('2029-03-01', { months: 1 }, 'PT'), '2029-04-02', 'Easter Sunday is a holiday, Monday is not')
    assert.equal(end('2029-03-01', { months: 1 }, 'FR'), '2029-04-03')
    assert.equal(end('2029-03-06', { months: 1 }, 'GR'), '2029-04-10', 'Orthodox Good Friday to Easter Monday')
    // 3(5): at least two working days.
    assert.equal(end('2029-12-21', { days: 2 }, 'EE'), '2029-12-28')
    assert.equal(end('2029-12-23', { days: 1 }, 'EE'), '2029-12-27')
    // 3(3): expressed in working days.
    assert.equal(end('2029-04-30', { workingDays: 5 }, 'FR'), '2029-05-09')
    // 3(4) second subparagraph: counted back, nothing moves.
    assert.equal(backFrom('2029-08-01', { months: 1 }), '2029-07-01')
    assert.equal(weekday('2029-07-01'), 0)
    assert.equal(backFrom('2029-03-31', { months: 1 }), '2029-02-28')
    // A limit is not lengthened.
    assert.equal(limitOf('2029-05-01', { years: 10 }), '2039-05-01')
    assert.equal(limitOf('2028-02-29', { years: 10 }), '2038-02-28')
  })

  const day = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('2020-01-01', days))
  const country = fc.constantFrom('FR', 'PT', 'EE', 'GR', 'EU')
  const period = fc.oneof(
    fc.record({ days: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ weeks: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ months: fc.integer({ min: 1, max: 36 }) }),
    fc.record({ years: fc.integer({ min: 1, max: 10 }) }),
    fc.record({ workingDays: fc.integer({ min: 1, max: 60 }) }),
  )

  it('end on a working day of the place, with two working days inside, and grow with their length', () => {
    fc.assert(
      fc.property(day, period, country, (event, length, place) => {
        const days = calendar(place)
        const last = endOfPeriod(event, length, days)
        assert.ok(days.isWorkingDay(last) && last > event)
        let working = 0
        for (let one = addDays(event, 1); one <= last; one = addDays(one, 1)) if (days.isWorkingDay(one)) working += 1
        if ('workingDays' in length) assert.equal(working, length.workingDays)
        else if (!('days' in length && length.days === 1)) assert.ok(working >= 2)
        const longer = Object.fromEntries(Object.entries(length).map(([unit, n]) => [unit, n + 1])) as Period
        assert.ok(endOfPeriod(event, longer, days) >= last)
      }),
    )
  })

  it('of months agree with a count on the calendar, day by day', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -30, max: 30 }), (from, months) => {
        const to = addMonths(from, months)
        const monthsOf = (one: Day) => Number(one.slice(0, 4)) * 12 + Number(one.slice(5, 7))
        assert.equal(monthsOf(to) - monthsOf(from), months)
        // The same date, or the last of a shorter month.
        assert.ok(to.slice(8) === from.slice(8) || addDays(to, 1).endsWith('-01'))
        assert.equal(addDays(from, daysBetween(from, to)), to)
      }),
    )
  })

  it('know only Saturdays and Sundays where no calendar is given', () => {
    assert.equal(endOfPeriod('2029-11-25', { months: 1 }, WEEKDAYS), '2029-12-25')
  })
})
