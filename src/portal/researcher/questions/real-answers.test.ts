/** From the forms of a cohort and a question, through a real engine and real disclosure control, to the page of the answer. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { CASE_ID } from '#research/applications/testing/example-case.ts'
import { openAnswerLedger } from '#research/disclosure/ledger/answer-ledger.ts'
import { disclosureMigrations } from '#research/disclosure/ledger/migrations.ts'
import { answerOf, totals } from '#research/federation/merge.ts'
import { unwrapped } from '#research/query/testing/engines.ts'
import {
  DIABETES,
  facts,
  optedOut,
  registryPermit,
  scopeOf,
  type TestRegistry,
  testRegistry,
} from '#research/workspace/testing/registry.ts'
import { openAnswerStore, releasedAnswerMigrations } from '#research/workspace/typed-query/answer-store.ts'
import { runPermittedAnalysis } from '#research/workspace/typed-query/run-permitted-analysis.ts'
import { EMPTY_COHORT } from '../cohorts/cohort-form.ts'
import { toCirce } from '../cohorts/to-circe.ts'
import type { TaskAnswer } from '../researcher-options.ts'
import { grantedCase, nodesThat, type TestResearcher, testResearcher } from '../test-researcher.ts'
import { isRegression, KINDS, type QuestionKind } from './question-form.ts'

const STUDY = `/applications/${CASE_ID}/study`
const diabetes = { ...EMPTY_COHORT.entry, concepts: [{ id: DIABETES, name: 'Diabetes' }], narrower: false }
const NAMES = { person: 'Age and sex', rule: (number: number) => `Rule ${number}` }
const FORM = { ...EMPTY_COHORT, name: 'Diabetes', entry: diabetes, priorDays: '0' }

describe('answers of a real node', () => {
  let pages: TestResearcher
  let registry: TestRegistry
  let database: Database
  before(async () => {
    pages = await testResearcher()
    await grantedCase(pages)
    registry = await testRegistry()
    database = await openDatabase('sqlite::memory:')
    await migrate(database, [...disclosureMigrations, ...releasedAnswerMigrations])
  })
  after(async () => {
    await registry.close()
    await database.close()
    await pages.close()
  })

  /** Runs what was asked as a node would; every question as of another applicant, so that none uses up the ledger. */
  async function answered(at: number): Promise<TaskAnswer> {
    const analysis = pages.asked[at - 1]?.analysis
    assert.ok(analysis)
    const permit = registryPermit()
    const answer = await runPermittedAnalysis(
      { analysis, permit, scope: scopeOf(permit), releaseKey: `task-${at}` },
      {
        engine: registry.engine,
        dataset: { facts, optedOut },
        disclosure: { ledger: openAnswerLedger(database), secret: new Uint8Array(32).fill(9) },
        answers: openAnswerStore(database),
        applicantOf: () => `applicant ${at}`,
      },
    )
    const { tables } = unwrapped(answer)
    return { nodes: nodesThat({ FR: 'answered' }, tables), tables: unwrapped(totals(answerOf('node-fr', tables))) }
  }

  async function cohort(form: typeof FORM): Promise<string> {
    const saved = await pages.studies.saveCohort(CASE_ID, {
      ...{ name: form.name, definition: toCirce(form, NAMES), form, by: 'x|y', at: '2029-07-01T10:00:00Z' },
    })
    assert.ok(saved)
    return saved
  }

  /** Regressions are put together by the body that asks: `studies.test.ts`. */
  const expected: Readonly<Partial<Record<QuestionKind, RegExp>>> = {
    count: /female[\s\S]*male[\s\S]*everybody/,
    'cohort-counts': /Diabetes[\s\S]*Diabetes \(2\)[\s\S]*everybody[\s\S]*male, Diabetes \(2\)/,
    attrition: /Event of entry[\s\S]*1\. Age and sex/,
    rate: /Entries for 1,000 person-years[\s\S]*\d\.\d\d – \d/,
    'time-series': /<path class="line s1"/,
    distribution: /40-59[\s\S]*Mean of the value/,
    survival: /The curve falls from 100 % to/,
    characterisation: /201826|Type 2 diabetes mellitus/,
  }

  for (const kind of KINDS.filter((one) => !isRegression(one))) {
    it(`are shown: ${kind}`, async () => {
      const [some, everybody] = [await cohort({ ...FORM, ageFrom: '18' }), await cohort(FORM)]
      const sent = await pages.post(`${STUDY}/ask`, {
        ...{
          kind,
          cohort: some,
          cohorts: [some, everybody],
          event: everybody,
          country: 'FR',
          purpose: 'e',
          unit: 'year',
          measure: 'age',
        },
        ...{
          by: kind === 'count' || kind === 'cohort-counts' || kind === 'rate' ? 'sex' : [],
          domains: 'condition',
          step: '365',
          until: '3650',
        },
        classes: '0, 20, 40, 60, 80',
      })
      assert.equal(sent.status, 303, sent.text.slice(0, 3000))
      const question = (await pages.studies.questions(CASE_ID)).find(({ id }) => sent.place.endsWith(id))
      const answer = await answered(Number(question?.task.slice(5)))
      pages.state.answer = (task) => (task === question?.task ? answer : undefined)
      const { status, text } = await pages.get(sent.place)
      assert.equal(status, 200)
      assert.match(text, expected[kind] ?? /nothing/)
      assert.match(text, /<svg class="chart"/)
      assert.match(text, /Groups of fewer than \d+ persons are hidden/)
      assert.doesNotMatch(text, /NaN|undefined|\[object/)
    })
  }
})
