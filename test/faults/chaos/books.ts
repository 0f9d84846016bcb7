/** The books of both sides, read beside the running nodes: the outbox of country B and the journal of country A. */
import { comparableId } from '#care/country-a/dispensation-id.ts'
import type { DispensingTables } from '#care/dispensing/country-a/journal.ts'
import type { OutboxTables } from '#care/dispensing/migrations.ts'
import { openOutbox } from '#care/dispensing/outbox.ts'
import type { CountryConfiguration } from '#node/configuration.ts'
import { openDatabase } from '#platform/database/database.ts'

export type SentRow = OutboxTables['dispensing_submission']
export type TakenRow = DispensingTables['received_submission']

/** What a country B sent, and what it believes of it. */
export interface SenderBooks {
  readonly country: string
  rows(): Promise<readonly SentRow[]>
  /** Not settled and not waiting for a person. */
  open(): Promise<number>
  settleByHand(submissionId: string, state: 'accepted' | 'refused'): Promise<void>
  close(): Promise<void>
}

export async function senderBooks({ country, database: url }: CountryConfiguration): Promise<SenderBooks> {
  const database = await openDatabase(url)
  // No document is read here, so the key does not matter.
  const outbox = openOutbox(database, { node: country, secret: 'unused' })
  const rows = () =>
    database.kysely.$extendTables<OutboxTables>().selectFrom('dispensing_submission').selectAll().execute()
  return {
    country,
    rows,
    open: async () =>
      (await rows()).filter(({ settled_at: at, needs_person: person }) => at === null && person === 0).length,
    async settleByHand(submissionId, state) {
      await outbox.settleByHand(submissionId, state, new Date())
    },
    close: () => database.close(),
  }
}

/** What country A took, or refused, of what was submitted. */
export interface TakerBooks {
  rows(): Promise<readonly TakenRow[]>
  /** Undefined while it is not settled. */
  settled(country: string, submissionId: string): Promise<'accepted' | 'refused' | undefined>
  close(): Promise<void>
}

export async function takerBooks({ database: url }: CountryConfiguration): Promise<TakerBooks> {
  const database = await openDatabase(url)
  const table = () => database.kysely.$extendTables<DispensingTables>().selectFrom('received_submission').selectAll()
  return {
    rows: () => table().execute(),
    async settled(country, submissionId) {
      const row = await table()
        .where('country', '=', country)
        .where('submission_id', '=', comparableId(submissionId))
        .executeTakeFirst()
      return row?.state === 'accepted' || row?.state === 'refused' ? row.state : undefined
    },
    close: () => database.close(),
  }
}
