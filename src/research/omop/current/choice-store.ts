/** Which release of a dataset its holder chose, and which he chose before: rows are added and never changed. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { type ResearchRecord, researchEvent } from '../../permits/research-event.ts'

export type ReleaseChoiceTables = {
  research_release_choice: {
    dataset: string
    /** Counts from 1; the last one stands. */
    sequence: number
    /** Who wrote it, among those who tried at the same moment. */
    id: string
    release: string
    chosen: string
    chosen_by: string
  }
}

export const releaseChoiceMigrations: readonly Migration[] = [
  {
    name: 'omop-current-001-choices',
    up: async (transaction) => {
      await sql`create table research_release_choice (
        dataset text not null, sequence bigint not null, id text not null, release text not null,
        chosen text not null, chosen_by text not null, primary key (dataset, sequence)
      )`.execute(transaction)
    },
  },
]

export interface StoredChoice {
  readonly sequence: number
  readonly release: string
  /** ISO 8601. */
  readonly chosen: string
}

export interface NewChoice {
  readonly dataset: string
  readonly release: string
  /** `system|value` of the person. */
  readonly by: string
  /** Of the choice that was the last one when this was decided; 0: there was none. */
  readonly after: number
}

export type ChoiceStore = ReturnType<typeof openChoiceStore>

/** Needs `releaseChoiceMigrations` and those of the ledger. */
export function openChoiceStore(database: Database, ledger: Ledger) {
  const kysely = database.kysely.$extendTables<ReleaseChoiceTables>()
  return {
    /** The last one first. */
    async ofDataset(dataset: string): Promise<readonly StoredChoice[]> {
      const rows = kysely.selectFrom('research_release_choice').select(['sequence', 'release', 'chosen'])
      const found = await rows.where('dataset', '=', dataset).orderBy('sequence', 'desc').execute()
      return found.map(({ sequence, release, chosen }) => ({ sequence: Number(sequence), release, chosen }))
    },
    /** Datasets of which a release was chosen. */
    async datasets(): Promise<readonly string[]> {
      const rows = await kysely.selectFrom('research_release_choice').select('dataset').distinct().execute()
      return rows.map(({ dataset }) => dataset).sort()
    },
    /**
     * Writes the choice together with its entry in the ledger: both are durable, or neither is there.
     * @returns false when somebody else chose meanwhile: nothing has changed then, and the ledger says so
     */
    async add({ dataset, release, by, after }: NewChoice, record: ResearchRecord): Promise<boolean> {
      const [id, sequence] = [randomUUID(), after + 1]
      await ledger.append(researchEvent(record), async (transaction) => {
        await transaction
          .$extendTables<ReleaseChoiceTables>()
          .insertInto('research_release_choice')
          .values({ dataset, sequence, id, release, chosen: record.recorded.toISOString(), chosen_by: by })
          .onConflict((conflict) => conflict.columns(['dataset', 'sequence']).doNothing())
          .execute()
      })
      const winner = await kysely
        .selectFrom('research_release_choice')
        .select('id')
        .where('dataset', '=', dataset)
        .where('sequence', '=', sequence)
        .executeTakeFirst()
      if (winner?.id === id) return true
      const refused = { code: 'release-changed', sentence: 'Somebody else chose a release meanwhile.' }
      await ledger.append(researchEvent({ ...record, refused }))
      return false
    },
  }
}
