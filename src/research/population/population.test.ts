import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { computeLabel } from '../omop/quality/label.ts'
import { openRelease } from '../omop/release/open.ts'
import { unwrapped } from '../query/testing/engines.ts'
import { YEAR } from './days.ts'
import { makePopulationRelease } from './make-release.ts'
import { POPULATION_TABLES } from './omop-rows.ts'
import { readPopulationParameters } from './parameters.ts'
import { generatePerson, type PersonHistory } from './person-history.ts'
import { type PopulationOptions, writePopulation } from './write-population.ts'

const parameters = readPopulationParameters()
const SPECIFICATION = join(
  import.meta.dirname,
  '../../../../shared/corpus/secondary/omop-spec/OMOP_CDMv5.4_Field_Level.csv',
)

function generate(code: string, persons: number, rareDiseaseFactor = 1): readonly PersonHistory[] {
  const country = parameters.countries.countries.find((one) => one.country === code)
  assert.ok(country)
  const options = { seed: 'test', country, rareDiseaseFactor, parameters }
  const found: PersonHistory[] = []
  for (let number = 0; number < persons; number += 1) {
    const history = generatePerson(number, options)
    if (history) found.push(history)
  }
  return found
}

describe('a generated person', () => {
  test('depends on the seed, the country and the number only', () => {
    const first = generate('EE', 40)
    const again = generate('EE', 40)
    assert.deepEqual(first, again)
    assert.notDeepEqual(generate('PT', 40), first)
  })

  test('has nothing recorded outside the time in which they are observed', () => {
    for (const { observed, visits, diagnoses, prescriptions, measurements, death, life } of generate('FR', 1500, 60)) {
      assert.ok(observed.from >= life.birth && observed.from <= observed.to)
      const days = visits.flatMap((visit) => [visit.from, visit.to])
      for (const { day } of [...diagnoses, ...prescriptions, ...measurements]) days.push(day)
      for (const day of days) assert.ok(day >= observed.from && day <= observed.to, `${day} of ${life.person}`)
      if (death !== undefined) assert.ok(death >= observed.to, 'died before the end of the observed time')
    }
  })

  test('refers to visits of their own on the same day', () => {
    for (const { visits, diagnoses, prescriptions, measurements } of generate('GR', 300, 60)) {
      for (const { day, visit } of [...diagnoses, ...prescriptions, ...measurements]) {
        assert.equal(visits[visit]?.from, day)
      }
    }
  })
})

describe('a generated population', () => {
  const french = generate('FR', 6000)

  test('has the ages and sexes of its country', () => {
    const country = parameters.countries.countries.find((one) => one.country === 'FR')
    assert.ok(country)
    const middle = Date.parse('2018-07-02') / 86_400_000
    const living = french.filter((one) => one.life.birth <= middle && (one.death ?? Number.MAX_VALUE) > middle)
    const old = living.filter((one) => middle - one.life.birth >= 60 * YEAR).length / living.length
    const expected = country.shares.slice(6).reduce((sum, share) => sum + share, 0) / 100
    assert.ok(Math.abs(old - expected) < 0.06, `${old} of the living are 60 or older, the pyramid says ${expected}`)
    const women = living.filter((one) => one.life.sex === 'female').length / living.length
    assert.ok(women > 0.48 && women < 0.55, `${women} are women`)
  })

  test('has illnesses that depend on age and sex', () => {
    const share = (concept: number, among: (one: PersonHistory) => boolean): number => {
      const group = french.filter(among)
      return (
        group.filter((one) => one.diagnoses.some((diagnosis) => diagnosis.concept === concept)).length / group.length
      )
    }
    const born = (from: number, to: number) => (one: PersonHistory) => {
      const year = 1970 + one.life.birth / YEAR
      return year >= from && year < to
    }
    const hypertension = 320128
    assert.ok(share(hypertension, born(1930, 1950)) > 3 * share(hypertension, born(1980, 2000)))
    const prostate = 4163261
    assert.equal(
      share(prostate, (one) => one.life.sex === 'female'),
      0,
    )
    assert.ok(share(prostate, (one) => one.life.sex === 'male' && born(1930, 1955)(one)) > 0.02)
  })

  test('has rare diseases in the wanted number, with a delay until diagnosis', () => {
    const factor = 40
    const people = generate('PT', 6000, factor)
    const rare = people.filter((one) => one.rare !== undefined)
    const expected = parameters.rareDiseases.diseases.reduce((sum, disease) => {
      return sum + (disease.prevalencePer100000 / 100_000) * factor * (disease.countryRatio.PT ?? 1)
    }, 0)
    const found = rare.length / people.length
    // Below it: who is younger than the earliest onset cannot have it yet, and nobody has two.
    assert.ok(found > expected * 0.75 && found < expected * 1.1, `${found} found, ${expected} expected`)
    const diagnosed = rare.flatMap(({ rare: history }) => {
      return history?.diagnosis === undefined ? [] : [history.diagnosis - history.onset]
    })
    assert.ok(diagnosed.every((days) => days > 0))
    assert.ok(diagnosed.length < rare.length, 'some wait for their diagnosis')
    const duchenne = rare.filter((one) => one.rare?.disease.orpha === 98896)
    assert.ok(duchenne.length > 0 && duchenne.every((one) => one.life.sex === 'male'))
  })

  test('has the diseases that are frequent in one country more often there', () => {
    const count = (code: string, orpha: number) =>
      generate(code, 3000, 60).filter((one) => one.rare?.disease.orpha === orpha).length
    assert.ok(count('PT', 271861) > 4 * count('EE', 271861))
    assert.ok(count('GR', 342) > 3 * count('FR', 342))
  })
})

