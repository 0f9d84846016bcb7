import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type KeyFigureTables = {
  key_figure: {
    id: string
    node: string
    started: string
    duration_ms: number
    side: string
    asking: string
    answering: string
    step: string
    service: string
    wire: string
    transaction_code: string
    document_class: string | null
    role: string | null
    point_of_care: string | null
    outcome: string
    code: string | null
    message_id: string | null
    asking_community: string | null
    answering_community: string | null
  }
}

export const keyFigureMigrations: readonly Migration[] = [
  {
    name: 'key-figures-001-transactions',
    up: async (transaction) => {
      await sql`create table key_figure (
        id text primary key,
        node text not null,
        started text not null,
        duration_ms integer not null,
        side text not null,
        asking text not null,
        answering text not null,
        step text not null,
        service text not null,
        wire text not null,
        transaction_code text not null,
        document_class text,
        role text,
        point_of_care text,
        outcome text not null,
        code text,
        message_id text,
        asking_community text,
        answering_community text
      )`.execute(transaction)
      await sql`create index key_figure_started on key_figure (node, started, id)`.execute(transaction)
    },
  },
]
