/** For tests: the researcher's pages over real stores, and nodes that answer what a test tells them to. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Hono } from 'hono'
import { inTransaction, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { ok } from '#platform/result/result.ts'
import { openCaseLists } from '#research/applications/store/case-lists.ts'
import { append, openCaseStore } from '#research/applications/store/case-store.ts'
import { type CaseTables, caseMigrations } from '#research/applications/store/migrations.ts'
import {
  actor,
  assessAll,
  permitTerms,
  procedureIn,
  proceduresOf,
  submittedCase,
} from '#research/applications/testing/example-case.ts'
import type { DatasetMarks } from '#research/catalogue/harvest/reports.ts'
import { openCatalogue } from '#research/catalogue/store/catalogue-store.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import type { AskedState } from '#research/federation/coordinator-store.ts'
import type { AnswerTable } from '#research/federation/node-result.ts'
import type { NamedConcept } from '#research/omop/vocabulary/find-concepts.ts'
import type { AskedQuestion, Researcher, TaskAnswer } from './researcher-options.ts'
import { researcherPages } from './researcher-pages.ts'
import { openStudyStore, studyMigrations } from './studies/study-store.ts'
import type { WorkspacePageOptions } from './workspace/workspace-options.ts'

const MESSAGES = join(import.meta.dirname, '..', '..', '..', 'data', 'messages')
export const NOW = new Date('2029-04-03T10:00:00Z')
export const APPLICANT = 'https://id.example|applicant'
const TOKEN = 'token-of-the-session'

const CONCEPTS: readonly NamedConcept[] = [
  {
    id: 4193704,
    name: 'Type 2 diabetes mellitus without complication',
    domain: 'Condition',
    vocabulary: 'SNOMED',
    code: '313436004',
  },
  { id: 201826, name: 'Type 2 diabetes mellitus', domain: 'Condition', vocabulary: 'SNOMED', code: '44054006' },
  { id: 3004410, name: 'Hemoglobin A1c', domain: 'Measurement', vocabulary: 'LOINC', code: '4548-4' },
  { id: 1503297, name: 'metformin', domain: 'Drug', vocabulary: 'RxNorm', code: '6809' },
]

export type TestResearcher = Awaited<ReturnType<typeof testResearcher>>

interface TestState {
  person: string | undefined
  answer: (task: string) => TaskAnswer | undefined
  marks: DatasetMarks
  now: Date
}

export async function testResearcher(workspace?: WorkspacePageOptions) {
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, [...catalogueMigrations, ...caseMigrations, ...studyMigrations])
  const procedures = await proceduresOf('FR')
  const cases = openCaseStore(database, procedures)
  const catalogue = openCatalogue(database, { now: () => NOW })
  const studies = openStudyStore(database)
  const errors: unknown[] = []
  const asked: AskedQuestion[] = []
  /** May be changed by a test. */
  const state: TestState = { person: APPLICANT, answer: () => undefined, marks: () => undefined, now: NOW }
  const researcher = (identifier: string): Researcher => ({
    identifier,
    name: 'Ada Example',
    token: TOKEN,
    isToken: (token) => token === TOKEN,
  })
  const app = new Hono().route(
    '/research',
    researcherPages({
      country: 'FR',
      ...{ procedures, cases, catalogue, studies },
      harvested: { reports: { marks: async () => (description) => state.marks(description) } },
      lists: openCaseLists(database, procedures),
      errands: { run: async () => ({ done: 0, failed: 0 }) as never },
      concepts: async ({ text, domains }) =>
        CONCEPTS.filter(
          ({ id, name, domain }) =>
            (name.toLowerCase().includes(text.toLowerCase()) || String(id) === text) &&
            (domains === undefined || domains.includes(domain)),
        ),
      ask: async (question) => ok(`task-${asked.push(question)}`),
      answer: async (task) => {
        const found = state.answer(task)
        return found && ok(found)
      },
      ...(workspace ? { workspace } : {}),
      person: async () => (state.person === undefined ? undefined : researcher(state.person)),
      signIn: { href: '/sign-in', provider: 'Example' },
      messages: (language) => openMessages(MESSAGES, language),
      languages: ['fr', 'en'],
      now: () => state.now,
      onError: (error) => errors.push(error),
    }),
  )

  async function get(path: string, language = 'en') {
    const answer = await app.request(`/research${path}`, { headers: { 'accept-language': language } })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }
  /** Sends a form; `place` is where the answer leads. */
  async function post(path: string, fields: Readonly<Record<string, string | readonly string[]>>, token = TOKEN) {
    const pairs = Object.entries(fields).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, String(value)]),
    )
    const answer = await app.request(`/research${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'en' },
      body: new URLSearchParams([['form-token', token], ...pairs]),
    })
    const place = answer.headers.get('location')?.replace(/^\/research/, '') ?? ''
    return { status: answer.status, text: await answer.text(), place }
  }
  async function close() {
    assert.deepEqual(errors, [])
    await database.close()
  }
  return { app, database, cases, catalogue, studies, procedures, state, asked, get, post, close }
}

/** A case in which France has granted a permit for SQL and R; the clock of the pages is set into its time. */
export async function grantedCase(pages: TestResearcher): Promise<void> {
  const procedure = await procedureIn('FR')
  const made = submittedCase(procedure, 'data-permit', ['FR', 'PT'])
  const [at, part] = ['2029-05-02T10:00:00Z', { memberState: 'FR' }] as const
  made.give({ kind: 'confirm-complete', at, ...part, by: actor('intake') })
  assessAll(made, procedure, 'FR', at)
  made.give({ kind: 'estimate-fee', at, ...part, by: actor('intake'), items: [] })
  const terms = permitTerms('FR', '2030-05-01T00:00:00Z')
  const tools = ['typed-query', 'sql', 'r'] as const
  made.give({ kind: 'grant', at, ...part, by: actor('coordinator'), terms: { ...terms, tools } })
  const kysely = pages.database.kysely.$extendTables<CaseTables>()
  assert.ok(await inTransaction(kysely, (transaction) => append(transaction, undefined, made.events, procedure, at)))
  pages.state.now = new Date('2029-07-02T10:00:00Z')
}

/** Every node has answered, refused, or is away, as told. */
export function nodesThat(states: Readonly<Record<string, AskedState['state']>>, tables: readonly AnswerTable[] = []) {
  return Object.entries(states).map(([memberState, state]): AskedState => {
    const outcome =
      state === 'answered'
        ? ({ kind: 'answered', tables } as const)
        : ({
            kind: 'refused',
            code: 'permit-column',
            sentence: 'The permit does not cover the column person.ethnicity_concept_id.',
            next: 'Ask the body to amend it.',
          } as const)
    return {
      ...{ node: `node-${memberState.toLowerCase()}`, memberState, state, taken: true },
      ...(state === 'answered' || state === 'refused' ? { outcome } : {}),
    }
  })
}
