/** Journeys in the database, sealed with the secret of their session: no other session, and no reader of the tables, opens them. */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import { seal, secretHash, unseal } from '#trust/people/seal.ts'
import { type JourneyState, journeySchema } from './journey.ts'

type JourneyTables = {
  portal_journey: {
    country: string
    id: string
    session_hash: string
    created: string
    version: number
    sealed: string
  }
}

export const journeyMigrations: readonly Migration[] = [
  {
    name: 'portal-001-journeys',
    up: async (transaction) => {
      await transaction.schema
        .createTable('portal_journey')
        .addColumn('country', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('session_hash', 'text', (column) => column.notNull())
        .addColumn('created', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('portal_journey_key', ['country', 'id'])
        .execute()
      await transaction.schema
        .createIndex('portal_journey_session')
        .on('portal_journey')
        .columns(['country', 'session_hash'])
        .execute()
    },
  },
]

export interface Journey {
  readonly id: string
  readonly version: number
  readonly state: JourneyState
}

export interface Journeys {
  begin(secret: string, country: string): Promise<Journey>
  /** Undefined for an unknown journey and for a journey of another session alike. */
  find(secret: string, id: string): Promise<Journey | undefined>
  /** False when somebody (another window, another replica) changed the journey in the meantime: nothing is written. */
  save(secret: string, journey: Journey, state: JourneyState): Promise<boolean>
  end(secret: string, id: string): Promise<void>
  endAll(secret: string): Promise<void>
  /** Deletes journeys older than any session can be. */
  sweep(): Promise<void>
}

export interface JourneyOptions {
  /** The node's country. */
  readonly country: string
  readonly now: () => number
  readonly longestMinutes?: number
}

export function openJourneys(database: Database, options: JourneyOptions): Journeys {
  const kysely = database.kysely.$extendTables<JourneyTables>()
  const { country, now } = options

  return {
    async begin(secret, patientCountry) {
      const id = randomUUID()
      const state: JourneyState = { country: patientCountry }
      const created = new Date(now()).toISOString()
      const sealed = seal(secret, purposeOf(id), state)
      await kysely
        .insertInto('portal_journey')
        .values({ country, id, session_hash: secretHash(secret), created, version: 1, sealed })
        .execute()
      return { id, version: 1, state }
    },

    async find(secret, id) {
      const row = await kysely
        .selectFrom('portal_journey')
        .select(['version', 'sealed'])
        .where('country', '=', country)
        .where('id', '=', id)
        .where('session_hash', '=', secretHash(secret))
        .executeTakeFirst()
      const state = row && journeySchema.safeParse(unseal(secret, purposeOf(id), row.sealed))
      return state?.success ? { id, version: row?.version ?? 0, state: state.data } : undefined
    },

    async save(secret, journey, state) {
      const result = await kysely
        .updateTable('portal_journey')
        .set({ sealed: seal(secret, purposeOf(journey.id), state), version: journey.version + 1 })
        .where('country', '=', country)
        .where('id', '=', journey.id)
        .where('version', '=', journey.version)
        .where('session_hash', '=', secretHash(secret))
        .executeTakeFirst()
      return result.numUpdatedRows > 0n
    },

    async end(secret, id) {
      await kysely
        .deleteFrom('portal_journey')
        .where('country', '=', country)
        .where('id', '=', id)
        .where('session_hash', '=', secretHash(secret))
        .execute()
    },

    async endAll(secret) {
      await kysely
        .deleteFrom('portal_journey')
        .where('country', '=', country)
        .where('session_hash', '=', secretHash(secret))
        .execute()
    },

    async sweep() {
      const oldest = new Date(now() - (options.longestMinutes ?? 240) * 60_000).toISOString()
      await kysely.deleteFrom('portal_journey').where('created', '<', oldest).execute()
    },
  }
}

function purposeOf(id: string): string {
  return `journey ${id}`
}
