/**
 * Requests counted by subject and window of time. Counts are kept in memory for a moment and added to the database in one
 * transaction, whose totals hold what other replicas counted: they agree to within that moment.
 */
import { type Database, inTransaction } from '#platform/database/database.ts'
import type { WatchedSubject } from './thresholds.ts'

export type AbuseTables = {
  request_count: {
    country: string
    subject: WatchedSubject
    /** Keyed digest of the patient or the point of care. */
    digest: string
    period: number
    /** Seconds since 1970. */
    window_start: number
    requests: number
  }
  alerts: {
    id: string
    raised: string
    code: string
    kind: string
    country: string
    digest: string
    requests: number
    threshold: number
    period: number
  }
}

export interface CountKey {
  readonly country: string
  readonly subject: WatchedSubject
  readonly digest: string
  readonly period: number
  readonly windowStart: number
}

export interface RequestCounts {
  /** Adds one to each and tells the numbers as known now, in the same order. */
  add(keys: readonly CountKey[], at: Date): Promise<readonly number[]>
}

export interface CountOptions {
  /** How long a count may stay in memory; default 1000. */
  readonly flushAfterMs?: number
}

interface Held {
  readonly key: CountKey
  /** As the database had it last. */
  total: number
  pending: number
}

/** Needs `abuseMigrations`. */
export function requestCounts(database: Database, { flushAfterMs = 1000 }: CountOptions = {}): RequestCounts {
  const kysely = database.kysely.$extendTables<AbuseTables>()
  let held = new Map<string, Held>()
  let flushedAt = Number.NEGATIVE_INFINITY
  let flushing: Promise<void> | undefined

  async function flush(now: number): Promise<void> {
    const due = [...held.values()].filter(({ pending }) => pending > 0)
    const taken = due.map((one) => ({ one, requests: one.pending }))
    for (const { one, requests } of taken) one.pending -= requests
    try {
      const totals = await inTransaction(kysely, async (transaction) => {
        const sums: number[] = []
        // One order for all replicas, so that none waits for another that waits for it.
        for (const { one, requests } of taken.sort((a, b) => nameOf(a.one.key).localeCompare(nameOf(b.one.key)))) {
          const { country, subject, digest, period, windowStart } = one.key
          const row = await transaction
            .insertInto('request_count')
            .values({ country, subject, digest, period, window_start: windowStart, requests })
            .onConflict((conflict) =>
              conflict
                .columns(['country', 'subject', 'digest', 'period', 'window_start'])
                .doUpdateSet(({ eb, ref }) => ({ requests: eb(ref('request_count.requests'), '+', requests) })),
            )
            .returning('requests')
            .executeTakeFirstOrThrow()
          sums.push(Number(row.requests))
        }
        await transaction
          .deleteFrom('request_count')
          .where('window_start', '<', Math.floor(now / 1000) - KEPT_SECONDS)
          .execute()
        return sums
      })
      for (const [index, { one }] of taken.entries()) one.total = totals[index] ?? one.total
    } catch (error) {
      for (const { one, requests } of taken) one.pending += requests
      throw error
    }
    held = new Map([...held].filter(([, { key, pending }]) => pending > 0 || isOpen(key, now)))
  }

  return {
    async add(keys, at) {
      const now = at.getTime()
      const counted = keys.map((key) => {
        const name = nameOf(key)
        const one = held.get(name) ?? { key, total: 0, pending: 0 }
        held.set(name, one)
        one.pending += 1
        return one
      })
      if (now - flushedAt >= flushAfterMs) {
        flushedAt = now
        flushing = (flushing ?? Promise.resolve()).catch(() => undefined).then(() => flush(now))
        await flushing
      }
      return counted.map(({ total, pending }) => total + pending)
    },
  }
}

/** Counts older than two days say nothing any more. */
const KEPT_SECONDS = 2 * 86_400

function isOpen({ windowStart, period }: CountKey, now: number): boolean {
  return (windowStart + period) * 1000 > now
}

function nameOf({ country, subject, digest, period, windowStart }: CountKey): string {
  return JSON.stringify([country, subject, digest, period, windowStart])
}
