/** A logistic regression over nodes of two countries, over mutual TLS: rounds that go on by themselves, and nodes that drop out. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { createLog } from '#platform/log/log.ts'
import { failed, ok } from '#platform/result/result.ts'
import type { Analysis } from '#research/analysis/analysis.ts'
import { logisticSums } from '#research/analysis/statistics/logistic-regression.ts'
import type { GroupedObservations, Observation } from '#research/analysis/statistics/observations.ts'
import { logisticGradient } from '#research/analysis/testing/naive-regression.ts'
import type { Execute, Execution } from '#research/federation/answer-task.ts'
import { roundId } from '#research/federation/regression/rounds.ts'
import { regressionRun } from '#research/federation/regression/run.ts'
import { roundTable, sumsTable } from '#research/federation/regression/sums-table.ts'
import type { Task } from '#research/federation/task.ts'
import { aTable, aTask, now, type TestFederation, testFederation } from '#research/federation/testing/federation.ts'
import type { DatasetId } from '#research/permits/permit.ts'
import { until } from '../../../test/faults/processes.ts'
import { answerTo, askNodes } from './ask.ts'
import { askNextRound, keepAskingRounds, type RegressionRounds, type RoundParts } from './regression-rounds.ts'

const SEX = ['sex female', 'sex male']
const QUESTION: Analysis = {
  kind: 'logistic-regression',
  cohort: {},
  outcome: { kind: 'has', cohort: {} },
  covariates: [{ kind: 'sex' }, { kind: 'age' }],
}

/** The older, the likelier, with exceptions. */
function persons(count: number, every: number): GroupedObservations {
  const rows = Array.from({ length: count }, (_, index): Observation => {
    const age = 20 + ((index * 7) % 60)
    const outcome = age > 50 !== (index % every === 0) ? 1 : 0
    return { values: [index % 2, 1 - (index % 2), age], outcome, persons: 1 }
  })
  return { columns: [...SEX, 'age 2'], groups: [SEX], rows }
}

const DATA: Readonly<Record<string, GroupedObservations>> = { PT: persons(200, 3), FR: persons(160, 4) }

/** What a node makes of its persons, as `workspace/typed-query` does after disclosure control. */
function tablesOf({ task: { round }, permit }: Pick<Execution, 'task' | 'permit'>) {
  const observations = DATA[permit.memberState] ?? persons(0, 1)
  const count = aTable(observations.rows.length)
  if (!round) return [count, sumsTable(observations, {})]
  const rows = observations.rows.map((row) => ({
    ...row,
    values: round.columns.map((one) => row.values[observations.columns.indexOf(one)] ?? 0),
  }))
  return [count, roundTable(logisticSums({ columns: round.columns, rows }, round, round.coefficients), {})]
}

const usual: Execute = async (execution) => ok(tablesOf(execution))

