/** Compiling: what is shared, what is refused, and that no valid definition breaks it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openEngines, unwrapped } from '../query/testing/engines.ts'
import { compileCohort, compileTogether } from './compile.ts'
import type { CohortExpression } from './definition.ts'
import { readDefinition } from './read-definition.ts'
import { randomDefinition } from './testing/random-definitions.ts'
import { tablesOf } from './testing/tables.ts'

const everyTable = tablesOf(new Map())

function read(json: unknown): CohortExpression {
  return unwrapped(readDefinition(json))
}

function conditionCohort(set: object, id = 0, attributes: object = {}) {
  return read({
    ConceptSets: [{ id, name: `${id}`, expression: { items: [set] } }],
    PrimaryCriteria: { CriteriaList: [{ ConditionOccurrence: { CodesetId: id, ...attributes } }] },
  })
}

const diabetes = { concept: { CONCEPT_ID: 201820 }, includeDescendants: true }

describe('a batch', () => {
  it('scans a table once and expands equal concept sets once', () => {
    const age = { Age: { Op: 'gt', Value: 50 } }
    const program = unwrapped(
      compileTogether(
        [
          { name: 'a', expression: conditionCohort(diabetes) },
          { name: 'b', expression: conditionCohort({ ...diabetes, isExcluded: false }, 9, age) },
        ],
        everyTable,
      ),
    )
    const names = program.steps.map(({ name }) => name)
    assert.equal(names.filter((name) => name === 'scan_condition_occurrence').length, 1)
    const items = program.steps.find(({ name }) => name === 'concept_set_items')?.relation
    assert.equal(items?.kind === 'rows' && items.rows.length, 1)
    assert.deepEqual(
      program.results.map(({ name }) => name),
      ['a.cohort', 'a.attrition', 'b.cohort', 'b.attrition'],
    )
  })

  it('of equal cohorts takes the steps of one of them, and those that find who enters', () => {
    const one = { name: 'one', expression: conditionCohort(diabetes) }
    const alone = unwrapped(compileTogether([one], everyTable))
    const twice = unwrapped(compileTogether([one, { ...one, name: 'two' }], everyTable))
    const counted = (steps: typeof alone.steps) => steps.map(({ name }) => name.replace(/_\d+$/, '')).sort()
    const shared = ['entering_persons', 'entry_periods', 'observation_periods']
    assert.deepEqual(counted(twice.steps), [...counted(alone.steps), ...shared].sort())
  })

  it('does not expand concept sets that nobody reads', () => {
    const expression = read({
      ConceptSets: [{ id: 5, name: 'unused', expression: { items: [diabetes] } }],
      PrimaryCriteria: { CriteriaList: [{ Death: {} }] },
    })
    const { steps } = unwrapped(compileCohort(expression, everyTable))
    assert.ok(!steps.some(({ name }) => name.startsWith('concept_set')))
  })
})

describe('what is refused', () => {
  it('tables that the data or the permit does not have, all at once', () => {
    const result = compileCohort(conditionCohort(diabetes), new Map())
    assert.ok(!result.ok)
    assert.equal(result.problem.code, 'cohort-table-missing')
    for (const name of ['observation_period', 'concept', 'concept_ancestor', 'condition_occurrence'])
      assert.match(result.problem.sentence, new RegExp(`\\b${name}\\b`))
  })

  it('unfinished definitions, with the place', () => {
    const expression = read({ PrimaryCriteria: { CriteriaList: [{ Death: { Age: { Op: 'bt', Value: 3 } } }] } })
    const result = compileCohort(expression, everyTable)
    assert.ok(!result.ok)
    assert.equal(result.problem.code, 'cohort-unfinished')
    assert.equal(result.problem.place?.path, '$.PrimaryCriteria.CriteriaList[0].Death.Age')
  })

  it('counting by a column that the events do not have', () => {
    const expression = read({
      PrimaryCriteria: { CriteriaList: [{ Death: {} }] },
      AdditionalCriteria: {
        Type: 'ALL',
        CriteriaList: [
          {
            Criteria: { Death: {} },
            StartWindow: { Start: { Coeff: -1 }, End: { Coeff: 1 } },
            Occurrence: { Type: 2, Count: 1, IsDistinct: true, CountColumn: 'DAYS_SUPPLY' },
          },
        ],
      },
    })
    const result = compileCohort(expression, everyTable)
    assert.equal(result.ok ? '' : result.problem.code, 'cohort-unfinished')
  })
})

describe('any valid definition', () => {
  it('compiles', () => {
    fc.assert(
      fc.property(randomDefinition, (json) => {
        const expression = read(json)
        assert.deepEqual([...expression.unfinished, ...expression.unread], [])
        assert.ok(compileCohort(expression, everyTable).ok)
      }),
      { numRuns: 60 },
    )
  })

  it('gives a program that an engine understands', async () => {
    const running = await openEngines('duckdb')
    const [engine] = running.engines
    assert.ok(engine)
    for (const json of fc.sample(randomDefinition, { numRuns: 15, seed: 3 })) {
      const answer = await engine.run(unwrapped(compileCohort(read(json), everyTable)))
      assert.ok(answer.ok, answer.ok ? '' : `${answer.problem.sentence} ${JSON.stringify(json)}`)
    }
    await running.close()
  })
})
