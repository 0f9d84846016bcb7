/**
 * May the sums that a regression is fitted from leave the node, so that those of several nodes are added and fitted together?
 * They are exact: an answer with noise would fit another model. So nothing of them may be about few persons: each level of a
 * covariate and each pair of levels stands in the ledger of answers like a cell that is told exactly, and none may be hidden.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { dominance, type Magnitude } from './dominance.ts'
import type { AnswerDecision } from './ledger/answer-ledger.ts'
import { cellKeyMaker } from './noise.ts'
import { personKeyMaker } from './persons.ts'
import { primaryOf } from './primary.ts'
import { type DisclosureProblemCode, tableInvalid } from './problems.ts'
import { MODEL_RULES, refusalsBeforeReview, withinFloors } from './read-rules.ts'
import { personsBehindANumber, type ReleaseContext } from './release.ts'
import type { DisclosureRules } from './rules.ts'
import { type Exact, exact } from './stages.ts'
import type { ExactTable } from './table.ts'

/** What the sums are about. */
export interface SummedModel {
  /** Distinct persons. */
  readonly persons: number
  /** Coefficients, the constant too. */
  readonly parameters: number
  /** Contributions to each sum that is more than a count of persons. */
  readonly magnitudes: Iterable<Magnitude>
  /** Persons with and without a yes/no outcome. */
  readonly outcomes?: readonly [number, number]
  /** Of a round of a logistic regression: how much of the information rests on one person, at most. */
  readonly weights?: Magnitude
}

/**
 * Tables of each level and each pair of levels are decided together: all of them are told, or nothing is.
 * @param tables persons by one or two covariates; their margins are made here
 */
export async function admitModelSums(
  model: SummedModel,
  tables: readonly ExactTable[],
  context: ReleaseContext,
): Promise<Result<void, DisclosureProblemCode>> {
  const rules = withinFloors(context.rules)
  if (!rules.ok) return rules
  if (rules.value.privacyBudget) {
    return tableInvalid('under the privacy budget of this permit only counts are told, no models')
  }
  const enough = enoughPersons(model, rules.value)
  const keyOf = personKeyMaker(context.secret, context.dataset)
  const grids: Exact[] = []
  for (const table of tables) {
    const grid = exact(table, keyOf)
    if (!grid.ok) return grid
    grids.push(grid.value)
  }
  return context.ledger.decide(context, refusalsBeforeReview(rules.value), (exposure): AnswerDecision<void> => {
    const account = { model: 'sums', rules: rules.value.version }
    // Also this counts as a refusal: where the line runs would otherwise be found by asking.
    if (!enough.ok) return { result: enough, told: [], account }
    for (const { grid } of grids) {
      const hidden = primaryOf(grid, {
        rules: rules.value,
        cellKey: cellKeyMaker(context.secret, context.dataset),
        admit: (persons) => exposure.admit(persons, personsBehindANumber(rules.value)),
        reviewed: context.reviewedBy !== undefined,
      })
      const result = hidden.ok && hidden.value.size > 0 ? tooSmall() : hidden
      if (!result.ok) return { result, told: [], account }
    }
    return { result: ok(undefined), told: 'all-admitted', account }
  })
}

/** So many different numbers are told: products of all pairs of columns, the constant and the outcome among them. */
export function numbersOf(parameters: number): number {
  return ((parameters + 1) * (parameters + 2)) / 2
}

function enoughPersons(model: SummedModel, rules: DisclosureRules): Result<void, DisclosureProblemCode> {
  const { persons, parameters, magnitudes, outcomes = [], weights } = model
  const { frequencyFloor } = rules
  const few =
    persons < frequencyFloor ||
    persons < MODEL_RULES.personsPerParameter * parameters ||
    outcomes.some((count) => count < frequencyFloor)
  // As the ledger asks of counts: with fewer persons behind each number, their values could be worked out.
  if (few || persons < personsBehindANumber(rules) * numbersOf(parameters)) return tooSmall()
  // Coefficients far from a fit leave weight to a handful of persons, and the sums are then theirs.
  if (weights && weights.largest * frequencyFloor > weights.sum) return tooSmall()
  for (const magnitude of magnitudes) {
    const finding = dominance(magnitude, rules.dominance)
    if (finding === 'review') return negative()
    if (finding === 'fail') return tooSmall()
  }
  return ok(undefined)
}

function tooSmall() {
  return failed<DisclosureProblemCode>(
    'disclosure-model-too-small',
    'The sums of the model would tell about too few persons: too few for its coefficients, or for a value or a pair of values.',
    'Ask with a larger cohort, fewer covariates, or coarser ones.',
  )
}

function negative() {
  return failed<DisclosureProblemCode>(
    'disclosure-needs-review',
    'The model has sums of values below zero, whose shares cannot be judged by rule.',
    'Ask with other covariates, or fit the model in a workspace.',
  )
}
