/** Every kind of statement, remark and fault, and every name of the language, has words in English and French. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Remark, RemarkCode, RemarkParameters } from '../checks/remark.ts'
import { demographicAttributes } from '../criteria/demographics.ts'
import { domainList } from '../criteria/domains.ts'
import type { CountColumn, Limit, RangeOperator, Window } from '../definition.ts'
import { type Statement, type StatementCode, type StatementParameters, statement } from '../description/statement.ts'
import { type FaultCode, faultSentences, sentenceOf } from '../faults.ts'
import { strictMessages, toldLines } from '../testing/told.ts'
import type { Part } from '../walk.ts'
import { tellCohort } from './meaning.ts'
import { attributeName, eventsName } from './names.ts'
import { faultWords, remarkWords } from './remarks.ts'

const languages = ['en', 'fr'].map(strictMessages)
const limits: readonly Limit[] = ['all', 'first', 'last']
const operators: readonly RangeOperator[] = ['<', '<=', '=', '<>', '>', '>=', 'between', 'not-between']
const day = { start: '2010-01-01', end: '2019-12-31' }
const periods = [day, { start: day.start }, { end: day.end }]
/** Every column there is, by the compiler. */
const columns: Readonly<Record<CountColumn, true>> = {
  ...{ DAYS_SUPPLY: true, DOMAIN_CONCEPT: true, DOMAIN_SOURCE_CONCEPT: true, DURATION: true, END_DATE: true },
  ...{ ERA_OCCURRENCES: true, GAP_DAYS: true, QUANTITY: true, RANGE_HIGH: true, RANGE_LOW: true, REFILLS: true },
  ...{ START_DATE: true, UNIT: true, VALUE_AS_NUMBER: true, VISIT_ID: true, VISIT_DETAIL_ID: true },
}

const windows: readonly Window[] = (['index-start', 'index-end'] as const).flatMap((around) =>
  (['event-start', 'event-end'] as const).flatMap((event) =>
    bounds().map(([start, end]): Window => ({ around, event, start, end })),
  ),
)

function bounds(): readonly (readonly [Window['start'], Window['end']])[] {
  const all: readonly Window['start'][] = [
    { kind: 'open', side: 'before' },
    ...[-30, -1, 0, 1, 30].map((days) => ({ kind: 'days', days }) as const),
    { kind: 'open', side: 'after' },
  ]
  return all.flatMap((start) => all.map((end) => [start, end] as const))
}

const of = [{ set: 'Ω' }, 'any', 'none'] as const
const whole = { first: false, restrictVisit: false, ignoreObservationPeriod: false, windows: windows.slice(0, 1) }
const domainNames = domainList.map(({ name }) => name)

