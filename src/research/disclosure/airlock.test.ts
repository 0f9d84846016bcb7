import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkMatrix, checkOutput, type OutputTable } from './airlock.ts'
import { DEFAULT_RULES } from './read-rules.ts'
import { range } from './testing/tables.ts'

function findings(table: OutputTable, rules = DEFAULT_RULES): readonly string[] {
  return checkOutput(table, rules).map(({ code, severity, column, row }) =>
    `${severity} ${code} ${column} ${row ?? ''}`.trim(),
  )
}

describe('the check at the airlock', () => {
  it('has nothing against large counts', () => {
    assert.deepEqual(
      findings({
        columns: ['sex', 'n'],
        rows: [
          ['F', 120],
          ['M', 340],
        ],
      }),
      [],
    )
  })

  it('stops small counts and extremes, and shows zeros, close counts and fractions to the checker', () => {
    const rows = [
      ['F', 9, 3],
      ['M', 0, 4],
      ['X', 100, 5],
      ['Y', 104, 6],
      ['Z', 12.5, 7],
    ]
    assert.deepEqual(findings({ columns: ['sex', 'n_persons', 'max'], rows }), [
      'stop small-count n_persons 0',
      'review zero-count n_persons 1',
      'review count-not-whole n_persons 4',
      'review close-counts n_persons 3',
      'stop extreme max',
    ])
  })

  it('stops a hidden count that the total gives away', () => {
    const rows = (hidden: string | null) =>
      [
        ['a', 100],
        ['b', hidden],
        ['all', 104],
      ] as const
    for (const hidden of ['<10', '*', '', null, 'suppressed']) {
      assert.ok(
        findings({ columns: ['group', 'count'], rows: rows(hidden) }).includes('stop hidden-given-away count 1'),
      )
    }
  })

  it('reviews what it cannot judge', () => {
    assert.deepEqual(findings({ columns: ['sex', 'mean_age'], rows: [['F', 61.2]] }), [
      'review no-count-column',
      'review dominance-unknown mean_age',
    ])
    const persons = { columns: ['code', 'n'], rows: range(0, 30).map((n) => [`p${n}`, 20 + 10 * n]) }
    assert.deepEqual(findings(persons), ['review looks-like-persons code'])
    assert.deepEqual(findings({ columns: ['born', 'n'], rows: [['1980-01-02', 20]] }), ['review looks-like-dates born'])
  })

  it('reads numbers that are written as text, and columns that it was told', () => {
    assert.deepEqual(findings({ columns: ['k', 'v'], rows: [['F', '7']], countColumns: ['v'] }), [
      'stop small-count v 0',
    ])
    const zeros = { ...DEFAULT_RULES, zerosShownFor: ['n'] }
    assert.deepEqual(findings({ columns: ['k', 'n'], rows: [['F', 0]] }, zeros), [])
  })

  it('takes whole numbers of a matrix for counts, and others for magnitudes', () => {
    assert.deepEqual(
      checkMatrix(
        [
          [100, 5],
          [40, 60],
        ],
        DEFAULT_RULES,
      ),
      [{ code: 'small-count', severity: 'stop', column: '2', row: 0 }],
    )
    assert.deepEqual(
      checkMatrix([[0.5, 1.5]], DEFAULT_RULES).map(({ code }) => code),
      ['dominance-unknown', 'dominance-unknown'],
    )
    assert.deepEqual(checkMatrix([], DEFAULT_RULES), [{ code: 'no-count-column', severity: 'review', column: '' }])
  })
})
