/** The audit trail of the node that the options name, opened for reading, also while the node runs. */
import { openStores, type Stores } from '#node/stores.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem } from '#platform/result/result.ts'
import type { AuditOptions } from '../commands/audit.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export interface Trail extends Stores {
  /** ISO 3166-1 alpha-2, as the ledger's chain is named. */
  readonly node: string
}

/** Runs the work with the node's stores and closes them; a problem becomes one sentence and exit code 1. */
export async function withTrail(options: AuditOptions, work: (trail: Trail) => Promise<number>): Promise<number> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) {
    console.error(describeProblem(configuration.problem))
    return EXIT.failed
  }
  try {
    const stores = await openStores(configuration.value)
    try {
      return await work({ ...stores, node: configuration.value.country })
    } finally {
      await stores.database.close()
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    console.error(describeProblem(error.problem))
    return EXIT.failed
  }
}

/** A number given as text; the fallback when it is none. */
export function countOf(text: string, fallback: number): number {
  return Math.max(1, Math.trunc(Number(text)) || fallback)
}
