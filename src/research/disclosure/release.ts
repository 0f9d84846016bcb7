/** The door out: an exact table goes in, a released one or a refusal comes out. Everything that leaves research passes here. */
import { createHmac } from 'node:crypto'
import { ok, type Result } from '#platform/result/result.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import type { ExactGrid } from './grid.ts'
import type { AnswerDecision, AnswerLedger, AnswerScope } from './ledger/answer-ledger.ts'
import type { Exposure } from './ledger/exposure.ts'
import { cellKeyMaker, triangularVariance, triangularWeights } from './noise.ts'
import { accumulate, type PersonKeys, personKeyMaker } from './persons.ts'
import { decidingOrder } from './primary.ts'
import type { PrivacyBudget } from './privacy/budget.ts'
import { geometricNoise } from './privacy/geometric.ts'
import { type DisclosureProblemCode, tableInvalid } from './problems.ts'
import { refusalsBeforeReview, withinFloors } from './read-rules.ts'
import type { DisclosureRules } from './rules.ts'
import {
  type Complemented,
  complement,
  type Exact,
  exact,
  type Perturb,
  type Perturbed,
  perturb,
  type Released,
  release,
  suppress,
  usualPerturbation,
} from './stages.ts'
import type { ExactTable, NoiseStatement, ReleasedCell, ReleaseEvidence, TableDimension } from './table.ts'

export interface ReleaseContext extends AnswerScope {
  readonly rules: DisclosureRules
  /** Of the node, for all its datasets and replicas; at least 32 bytes. With another secret the same question gets other noise. */
  readonly secret: Uint8Array
  readonly ledger: AnswerLedger
  /** Needed where the rules have a privacy budget. */
  readonly budget?: PrivacyBudget
  /** The output checker who looked at this table (EHDS Art. 73(2)). */
  readonly reviewedBy?: string
  readonly now?: () => Date
}

/**
 * Applies the rules of the permit, compares with all earlier answers to the applicant, and stores the decision; then the table
 * may leave. Rejects when the database fails: nothing may leave then either.
 */
export async function releaseTable(
  table: ExactTable,
  context: ReleaseContext,
): Promise<Result<Released, DisclosureProblemCode>> {
  const rules = withinFloors(context.rules)
  if (!rules.ok) return rules
  const { privacyBudget } = rules.value
  if (privacyBudget && (table.measures ?? []).length > 0) {
    return tableInvalid('under differential privacy only counts are answered')
  }
  const start = exact(table, personKeyMaker(context.secret, context.dataset))
  if (!start.ok) return start
  const decided = await context.ledger.decide(context, refusalsBeforeReview(rules.value), (exposure) =>
    decide(start.value, context, exposure),
  )
  if (!decided.ok) return decided
  if (!privacyBudget) return ok(finish(decided.value, context, usual(context), usualStatement(rules.value)))
  const { epsilon, perAnswer } = privacyBudget
  if (!context.budget) throw new TypeError('The permit has a privacy budget, and nobody keeps it.')
  const left = await context.budget.spend(context.permit, perAnswer, epsilon)
  if (!left.ok) return left
  const sensitivity = sensitivityOf(table.dimensions)
  return ok(
    finish(decided.value, context, geometric(perAnswer, sensitivity), {
      kind: 'geometric',
      epsilon: perAnswer,
      sensitivity,
    }),
  )
}

/** Primary and complementary suppression, against what the exposure knows. */
function decide(start: Exact, context: ReleaseContext, exposure: Exposure): AnswerDecision<Complemented> {
  const { rules } = context
  const suppressed = suppress(start, {
    rules,
    cellKey: cellKeyMaker(context.secret, context.dataset),
    admit: (persons) => exposure.admit(persons, personsBehindANumber(rules)),
    reviewed: context.reviewedBy !== undefined,
  })
  const result = suppressed.ok ? complement(suppressed.value) : suppressed
  if (!result.ok) return { result, told: [], account: {} }
  const { grid, hidden } = result.value
  const addedLater = [...hidden.values()].includes('complementary')
  return {
    result,
    told: addedLater ? toldOf(grid, (index) => !hidden.has(index)) : 'all-admitted',
    account: {
      rules: rules.version,
      hidden: [...hidden].map(([index, reason]) => ({ key: grid.entries[index]?.key, reason })),
    },
  }
}

/**
 * How many persons stand behind each independent number. With noise as many more as it can hide: a group of just under the floor
 * could otherwise be estimated well from many answers that are all allowed.
 */
export function personsBehindANumber({ frequencyFloor, perturbation }: DisclosureRules): number {
  return frequencyFloor + (perturbation.kind === 'cell-key' ? perturbation.spread : 0)
}

/** Everybody first: the ledger then meets each person once. */
function toldOf(grid: ExactGrid, shown: (index: number) => boolean): readonly PersonKeys[] {
  return decidingOrder(grid)
    .filter(shown)
    .flatMap((index) => grid.entries[index] ?? [])
    .flatMap(({ persons, measures }) => [persons, ...[...measures.values()].map((measure) => measure.persons)])
}

function usual({ rules, secret, dataset }: ReleaseContext): Perturb {
  return usualPerturbation(rules, cellKeyMaker(secret, dataset))
}

function usualStatement({ perturbation }: DisclosureRules): NoiseStatement {
  if (perturbation.kind === 'round') return perturbation
  const { spread } = perturbation
  return { kind: 'cell-key', spread, weights: triangularWeights(spread), variance: triangularVariance(spread) }
}

/** The privacy holds for the numbers. That a cell is hidden depends on the exact count, and is outside of it. */
function geometric(epsilon: number, sensitivity: number): Perturb {
  return (persons) => ({
    count: Math.max(0, persons.length + geometricNoise(epsilon, sensitivity)),
    sumShift: () => 0,
  })
}

/** In how many entries one person can stand: his level and "all" of each dimension. */
function sensitivityOf(dimensions: readonly TableDimension[]): number {
  return dimensions.reduce((product, { levels, overlapping }) => product * (overlapping ? levels.length + 1 : 2), 1)
}

function finish(table: Complemented, context: ReleaseContext, change: Perturb, noise: NoiseStatement): Released {
  return release(perturb(table, change), (perturbed, cells) => evidenceOf(perturbed, cells, context, noise))
}

function evidenceOf(
  { grid, narrowest }: Perturbed,
  cells: readonly ReleasedCell[],
  context: ReleaseContext,
  noise: NoiseStatement,
): ReleaseEvidence {
  const shown = cells.filter(({ persons }) => persons !== null).length
  const hash = (value: unknown) =>
    createHmac('sha256', context.secret)
      .update(`tessera disclosure evidence 1\0${canonicalJson(value)}`)
      .digest('hex')
  const { dataset, permit, rules, reviewedBy } = context
  return {
    format: 1,
    rules: rules.version,
    dataset,
    permit,
    released: (context.now?.() ?? new Date()).toISOString(),
    inputHash: hash(grid.entries.map(({ key, persons }) => [key, persons.length, accumulate(persons)])),
    exactHash: hash(grid.entries.map(({ key, persons }) => [key, persons.length])),
    releasedHash: hash(cells),
    frequencyFloor: rules.frequencyFloor,
    hidden: cells.length - shown,
    shown,
    noise,
    audit: { method: 'simplex', narrowest },
    ...(reviewedBy === undefined ? {} : { reviewedBy }),
  }
}
