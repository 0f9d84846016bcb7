import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { Analysis, CohortDefinition } from '../../analysis/analysis.ts'
import { openAnswerLedger } from '../../disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '../../disclosure/ledger/migrations.ts'
import { openPrivacyBudget } from '../../disclosure/privacy/budget.ts'
import { DEFAULT_RULES } from '../../disclosure/read-rules.ts'
import type { Execution } from '../../federation/answer-task.ts'
import type { Permit } from '../../permits/permit.ts'
import { DATASET } from '../../permits/testing/permits.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import {
  DIABETES,
  facts,
  inside,
  optedOut,
  RARE,
  registryPermit,
  scopeOf,
  type TestRegistry,
  testRegistry,
} from '../testing/registry.ts'
import { openAnswerStore, releasedAnswerMigrations } from './answer-store.ts'
import { executeTask } from './execute-task.ts'
import { type AnalysisMeans, type PermittedAnswer, runPermittedAnalysis } from './run-permitted-analysis.ts'

const everybody: CohortDefinition = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../data/demo/research/cohorts/everybody.json'), 'utf8'),
)
const COUNT: Analysis = { kind: 'count', cohort: everybody, by: [{ kind: 'sex' }] }

function havingCondition(concept: number): CohortDefinition {
  const item = { concept: { CONCEPT_ID: concept }, includeDescendants: false }
  return {
    ...everybody,
    ConceptSets: [{ id: 0, name: 'wanted', expression: { items: [item] } }],
    PrimaryCriteria: {
      CriteriaList: [{ ConditionOccurrence: { CodesetId: 0, First: true } }],
      ObservationWindow: { PriorDays: 0, PostDays: 0 },
      PrimaryCriteriaLimit: { Type: 'First' },
    },
  }
}

