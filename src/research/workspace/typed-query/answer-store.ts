/**
 * Answers that were released, under the name of their question: work that died and is run again tells the same answer, and
 * does not spend a privacy budget or draw noise a second time.
 */
import { sql } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import type { PermittedAnswer } from './run-permitted-analysis.ts'

type AnswerTables = {
  research_released_answer: {
    release_key: string
    dataset: string
    permit: string
    released: string
    content: string
  }
}

export const releasedAnswerMigrations: readonly Migration[] = [
  {
    name: 'workspace-001-released-answers',
    up: async (transaction) => {
      await sql`create table research_released_answer (
        release_key text primary key,
        dataset text not null,
        permit text not null,
        released text not null,
        content text not null
      )`.execute(transaction)
    },
  },
]

export interface AnswerStore {
  find(releaseKey: string): Promise<PermittedAnswer | undefined>
  /** The first that was kept under this name, which may be another process's. Durable when it resolves. */
  keep(
    releaseKey: string,
    of: { readonly dataset: string; readonly permit: string },
    answer: PermittedAnswer,
  ): Promise<PermittedAnswer>
}

/** Needs `releasedAnswerMigrations`. */
export function openAnswerStore(database: Database, now = () => new Date()): AnswerStore {
  const kysely = database.kysely.$extendTables<AnswerTables>()
  const find = async (releaseKey: string): Promise<PermittedAnswer | undefined> => {
    const row = kysely.selectFrom('research_released_answer').select('content').where('release_key', '=', releaseKey)
    const found = await row.executeTakeFirst()
    // From our own database: written below and nowhere else.
    return found && (JSON.parse(found.content) as PermittedAnswer)
  }
  return {
    find,
    async keep(releaseKey, { dataset, permit }, answer) {
      await kysely
        .insertInto('research_released_answer')
        .values({
          release_key: releaseKey,
          ...{ dataset, permit },
          released: now().toISOString(),
          content: JSON.stringify(answer),
        })
        .onConflict((conflict) => conflict.column('release_key').doNothing())
        .execute()
      return (await find(releaseKey)) ?? answer
    },
  }
}
