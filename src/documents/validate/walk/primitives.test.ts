import assert from 'node:assert/strict'
import { test } from 'node:test'
import { primitiveCheck } from './primitives.ts'

const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  integer: [0, -5, 2_147_483_647],
  unsignedInt: [0, 7],
  positiveInt: [1],
  decimal: [0, -1.5, 1e10],
  string: ['a', ' a ', 'zwei\nZeilen', '😀'],
  code: ['a', 'a b', '<='],
  id: ['a', 'A-1.b', 'x'.repeat(64)],
  uri: ['urn:oid:1.2.3', 'http://a/b#c', 'code'],
  oid: ['urn:oid:1.2.3', 'urn:oid:2.999'],
  uuid: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
  base64Binary: ['QQ==', 'QUJD', 'QU\nJD'],
  date: ['2020', '2020-12', '2020-02-29'],
  dateTime: ['2020', '2020-12', '2020-12-31', '2020-12-31T23:59:60Z', '2020-12-31T23:59:59.123+14:00'],
  instant: ['2020-12-31T23:59:59Z'],
  time: ['23:59:59', '10:00:00.5'],
}

const BAD: Readonly<Record<string, readonly unknown[]>> = {
  boolean: ['true', 1, null],
  integer: [1.5, '1', 2_147_483_648],
  unsignedInt: [-1],
  positiveInt: [0],
  decimal: ['1.0', Number.NaN, Number.POSITIVE_INFINITY],
  string: ['', '  ', 1, 'a\u0000b'],
  code: ['', ' a', 'a ', 'a  b'],
  id: ['', 'a_b', 'a b', 'x'.repeat(65)],
  uri: ['', 'a b'],
  oid: ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02'],
  uuid: ['c757873d-ec9a-4326-a141-556f43239520', 'urn:uuid:C757873D-EC9A-4326-A141-556F43239520'],
  base64Binary: ['QQ=', 'a!', ''],
  date: [
    '20',
    '2020-13',
    '2020-00',
    '2021-02-29',
    '2020-04-31',
    '2020-1-1',
    '31.12.2020',
    '2020-12-31T10:00:00Z',
    '0000',
  ],
  dateTime: [
    '2020-12-31T23:59Z',
    '2020-12-31T23:59:59',
    '2020-12-31T24:00:00Z',
    '2020-12-31 23:59:59Z',
    '2020-12T10:00:00Z',
  ],
  instant: ['2020-12-31', '2020-12-31T23:59:59'],
  time: ['24:00:00', '10:00', '10:00:00Z'],
}

for (const type of Object.keys(GOOD))
  test(type, () => {
    const check = primitiveCheck(type)
    assert.ok(check)
    for (const value of GOOD[type] ?? []) assert.equal(check(value), undefined, JSON.stringify(value))
    for (const value of BAD[type] ?? []) assert.notEqual(check(value), undefined, JSON.stringify(value))
  })

test('other types are no primitives', () => {
  assert.equal(primitiveCheck('HumanName'), undefined)
  assert.equal(primitiveCheck('constructor'), undefined)
})