describe('made into a release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-population-release-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const options = { country: 'GR', persons: 400, dataset: 'people', release: '1', threads: 2 }

  test('loads whole, and checks of data quality find its keys, concepts, values and days in order', async () => {
    const target = join(folder, 'people.duckdb')
    const report = unwrapped(await makePopulationRelease({ ...options, target }))
    assert.equal(report.rejected, 0)
    const release = unwrapped(await openRelease(target))
    // Half a year after the last record: medicines that were dispensed then are used up.
    const { technicalQuality } = await computeLabel(release, '2026-07-01')
    release.close()
    for (const quality of ['uniqueness', 'accuracy', 'validity', 'consistency'] as const) {
      const { checks, failed } = technicalQuality[quality]
      assert.ok(checks > 0, quality)
      assert.deepEqual(failed, [], quality)
    }
  })

  test('is refused in words, and leaves nothing behind', async () => {
    const target = join(folder, 'other.duckdb')
    const unknown = await makePopulationRelease({ ...options, country: 'XX', target })
    assert.ok(!unknown.ok && unknown.problem.code === 'population-country-unknown')
    const stopped = await makePopulationRelease({ ...options, target, signal: AbortSignal.abort() })
    assert.ok(!stopped.ok && stopped.problem.code === 'release-stopped')
    assert.ok(!existsSync(target))
  })
})

describe('written as CSV', () => {
  const folders: string[] = []
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const written = (options: Omit<PopulationOptions, 'folder'>) => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-population-'))
    folders.push(folder)
    return { folder, result: writePopulation({ ...options, folder }) }
  }

  test('the same seed gives the same bytes, another seed others', () => {
    const bytes = (folder: string) =>
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])
    const first = bytes(written({ country: 'EE', persons: 300, seed: 'a' }).folder)
    assert.deepEqual(bytes(written({ country: 'EE', persons: 300, seed: 'a' }).folder), first)
    assert.notDeepEqual(bytes(written({ country: 'EE', persons: 300, seed: 'b' }).folder), first)
  })

  test('each file has as many rows as it says, keys are unique, and every concept is described', () => {
    const { folder, result } = written({ country: 'GR', persons: 400, rareDiseaseFactor: 60 })
    assert.ok(result.ok)
    const described = new Set(lines(folder, 'concept').map((cells) => cells[0]))
    for (const [table, columns] of Object.entries(POPULATION_TABLES)) {
      const rows = lines(folder, table)
      assert.equal(rows.length, result.value[table], table)
      assert.equal(new Set(rows.map((cells) => cells[0])).size, rows.length, `keys of ${table}`)
      for (const [index, column] of columns.entries()) {
        if (!column.endsWith('concept_id')) continue
        for (const cells of rows) assert.ok(described.has(cells[index]), `${column} ${cells[index]}`)
      }
    }
  })

  test('has every column that OMOP CDM 5.4 requires, and no other', (context) => {
    if (!existsSync(SPECIFICATION)) return context.skip('../shared/corpus is absent')
    const fields = [...readFileSync(SPECIFICATION, 'utf8').matchAll(/^(\w+),"?(\w+)"?,(Yes|No),/gm)]
    for (const [table, columns] of Object.entries(POPULATION_TABLES)) {
      const known = fields.filter((field) => field[1] === table)
      assert.ok(known.length > 0, table)
      for (const [, , name = '', required] of known) {
        if (required === 'Yes') assert.ok((columns as readonly string[]).includes(name), `${table}.${name}`)
      }
      for (const column of columns)
        assert.ok(
          known.some((field) => field[2] === column),
          `${table}.${column}`,
        )
    }
  })

  test('an unknown country and a wrong number are refused in words', () => {
    for (const options of [
      { country: 'XX', persons: 10 },
      { country: '', persons: 10 },
    ]) {
      const { result } = written(options)
      assert.ok(!result.ok && result.problem.code === 'population-country-unknown')
      assert.match(result.problem.next, /EE/)
    }
    for (const persons of [0, -1, 1.5, Number.NaN, 1e12]) {
      const { result } = written({ country: 'FR', persons })
      assert.ok(!result.ok && result.problem.code === 'population-persons-invalid')
    }
  })

  function lines(folder: string, table: string): readonly (readonly string[])[] {
    return readFileSync(join(folder, `${table}.csv`), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
  }
})
