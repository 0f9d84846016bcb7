/**
 * Carries a `Problem` through code that can only reject: opening a database, appending to the ledger, reading keys.
 * Whoever starts a node or answers a request catches it once and shows `error.problem` like any other problem.
 */
import type { Problem } from './result.ts'

export class ProblemError<Code extends string = string> extends Error {
  readonly problem: Problem<Code>

  constructor(problem: Problem<Code>, cause?: unknown) {
    super(problem.sentence, cause === undefined ? undefined : { cause })
    this.name = 'ProblemError'
    this.problem = problem
  }
}