/** The compiler asks for every kind. */
const statements: { readonly [Code in StatementCode]: readonly StatementParameters[Code][] } = {
  entry: limits.flatMap((limit) => [0, 1, 365].map((days) => ({ limit, priorDays: days, postDays: 365 - days }))),
  additional: limits.map((limit) => ({ limit })),
  rule: ['', 'Ω'].flatMap((name) => ['', 'Δ'].map((description) => ({ number: 1, name, description }))),
  criterion: domainList.flatMap(({ name, withoutFirst }) =>
    of.flatMap((concepts) =>
      [false, ...(withoutFirst ? [] : [true])].map((first) => ({ domain: name, first, concepts })),
    ),
  ),
  occurs: [
    ...domainNames.flatMap((domain) =>
      (['exactly', 'at-most', 'at-least'] as const).flatMap((type) =>
        [0, 1, 2, 1000].map((count) => ({ ...whole, domain, concepts: { set: 'Ω' }, type, count })),
      ),
    ),
    ...windows.map((window) => occurs({ windows: [window] })),
    ...(Object.keys(columns) as CountColumn[]).map((distinct) => occurs({ distinct })),
    occurs({ first: true, restrictVisit: true, ignoreObservationPeriod: true, windows: windows.slice(0, 2) }),
  ],
  demographic: [{ empty: false }, { empty: true }],
  group: (['all', 'any', 'at-least', 'at-most'] as const).flatMap((type) =>
    [true, false].map((empty) => ({ type, count: 2, empty })),
  ),
  date: operators.map((operator) => ({
    attribute: 'OccurrenceStartDate',
    range: { operator, value: day.start, extent: day.end },
  })),
  number: operators.map((operator) => ({ attribute: 'Age', range: { operator, value: 1.5, extent: 12345 } })),
  text: (['starts', 'contains', 'ends', 'equals'] as const).flatMap((how) =>
    [true, false].map((negated) => ({ attribute: 'StopReason', text: { how, negated, text: 'Ω' } })),
  ),
  concepts: [true, false].map((exclude) => ({ attribute: 'Gender', exclude, names: ['Ω', 'Δ'] })),
  'concept-set-filter': [true, false].map((exclude) => ({ attribute: 'Gender', exclude, name: 'Ω' })),
  filled: [true, false].map((exclude) => ({ attribute: 'Gender', exclude })),
  abnormal: [{}],
  period: [...periods, {}],
  'source-concept-set': [{ name: 'Ω' }],
  'dates-adjusted': [-1, 0, 30].flatMap((days) => [
    { startWith: 'start', startOffset: days, endWith: 'end', endOffset: days },
    { startWith: 'end', startOffset: days, endWith: 'start', endOffset: days },
  ]),
  having: [{}],
  'expression-limit': limits.map((limit) => ({ limit })),
  'exit-observation-end': [{}],
  'exit-date-offset': [-1, 0, 1].flatMap((days) => (['start', 'end'] as const).map((from) => ({ from, days }))),
  'exit-exposure': [0, 30].flatMap((offset) => [
    { name: 'Ω', gapDays: 30, offset },
    { name: 'Ω', gapDays: 0, offset, daysSupply: 1 },
  ]),
  'censored-by': [{}],
  collapse: [{ days: 0 }, { days: 1 }, { days: 30 }],
  'censor-window': periods,
  'concept-set': [true, false].map((empty) => ({ name: 'Ω', empty })),
  concept: [
    { id: 201820, name: 'Ω', excluded: true, descendants: true, mapped: true },
    { id: 201820, name: '', excluded: false, descendants: true, mapped: false },
  ],
}

function occurs(some: Partial<StatementParameters['occurs']>): StatementParameters['occurs'] {
  return { ...whole, domain: 'DrugExposure', concepts: 'any', type: 'at-least', count: 1, ...some }
}

const parts: readonly Part[] = [
  { kind: 'entry' },
  { kind: 'additional' },
  { kind: 'censoring' },
  { kind: 'rule', name: 'Ω' },
]
const everywhere = domainNames.flatMap((domain) => parts.map((part) => ({ domain, part, other: part })))
const fault = { fault: { code: 'entry-empty', path: '$', parameters: {} } } as const

/** The compiler asks for every kind. */
const remarks: { readonly [Code in RemarkCode]: readonly RemarkParameters[Code][] } = {
  unfinished: [fault],
  'without-effect': [fault],
  'member-unknown': [{}],
  'concept-set-unused': [{ name: 'Ω' }],
  'concept-set-empty': [{ name: 'Ω' }],
  'concept-set-duplicate': [{ name: 'Ω', other: 'Δ' }],
  'concept-set-undefined': [{ id: 12345 }],
  'concept-set-of-other-domain': [{ name: 'Ω', found: ['Drug', 'Condition'], expected: ['Measurement'] }],
  'no-concept-set': everywhere,
  'record-type-open': everywhere,
  'criteria-alike': everywhere,
  'criteria-contradict': everywhere,
  'range-reversed': [{}],
  'range-negative': [{}],
  'window-days-negative': [{}],
  'window-reversed': everywhere,
  'window-beyond-observation': everywhere,
  'window-unlike-others': [-365, -1, 0, 1, 30].map((usual) => ({
    domain: 'Measurement',
    part: { kind: 'entry' },
    usual,
  })),
  'drug-era-without-window': everywhere,
  'death-before-index': everywhere,
  'at-least-zero': everywhere,
  'rule-empty': [{ name: 'Ω' }],
  'limits-widen': limits.flatMap((earlier) => limits.map((later) => ({ earlier, later }))),
  'no-exit': [{}],
  'exit-on-start-day': [{}],
  'drug-not-in-exit': [{ name: 'Ω' }],
  'set-read-as-gender': [{ attribute: 'Race' }, { attribute: 'Ethnicity' }],
  'end-date-reads-start': [{}],
  'gap-reads-length': [{}],
  'date-adjustment-ignored': domainNames.map((domain) => ({ domain })),
}

