/** What a node answers to a task, signed with its key: released tables with their evidence, or why there are none. */
import { z } from 'zod'
import { failed, ok } from '#platform/result/result.ts'
import type { SignedKind } from '../permits/signed-json.ts'

export interface NodeResult {
  readonly format: 1
  readonly task: string
  /** Of the task as it was signed. */
  readonly taskHash: string
  readonly node: string
  readonly memberState: string
  /** Absent when the task was refused before its permit was known. */
  readonly permit?: string
  /** ISO 8601. */
  readonly answered: string
  readonly outcome: Outcome
}

export type Outcome =
  | { readonly kind: 'answered'; readonly tables: readonly AnswerTable[] }
  /** Counts that only together with those of all other nodes mean something (`secure-totals.ts`); shares are of 64 bits. */
  | {
      readonly kind: 'masked'
      readonly tables: readonly Pick<AnswerTable, 'name' | 'dimensions'>[]
      readonly shares: readonly string[]
    }
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string; readonly next: string }

/**
 * Numbers that come together over nodes: counts by the levels of dimensions, classes of a histogram, steps of a survival
 * curve, moments, or the sums of a regression (`regression/sums-table.ts`). Only what disclosure control has let out.
 */
export interface AnswerTable {
  readonly name: string
  readonly dimensions: readonly { readonly name: string; readonly levels: readonly string[] }[]
  readonly cells: readonly AnswerCell[]
  /** Of disclosure control: rules, noise, hashes. */
  readonly evidence: Readonly<Record<string, unknown>>
}

export interface AnswerCell {
  /** One level of each dimension; `null`: all of them together. */
  readonly key: readonly (string | null)[]
  /** `null`: hidden. */
  readonly persons: number | null
  /** Absent where persons are hidden. */
  readonly sums?: Readonly<Record<string, number>>
}

const Text = z.string().min(1).max(1000)
const Level = z.string().max(1000)
const TableSchema = z.strictObject({
  name: Text,
  dimensions: z.array(z.strictObject({ name: Text, levels: z.array(Level).max(100_000) })).max(10),
  cells: z
    .array(
      z.strictObject({
        key: z.array(Level.nullable()).max(10),
        persons: z.number().nullable(),
        sums: z.record(z.string(), z.number()).exactOptional(),
      }),
    )
    .max(1_000_000),
  evidence: z.record(z.string(), z.unknown()),
})

const ResultSchema = z.strictObject({
  format: z.literal(1),
  task: Text,
  taskHash: z.string().regex(/^[0-9a-f]{64}$/),
  node: Text,
  memberState: z.string().regex(/^[A-Z]{2}$/),
  permit: Text.exactOptional(),
  answered: z.iso.datetime(),
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('answered'), tables: z.array(TableSchema).max(100) }),
    z.strictObject({
      kind: z.literal('masked'),
      tables: z.array(TableSchema.pick({ name: true, dimensions: true })).max(100),
      shares: z.array(z.string().regex(/^\d{1,20}$/)).max(2_000_000),
    }),
    z.strictObject({ kind: z.literal('refused'), code: Text, sentence: Text, next: Text }),
  ]),
})

export const NODE_RESULT: SignedKind<NodeResult> = {
  typ: 'tessera-result+jwt',
  noun: 'result',
  right: 'results',
  longest: 50_000_000,
  read(content) {
    const read = ResultSchema.safeParse(content)
    const path = read.success ? wrongCell(read.data) : (read.error.issues[0]?.path.join('.') ?? '')
    if (read.success && path === undefined) return ok(read.data)
    return failed('result-malformed', 'The result is not of the agreed form.', 'Send it as agreed.', {
      path: path ?? '',
    })
  },
  signedBy: ({ node, memberState, answered }) => ({ party: node, country: memberState, issued: answered }),
}

/** Path of the first cell that does not lie in its table, is there twice, or tells something of hidden persons. */
function wrongCell({ outcome }: NodeResult): string | undefined {
  if (outcome.kind !== 'answered') return undefined
  for (const [at, { dimensions, cells }] of outcome.tables.entries()) {
    const levels = dimensions.map((dimension) => new Set(dimension.levels))
    const seen = new Set<string>()
    for (const [index, { key, persons, sums }] of cells.entries()) {
      const inside =
        key.length === levels.length && key.every((level, one) => level === null || levels[one]?.has(level))
      const name = JSON.stringify(key)
      if (!inside || seen.has(name) || (persons === null && sums)) return `outcome.tables.${at}.cells.${index}`
      seen.add(name)
    }
  }
  return undefined
}
