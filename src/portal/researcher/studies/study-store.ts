/**
 * What a team keeps under its application: cohorts and the questions it has asked. Who may see a case sees its study; that is
 * decided before anything is read here.
 */
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Database, NoTables } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'

type StudyTables = {
  research_study_cohort: {
    case_id: string
    id: string
    name: string
    /** Circe expression, JSON. */
    definition: string
    /** How it was filled in; null: it was brought as Circe. JSON. */
    form: string | null
    version: number
    changed_at: string
    changed_by: string
  }
  research_study_question: StoredQuestion
}

interface StoredQuestion {
  case_id: string
  id: string
  title: string
  /** How it was asked; JSON. */
  question: string
  /** Id of the task. */
  task: string
  asked_at: string
  asked_by: string
}

export const studyMigrations: readonly Migration[] = [
  {
    name: 'research-study-001',
    up: async (transaction) => {
      const table = (name: string) =>
        transaction.schema
          .createTable(name)
          .addColumn('case_id', 'text', (column) => column.notNull())
          .addColumn('id', 'text', (column) => column.notNull())
          .addPrimaryKeyConstraint(`${name}_key`, ['case_id', 'id'])
      await table('research_study_cohort')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('definition', 'text', (column) => column.notNull())
        .addColumn('form', 'text')
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('changed_at', 'text', (column) => column.notNull())
        .addColumn('changed_by', 'text', (column) => column.notNull())
        .execute()
      await table('research_study_question')
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('question', 'text', (column) => column.notNull())
        .addColumn('tasks', 'text', (column) => column.notNull())
        .addColumn('asked_at', 'text', (column) => column.notNull())
        .addColumn('asked_by', 'text', (column) => column.notNull())
        .execute()
    },
  },
  { name: 'research-study-002-one-task', up: oneTask },
]

/** Questions of several tasks (a cohort as it narrows, asked count by count) become one question for each count. */
async function oneTask(transaction: Transaction<NoTables>): Promise<void> {
  const before = transaction.$extendTables<{ research_study_question: StoredQuestion & { tasks: string } }>()
  await transaction.schema.alterTable('research_study_question').addColumn('task', 'text').execute()
  for (const { tasks, ...row } of await before.selectFrom('research_study_question').selectAll().execute()) {
    // Both were written by `saveQuestion`.
    const [first = '', ...others] = JSON.parse(tasks) as readonly string[]
    const { parts = [], ...asked } = JSON.parse(row.question) as { parts?: readonly string[] }
    const question = JSON.stringify(others.length > 0 ? { ...asked, kind: 'count' } : asked)
    const table = before.updateTable('research_study_question').set({ task: first, question })
    await table.where('case_id', '=', row.case_id).where('id', '=', row.id).execute()
    for (const [index, task] of others.entries()) {
      const title = `${row.title}, ${index + 1}. ${parts[index + 1] ?? ''}`
      const values = { ...row, id: randomUUID(), title, question, task, tasks: '[]' }
      await before.insertInto('research_study_question').values(values).execute()
    }
  }
  await transaction.schema.alterTable('research_study_question').dropColumn('tasks').execute()
}

export interface SavedCohort {
  readonly id: string
  readonly name: string
  /** Circe expression. */
  readonly definition: Readonly<Record<string, unknown>>
  /** As `cohorts/cohort-form.ts` wrote it; absent: brought as Circe. */
  readonly form?: unknown
  /** Counts from 1. */
  readonly version: number
  readonly changedAt: string
  readonly changedBy: string
}

export interface SavedQuestion {
  readonly id: string
  readonly title: string
  /** As `questions/` wrote it. */
  readonly question: unknown
  readonly task: string
  readonly askedAt: string
  readonly askedBy: string
}

export interface CohortToSave {
  /** Absent: a new one. */
  readonly id?: string
  /** Version it was made from; another one in the meantime is not overwritten. */
  readonly version?: number
  readonly name: string
  readonly definition: Readonly<Record<string, unknown>>
  readonly form?: unknown
  readonly by: string
  /** ISO 8601. */
  readonly at: string
}

