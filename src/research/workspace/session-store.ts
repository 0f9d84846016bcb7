/** Sessions of workspaces in the database. Their secrets are with the browsers; here is a hash of each. */
import { sql, type Transaction } from 'kysely'
import type { Database, NoTables } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import type { PurposeCode } from '../permits/permit.ts'

export interface SessionRow {
  readonly id: string
  readonly hash: string
  readonly person: string
  readonly member_state: string
  readonly permit: string
  readonly purpose: PurposeCode
  readonly entered: string
  /** When something was last done. */
  readonly used: string
  readonly until: string
  readonly ended: string | null
  readonly reason: string | null
}

type SessionTables = { workspace_session: SessionRow }

/** As those who watch over workspaces see it. */
export interface WorkspaceSession {
  readonly id: string
  readonly person: string
  readonly memberState: string
  readonly permit: string
  readonly purpose: PurposeCode
  readonly entered: string
  readonly used: string
  readonly until: string
  readonly ended?: string
  readonly reason?: string
}

export const sessionMigrations: readonly Migration[] = [
  {
    name: 'workspace-003-sessions',
    up: async (transaction) => {
      await sql`create table workspace_session (
        id text primary key,
        hash text not null unique,
        person text not null,
        member_state text not null,
        permit text not null,
        purpose text not null,
        entered text not null,
        used text not null,
        until text not null,
        ended text,
        reason text
      )`.execute(transaction)
      await sql`create index workspace_session_permit on workspace_session (member_state, permit, entered)`.execute(
        transaction,
      )
      await sql`create index workspace_session_open on workspace_session (entered) where ended is null`.execute(
        transaction,
      )
    },
  },
]

export function openSessionStore(database: Database) {
  const kysely = database.kysely.$extendTables<SessionTables>()
  return {
    add: async (row: SessionRow, transaction: Transaction<NoTables>): Promise<void> => {
      await transaction.$extendTables<SessionTables>().insertInto('workspace_session').values(row).execute()
    },
    find: (hash: string): Promise<SessionRow | undefined> =>
      kysely.selectFrom('workspace_session').selectAll().where('hash', '=', hash).executeTakeFirst(),
    /** False: it has ended meanwhile. */
    touch: async (hash: string, now: Date): Promise<boolean> => {
      const row = kysely.updateTable('workspace_session').set({ used: now.toISOString() })
      const touched = row.where('hash', '=', hash).where('ended', 'is', null).returning('id')
      return (await touched.executeTakeFirst()) !== undefined
    },
    /** True for who ends it first. */
    end: async (hash: string, now: Date, reason: string): Promise<boolean> => {
      const row = kysely.updateTable('workspace_session').set({ ended: now.toISOString(), reason })
      const done = row.where('hash', '=', hash).where('ended', 'is', null).returning('id')
      return (await done.executeTakeFirst()) !== undefined
    },
    open: (): Promise<readonly SessionRow[]> =>
      kysely.selectFrom('workspace_session').selectAll().where('ended', 'is', null).orderBy('entered').execute(),
    ofPermit: async (memberState: string, permit: string): Promise<readonly WorkspaceSession[]> => {
      const rows = kysely.selectFrom('workspace_session').selectAll().where('member_state', '=', memberState)
      return (await rows.where('permit', '=', permit).orderBy('entered', 'desc').execute()).map(shown)
    },
    shown,
  }
}

function shown(row: SessionRow): WorkspaceSession {
  const { hash: _hash, member_state: memberState, ended, reason, ...same } = row
  return { ...same, memberState, ...(ended === null ? {} : { ended }), ...(reason === null ? {} : { reason }) }
}