describe('a logistic regression over two countries', () => {
  let federation: TestFederation
  let parts: RoundParts
  let rounds: RegressionRounds
  let execute = usual
  before(async () => {
    federation = await testFederation()
    const { store, news } = federation.coordinator.door
    parts = { coordinator: store, news, key: federation.keys.coordinator, trust: federation.keys.trust, now }
    // As a node does: the door tells of each answer.
    const log = createLog({ level: 'silent', name: 'test' })
    rounds = keepAskingRounds({ ...parts, log, lookMs: 200, patienceMs: 0 })
    for (const country of ['PT', 'FR'] as const) {
      await federation.node(country, (execution) => execute(execution))
    }
  })
  beforeEach(() => {
    execute = usual
  })
  after(async () => {
    await rounds.close()
    await federation.close()
  })

  const answer = async (task: Task) => {
    const told = await answerTo(federation.coordinator.door.store, task.id, now())
    assert.ok(told?.ok, JSON.stringify(told))
    return told.value
  }
  async function asked(more: Partial<Task> = {}) {
    const task = await aTask(federation.keys, { analysis: QUESTION, ...more })
    await federation.coordinator.ask(task)
    const ended = async () => ['fitted', 'failed'].includes((await answer(task)).model?.state ?? '')
    await until('the regression has come to an end', ended)
    return { task, ...(await answer(task)) }
  }
  const problemOf = ({ model }: Awaited<ReturnType<typeof answer>>) =>
    model?.state === 'failed' ? model.problem : undefined

  it('ends with the fit of all persons, and tells counts but no sums', async () => {
    const { task, model, nodes, tables } = await asked()
    assert.ok(model?.state === 'fitted', JSON.stringify(model))
    assert.deepEqual(model.inside, ['node-fr', 'node-pt'])
    assert.deepEqual(model.references, ['sex female'])
    const run = await regressionRun(parts.coordinator, task, now())
    assert.ok(run.kind === 'fitted')
    const rows = Object.values(DATA).flatMap((one) => one.rows)
    const plain = rows.map(({ values: [, male = 0, age = 0], outcome }) => [male, age - 50, outcome])
    const [constant = 0, male = 0, age = 0] = run.model.coefficients.map(({ value }) => value)
    for (const slope of logisticGradient(plain, [constant + 50 * age, male, age])) assert.ok(Math.abs(slope) < 1e-6)
    assert.equal(model.coefficients[1]?.value, Number(male.toPrecision(3)))
    assert.equal(tables[0]?.cells[0]?.persons, 360)
    const told = nodes.flatMap(({ outcome }) => (outcome?.kind === 'answered' ? outcome.tables : []))
    assert.deepEqual(told.map(({ name }) => name).sort(), ['persons', 'persons'])
  })

  it('asks each round under the permits of the question, and nobody who was not inside', async () => {
    const { task } = await asked()
    const round = await parts.coordinator.task(roundId(task.id, 1))
    assert.deepEqual(round?.permits, task.permits)
    assert.deepEqual(round?.nodes, task.nodes)
    assert.equal(round?.person, task.person)
    assert.equal(round?.round?.of, task.id)
  })

  it('is asked once, whoever goes on with it first', async () => {
    const { task } = await asked()
    const again = await Promise.all([askNextRound(parts, task.id), askNextRound(parts, task.id)])
    assert.deepEqual(
      again.map((run) => run !== 'other' && run.kind),
      ['fitted', 'fitted'],
    )
  })

  it('names a node that refuses, and is fitted for the others', async () => {
    execute = async (execution) =>
      execution.permit.memberState === 'FR'
        ? failed('disclosure-model-too-small', 'Too few.', 'Ask wider.')
        : usual(execution)
    const { model, nodes } = await asked()
    assert.ok(model?.state === 'fitted')
    assert.deepEqual(model.inside, ['node-pt'])
    assert.deepEqual(
      nodes.map(({ node, state }) => [node, state]),
      [
        ['node-fr', 'refused'],
        ['node-pt', 'answered'],
      ],
    )
  })

  it('begins without a node that is away', async () => {
    const task = await aTask(federation.keys)
    const away = { node: 'node-gr', memberState: 'GR', dataset: 'gr-registry' as DatasetId }
    const { model, nodes } = await asked({ nodes: [...task.nodes, away] })
    assert.ok(model?.state === 'fitted')
    assert.deepEqual(model.inside, ['node-fr', 'node-pt'])
    assert.equal(nodes.find(({ node }) => node === 'node-gr')?.state, 'unreachable')
  })

  it('waits for nodes that are away when the coordinator has only just started', async () => {
    const fresh = await testFederation()
    const { store, news } = fresh.coordinator.door
    const { coordinator: key } = fresh.keys
    const own: RoundParts = { coordinator: store, news, key, trust: fresh.keys.trust, now }
    await fresh.node('PT', usual)
    const task = await aTask(fresh.keys, { analysis: QUESTION })
    await fresh.coordinator.ask(task)
    await until('one has answered', async () => {
      return ((await store.progress(task.id, now())) ?? []).some(({ outcome }) => outcome)
    })
    const patient = await askNextRound(own, task.id, false)
    assert.equal(patient !== 'other' && patient.kind, 'to-ask')
    assert.equal(await store.task(roundId(task.id, 1)), undefined)
    await askNextRound(own, task.id)
    assert.deepEqual(
      (await store.task(roundId(task.id, 1)))?.nodes.map(({ node }) => node),
      ['node-pt'],
    )
    await fresh.close()
  })

  it('ends when a node refuses in a later round, and tells which and why', async () => {
    execute = async (execution) => {
      const out = execution.permit.memberState === 'FR' && (execution.task.round?.number ?? 0) > 1
      return out ? failed('permit-ended', 'The permit has ended.', 'Ask its body.') : usual(execution)
    }
    const problem = problemOf(await asked())
    assert.equal(problem?.code, 'regression-node-dropped')
    assert.match(problem?.sentence ?? '', /node-fr \(FR\) has dropped out in round 2: The permit has ended\./)
  })

  it('ends when a node answers from another release of its dataset', async () => {
    execute = async (execution) => {
      const release = execution.task.round?.number === 2 ? '2026-2' : '2026-1'
      return ok(tablesOf(execution).map((table) => ({ ...table, evidence: { release } })))
    }
    assert.equal(problemOf(await asked())?.code, 'regression-population-changed')
  })

  it('ends when the persons of a node are no longer the same', async () => {
    execute = async (execution) => {
      const tables = tablesOf(execution)
      const [count, sums] = tables
      const isOther = execution.permit.memberState === 'PT' && execution.task.round?.number === 2
      if (!isOther || !count || !sums) return ok(tables)
      const cells = sums.cells.map((cell) => ({ ...cell, persons: 199 }))
      return ok([count, { ...sums, cells }])
    }
    assert.equal(problemOf(await asked())?.code, 'regression-population-changed')
  })

  it('ends when a node falls silent in a round, once the time of the round is over', async () => {
    let release = (): void => undefined
    const silent = new Promise<void>((resolve) => {
      release = resolve
    })
    execute = async (execution) => {
      if (execution.permit.memberState === 'FR' && execution.task.round?.number === 1) await silent
      return usual(execution)
    }
    const task = await aTask(federation.keys, { analysis: QUESTION })
    await federation.coordinator.ask(task)
    await until(
      'the first round is asked',
      async () => (await parts.coordinator.task(roundId(task.id, 1))) !== undefined,
    )
    const run = await regressionRun(parts.coordinator, task, now())
    assert.equal(run.kind, 'fitting')
    const later = new Date(now().getTime() + 20 * 60_000)
    const over = await regressionRun(parts.coordinator, task, later)
    assert.equal(over.kind === 'failed' && over.problem.code, 'regression-node-dropped')
    assert.deepEqual(over.inside, ['node-fr', 'node-pt'])
    release()
  })

  it('cannot be asked with secure sums, and says so before anybody is asked', async () => {
    const { permits, store, news } = federation.coordinator.door
    const nobody = () => Promise.reject(new Error('Nobody is to be asked.'))
    const body = { id: 'service-eu', country: 'EU' }
    const asking = { ...parts, coordinator: store, news, permits, body, fetch: nobody, addressOf: () => undefined }
    const question = { analysis: QUESTION, person: 'a|b', purpose: 'e', permits: [], sums: 'secure' } as const
    const refused = await askNodes(asking, question)
    assert.equal(refused.ok ? 'ok' : refused.problem.code, 'secure-sum-unsupported')
    assert.match(refused.ok ? '' : refused.problem.sentence, /counts of persons/)
  })

  it('says so when every node has refused', async () => {
    execute = async () => failed('dataset-not-open', 'It is not open.', 'Open it.')
    assert.equal(problemOf(await asked())?.code, 'regression-no-node')
  })
})
