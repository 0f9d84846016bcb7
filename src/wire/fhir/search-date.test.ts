import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateMatches, readDateCriterion } from './search-date.ts'

/** FHIR R4 §3.1.1.4.8: criterion, date of the resource, whether it matches. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ['2013-01-14', '2013-01-14T10:00:00Z', true],
  ['2013-01-14', '2013-01-15T00:00:00Z', false],
  ['eq2013', '2013-12-31', true],
  ['ne2013-01-14', '2013-01-15T00:00:00Z', true],
  ['gt2013-01-14', '2013-01-14T23:59:59Z', false],
  ['gt2013-01-14', '2013-01-15', true],
  ['ge2013-01-14', '2013-01-14T00:00:00Z', true],
  ['ge2013-01-14', '2013-01-13T23:59:59Z', false],
  ['lt2013-01-14', '2013-01-13T23:59:59Z', true],
  ['le2013-01-14', '2013-01-14T23:59:59Z', true],
  ['le2013-01-14', '2013-01-15', false],
  ['sa2013-01-14', '2013-01-15', true],
  ['eb2013-01-14', '2013-01-13', true],
  ['ge2013-01-14T00:00:00+02:00', '2013-01-13T22:00:00Z', true],
  ['ge1900-01-01', '2026', true],
  ['ge1900-01-01', '', false],
]

for (const [criterion, date, expected] of CASES) {
  test(`${criterion} and ${date || 'no date'}`, () => {
    const read = readDateCriterion(criterion)
    assert.ok(read)
    assert.equal(dateMatches(read, date), expected)
  })
}

test('what is no date is refused', () => {
  for (const wrong of ['', 'ge', '14.01.2013', '2013-13', '2013-02-30', '2013-01-14T25:00:00Z', 'xx2013-01-01']) {
    assert.equal(readDateCriterion(wrong), undefined, wrong)
  }
})
