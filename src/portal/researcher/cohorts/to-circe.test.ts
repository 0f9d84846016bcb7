import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkDefinition } from '#research/cohort/checks/check.ts'
import { describeCohort } from '#research/cohort/description/describe.ts'
import { readDefinition } from '#research/cohort/read-definition.ts'
import { strictMessages, toldLines } from '#research/cohort/testing/told.ts'
import { tellCohort } from '#research/cohort/words/meaning.ts'
import {
  COMPARISONS,
  type CohortForm,
  CohortFormSchema,
  DOMAINS,
  EMPTY_COHORT,
  EMPTY_RULE,
  type EventForm,
  faultsOf,
  OCCURS,
  readCohortForm,
  SEXES,
} from './cohort-form.ts'
import { narrowing, toCirce } from './to-circe.ts'

const NAMES = { person: 'Age and sex', rule: (number: number) => `Rule ${number}` }
const diabetes = { ...EMPTY_COHORT.entry, concepts: [{ id: 201826, name: 'Type 2 diabetes mellitus' }] }
const hba1c: EventForm = {
  domain: 'measurement',
  ...{ concepts: [{ id: 3004410, name: 'Hemoglobin A1c' }], narrower: false, value: '6,5' },
  comparison: 'gte',
}
const FORM: CohortForm = {
  ...EMPTY_COHORT,
  ...{ name: 'Diabetes', entry: diabetes, ageFrom: '18', ageTo: '75', sex: 'female' },
  rules: [
    {
      ...EMPTY_RULE,
      name: 'Measured',
      occurs: 'at-least',
      count: '2',
      event: hba1c,
      before: '',
      after: '30',
    },
  ],
}

describe('a cohort without code', () => {
  it('says in Circe what the form says', () => {
    const read = readDefinition(toCirce(FORM, NAMES))
    assert.ok(read.ok && read.value.unfinished.length === 0 && read.value.unread.length === 0)
    const sentences = toldLines(tellCohort(describeCohort(read.value), strictMessages('en'))).join('\n')
    for (const part of [
      'the earliest of these events, observed at least 365 days before',
      'from 18 to 75',
      'at least 2 measurements',
      'starting no later than 30 days after',
      'at least 6.5',
      'Type 2 diabetes mellitus, 201826, with descendants',
    ]) {
      assert.ok(sentences.includes(part), `${part}\n${sentences}`)
    }
  })

  it('narrows rule by rule', () => {
    const steps = narrowing(toCirce(FORM, NAMES))
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['', 'Age and sex', 'Measured'],
    )
    const rules = steps.map(({ cohort }) => (Array.isArray(cohort.InclusionRules) ? cohort.InclusionRules.length : -1))
    assert.deepEqual(rules, [0, 1, 2])
    assert.deepEqual(
      narrowing({}).map(({ name }) => name),
      [''],
    )
  })

  it('names what is missing by its field', () => {
    assert.deepEqual([...faultsOf(FORM)], [])
    const wrong = {
      ...{ ...FORM, name: '', priorDays: 'x', ageFrom: '80' },
      rules: [{ ...EMPTY_RULE, count: '', event: { ...EMPTY_RULE.event, domain: 'measurement', comparison: 'lt' } }],
    } as const
    assert.deepEqual(
      [...faultsOf({ ...wrong, rules: [...wrong.rules] } as CohortForm)],
      [
        ['name', 'name-missing'],
        ['priorDays', 'no-days'],
        ['ageTo', 'no-age'],
        ['rule-0-count', 'no-count'],
        ['rule-0-find', 'no-concept'],
        ['rule-0-value', 'no-value'],
      ],
    )
  })

  const event = fc.record({
    domain: fc.constantFrom(...DOMAINS),
    concepts: fc.array(fc.record({ id: fc.integer({ min: 1, max: 2 ** 40 }), name: fc.string({ maxLength: 30 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    narrower: fc.boolean(),
    comparison: fc.constantFrom(...COMPARISONS),
    value: fc.nat(99).map(String),
  })
  const days = fc.oneof(fc.constant(''), fc.nat(9999).map(String))
  const rule = fc.record({
    ...{ name: fc.string({ maxLength: 20 }), occurs: fc.constantFrom(...OCCURS), count: fc.nat(9).map(String) },
    ...{ event, before: days, after: days },
  })
  const form = fc.record({
    ...{ name: fc.string({ minLength: 1, maxLength: 20 }), entry: event, entries: fc.constantFrom('first', 'all') },
    ...{ priorDays: days, ageFrom: days, ageTo: fc.constant(''), sex: fc.constantFrom(...SEXES) },
    rules: fc.array(rule, { maxLength: 4 }),
  })

  it('of any form without faults can be read and finished, and its check has no error', () => {
    fc.assert(
      fc.property(form, (some) => {
        const parsed = CohortFormSchema.parse(some)
        assert.deepEqual(
          [...faultsOf(parsed)].filter(([field]) => field !== 'name'),
          [],
        )
        const read = readDefinition(toCirce(parsed, NAMES))
        assert.ok(read.ok && read.value.unfinished.length === 0, JSON.stringify(read))
        assert.ok(read.value.unread.length === 0)
        checkDefinition(read.value)
      }),
      { numRuns: 150 },
    )
  })

  it('of anything that is sent is a form', () => {
    const names = fc.constantFrom(
      'rules',
      'entry-concept',
      'rule-0-concept',
      'name',
      'sex',
      'entry-domain',
      'priorDays',
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string())), (pairs) => {
        CohortFormSchema.parse(readCohortForm(new URLSearchParams(pairs)))
      }),
      { numRuns: 300 },
    )
  })
})
