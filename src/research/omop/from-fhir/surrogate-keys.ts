/**
 * Integers for identities of FHIR, kept in the node's database: the same resource has the same key in every release, and
 * two resources never share one, as truncated hashes would. A person's identity is `system|value`: only who holds this
 * table can find a person of a release (EHDS Art. 66(3)).
 */
import { sql, type Transaction } from 'kysely'
import { type Database, inTransaction, type NoTables } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'

/** `event`: rows of all event tables share one row of numbers. */
export type KeyKind = 'person' | 'visit' | 'event'

export type SurrogateTables = {
  omop_surrogate_key: { dataset: string; kind: KeyKind; identity: string; number: number }
}

export const surrogateMigrations: readonly Migration[] = [
  {
    name: 'omop-001-surrogate-keys',
    up: async (transaction) => {
      await sql`create table omop_surrogate_key (
        dataset text not null,
        kind text not null check (kind in ('person', 'visit', 'event')),
        identity text not null,
        number bigint not null check (number > 0),
        primary key (dataset, kind, identity),
        unique (dataset, kind, number)
      )`.execute(transaction)
    },
  },
]

export interface SurrogateKeys {
  /** The keys of these identities; those that are new get the next numbers. */
  keysOf(kind: KeyKind, identities: Iterable<string>): Promise<ReadonlyMap<string, number>>
  /** What stands already of these identities and of these numbers, as pairs; nothing is made. */
  find(kind: KeyKind, pairs: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>>
  /**
   * Ties identities to numbers that a source brought along; one that is tied to another number already is refused.
   * @param within a transaction that it belongs to; one of its own when absent
   */
  record(kind: KeyKind, pairs: ReadonlyMap<string, number>, within?: Transaction<NoTables>): Promise<void>
}

const PER_STATEMENT = 400
/** Replicas that take the same numbers at the same moment. */
const ATTEMPTS = 8

/** Needs `surrogateMigrations`. */
export function openSurrogateKeys(database: Database, dataset: string): SurrogateKeys {
  const kysely = database.kysely.$extendTables<SurrogateTables>()

  /** Pairs of which the column holds one of these. */
  const among = async (
    from: typeof kysely,
    kind: KeyKind,
    column: 'identity' | 'number',
    values: readonly (string | number)[],
  ) => {
    const found = new Map<string, number>()
    for (let at = 0; at < values.length; at += PER_STATEMENT) {
      const rows = await from
        .selectFrom('omop_surrogate_key')
        .select(['identity', 'number'])
        .where('dataset', '=', dataset)
        .where('kind', '=', kind)
        .where(sql<boolean>`${sql.ref(column)} in (${sql.join(values.slice(at, at + PER_STATEMENT))})`)
        .execute()
      // PostgreSQL gives 64 bits as text.
      for (const { identity, number } of rows) found.set(identity, Number(number))
    }
    return found
  }
  const known = (from: typeof kysely, kind: KeyKind, identities: readonly string[]) =>
    among(from, kind, 'identity', identities)

  const insert = async (into: typeof kysely, kind: KeyKind, pairs: readonly (readonly [string, number])[]) => {
    for (let at = 0; at < pairs.length; at += PER_STATEMENT) {
      const values = pairs
        .slice(at, at + PER_STATEMENT)
        .map(([identity, number]) => ({ dataset, kind, identity, number }))
      await into.insertInto('omop_surrogate_key').values(values).execute()
    }
  }

  const allocate = (kind: KeyKind, identities: readonly string[]) =>
    inTransaction(kysely, async (transaction) => {
      const keys = await known(transaction, kind, identities)
      const last = await transaction
        .selectFrom('omop_surrogate_key')
        .select(({ fn }) => fn.max('number').as('number'))
        .where('dataset', '=', dataset)
        .where('kind', '=', kind)
        .executeTakeFirst()
      const next = Number(last?.number ?? 0) + 1
      const fresh = identities.filter((identity) => !keys.has(identity))
      const pairs = fresh.map((identity, at): [string, number] => [identity, next + at])
      await insert(transaction, kind, pairs)
      for (const [identity, number] of pairs) keys.set(identity, number)
      return keys
    })

  return {
    async keysOf(kind, identities) {
      const wanted = [...new Set(identities)]
      for (let attempt = 1; ; attempt += 1) {
        const keys = await known(kysely, kind, wanted)
        if (keys.size === wanted.length) return keys
        try {
          return await allocate(kind, wanted)
        } catch (error) {
          if (attempt === ATTEMPTS || !isUniqueViolation(error)) throw error
        }
      }
    },
    async find(kind, pairs) {
      const ofNumbers = await among(kysely, kind, 'number', [...new Set(pairs.values())])
      return new Map([...ofNumbers, ...(await known(kysely, kind, [...pairs.keys()]))])
    },
    async record(kind, pairs, within) {
      const recorded = async (transaction: typeof kysely) => {
        const before = await known(transaction, kind, [...pairs.keys()])
        for (const [identity, number] of before) {
          if (pairs.get(identity) !== number) throw new Error('A surrogate key cannot be changed once it is given.')
        }
        await insert(
          transaction,
          kind,
          [...pairs].filter(([identity]) => !before.has(identity)),
        )
      }
      await (within ? recorded(within.$extendTables<SurrogateTables>()) : inTransaction(kysely, recorded))
    },
  }
}
