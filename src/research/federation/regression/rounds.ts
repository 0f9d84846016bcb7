/**
 * A logistic regression in rounds: Newton's method sends coefficients, the nodes answer sums at them. What comes next follows
 * from what was answered: the fit is made anew from the answers, and where it needs one that is not there, that is the next
 * round. A coordinator that dies in between loses nothing.
 */
import { createHash } from 'node:crypto'
import { failed, type Problem } from '#platform/result/result.ts'
import { at } from '../../analysis/statistics/cholesky.ts'
import {
  fitLogistic,
  type LogisticFit,
  type LogisticSums,
  type Scaling,
} from '../../analysis/statistics/logistic-regression.ts'
import { type Pooled, scalingOfPooled } from './pooled.ts'

/** What nodes are asked for. Columns and scaling stay the same over all rounds. */
export interface RoundAsked {
  /** Counts from 1. */
  readonly number: number
  readonly columns: readonly string[]
  readonly shift: readonly number[]
  readonly scale: readonly number[]
  /** Of the scaled columns, the constant first. */
  readonly coefficients: readonly number[]
}

export interface RoundAnswered {
  readonly asked: RoundAsked
  /** Of all nodes together. */
  readonly sums: LogisticSums
}

export type NextStep =
  | { readonly kind: 'ask'; readonly round: RoundAsked }
  | { readonly kind: 'fitted'; readonly fit: LogisticFit }
  | { readonly kind: 'failed'; readonly problem: Problem }

export const MOST_ROUNDS = 25

/**
 * The id of a round's task follows from the question. Of two replicas of a coordinator that go on at once, one finds that it was
 * asked already; and a node, which takes an id once, answers so many rounds of a question and no more.
 */
export function roundId(first: string, number: number): string {
  const hash = createHash('sha256').update(`tessera regression round 1\0${first}\0${number}`).digest('hex')
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`]
  return [...parts, hash.slice(20, 32)].join('-')
}

/** @param answered all rounds so far, in any order */
export async function nextStep(pool: Pooled, answered: readonly RoundAnswered[]): Promise<NextStep> {
  const { columns } = pool.sums
  const scaling = scalingOfPooled(pool)
  const known = new Map(answered.map(({ asked, sums }) => [codeOf(asked.coefficients), sums]))
  const wanted = Promise.withResolvers<readonly number[]>()
  const fitting = fitLogistic(columns, scaling, (coefficients) => {
    if (coefficients.every((one) => one === 0)) return atZero(pool, scaling)
    const sums = known.get(codeOf(coefficients))
    if (sums) return sums
    wanted.resolve(coefficients)
    // The fit ends here: it is made again when the answers have come.
    return new Promise<never>(() => {})
  })
  return Promise.race([
    fitting.then((fit): NextStep => {
      return fit.ok ? { kind: 'fitted', fit: fit.value } : { kind: 'failed', problem: fit.problem }
    }),
    wanted.promise.then((coefficients) => asking(answered.length + 1, columns, scaling, coefficients)),
  ])
}

function codeOf(coefficients: readonly number[]): string {
  return JSON.stringify(coefficients)
}

/** Follows from what the nodes have said first: without coefficients everybody has a chance of one half. */
function atZero({ sums }: Pooled, { scale }: Scaling): LogisticSums {
  const { columns, persons, shift, products } = sums
  const withOutcome = Math.round((shift[columns.length] ?? 0) * persons)
  const scaled = (row: number, column: number): number =>
    at(products, row, column) / (scale[row] ?? 1) / (scale[column] ?? 1)
  return {
    ...{ columns, persons, withOutcome, logLikelihood: -persons * Math.LN2 },
    score: [withOutcome - persons / 2, ...columns.map((_, index) => scaled(index, columns.length))],
    information: [
      [persons / 4, ...columns.map(() => 0)],
      ...columns.map((_, row) => [0, ...columns.map((_column, column) => scaled(row, column) / 4)]),
    ],
  }
}

function asking(
  number: number,
  columns: readonly string[],
  { shift, scale }: Scaling,
  coefficients: readonly number[],
): NextStep {
  if (number <= MOST_ROUNDS) return { kind: 'ask', round: { number, columns, shift, scale, coefficients } }
  return {
    kind: 'failed',
    ...failed(
      'regression-no-convergence',
      `The coefficients have not settled within ${MOST_ROUNDS} rounds.`,
      'Ask with fewer covariates, or coarser ones.',
    ),
  } as const
}
