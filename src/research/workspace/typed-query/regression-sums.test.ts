/** What a node gives to a regression over several nodes: on real views of a permit, and what it refuses to give. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { Analysis, CohortDefinition } from '../../analysis/analysis.ts'
import { fitRegression } from '../../analysis/fit-regression.ts'
import { openAnswerLedger } from '../../disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '../../disclosure/ledger/migrations.ts'
import { openPrivacyBudget } from '../../disclosure/privacy/budget.ts'
import { DEFAULT_RULES } from '../../disclosure/read-rules.ts'
import { answerOf, merge, NOTHING } from '../../federation/merge.ts'
import type { AnswerTable } from '../../federation/node-result.ts'
import { linearModel } from '../../federation/regression/model.ts'
import { type Pooled, pooled } from '../../federation/regression/pooled.ts'
import { nextStep, type RoundAnswered } from '../../federation/regression/rounds.ts'
import { readRound } from '../../federation/regression/sums-table.ts'
import { maskTables } from '../../federation/secure-totals.ts'
import type { TaskRound } from '../../federation/task.ts'
import type { Permit, PermitId } from '../../permits/permit.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import {
  DIABETES,
  facts,
  optedOut,
  RARE,
  registryPermit,
  scopeOf,
  type TestRegistry,
  testRegistry,
} from '../testing/registry.ts'
import { openAnswerStore, releasedAnswerMigrations } from './answer-store.ts'
import { runPermittedRegression } from './regression-sums.ts'
import { type AnalysisMeans, exactAnswer } from './run-permitted-analysis.ts'

const everybody: CohortDefinition = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../data/demo/research/cohorts/everybody.json'), 'utf8'),
)
const having = (concept: number): CohortDefinition => ({
  ...everybody,
  ConceptSets: [{ id: 0, name: 'wanted', expression: { items: [{ concept: { CONCEPT_ID: concept } }] } }],
  PrimaryCriteria: {
    CriteriaList: [{ ConditionOccurrence: { CodesetId: 0, First: true } }],
    ObservationWindow: { PriorDays: 0, PostDays: 0 },
    PrimaryCriteriaLimit: { Type: 'First' },
  },
})

const LINEAR: Analysis = {
  kind: 'linear-regression',
  cohort: everybody,
  outcome: { kind: 'age' },
  covariates: [{ kind: 'sex' }, { kind: 'condition', concepts: [DIABETES] }],
}
const LOGISTIC: Analysis = {
  kind: 'logistic-regression',
  cohort: everybody,
  outcome: { kind: 'has', cohort: having(DIABETES) },
  covariates: [{ kind: 'sex' }, { kind: 'age' }],
}
/** Two countries with persons of their own: the older and the younger of one register. */
const YEARS = { older: { bornFrom: 1940, bornTo: 1969 }, younger: { bornFrom: 1970, bornTo: 2000 } }

