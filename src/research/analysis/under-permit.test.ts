/** Regressions through the views of a permit: fitted on those persons, columns and days, and on nothing else. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CDM_TABLES } from '../omop/specification/cdm.ts'
import type { DatasetScope } from '../permits/permit.ts'
import { permitEngine } from '../permits/permit-engine.ts'
import { tableFacts } from '../permits/table-facts.ts'
import { aPermit } from '../permits/testing/permits.ts'
import { permitViews } from '../permits/views.ts'
import { dayOf, isoOf } from '../population/days.ts'
import { makePopulationRelease } from '../population/make-release.ts'
import { readPopulationParameters } from '../population/parameters.ts'
import { generatePerson, type PersonHistory } from '../population/person-history.ts'
import { rows } from '../query/build-relations.ts'
import type { QueryEngine } from '../query/engine.ts'
import { openDuckdb } from '../query/engines/duckdb.ts'
import { unwrapped } from '../query/testing/engines.ts'
import type { Analysis, CohortDefinition } from './analysis.ts'
import { fitRegression } from './fit-regression.ts'
import { runAnalysis } from './run.ts'
import { leastSquares, logisticGradient } from './testing/naive-regression.ts'

const PERSONS = 900
const BLOOD_PRESSURE = 3004249
const HYPERTENSION = 320128
const PERIOD = { from: '2014-07-01', to: '2020-03-31' }
const BORN = { bornFrom: 1935, bornTo: 1990 }

const EVERYBODY: CohortDefinition = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../data/demo/research/cohorts/everybody.json'), 'utf8'),
)
const ILL: CohortDefinition = {
  ...EVERYBODY,
  ConceptSets: [{ id: 0, name: 'Hypertension', expression: { items: [{ concept: { CONCEPT_ID: HYPERTENSION } }] } }],
  PrimaryCriteria: {
    CriteriaList: [{ ConditionOccurrence: { CodesetId: 0 } }],
    ObservationWindow: { PriorDays: 0, PostDays: 0 },
    PrimaryCriteriaLimit: { Type: 'First' },
  },
}

describe('regressions under a permit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-under-permit-'))
  let people: readonly PersonHistory[] = []
  let engine: QueryEngine

  before(async () => {
    people = generated()
    const target = join(folder, 'release.duckdb')
    const population = { country: 'EE', persons: PERSONS, seed: 'permit', rareDiseaseFactor: 1 }
    unwrapped(await makePopulationRelease({ ...population, target, dataset: 'pt-registry', release: '1', threads: 2 }))
    engine = unwrapped(await openDuckdb({ file: target, tables: CDM_TABLES, threads: 2 }))
  })
  after(async () => {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const scope = (measured: readonly string[]): DatasetScope => ({
    dataset: 'pt-registry' as DatasetScope['dataset'],
    tables: [
      { table: 'person', columns: ['gender_concept_id', 'year_of_birth'] },
      {
        table: 'observation_period',
        columns: ['observation_period_id', 'observation_period_start_date', 'observation_period_end_date'],
      },
      {
        table: 'condition_occurrence',
        columns: [
          'condition_occurrence_id',
          'condition_concept_id',
          'condition_start_date',
          'condition_end_date',
          'visit_occurrence_id',
        ],
      },
      { table: 'measurement', columns: measured },
    ],
    period: PERIOD,
    population: BORN,
  })
  const MEASURED = ['measurement_concept_id', 'measurement_date', 'value_as_number']

  function ask(analysis: Analysis, measured = MEASURED) {
    const permit = aPermit()
    const optedOut = rows(
      [{ name: 'person_id', type: 'integer' }],
      people.filter(isOut).map((one) => [{ type: 'integer', value: one.life.person }]),
    )
    const views = unwrapped(
      permitViews({
        permit,
        scope: scope(measured),
        facts: tableFacts(CDM_TABLES),
        optedOut: { asOf: permit.optOutAsOf, relation: optedOut },
        pseudonyms: 'none',
        output: 'statistics',
      }),
    )
    const { tables, columns } = views
    return runAnalysis(analysis, {
      engine: permitEngine(engine, views),
      scope: { steps: [], tables, columns, period: PERIOD },
    })
  }

  const LINEAR: Analysis = {
    kind: 'linear-regression',
    cohort: EVERYBODY,
    outcome: { kind: 'measurement', concepts: [BLOOD_PRESSURE] },
    covariates: [{ kind: 'age' }, { kind: 'sex' }, { kind: 'condition', concepts: [HYPERTENSION] }],
  }

  test('linear: what least squares give on the rows of those inside', async () => {
    const fit = unwrapped(await fitRegression(unwrapped(await ask(LINEAR))))
    const inside = insiders(people).flatMap((one) => {
      const value = firstBloodPressure(one)
      return value === undefined ? [] : [[1, ageAtEntry(one), isMale(one), isIll(one), value]]
    })
    assert.equal(fit.persons, inside.length)
    assert.ok(fit.persons > 200 && fit.persons < people.length)
    const expected = leastSquares(inside)
    assert.deepEqual(
      fit.coefficients.map((one) => one.name),
      ['constant', 'age 1', 'sex male', `condition ${HYPERTENSION} yes`],
    )
    for (const [index, { name, value }] of fit.coefficients.entries()) {
      assert.ok(Math.abs(value - (expected[index] ?? Number.NaN)) < 1e-6, `${name}: ${value}, not ${expected[index]}`)
    }
    // The generator gives 0.33 a year of age and 4 to men; what it gives to the ill they have from their diagnosis only.
    for (const [index, made] of [
      [1, 0.33],
      [2, 4],
    ] as const) {
      const { value = 0, standardError = 0 } = fit.coefficients[index] ?? {}
      assert.ok(Math.abs(value - made) < 5 * standardError, `${value} ± ${standardError}, made with ${made}`)
    }
  })

  test('logistic: the gradient on the rows of those inside is zero', async () => {
    const answer = await ask({
      kind: 'logistic-regression',
      cohort: EVERYBODY,
      outcome: { kind: 'has', cohort: ILL },
      covariates: [{ kind: 'age' }, { kind: 'sex' }],
    })
    const fit = unwrapped(await fitRegression(unwrapped(answer)))
    const inside = insiders(people).map((one) => [ageAtEntry(one), isMale(one), isIll(one)])
    assert.equal(fit.persons, inside.length)
    assert.deepEqual(
      fit.coefficients.map((one) => one.name),
      ['constant', 'age 1', 'sex male'],
    )
    const gradient = logisticGradient(
      inside,
      fit.coefficients.map((one) => one.value),
    )
    assert.ok(
      gradient.every((one) => Math.abs(one) < 1e-5),
      String(gradient),
    )
    const age = fit.coefficients[1]
    assert.ok(age !== undefined && age.value > 2 * age.standardError, 'the older have it more often')
  })

  test('a column that the permit does not hold is named, and nothing is run', async () => {
    const answer = await ask(LINEAR, ['measurement_concept_id', 'measurement_date'])
    assert.ok(!answer.ok && answer.problem.code === 'analysis-outside-permit')
    assert.match(answer.problem.sentence, /measurement\.value_as_number/)
  })
})

function generated(): readonly PersonHistory[] {
  const parameters = readPopulationParameters()
  const country = parameters.countries.countries.find((one) => one.country === 'EE')
  assert.ok(country)
  const options = { seed: 'permit', country, rareDiseaseFactor: 1, parameters }
  const found = Array.from({ length: PERSONS }, (_, number) => generatePerson(number, options))
  return found.filter((one) => one !== undefined)
}

function isOut({ life }: PersonHistory): boolean {
  return life.person % 11 === 0
}

const FIRST_DAY = dayOf(PERIOD.from)
const LAST_DAY = dayOf(PERIOD.to)

/** Born in the years of the permit, not opted out, and observed on a day of the period. */
function insiders(people: readonly PersonHistory[]): readonly PersonHistory[] {
  return people.filter((one) => {
    const { observed } = one
    const born = birthYear(one) >= BORN.bornFrom && birthYear(one) <= BORN.bornTo
    return born && !isOut(one) && observed.from <= LAST_DAY && observed.to >= FIRST_DAY
  })
}

function birthYear({ life }: PersonHistory): number {
  return Number(isoOf(life.birth).slice(0, 4))
}

function isMale({ life }: PersonHistory): number {
  return life.sex === 'male' ? 1 : 0
}

function ageAtEntry(one: PersonHistory): number {
  return Number(isoOf(Math.max(one.observed.from, FIRST_DAY)).slice(0, 4)) - birthYear(one)
}

function isIll({ diagnoses }: PersonHistory): number {
  return diagnoses.some(({ concept, day }) => concept === HYPERTENSION && day >= FIRST_DAY && day <= LAST_DAY) ? 1 : 0
}

function firstBloodPressure({ measurements }: PersonHistory): number | undefined {
  const valued = measurements.filter(({ kind, day }) => {
    return kind.concept === BLOOD_PRESSURE && day >= FIRST_DAY && day <= LAST_DAY
  })
  const first = Math.min(...valued.map(({ day }) => day))
  const values = valued.filter(({ day }) => day === first).map(({ value }) => value)
  if (values.length === 0) return undefined
  return Math.floor((values.reduce((sum, one) => sum + one, 0) / values.length) * 10_000 + 0.5) / 10_000
}
