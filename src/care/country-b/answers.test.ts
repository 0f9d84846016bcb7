import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SearchMask, SearchMaskField } from '#wire/discovery/directory.ts'
import { questionOf } from './answers.ts'
import { checkFormat } from './mask-format.ts'

const today = new Date('2026-11-24T12:00:00Z')
const id = (domain: string, format: string, mandatory = true): SearchMaskField => ({
  name: `id-${domain}`,
  kind: 'identifier',
  domain,
  label: 'label.ism.passportNumber',
  format,
  mandatory,
})
const birthDate = (format: string, mandatory = true): SearchMaskField => ({
  name: 'birthDate',
  kind: 'birthDate',
  label: 'label.ism.birthDate',
  format,
  mandatory,
})
const family: SearchMaskField = {
  name: 'familyName',
  kind: 'text',
  label: 'label.ism.familyName',
  format: '^.{1,80}$',
  mandatory: false,
}
const gender: SearchMaskField = {
  name: 'gender',
  kind: 'gender',
  label: 'label.ism.gender',
  format: '^(M|F|UN)$',
  mandatory: false,
}
const mask = (...alternatives: SearchMaskField[][]): SearchMask => ({ country: 'XX', alternatives })

function asked(of: SearchMask, answers: Record<string, string>) {
  const result = questionOf(of, answers, today)
  return result.ok ? result.value : [result.problem.code, result.problem.place?.path]
}

test('answers become identifiers and standard search parameters', () => {
  const all = mask([id('1.2', '^[0-9]{9}$'), family, birthDate('^\\d{4}-\\d{2}-\\d{2}$'), gender])
  assert.deepEqual(
    asked(all, {
      'id-1.2': ' 298 123 456 ',
      familyName: 'Ferreira',
      birthDate: '1958-04-12',
      gender: 'female',
      other: 'x',
    }),
    {
      identifiers: ['urn:oid:1.2|298123456'],
      traits: { family: 'Ferreira', birthdate: '1958-04-12', gender: 'female' },
    },
  )
})

test('spaces stay when the format needs them', () => {
  assert.deepEqual(asked(mask([id('1.2', '^[A-Z] [0-9]$')]), { 'id-1.2': 'A 1' }), {
    identifiers: ['urn:oid:1.2|A 1'],
    traits: {},
  })
})

test('of a choice, the alternative counts that is filled in', () => {
  const choice = mask([id('1', '^\\d+$'), birthDate('')], [id('2', '^[A-Z]+$')])
  assert.deepEqual(asked(choice, { 'id-2': 'AB' }), { identifiers: ['urn:oid:2|AB'], traits: {} })
  assert.deepEqual(asked(choice, { 'id-1': '12' }), ['ERROR_PI_MISSING_REQUIRED_FIELDS', 'birthDate'])
  assert.deepEqual(asked(choice, {}), ['ERROR_PI_MISSING_REQUIRED_FIELDS', 'id-1'])
})

test('birth dates are real days, not in the future, in either spelling of the format', () => {
  const one = (format: string) => mask([id('1', ''), birthDate(format)])
  const birth = (given: string, format = '^\\d{8}$') => asked(one(format), { 'id-1': '1', birthDate: given })
  assert.deepEqual(birth('1958-04-12'), { identifiers: ['urn:oid:1|1'], traits: { birthdate: '1958-04-12' } })
  for (const wrong of ['1958-02-30', '12.04.1958', '2027-01-01', '0058-04-12', '19580412']) {
    assert.deepEqual(birth(wrong), ['ERROR_PI_INCORRECT_FORMATTING', 'birthDate'], wrong)
  }
})

test('an expression that would run for ever decides nothing and does not hold the node', () => {
  assert.equal(checkFormat('^(a+)+$', `${'a'.repeat(100)}!`), 'format-unusable')
  assert.equal(checkFormat('^[', 'x'), 'format-unusable')
  assert.equal(checkFormat('^x$', 'x'.repeat(5000)), 'does-not-fit')
  assert.equal(checkFormat('(?i)^ab$', 'AB'), 'fits')
  assert.equal(checkFormat('\\Aab\\z', 'ab'), 'fits')
})

test('an expression cannot reach into this program', () => {
  assert.notEqual(checkFormat("x'); globalThis.process.exit(1); ('", 'x'), 'fits')
})

test('whatever is typed, the question is well formed or refused', () => {
  const all = mask([id('1.2', '^.{1,20}$'), family, birthDate('', false), gender])
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('id-1.2', 'familyName', 'birthDate', 'gender', '__proto__'),
        fc.string({ unit: 'grapheme' }),
      ),
      (answers) => {
        const result = questionOf(all, answers, today)
        if (!result.ok) return result.problem.place?.path !== ''
        return result.value.identifiers.every(
          (identifier) => /^urn:oid:1\.2\|[^|]{1,20}$/u.test(identifier) || identifier.length < 60,
        )
      },
    ),
    { numRuns: 50 },
  )
})