export interface StudyStore {
  /** By name. */
  cohorts(caseId: string): Promise<readonly SavedCohort[]>
  cohort(caseId: string, id: string): Promise<SavedCohort | undefined>
  /** Its id; undefined: somebody has changed it in the meantime. */
  saveCohort(caseId: string, cohort: CohortToSave): Promise<string | undefined>
  removeCohort(caseId: string, id: string): Promise<void>
  /** Newest first. */
  questions(caseId: string): Promise<readonly SavedQuestion[]>
  question(caseId: string, id: string): Promise<SavedQuestion | undefined>
  saveQuestion(caseId: string, question: Omit<SavedQuestion, 'id'>): Promise<string>
}

/** Needs `studyMigrations`. */
export function openStudyStore(database: Database): StudyStore {
  const kysely = database.kysely.$extendTables<StudyTables>()
  const cohortsOf = (caseId: string) =>
    kysely.selectFrom('research_study_cohort').selectAll().where('case_id', '=', caseId)
  const questionsOf = (caseId: string) =>
    kysely.selectFrom('research_study_question').selectAll().where('case_id', '=', caseId)

  return {
    async cohorts(caseId) {
      const rows = await cohortsOf(caseId).orderBy('name').orderBy('id').execute()
      return rows.map(cohortOf)
    },
    async cohort(caseId, id) {
      const row = await cohortsOf(caseId).where('id', '=', id).executeTakeFirst()
      return row && cohortOf(row)
    },
    async saveCohort(caseId, cohort) {
      const values = {
        name: cohort.name,
        definition: JSON.stringify(cohort.definition),
        form: cohort.form === undefined ? null : JSON.stringify(cohort.form),
        version: (cohort.version ?? 0) + 1,
        changed_at: cohort.at,
        changed_by: cohort.by,
      }
      if (cohort.id === undefined) {
        const id = randomUUID()
        await kysely
          .insertInto('research_study_cohort')
          .values({ case_id: caseId, id, ...values })
          .execute()
        return id
      }
      const { numUpdatedRows } = await kysely
        .updateTable('research_study_cohort')
        .set(values)
        .where('case_id', '=', caseId)
        .where('id', '=', cohort.id)
        .where('version', '=', cohort.version ?? 0)
        .executeTakeFirst()
      return numUpdatedRows === 1n ? cohort.id : undefined
    },
    async removeCohort(caseId, id) {
      await kysely.deleteFrom('research_study_cohort').where('case_id', '=', caseId).where('id', '=', id).execute()
    },
    async questions(caseId) {
      const rows = await questionsOf(caseId).orderBy('asked_at', 'desc').orderBy('id').execute()
      return rows.map(questionOf)
    },
    async question(caseId, id) {
      const row = await questionsOf(caseId).where('id', '=', id).executeTakeFirst()
      return row && questionOf(row)
    },
    async saveQuestion(caseId, { title, question, task, askedAt, askedBy }) {
      const id = randomUUID()
      await kysely
        .insertInto('research_study_question')
        .values({
          ...{ case_id: caseId, id, title, question: JSON.stringify(question), task },
          ...{ asked_at: askedAt, asked_by: askedBy },
        })
        .execute()
      return id
    },
  }
}

function cohortOf(row: StudyTables['research_study_cohort']): SavedCohort {
  return {
    id: row.id,
    name: row.name,
    // Written by `saveCohort`.
    definition: JSON.parse(row.definition) as Record<string, unknown>,
    ...(row.form === null ? {} : { form: JSON.parse(row.form) as unknown }),
    version: row.version,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
  }
}

function questionOf(row: StudyTables['research_study_question']): SavedQuestion {
  return {
    id: row.id,
    title: row.title,
    question: JSON.parse(row.question) as unknown,
    task: row.task,
    askedAt: row.asked_at,
    askedBy: row.asked_by,
  }
}