describe('a typed question under a permit', () => {
  let registry: TestRegistry
  let database: Database
  let means: AnalysisMeans
  let questions = 0
  before(async () => {
    registry = await testRegistry()
    database = await openDatabase('sqlite::memory:')
    await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations])
    const secret = new Uint8Array(32).fill(9)
    means = {
      engine: registry.engine,
      dataset: { facts, optedOut },
      disclosure: { ledger: openAnswerLedger(database), secret, budget: openPrivacyBudget(database) },
      answers: openAnswerStore(database),
    }
  })
  after(async () => {
    await registry.close()
    await database.close()
  })

  const ask = (analysis: Analysis, permit: Permit = registryPermit(), releaseKey = `question ${questions++}`) =>
    runPermittedAnalysis({ analysis, permit, scope: scopeOf(permit), releaseKey }, means)
  async function answered(analysis: Analysis, permit?: Permit, releaseKey?: string): Promise<PermittedAnswer> {
    return unwrapped(await ask(analysis, permit, releaseKey))
  }
  const codeOf = async (asked: ReturnType<typeof ask>) => {
    const result = await asked
    return result.ok ? 'ok' : result.problem.code
  }
  const shown = (answer: PermittedAnswer, table: string, ...key: readonly (string | null)[]) =>
    answer.tables
      .find(({ name }) => name === table)
      ?.cells.find((cell) => JSON.stringify(cell.key) === JSON.stringify(key))?.persons

  it('counts the persons of the permit, rounded as it says, without those who opted out', async () => {
    const answer = await answered(COUNT)
    const women = inside((person) => person % 2 === 1).length
    const men = inside((person) => person % 2 === 0).length
    assert.notEqual(women, men)
    assert.equal(shown(answer, 'persons', 'female'), 5 * Math.round(women / 5))
    assert.equal(shown(answer, 'persons', 'male'), 5 * Math.round(men / 5))
    assert.equal(answer.tables[0]?.evidence.permit, 'permit-pt-1')
  })

  it('says nothing about a group that is too small', async () => {
    const rare = inside((person) => person % 80 === 41).length
    assert.ok(rare > 0 && rare < 10)
    assert.equal(await codeOf(ask({ kind: 'count', cohort: havingCondition(RARE), by: [] })), 'disclosure-too-few')
  })

  it('asked again under the same name, tells the same, also where noise is drawn anew', async () => {
    const budget = { epsilon: 4, perAnswer: 0.5 }
    const permit = registryPermit({ disclosure: { ...DEFAULT_RULES, privacyBudget: budget } })
    const first = await answered(COUNT, permit, 'task 1')
    assert.deepEqual(await answered(COUNT, permit, 'task 1'), first)
    const others = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => answered(COUNT, permit, name)))
    assert.ok(others.some((other) => JSON.stringify(other.tables) !== JSON.stringify(first.tables)))
    const spent = await codeOf(
      ask(
        COUNT,
        registryPermit({ disclosure: { ...permit.disclosure, privacyBudget: { epsilon: 3, perAnswer: 0.5 } } }),
      ),
    )
    assert.equal(spent, 'disclosure-budget-spent')
  })

  it('needs tables that the permit holds, and opt-outs of its moment', async () => {
    const characterisation: Analysis = { kind: 'characterisation', cohort: everybody, domains: ['drug'] }
    assert.equal(await codeOf(ask(characterisation)), 'analysis-outside-permit')
    const permit = registryPermit()
    const late = { ...means, dataset: { facts, optedOut: () => optedOut('2030-01-01T00:00:00Z') } }
    const asked = { analysis: COUNT, permit, scope: scopeOf(permit), releaseKey: 'late' }
    assert.equal(await codeOf(runPermittedAnalysis(asked, late)), 'opt-out-moment')
  })

  it('stops with the permit', async () => {
    const permit = registryPermit()
    const signal = AbortSignal.abort(new Error('revoked'))
    const asked = { analysis: COUNT, permit, scope: scopeOf(permit), releaseKey: 'stopped', signal }
    assert.equal(await codeOf(runPermittedAnalysis(asked, means)), 'query-stopped')
  })

  it('holds a question against what the applicant was told before', async () => {
    assert.equal(await codeOf(ask({ kind: 'count', cohort: havingCondition(DIABETES), by: [] })), 'ok')
    const any: Analysis = { kind: 'characterisation', cohort: everybody, domains: ['condition'] }
    assert.equal(await codeOf(ask(any)), 'disclosure-too-few')
  })

  it('holds the cohorts of one question against each other', async () => {
    const any = { ...everybody, PrimaryCriteria: { CriteriaList: [{ ConditionOccurrence: {} }] } }
    const cohorts = [
      { name: 'diabetes', cohort: havingCondition(DIABETES) },
      { name: 'any condition', cohort: any },
      { name: 'everybody', cohort: everybody },
    ]
    const permit = registryPermit()
    const analysis: Analysis = { kind: 'cohort-counts', cohorts, by: [] }
    const asked = { analysis, permit, scope: scopeOf(permit), releaseKey: 'side by side' }
    const answer = unwrapped(await runPermittedAnalysis(asked, { ...means, applicantOf: () => 'side by side' }))
    const persons = (level: string | null) =>
      answer.tables[0]?.cells.find(({ key }) => key[0] === level)?.persons ?? 'hidden'
    assert.equal(persons('everybody'), 5 * Math.round(inside().length / 5))
    assert.equal(persons(null), persons('everybody'))
    // Seven persons have another condition and no diabetes.
    assert.ok(Number(persons('any condition')) > 0)
    assert.equal(persons('diabetes'), 'hidden')
  })

  it('answers every kind of question', async () => {
    const by = [{ kind: 'sex' }] as const
    const diabetes = havingCondition(DIABETES)
    const permit = registryPermit()
    const kinds: readonly Analysis[] = [
      { kind: 'cohort-counts', cohorts: [everybody, diabetes].map((cohort, at) => ({ name: `${at}`, cohort })), by },
      { kind: 'rate', cohort: diabetes, by },
      { kind: 'time-series', cohort: diabetes, unit: 'year', by: [] },
      { kind: 'distribution', cohort: everybody, measure: { kind: 'age' }, by, classes: [0, 40, 60] },
      { kind: 'survival', cohort: everybody, event: diabetes, by: [], step: 365, until: 3600 },
      { kind: 'characterisation', cohort: everybody, domains: ['condition'] },
    ]
    for (const analysis of kinds) {
      // Somebody new each time: diabetes, and any condition, differ by seven persons.
      const asked = { analysis, permit, scope: scopeOf(permit), releaseKey: analysis.kind }
      const answer = unwrapped(await runPermittedAnalysis(asked, { ...means, applicantOf: () => analysis.kind }))
      const told = answer.tables.flatMap(({ cells }) => cells.filter(({ persons }) => persons !== null))
      assert.ok(told.length > 0, analysis.kind)
    }
  })

  it('fits a model after its cohort was counted, and not under a privacy budget', async () => {
    const outcome = { kind: 'has', cohort: havingCondition(DIABETES) } as const
    const model: Analysis = { kind: 'logistic-regression', cohort: everybody, outcome, covariates: [{ kind: 'sex' }] }
    const answer = await answered(model)
    assert.equal(shown(answer, 'persons'), 5 * Math.round(inside().length / 5))
    assert.deepEqual(
      answer.coefficients?.map(({ name }) => name),
      ['constant', 'sex male'],
    )
    const permit = registryPermit({ disclosure: { ...DEFAULT_RULES, privacyBudget: { epsilon: 10, perAnswer: 0.5 } } })
    assert.equal(await codeOf(ask(model, permit)), 'disclosure-table-invalid')
  })

  it('is what a task of the federation runs', async () => {
    const permit = registryPermit()
    const scope = scopeOf(permit)
    const execution = (analysis: Analysis) =>
      ({
        task: { analysis },
        permit,
        scope,
        releaseKey: `task ${analysis.kind}`,
        signal: new AbortController().signal,
      }) as Execution
    const execute = executeTask((dataset) => (dataset === DATASET ? means : undefined))
    const tables = await execute(execution(COUNT))
    assert.ok(tables.ok && tables.value[0]?.name === 'persons')
    const elsewhere = await executeTask(() => undefined)(execution(COUNT))
    assert.equal(elsewhere.ok ? 'ok' : elsewhere.problem.code, 'dataset-not-open')
    const regression: Analysis = {
      kind: 'linear-regression',
      cohort: everybody,
      outcome: { kind: 'age' },
      covariates: [],
    }
    const sums = await execute(execution(regression))
    assert.deepEqual(sums.ok && sums.value.map(({ name }) => name), ['persons', 'sums'])
  })
})
