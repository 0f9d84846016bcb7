/** Corners of the filters that no published case reaches. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Cell } from '../../query/engine.ts'
import { openEngines, type TestEngines, unwrapped } from '../../query/testing/engines.ts'
import { compileCohort } from '../compile.ts'
import { readDefinition } from '../read-definition.ts'
import { type Row, tablesOf } from '../testing/tables.ts'

let running: TestEngines | undefined
before(async () => {
  running = await openEngines('duckdb')
})
after(() => running?.close())

const person = (person_id: number) => ({ person_id, gender_concept_id: 8507, year_of_birth: 1980 })
const period = (person_id: number) => ({
  observation_period_id: person_id,
  person_id,
  observation_period_start_date: '2010-01-01',
  observation_period_end_date: '2020-12-31',
})
const visit = (person_id: number, more: Row = {}) => ({
  visit_occurrence_id: person_id,
  person_id,
  visit_concept_id: 9201,
  visit_start_date: '2015-03-01',
  visit_end_date: '2015-03-04',
  ...more,
})

/** Persons of a cohort of visits with these attributes. */
async function persons(
  attributes: object,
  visits: readonly Row[],
  more: Readonly<Record<string, readonly Row[]>> = {},
) {
  const set = (id: number, items: readonly object[]) => ({ id, name: `${id}`, expression: { items } })
  const json = {
    ConceptSets: [set(1, [{ concept: { CONCEPT_ID: 5 } }]), set(2, [])],
    PrimaryCriteria: { CriteriaList: [{ VisitOccurrence: attributes }] },
  }
  const tables = tablesOf(
    new Map(
      Object.entries({
        concept: [{ concept_id: 5 }],
        person: visits.map((row) => person(Number(row.person_id))),
        observation_period: visits.map((row) => period(Number(row.person_id))),
        visit_occurrence: visits,
        ...more,
      }),
    ),
  )
  const program = unwrapped(compileCohort(unwrapped(readDefinition(json)), tables))
  const [engine] = running?.engines ?? []
  assert.ok(engine)
  const rows: readonly (readonly Cell[])[] = unwrapped(await engine.run(program)).get('cohort')?.rows ?? []
  return rows.map(([subject]) => subject)
}

describe('exclusion of a concept set', () => {
  const provider = [
    { provider_id: 1, specialty_concept_id: 5 },
    { provider_id: 2, specialty_concept_id: 6 },
  ]
  const visits = [visit(1, { provider_id: 1 }), visit(2, { provider_id: 2 }), visit(3)]
  const excluding = (CodesetId: number) => ({ ProviderSpecialtyCS: { CodesetId, IsExclusion: true } })

  it('leaves out what is in it and what is not given', async () => {
    assert.deepEqual(await persons(excluding(1), visits, { provider }), [2])
  })

  it('of an empty set leaves nothing out', async () => {
    assert.deepEqual(await persons(excluding(2), visits, { provider }), [1, 2, 3])
  })
})

describe('numbers', () => {
  it('lengths are compared as whole days: the rest of a number is cut', async () => {
    const longer = (Value: number) => ({ VisitLength: { Op: 'gt', Value } })
    assert.deepEqual(await persons(longer(2.9), [visit(1)]), [1])
    assert.deepEqual(await persons(longer(3.9), [visit(1)]), [])
  })

  it('"not between" leaves out both ends', async () => {
    const outside = (Value: number, Extent: number) => ({ VisitLength: { Op: '!bt', Value, Extent } })
    assert.deepEqual(await persons(outside(3, 5), [visit(1)]), [])
    assert.deepEqual(await persons(outside(4, 5), [visit(1)]), [1])
  })
})

describe('dates', () => {
  it('outside what every engine can write are compared all the same', async () => {
    const from = (Value: string) => ({ OccurrenceStartDate: { Op: 'gte', Value } })
    assert.deepEqual(await persons(from('0001-01-01'), [visit(1)]), [1])
    assert.deepEqual(await persons(from('2999-12-31'), [visit(1)]), [])
  })

  it('adjusted so that the end comes before the start drop the event', async () => {
    const adjusted = (StartOffset: number) => ({
      DateAdjustment: { StartWith: 'START_DATE', StartOffset, EndWith: 'END_DATE', EndOffset: 0 },
    })
    assert.deepEqual(await persons(adjusted(3), [visit(1)]), [1])
    assert.deepEqual(await persons(adjusted(4), [visit(1)]), [])
  })
})

describe('the place of a care site', () => {
  it('is that of its location during the whole visit', async () => {
    const history = (start_date: string) => ({
      location_history_id: 1,
      location_id: 7,
      entity_id: 4,
      domain_id: 'CARE_SITE',
      start_date,
    })
    const at = (start: string) =>
      persons({ PlaceOfServiceLocation: 1 }, [visit(1, { care_site_id: 4 })], {
        care_site: [{ care_site_id: 4 }],
        location: [{ location_id: 7, region_concept_id: 5 }],
        location_history: [history(start)],
      })
    assert.deepEqual(await at('2014-01-01'), [1])
    assert.deepEqual(await at('2015-03-02'), [])
  })
})