function statementsOf<Code extends StatementCode>(code: Code): readonly Statement[] {
  return statements[code].map((parameters) => statement(code, parameters))
}

function remarksOf<Code extends RemarkCode>(code: Code): readonly Remark[] {
  return remarks[code].map((parameters) => ({ code, severity: 'warning', path: '$', parameters }))
}

describe('a statement', () => {
  for (const code of Object.keys(statements) as StatementCode[]) {
    it(`${code} is told in English and in French`, () => {
      for (const one of statementsOf(code)) {
        const [english, french] = languages.map((messages) => toldLines(tellCohort([one], messages)).join())
        assert.ok(english && french)
        assert.notEqual(english, french)
      }
    })
  }

  it('says different things differently', () => {
    for (const messages of languages) {
      for (const code of ['occurs', 'date', 'number', 'text', 'period', 'dates-adjusted', 'exit-exposure'] as const) {
        const told = toldLines(tellCohort(statementsOf(code), messages))
        // Without a window the two kinds of an occurrence at any time are alike; so are anchors that then do not matter.
        const kinds = new Set(statements[code].map((parameters) => JSON.stringify(parameters)))
        const alike = code === 'occurs' ? 4 : 0
        assert.ok(new Set(told).size >= kinds.size - alike, `${code} in ${messages.language}`)
      }
    }
  })

  it('marks the names of concepts as English, and nothing else on a French page', () => {
    const [, french] = languages
    assert.ok(french)
    const told = tellCohort([...statementsOf('concepts'), ...statementsOf('concept')], french)
    const inEnglish = told.flatMap(({ said }) => said.filter(({ language }) => language === 'en'))
    assert.deepEqual(
      inEnglish.map(({ text }) => text),
      ['Ω, Δ', 'Ω, Δ', 'Ω'],
    )
  })
})

describe('a remark', () => {
  for (const code of Object.keys(remarks) as RemarkCode[]) {
    it(`${code} is a sentence in English and in French`, () => {
      for (const one of remarksOf(code)) {
        const [english, french] = languages.map((messages) => remarkWords(one, messages).text)
        assert.match(english ?? '', /^[A-Z“].*\.$/)
        assert.match(french ?? '', /^([A-Z]|« ).*\.$/)
        assert.notEqual(english, french)
      }
    })
  }
})

it('a fault is told as programs say it, and in French', () => {
  for (const [code, template] of Object.entries(faultSentences) as [FaultCode, string][]) {
    const names = [...template.matchAll(/\$(\w+)/g)].map(([, name = '']) => name)
    const one = { code, path: '$', parameters: Object.fromEntries(names.map((name) => [name, 'Ω'])) }
    const [english, french] = languages.map((messages) => faultWords(one, messages).text)
    assert.equal(english, sentenceOf(one))
    assert.notEqual(french, english)
    assert.match(french ?? '', /\.$/)
    assert.equal(french?.split('Ω').length, english?.split('Ω').length, `parameters of ${code}`)
  }
})

it('every domain and every attribute has a name', () => {
  for (const messages of languages) {
    for (const domain of domainList) {
      assert.ok(eventsName(domain.name, messages))
      const attributes = [...Object.entries(domain.attributes), ...Object.entries(demographicAttributes)]
      for (const [name, { kind }] of attributes)
        if (kind !== 'abnormal' && kind !== 'period') assert.ok(attributeName(name.replace(/CS$/, ''), messages))
    }
  }
})