describe('the sums of a regression under a permit', () => {
  let registry: TestRegistry
  let database: Database
  let questions = 0
  before(async () => {
    registry = await testRegistry()
    database = await openDatabase('sqlite::memory:')
    await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations])
  })
  after(async () => {
    await registry.close()
    await database.close()
  })

  /** @param applicant whose answers are taken together: somebody new for each test */
  function meansFor(applicant: string): AnalysisMeans {
    const secret = new Uint8Array(32).fill(9)
    return {
      engine: registry.engine,
      dataset: { facts, optedOut },
      disclosure: { ledger: openAnswerLedger(database), secret, budget: openPrivacyBudget(database) },
      answers: openAnswerStore(database),
      applicantOf: (permit) => `${applicant} ${permit.id}`,
    }
  }
  function permitFor(country: keyof typeof YEARS | 'both', more: Partial<Permit> = {}): Permit {
    const population = country === 'both' ? { bornFrom: 1940, bornTo: 2000 } : YEARS[country]
    const datasets = registryPermit().datasets.map((scope) => ({ ...scope, population }))
    return registryPermit({ id: `permit-${country}` as PermitId, datasets, ...more })
  }
  const ask = (analysis: Analysis, permit: Permit, applicant: string, round?: TaskRound) => {
    const asked = { analysis, permit, scope: scopeOf(permit), releaseKey: `sums ${questions++}` }
    return runPermittedRegression({ ...asked, ...(round && { round }) }, meansFor(applicant))
  }
  const codeOf = async (asked: ReturnType<typeof ask>) => {
    const result = await asked
    return result.ok ? 'ok' : result.problem.code
  }
  async function poolOf(analysis: Analysis, applicant: string): Promise<Pooled> {
    let merged = NOTHING
    for (const country of ['older', 'younger'] as const) {
      const tables = unwrapped(await ask(analysis, permitFor(country), applicant))
      merged = unwrapped(merge(merged, answerOf(country, overTheWire(tables))))
    }
    return unwrapped(pooled(merged))
  }
  const overTheWire = (tables: readonly AnswerTable[]): readonly AnswerTable[] => JSON.parse(JSON.stringify(tables))
  async function whole(analysis: Analysis) {
    const permit = permitFor('both')
    const exact = await exactAnswer({ analysis, permit, scope: scopeOf(permit), releaseKey: '' }, meansFor('whole'))
    return unwrapped(await fitRegression(unwrapped(exact)))
  }
  const close = (found: number | undefined, expected: number) =>
    assert.ok(
      Math.abs((found ?? Number.NaN) - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected)),
      `${found}, ${expected}`,
    )

  it('give the linear model of the persons of both countries', async () => {
    const model = unwrapped(linearModel(await poolOf(LINEAR, 'linear')))
    const { coefficients } = await whole(LINEAR)
    assert.deepEqual(
      model.coefficients.map(({ name }) => name),
      coefficients.map(({ name }) => name),
    )
    for (const [index, { value, standardError }] of coefficients.entries()) {
      close(model.coefficients[index]?.value, value)
      close(model.coefficients[index]?.standardError, standardError)
    }
  })

  it('give the logistic model of the persons of both countries, round by round', async () => {
    const pool = await poolOf(LOGISTIC, 'logistic')
    const answered: RoundAnswered[] = []
    let step = await nextStep(pool, answered)
    while (step.kind === 'ask') {
      const { round } = step
      const parts = []
      for (const country of ['older', 'younger'] as const) {
        const tables = await ask(LOGISTIC, permitFor(country), 'logistic', { of: '', ...round })
        const sums = overTheWire(unwrapped(tables)).map((table) => readRound(table, round.columns))
        parts.push(sums.find((one) => one !== undefined))
      }
      const [first, second] = parts
      assert.ok(first && second)
      const add = (a: readonly number[], b: readonly number[]) => a.map((one, index) => one + (b[index] ?? 0))
      answered.push({
        asked: round,
        sums: {
          ...first,
          persons: first.persons + second.persons,
          withOutcome: first.withOutcome + second.withOutcome,
          logLikelihood: first.logLikelihood + second.logLikelihood,
          score: add(first.score, second.score),
          information: first.information.map((line, row) => add(line, second.information[row] ?? [])),
        },
      })
      step = await nextStep(pool, answered)
    }
    assert.ok(step.kind === 'fitted', JSON.stringify(step))
    const { coefficients } = await whole(LOGISTIC)
    for (const [index, { value, standardError }] of coefficients.entries()) {
      close(step.fit.coefficients[index]?.value, value)
      close(step.fit.coefficients[index]?.standardError, standardError)
    }
  })

  it('stay in the node when a group, or an outcome, is that of few', async () => {
    const rare: Analysis = { ...LINEAR, covariates: [{ kind: 'condition', concepts: [RARE] }] }
    assert.equal(await codeOf(ask(rare, permitFor('both'), 'rare')), 'disclosure-model-too-small')
    const outcome = { kind: 'has', cohort: having(RARE) } as const
    assert.equal(
      await codeOf(ask({ ...LOGISTIC, outcome }, permitFor('both'), 'rare outcome')),
      'disclosure-model-too-small',
    )
    const wide: Analysis = { ...LINEAR, covariates: [{ kind: 'age-group', bounds: [0, 30, 60] }, { kind: 'sex' }] }
    assert.equal(await codeOf(ask(wide, permitFor('both'), 'wide')), 'ok')
  })

  it('stay in the node when there are too many coefficients for its persons', async () => {
    const years = Array.from({ length: 12 }, (_, index) => 15 + index * 5)
    const many: Analysis = { ...LINEAR, covariates: [{ kind: 'age-group', bounds: years }, { kind: 'sex' }] }
    assert.equal(await codeOf(ask(many, permitFor('both'), 'many')), 'disclosure-model-too-small')
  })

  it('stay in the node when their persons differ by few from those of an earlier answer', async () => {
    const rules = (bornTo: number): Partial<Permit> => ({
      id: 'permit-near' as PermitId,
      datasets: registryPermit().datasets.map((scope) => ({ ...scope, population: { bornFrom: 1940, bornTo } })),
    })
    assert.equal(await codeOf(ask(LINEAR, permitFor('both', rules(2000)), 'near')), 'ok')
    // One year of birth has seven or eight persons.
    assert.equal(await codeOf(ask(LINEAR, permitFor('both', rules(1999)), 'near')), 'disclosure-too-few')
    assert.equal(await codeOf(ask(LINEAR, permitFor('both', rules(1999)), 'somebody else')), 'ok')
    // The refusal has left no trace.
    assert.equal(await codeOf(ask(LINEAR, permitFor('both', rules(2000)), 'near')), 'ok')
  })

  it('stay in the node when coefficients leave the weight to a few persons', async () => {
    const round = { of: '', number: 1, columns: ['sex male', 'age 2'], shift: [0.5, 50], scale: [0.5, 15] }
    assert.equal(await codeOf(ask(LOGISTIC, permitFor('both'), 'weights', { ...round, coefficients: [0, 0, 0] })), 'ok')
    // Only who is of one age is not decided already.
    const sharp = { ...round, coefficients: [9000, 0, 9000] }
    assert.equal(await codeOf(ask(LOGISTIC, permitFor('both'), 'weights', sharp)), 'disclosure-model-too-small')
  })

  it('are not given under a privacy budget, nor masked', async () => {
    const disclosure = { ...DEFAULT_RULES, privacyBudget: { epsilon: 10, perAnswer: 0.5 } }
    assert.equal(await codeOf(ask(LINEAR, permitFor('both', { disclosure }), 'budget')), 'disclosure-table-invalid')
    const tables = unwrapped(await ask(LINEAR, permitFor('both'), 'masked'))
    const masked = maskTables(tables, { round: 'r', node: 'a', pairs: [] })
    assert.equal(masked.ok ? 'ok' : masked.problem.code, 'secure-sum-unsupported')
  })

  it('name the release that they are about, and what was looked at', async () => {
    const permit = permitFor('both')
    const scope = { ...scopeOf(permit), release: '2026-1' }
    const asked = { analysis: LINEAR, permit, scope, releaseKey: 'release' }
    const [persons, sums] = unwrapped(await runPermittedRegression(asked, meansFor('release')))
    assert.equal(persons?.name, 'persons')
    const { release, parameters, numbers } = sums?.evidence ?? {}
    assert.deepEqual({ release, parameters, numbers }, { release: '2026-1', parameters: 3, numbers: 10 })
  })

  it('are the same when work that died is run again', async () => {
    const permit = permitFor('both')
    const asked = { analysis: LINEAR, permit, scope: scopeOf(permit), releaseKey: 'again' }
    const first = unwrapped(await runPermittedRegression(asked, meansFor('again')))
    assert.deepEqual(unwrapped(await runPermittedRegression(asked, meansFor('again'))), first)
  })
})
