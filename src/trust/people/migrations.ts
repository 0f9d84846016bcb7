import type { Migration } from '#platform/database/migrate.ts'

export type PeopleTables = {
  people_sign_in: { country: string; state_hash: string; created: string; sealed: string }
  people_session: {
    country: string
    secret_hash: string
    created: string
    seen: string
    sealed: string
    /** Of person, office and organisation; null for those who hold no office. */
    office_hash: string | null
  }
}

/** Sign-ins under way and sessions; both hold only hashes and sealed text. */
export const peopleMigrations: readonly Migration[] = [
  {
    name: 'people-001-sessions',
    up: async (transaction) => {
      await transaction.schema
        .createTable('people_sign_in')
        .addColumn('country', 'text', (column) => column.notNull())
        .addColumn('state_hash', 'text', (column) => column.notNull())
        .addColumn('created', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('people_sign_in_key', ['country', 'state_hash'])
        .execute()
      await transaction.schema
        .createTable('people_session')
        .addColumn('country', 'text', (column) => column.notNull())
        .addColumn('secret_hash', 'text', (column) => column.notNull())
        .addColumn('created', 'text', (column) => column.notNull())
        .addColumn('seen', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('people_session_key', ['country', 'secret_hash'])
        .execute()
    },
  },
  {
    name: 'people-002-offices',
    up: async (transaction) => {
      await transaction.schema.alterTable('people_session').addColumn('office_hash', 'text').execute()
      await transaction.schema
        .createIndex('people_session_office')
        .on('people_session')
        .columns(['country', 'office_hash'])
        .execute()
    },
  },
]
