/** What expressions give, worked out by hand: the same on every engine. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as b from './build.ts'
import type { Cell } from './engine.ts'
import { agreement } from './testing/agreement.ts'
import type { Expression } from './tree.ts'

const engines = agreement(async () => {})

describe('values', () => {
  const cases: readonly (readonly [string, Expression, Cell])[] = [
    ['-7 floor-divided by 2', b.floorDivide(-7, 2), -4],
    ['7 floor-divided by -2', b.floorDivide(7, -2), -4],
    ['-8 floor-divided by 2', b.floorDivide(-8, 2), -4],
    ['an age before birth', b.floorDivide(b.daysBetween(b.date('2000-03-01'), b.date('2000-02-29')), 365), -1],
    ['floor-divided by 0', b.floorDivide(7, 0), null],
    ['-7 modulo 3', b.modulo(-7, 3), 2],
    ['-6 modulo 3', b.modulo(-6, 3), 0],
    ['-7 modulo what is 3', b.modulo(-7, b.add(1, 2)), 2],
    ['-7 floor-divided by what is 2', b.floorDivide(-7, b.add(1, 1)), -4],
    ['nothing floor-divided by 2', b.floorDivide(b.absent('integer'), 2), null],
    ['7 modulo -3', b.modulo(7, -3), -2],
    ['modulo 0', b.modulo(7, 0), null],
    ['7 divided by 2', b.divide(7, 2), 3.5],
    ['divided by 0', b.divide(7, 0), null],
    ['wide multiplication', b.multiply(3_000_000, 3_000_000), 9_000_000_000_000],
    ['integer and double', b.add(1, b.double(0.25)), 1.25],
    ['a small double', b.double(1e-7), 1e-7],
    ['a big double', b.double(-1.7976931348623157e308), -1.7976931348623157e308],
    ['the greatest integer', b.integer(9007199254740991), 9007199254740991],
    ['the least integer', b.integer(-9007199254740991), -9007199254740991],
    ['floor of a negative double', b.cast(b.double(-0.5), 'integer'), -1],
    ['a leap day later', b.addDays(b.date('2000-02-28'), 1), '2000-02-29'],
    ['no leap day in 1900', b.addDays(b.date('1900-02-28'), 1), '1900-03-01'],
    ['no leap day in 2100', b.addDays(b.date('2100-02-28'), 1), '2100-03-01'],
    ['before 1970', b.addDays(b.date('1970-01-01'), -25567), '1900-01-01'],
    ['after 2100', b.addDays(b.date('2099-12-31'), 36525), '2200-01-01'],
    ['days of two centuries', b.daysBetween(b.date('2100-03-01'), b.date('1900-01-01')), -73108],
    ['days between datetimes', b.daysBetween(b.datetime('2020-01-01T23:59:59'), b.datetime('2020-01-02T00:00:00')), 1],
    ['a year before 1970', b.yearOf(b.date('1969-12-31')), 1969],
    ['a month', b.monthOf(b.datetime('1931-02-28T23:59:59.999999')), 2],
    ['a day', b.dayOf(b.date('2100-03-01')), 1],
    ['a made leap day', b.makeDate(2000, 2, 29), '2000-02-29'],
    ['a day that is not', b.makeDate(1900, 2, 29), null],
    ['a month that is not', b.makeDate(2000, 13, 1), null],
    ['day 31 of April', b.makeDate(2000, 4, 31), null],
    ['day 0', b.makeDate(2000, 4, 0), null],
    ['a date of nothing', b.makeDate(b.absent('integer'), 1, 1), null],
    ['date of a datetime', b.cast(b.datetime('1931-02-28T23:59:59.999999'), 'date'), '1931-02-28'],
    ['datetime of a date', b.cast(b.date('1931-02-28'), 'datetime'), '1931-02-28T00:00:00'],
    ['text of a date', b.cast(b.date('1931-02-28'), 'text'), '1931-02-28'],
    ['text of an integer', b.cast(b.integer(-5), 'text'), '-5'],
    ['integer of a boolean', b.cast(b.boolean(true), 'integer'), 1],
    ['nothing equals nothing', b.equals(b.absent('text'), b.absent('text')), null],
    ['false and nothing', b.and(b.boolean(false), b.absent('boolean')), false],
    ['true and nothing', b.and(b.boolean(true), b.absent('boolean')), null],
    ['true or nothing', b.or(b.boolean(true), b.absent('boolean')), true],
    ['not nothing', b.not(b.absent('boolean')), null],
    ['in no values', b.isIn(b.absent('integer'), []), false],
    ['nothing in values', b.isOneOf(b.absent('integer'), [1]), null],
    [
      'in values with nothing',
      b.isIn(b.integer(2), [
        { type: 'integer', value: 1 },
        { type: 'integer', value: null },
      ]),
      null,
    ],
    [
      'found beside nothing',
      b.isIn(b.integer(1), [
        { type: 'integer', value: 1 },
        { type: 'integer', value: null },
      ]),
      true,
    ],
    ['least passes over nothing', b.least(b.absent('date'), b.date('2000-01-01'), b.date('1999-01-01')), '1999-01-01'],
    ['greatest of nothing', b.greatest(b.absent('integer'), b.absent('integer')), null],
    ['greatest of integer and double', b.greatest(b.integer(1), b.double(0.5)), 1],
    ['least text by code point', b.least(b.text('a'), b.text('Z'), b.text('é')), 'Z'],
    ['capitals before small letters', b.lessThan(b.text('Z'), b.text('a')), true],
    ['beyond the first plane', b.lessThan(b.text('\uffee'), b.text('😀')), true],
    ['letters made of two', b.equals(b.text('é'), b.text('e\u0301')), false],
    ['starts', b.startsWith(b.text('100%_x'), '100%'), true],
    ['starts is no pattern', b.startsWith(b.text('100x'), '100%'), false],
    ['contains, case-sensitive', b.contains(b.text('Diabetes'), 'diab'), false],
    ['ends with letters of four bytes', b.endsWith(b.text('a😀'), '😀'), true],
    ['ends with nothing', b.endsWith(b.text('a'), ''), true],
    ['a quote and a backslash', b.text("\\' OR 1=1; --\n\\"), "\\' OR 1=1; --\n\\"],
    [
      'the first that is true',
      b.choose(
        [
          [b.absent('boolean'), b.integer(1)],
          [b.boolean(true), b.double(2.5)],
        ],
        b.integer(3),
      ),
      2.5,
    ],
    ['coalesce', b.coalesce(b.absent('text'), b.text('x'), b.text('y')), 'x'],
  ]
  for (const [name, expression, expected] of cases) {
    test(name, async () => assert.deepEqual(await engines.value(expression), expected))
  }
})
