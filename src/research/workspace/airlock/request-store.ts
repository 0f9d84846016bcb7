/** Requests to take something out: events, and one row for lists. An event counts once it is in the ledger. */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { type ResearchRecord, researchEvent } from '../../permits/research-event.ts'
import { type AirlockEvent, evolve, type RequestState, type RequestStatus } from './decide.ts'
import type { AirlockTables } from './migrations.ts'

export type RequestRow = AirlockTables['workspace_request']

export interface HeldRequest {
  readonly row: RequestRow
  readonly state: RequestState
  /** Events so far. */
  readonly sequence: number
}

export type RequestStore = ReturnType<typeof openRequestStore>

export function openRequestStore(database: Database, ledger: Ledger) {
  const kysely = database.kysely.$extendTables<AirlockTables>()

  async function eventsOf(id: string): Promise<readonly AirlockEvent[]> {
    const rows = kysely.selectFrom('workspace_request_event').select('event').where('request', '=', id)
    // Written below and nowhere else.
    return (await rows.orderBy('sequence').execute()).map(({ event }) => JSON.parse(event) as AirlockEvent)
  }

  async function held(row: RequestRow): Promise<HeldRequest | undefined> {
    const events = await eventsOf(row.id)
    const [first, ...rest] = events
    if (!first) return undefined
    return { row, state: rest.reduce(evolve, evolve(undefined, first)), sequence: events.length }
  }

  async function all(rows: readonly RequestRow[]): Promise<readonly HeldRequest[]> {
    const found = await Promise.all(rows.map(held))
    return found.filter((one) => one !== undefined)
  }

  return {
    async find(id: string): Promise<HeldRequest | undefined> {
      const row = await kysely.selectFrom('workspace_request').selectAll().where('id', '=', id).executeTakeFirst()
      return row && held(row)
    },
    /** Newest first. */
    async ofPermit(memberState: string, permit: string): Promise<readonly HeldRequest[]> {
      const rows = kysely.selectFrom('workspace_request').selectAll().where('member_state', '=', memberState)
      return all(await rows.where('permit', '=', permit).orderBy('requested_at', 'desc').orderBy('id').execute())
    },
    /** Oldest first. */
    async inStatus(status: RequestStatus, limit: number): Promise<readonly RequestRow[]> {
      const rows = kysely.selectFrom('workspace_request').selectAll().where('status', '=', status)
      return rows.orderBy('requested_at').orderBy('id').limit(limit).execute()
    },
    /**
     * Writes the event together with its entry in the ledger.
     * @param before the state that was decided on; absent: it begins
     * @returns false when somebody else was faster: nothing has changed then, and the ledger says so
     */
    async append(
      row: RequestRow,
      before: Pick<HeldRequest, 'state' | 'sequence'> | undefined,
      event: AirlockEvent,
      record: ResearchRecord,
    ): Promise<boolean> {
      const [id, sequence] = [randomUUID(), (before?.sequence ?? 0) + 1]
      const { status } = evolve(before?.state, event)
      await ledger.append(researchEvent(record), async (transaction) => {
        const tables = transaction.$extendTables<AirlockTables>()
        const written = await tables
          .insertInto('workspace_request_event')
          .values({ request: row.id, sequence, id, event: JSON.stringify(event) })
          .onConflict((conflict) => conflict.columns(['request', 'sequence']).doNothing())
          .returning('id')
          .executeTakeFirst()
        if (!written) return
        const listed = tables.insertInto('workspace_request').values({ ...row, status })
        await listed.onConflict((conflict) => conflict.column('id').doUpdateSet({ status })).execute()
      })
      const winner = await kysely
        .selectFrom('workspace_request_event')
        .select('id')
        .where('request', '=', row.id)
        .where('sequence', '=', sequence)
        .executeTakeFirst()
      if (winner?.id === id) return true
      const refused = { code: 'airlock-changed', sentence: 'Somebody else was faster.' }
      await ledger.append(researchEvent({ ...record, refused }))
      return false
    },
  }
}
