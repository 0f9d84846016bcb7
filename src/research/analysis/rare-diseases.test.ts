/** From a generated population to the two questions about rare diseases, through loader, cohort language and engine. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ExactCell } from '../disclosure/table.ts'
import { CDM_TABLES } from '../omop/specification/cdm.ts'
import { dayOf, isoOf } from '../population/days.ts'
import { makePopulationRelease } from '../population/make-release.ts'
import { readPopulationParameters } from '../population/parameters.ts'
import { generatePerson, type PersonHistory } from '../population/person-history.ts'
import { table } from '../query/build-relations.ts'
import type { QueryEngine } from '../query/engine.ts'
import { openDuckdb } from '../query/engines/duckdb.ts'
import { unwrapped } from '../query/testing/engines.ts'
import type { Analysis, CohortDefinition } from './analysis.ts'
import type { ExactAnswer } from './answer.ts'
import { runAnalysis } from './run.ts'
import { kaplanMeier, medianStep } from './statistics/survival.ts'
import { momentsOf } from './statistics/values.ts'

const COHORTS = join(import.meta.dirname, '../../../data/demo/research/cohorts')
const PERSONS = 1800
const FACTOR = 60

const cohort = (name: string): CohortDefinition => JSON.parse(readFileSync(join(COHORTS, `${name}.json`), 'utf8'))

describe('rare diseases of a generated population', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-rare-'))
  const people: PersonHistory[] = []
  let engine: QueryEngine

  before(async () => {
    const parameters = readPopulationParameters()
    const country = parameters.countries.countries.find((one) => one.country === 'PT')
    assert.ok(country)
    const options = { seed: 'rare', country, rareDiseaseFactor: FACTOR, parameters }
    for (let number = 0; number < PERSONS; number += 1) people.push(...[generatePerson(number, options) ?? []].flat())
    const target = join(folder, 'release.duckdb')
    const population = { country: 'PT', persons: PERSONS, seed: 'rare', rareDiseaseFactor: FACTOR }
    const loaded = unwrapped(
      await makePopulationRelease({ ...population, target, dataset: 'rare', release: '1', threads: 2 }),
    )
    assert.equal(loaded.rejected, 0)
    assert.equal(loaded.metadata.persons, people.length)
    assert.deepEqual(readdirSync(folder), ['release.duckdb'])
    engine = unwrapped(await openDuckdb({ file: target, tables: CDM_TABLES, threads: 2 }))
  })
  after(async () => {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async (analysis: Analysis): Promise<ExactAnswer> => {
    const scope = {
      steps: [],
      tables: new Map(CDM_TABLES.map(({ name }) => [name, table(name)])),
      period: { from: '1900-01-01', to: '2025-12-31' },
    }
    return unwrapped(await runAnalysis(analysis, { engine, scope }))
  }
  const diagnosed = (one: PersonHistory): number | undefined => {
    const day = one.rare?.diagnosis
    return day !== undefined && day <= one.observed.to ? day : undefined
  }

  test('everybody is in the data once', async () => {
    const answer = await ask({ kind: 'count', cohort: cohort('everybody'), by: [] })
    assert.equal(answer.tables.persons?.cells[0]?.persons.length, people.length)
  })

  test('how many were diagnosed with one, by age and sex', async () => {
    const by = [{ kind: 'age-group', bounds: [0, 18, 40, 65] }, { kind: 'sex' }] as const
    const { persons } = (await ask({ kind: 'count', cohort: cohort('diagnosed'), by })).tables
    assert.ok(persons)
    const expected = people.filter((one) => diagnosed(one) !== undefined)
    assert.ok(expected.length > 60)
    assert.equal(
      persons.cells.reduce((sum, cell) => sum + cell.persons.length, 0),
      expected.length,
    )
    for (const sex of ['female', 'male'] as const) {
      const cells: readonly ExactCell[] = persons.cells.filter((cell) => cell.key[1] === sex)
      const found = cells.flatMap((cell) => Array.from(cell.persons, Number)).sort((left, right) => left - right)
      assert.deepEqual(
        found,
        expected.filter((one) => one.life.sex === sex).map((one) => one.life.person),
      )
    }
  })

  test('how many live with one on a day, by their age and sex on that day', async () => {
    const bounds = [0, 18, 40, 65]
    const by = [{ kind: 'age-group', bounds }, { kind: 'sex' }] as const
    const { persons } = (await ask({ kind: 'count', cohort: cohort('living-with'), by })).tables
    const day = dayOf('2025-01-01')
    const living = people.filter(({ observed, rare }) => {
      return observed.from <= day && observed.to >= day && (rare?.diagnosis ?? Number.POSITIVE_INFINITY) <= day
    })
    assert.ok(living.length > 50 && living.length < people.filter((one) => diagnosed(one) !== undefined).length)
    const expected = new Map<string, number[]>()
    for (const { life } of living) {
      const age = 2025 - Number(isoOf(life.birth).slice(0, 4))
      const group = ['0-17', '18-39', '40-64', '65+'][bounds.findLastIndex((bound) => age >= bound)]
      const key = `${group} ${life.sex}`
      expected.set(key, [...(expected.get(key) ?? []), life.person])
    }
    const found = persons?.cells.map((cell) => [cell.key.join(' '), Array.from(cell.persons, Number)] as const)
    assert.deepEqual(new Map(found), expected)
  })

  test('how long until diagnosis', async () => {
    const until: Analysis = {
      kind: 'distribution',
      cohort: cohort('first-symptom'),
      measure: { kind: 'days-until', cohort: cohort('diagnosed') },
      by: [],
      classes: [0, 365, 1825],
    }
    const [cell] = (await ask(until)).tables.values?.cells ?? []
    assert.ok(cell)
    const expected = people.flatMap((one) => {
      const day = diagnosed(one)
      return day === undefined || one.rare === undefined ? [] : [day - one.rare.onset]
    })
    assert.deepEqual(Array.from(cell.values?.value ?? []), expected)
    const moments = momentsOf(expected.map((value) => ({ value, persons: 1 })))
    const years = moments.sum / moments.persons / 365.25
    assert.ok(years > 1 && years < 8, `${years} years in the mean`)
  })

  test('who still waits is censored', async () => {
    const { steps } = (
      await ask({
        kind: 'survival',
        cohort: cohort('first-symptom'),
        event: cohort('diagnosed'),
        by: [],
        step: 90,
        until: 9000,
      })
    ).tables
    assert.ok(steps)
    const counts = new Map<number, { step: number; events: number; censored: number }>()
    for (const { key, persons } of steps.cells) {
      const step = Number(key[0])
      const count = counts.get(step) ?? { step, events: 0, censored: 0 }
      count[key[1] === 'event' ? 'events' : 'censored'] += persons.length
      counts.set(step, count)
    }
    const curve = kaplanMeier([...counts.values()])
    const everybody = people.filter((one) => one.rare !== undefined && one.rare.onset <= one.observed.to)
    assert.equal(curve[0]?.atRisk, everybody.length)
    const waiting = everybody.filter((one) => diagnosed(one) === undefined).length
    assert.ok(waiting > 5)
    assert.ok(curve.reduce((sum, step) => sum + step.censored, 0) >= waiting)
    const median = medianStep(curve)
    assert.ok(median !== undefined && median > 90 && median < 3000)
  })
})
