/**
 * The register of opt-outs (EHDS Art. 71): at any time, without a reason, reversible. Intervals are never deleted: a permit is bound to
 * what the register said at its approval (Art. 71(3)), and that must be answerable years later.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SurrogateTables } from './from-fhir/surrogate-keys.ts'

export interface OptOut {
  /** `system|value` of the person. */
  readonly person: string
  /** ISO 8601, inclusive. */
  readonly from: string
  /** ISO 8601, exclusive; absent: it stands. */
  readonly to?: string
}

export type OptOutTables = {
  research_opt_out: { id: string; person: string; from_time: string; to_time: string | null }
}

export const optOutMigrations: readonly Migration[] = [
  {
    name: 'opt-out-001-intervals',
    up: async (transaction) => {
      await sql`create table research_opt_out (
        id text primary key,
        person text not null,
        from_time text not null,
        to_time text,
        check (to_time is null or to_time > from_time)
      )`.execute(transaction)
      // One open interval for each person, whatever two replicas do at the same moment.
      await sql`create unique index research_opt_out_open on research_opt_out (person) where to_time is null`.execute(
        transaction,
      )
      await sql`create index research_opt_out_person on research_opt_out (person, from_time)`.execute(transaction)
    },
  },
]

export type OptOutProblemCode = 'opt-out-time-wrong'

export interface OptOuts {
  /** Opting out twice changes nothing. @param at ISO 8601, with time zone */
  optOut(person: string, at: string): Promise<Result<void, OptOutProblemCode>>
  /** Takes it back. Without an opt-out nothing changes. */
  optIn(person: string, at: string): Promise<Result<void, OptOutProblemCode>>
  history(person: string): Promise<readonly OptOut[]>
  /** Every person who had opted out at that moment; approvals of that moment leave them outside. */
  optedOut(asOf: string): Promise<ReadonlySet<string>>
  /** The same as person numbers of a dataset, by its surrogate keys; who is not in the dataset is not answered. */
  optedOutOf(dataset: string, asOf: string): Promise<ReadonlySet<number>>
}

/** Needs `optOutMigrations`, and `surrogateMigrations` for `optedOutOf`. */
export function openOptOuts(database: Database): OptOuts {
  const kysely = database.kysely.$extendTables<OptOutTables & SurrogateTables>()

  const standingAt = (moment: string) =>
    kysely
      .selectFrom('research_opt_out')
      .where('research_opt_out.from_time', '<=', moment)
      .where(({ or, eb }) =>
        or([eb('research_opt_out.to_time', 'is', null), eb('research_opt_out.to_time', '>', moment)]),
      )

  return {
    async optOut(person, at) {
      const moment = momentOf(at)
      if (moment === undefined) return wrongTime()
      return inTransaction(kysely, async (transaction) => {
        const last = await transaction
          .selectFrom('research_opt_out')
          .selectAll()
          .where('person', '=', person)
          .orderBy('from_time', 'desc')
          .limit(1)
          .executeTakeFirst()
        if (last && last.to_time === null && last.from_time <= moment) return ok(undefined)
        // The past is what permits were decided on: it is not written anew.
        if (last && (last.to_time === null || last.to_time > moment)) return wrongTime()
        await transaction
          .insertInto('research_opt_out')
          .values({ id: randomUUID(), person, from_time: moment, to_time: null })
          .onConflict((conflict) => conflict.column('person').where('to_time', 'is', null).doNothing())
          .execute()
        return ok(undefined)
      })
    },
    async optIn(person, at) {
      const moment = momentOf(at)
      if (moment === undefined) return wrongTime()
      return inTransaction(kysely, async (transaction) => {
        const open = await transaction
          .selectFrom('research_opt_out')
          .selectAll()
          .where('person', '=', person)
          .where('to_time', 'is', null)
          .executeTakeFirst()
        if (!open) return ok(undefined)
        if (open.from_time >= moment) return wrongTime()
        await transaction.updateTable('research_opt_out').set({ to_time: moment }).where('id', '=', open.id).execute()
        return ok(undefined)
      })
    },
    async history(person) {
      const rows = await kysely
        .selectFrom('research_opt_out')
        .selectAll()
        .where('person', '=', person)
        .orderBy('from_time')
        .execute()
      return rows.map(({ from_time: from, to_time: to }) => ({ person, from, ...(to === null ? {} : { to }) }))
    },
    async optedOut(asOf) {
      const rows = await standingAt(requiredMoment(asOf)).select('person').execute()
      return new Set(rows.map(({ person }) => person))
    },
    async optedOutOf(dataset, asOf) {
      const rows = await standingAt(requiredMoment(asOf))
        .innerJoin('omop_surrogate_key', 'omop_surrogate_key.identity', 'research_opt_out.person')
        .where('omop_surrogate_key.dataset', '=', dataset)
        .where('omop_surrogate_key.kind', '=', 'person')
        .select('omop_surrogate_key.number')
        .execute()
      return new Set(rows.map(({ number }) => Number(number)))
    },
  }
}

/** In one form, so that text compares as time. */
function momentOf(at: string): string | undefined {
  const time = /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(at) ? Date.parse(at) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

/** A permit whose moment cannot be read must not let anybody in. */
function requiredMoment(asOf: string): string {
  const moment = momentOf(asOf)
  if (moment === undefined)
    throw new RangeError('The moment of an approval is a time with its zone, as in 2029-03-26T00:00:00Z.')
  return moment
}

function wrongTime(): Result<never, OptOutProblemCode> {
  return failed(
    'opt-out-time-wrong',
    'The time is no time with a zone, or lies before an earlier choice of this person.',
    'Give the moment of the choice, as in 2029-03-26T12:00:00Z.',
  )
}
