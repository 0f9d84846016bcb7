/**
 * The register of opt-outs (EHDS Art. 71): at any time, without a reason, reversible. Intervals are never deleted: a permit is bound to
 * what the register said at its approval (Art. 71(3)), and that must be answerable years later. A choice counts from the moment at
 * which the person made it, also when the register hears of it later. Who writes with an entry in the ledger: `opt-outs/`.
 */
import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type Database, inTransaction, type NoTables } from '#platform/database/database.ts'
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

/** What a person chose, and when. */
export interface OptOutChoice {
  /** `system|value`. */
  readonly person: string
  /** ISO 8601, with time zone. */
  readonly at: string
  readonly what: 'out' | 'in'
}

/** `unchanged`: the register says so already. `too-late`: a later choice of this person is known, and the past stays as it is. */
export type Taken = 'recorded' | 'unchanged' | 'too-late'

export type OptOutTables = {
  research_opt_out: { id: string; person: string; from_time: string; to_time: string | null }
  /** The moment of a person's last choice, also of one that changed nothing: no earlier one may undo it. */
  research_opt_out_latest: { person: string; at: string }
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
  {
    name: 'opt-out-002-latest',
    up: async (transaction) => {
      await sql`create table research_opt_out_latest (person text primary key, at text not null)`.execute(transaction)
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

  const chosen = async (choice: OptOutChoice): Promise<Result<void, OptOutProblemCode>> => {
    if (momentOf(choice.at) === undefined) return wrongTime()
    const taken = await inTransaction(database.kysely, (transaction) => takeChoice(transaction, choice))
    return taken === 'too-late' ? wrongTime() : ok(undefined)
  }

  return {
    optOut: (person, at) => chosen({ person, at, what: 'out' }),
    optIn: (person, at) => chosen({ person, at, what: 'in' }),
    history: (person) => historyOf(kysely, person),
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

/** Inside a transaction; no conflict makes it fail. @param choice with a time that `momentOf` reads */
export async function takeChoice(given: Kysely<NoTables>, choice: OptOutChoice): Promise<Taken> {
  const kysely = given.$extendTables<OptOutTables>()
  const weighed = await weighChoice(given, choice)
  if (weighed.taken === 'too-late') return 'too-late'
  const { moment, open, latest } = weighed
  const { person, what } = choice
  if (weighed.taken === 'recorded') {
    if (what === 'out') {
      await kysely
        .insertInto('research_opt_out')
        .values({ id: randomUUID(), person, from_time: moment, to_time: null })
        .onConflict((conflict) => conflict.column('person').where('to_time', 'is', null).doNothing())
        .execute()
    } else if (open) {
      const closed = kysely.updateTable('research_opt_out').set({ to_time: moment })
      await closed.where('id', '=', open.id).where('to_time', 'is', null).execute()
    }
  }
  if (latest === undefined || latest < moment) {
    await kysely
      .insertInto('research_opt_out_latest')
      .values({ person, at: moment })
      .onConflict((conflict) =>
        conflict.column('person').doUpdateSet({ at: moment }).where('research_opt_out_latest.at', '<', moment),
      )
      .execute()
  }
  return weighed.taken
}

/** What would come of the choice. Nothing is written. */
export async function weighChoice(given: Kysely<NoTables>, { person, at, what }: OptOutChoice) {
  const kysely = given.$extendTables<OptOutTables>()
  const moment = requiredMoment(at)
  const intervals = await kysely
    .selectFrom('research_opt_out')
    .select(['id', 'from_time', 'to_time'])
    .where('person', '=', person)
    .execute()
  const told = kysely.selectFrom('research_opt_out_latest').select('at').where('person', '=', person)
  const moments = intervals.flatMap(({ from_time, to_time }) => [from_time, ...(to_time === null ? [] : [to_time])])
  const latest = [...moments, ...(await told.execute()).map((row) => row.at)].sort().at(-1)
  const isOut = intervals.some(
    ({ from_time, to_time }) => from_time <= moment && (to_time === null || to_time > moment),
  )
  const agrees = isOut === (what === 'out')
  const taken: Taken = agrees ? 'unchanged' : latest !== undefined && moment <= latest ? 'too-late' : 'recorded'
  return { taken, moment, latest, open: intervals.find(({ to_time }) => to_time === null) }
}

/** Every opt-out of a person, the first one first. */
async function historyOf(kysely: Kysely<OptOutTables>, person: string): Promise<readonly OptOut[]> {
  const rows = kysely.selectFrom('research_opt_out').selectAll().where('person', '=', person)
  return (await rows.orderBy('from_time').execute()).map(({ from_time: from, to_time: to }) => ({
    ...{ person, from },
    ...(to === null ? {} : { to }),
  }))
}

/** In one form, so that text compares as time. */
export function momentOf(at: string): string | undefined {
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
