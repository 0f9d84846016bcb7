/** The privacy budget of a permit: what an answer costs is spent in the database before the answer is made. */
import { type Database, inTransaction } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { DisclosureTables } from '../ledger/migrations.ts'
import type { DisclosureProblemCode } from '../problems.ts'

export interface PrivacyBudget {
  /** @returns what is left. Durable when it resolves: an answer that is lost afterwards is paid all the same. */
  spend(permit: string, epsilon: number, whole: number): Promise<Result<number, DisclosureProblemCode>>
}

const MILLION = 1e6

export function openPrivacyBudget(database: Database): PrivacyBudget {
  const kysely = database.kysely.$extendTables<DisclosureTables>()
  return {
    spend: async (permit, epsilon, whole) => {
      const [cost, most] = [Math.ceil(epsilon * MILLION), Math.floor(whole * MILLION)]
      if (!(cost > 0)) throw new TypeError('An answer under differential privacy costs something.')
      const spent = await inTransaction(kysely, async (transaction) => {
        await transaction
          .insertInto('disclosure_budget')
          .values({ permit, spent: 0 })
          .onConflict((conflict) => conflict.column('permit').doNothing())
          .execute()
        // One statement, so that two answers at once cannot both take the last of it.
        return transaction
          .updateTable('disclosure_budget')
          .set(({ eb }) => ({ spent: eb('spent', '+', cost) }))
          .where('permit', '=', permit)
          .where('spent', '<=', most - cost)
          .returning('spent')
          .executeTakeFirst()
      })
      if (spent) return ok((most - spent.spent) / MILLION)
      return failed(
        'disclosure-budget-spent',
        'The privacy budget of the permit does not reach for another answer.',
        'Use the answers that were given, or ask the health data access body for an amendment.',
      )
    },
  }
}
