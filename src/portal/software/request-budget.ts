/**
 * How much one token may ask, and how many requests are worked on at once: each request costs a question to the identity
 * provider and one to another country. Memory of one replica, bounded.
 */
import { hash } from 'node:crypto'

export interface RequestBudget {
  /** Does the work, or says that there is too much of it already. */
  spend<T>(token: string, work: () => Promise<T>): Promise<T | 'too-many'>
}

export interface BudgetOptions {
  readonly now: () => number
  /** Requests of one token within a minute; default 120. */
  readonly perMinute?: number
  /** Requests of all tokens that are under way; default 64. */
  readonly atOnce?: number
}

const MINUTE = 60_000
/** Tokens counted; beyond, counting begins anew. */
const MOST_TOKENS = 10_000

export function requestBudget({ now, perMinute = 120, atOnce = 64 }: BudgetOptions): RequestBudget {
  const spent = new Map<string, number>()
  let until = 0
  let running = 0

  function isSpent(token: string): boolean {
    if (now() >= until || spent.size >= MOST_TOKENS) {
      spent.clear()
      until = now() + MINUTE
    }
    const key = hash('sha256', token)
    const count = (spent.get(key) ?? 0) + 1
    spent.set(key, count)
    return count > perMinute
  }

  return {
    async spend(token, work) {
      if (running >= atOnce || isSpent(token)) return 'too-many'
      running += 1
      try {
        return await work()
      } finally {
        running -= 1
      }
    },
  }
}
