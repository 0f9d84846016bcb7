/**
 * Answers of which the coordinator learns totals only: each node masks its released counts (`../disclosure/secure-sum.ts`),
 * and the masks cancel out when all nodes of the task have answered. Counts only: sums of measures are not masked.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { pairSecret, type SecureSumRound, shareOf, totalOf } from '../disclosure/secure-sum.ts'
import type { TrustList } from '../permits/trust-list.ts'
import type { AnswerTable, Outcome } from './node-result.ts'
import type { Task } from './task.ts'

export type Masked = Extract<Outcome, { kind: 'masked' }>

export interface SecureTotalTable {
  readonly name: string
  readonly dimensions: AnswerTable['dimensions']
  readonly cells: readonly {
    readonly key: readonly (string | null)[]
    readonly persons: number
    /** So many nodes hide it; which ones, nobody learns. */
    readonly hiddenAt: number
  }[]
}

type SecureProblemCode = 'secure-sum-unsupported' | 'secure-sum-invalid' | 'secure-sum-incomplete'

/** The keys come from the trust list: from the coordinator they would be worth nothing. */
export function roundOf(
  task: Pick<Task, 'nodes'>,
  taskHash: string,
  us: { readonly node: string; readonly key: KeyObject },
  trust: TrustList,
): Result<SecureSumRound, SecureProblemCode> {
  const others = task.nodes.map(({ node }) => node).filter((node) => node !== us.node)
  const pairs = others.flatMap((node) => {
    const key = trust.party(node)?.sumKey
    if (key === undefined) return []
    const other = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: key }, format: 'jwk' })
    return [{ node, secret: pairSecret(us.key, other, [us.node, node]) }]
  })
  // Alone, a node would mask nothing.
  if (pairs.length === others.length && pairs.length > 0) return ok({ round: taskHash, node: us.node, pairs })
  const sentence = 'Not every node of the task has a key for secure sums on the list of trusted parties.'
  return failed('secure-sum-unsupported', sentence, 'Have the keys entered there, or ask for open sums.')
}

export function maskTables(tables: readonly AnswerTable[], round: SecureSumRound): Result<Masked, SecureProblemCode> {
  if (tables.some(({ cells }) => cells.some(({ sums }) => sums))) {
    const sentence = 'Secure sums are of counts only, and this analysis has sums of measures.'
    return failed('secure-sum-unsupported', sentence, 'Ask for open sums.')
  }
  const shares = shareOf(tables.flatMap(numbersOf), round).map(String)
  const masked = tables.map(({ name, dimensions }) => ({ name, dimensions }))
  return ok({ kind: 'masked', tables: masked, shares })
}

/** For each cell of the grid: persons, and whether they are hidden. */
function numbersOf(table: AnswerTable): readonly bigint[] {
  const cells = new Map(table.cells.map(({ key, persons }) => [JSON.stringify(key), persons]))
  return gridOf(table.dimensions).flatMap((key) => {
    const persons = cells.get(JSON.stringify(key))
    return persons === null ? [0n, 1n] : [BigInt(Math.round(persons ?? 0)), 0n]
  })
}

/** Every key of a table, margins too, in one order at all nodes. */
function gridOf(dimensions: AnswerTable['dimensions']): readonly (readonly (string | null)[])[] {
  return dimensions.reduce<readonly (readonly (string | null)[])[]>(
    (keys, { levels }) => keys.flatMap((key) => [...levels, null].map((level) => [...key, level])),
    [[]],
  )
}

/** @param nodes all that the task names: without one of them there is no total */
export function totalsOfMasked(
  answers: ReadonlyMap<string, Masked>,
  nodes: readonly string[],
): Result<readonly SecureTotalTable[], string> {
  const [tables, ...others] = [...answers.values()].map((answer) => answer.tables)
  if (others.some((theirs) => !isDeepStrictEqual(theirs, tables))) {
    const sentence = 'The nodes have answered with different tables.'
    return failed('secure-sum-invalid', sentence, 'Compare their versions, or ask for open sums.')
  }
  const shares = new Map([...answers].map(([node, answer]) => [node, answer.shares.map(BigInt)]))
  const total = totalOf({ nodes, shares })
  if (!total.ok) return total
  let at = 0
  const next = (): number => Number(total.value.totals[at++] ?? 0n)
  return ok(
    (tables ?? []).map(({ name, dimensions }) => ({
      name,
      dimensions,
      cells: gridOf(dimensions).map((key) => ({ key, persons: next(), hiddenAt: next() })),
    })),
  )
}
