/** Which entries of a grid must be hidden for what they are: too few persons, true zeros, dominance, too close to earlier answers. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { dominance } from './dominance.ts'
import type { ExactGrid, GridEntry } from './grid.ts'
import type { Admission } from './ledger/exposure.ts'
import { type CellKeyOf, countNoise } from './noise.ts'
import type { PersonKeys } from './persons.ts'
import { type DisclosureProblemCode, TOO_FEW } from './problems.ts'
import type { DisclosureRules } from './rules.ts'

export type HiddenReason =
  | 'few-persons'
  | 'near-floor'
  | 'zero'
  | 'few-contributors'
  | 'dominance'
  | 'exposure'
  | 'complementary'

/** What the rules are applied with. */
export interface PrimaryMeans {
  readonly rules: DisclosureRules
  readonly cellKey: CellKeyOf
  /** Whether the number of these persons may be told, after all that was told before. */
  readonly admit: (persons: PersonKeys) => Admission
  /** An output checker has looked at the table: sums of values below zero may be told. */
  readonly reviewed: boolean
}

/** Index of an entry → why it is hidden. Large margins are decided first, so that what is close to them is what is hidden. */
export function primaryOf(
  grid: ExactGrid,
  means: PrimaryMeans,
): Result<ReadonlyMap<number, HiddenReason>, DisclosureProblemCode> {
  const hidden = new Map<number, HiddenReason>()
  for (const index of decidingOrder(grid)) {
    const entry = grid.entries[index]
    const reason = entry && reasonToHide(grid, entry, means)
    if (reason === 'review') return needsReview()
    if (reason === undefined) continue
    if (index === grid.everybody) return reason === 'full' ? ledgerFull() : TOO_FEW
    if (reason === 'few-persons' && means.rules.smallCells === 'refuse') return smallCells()
    hidden.set(index, reason === 'full' ? 'exposure' : reason)
  }
  return ok(hidden)
}

/** How many dimensions an entry sums over. */
export function marginsOf({ key }: GridEntry): number {
  return key.filter((level) => level === null).length
}

/** Margins before what they sum, large before small. */
export function decidingOrder({ entries }: ExactGrid): readonly number[] {
  return entries
    .map((entry, index) => ({ index, margins: marginsOf(entry), size: entry.persons.length }))
    .sort((a, b) => b.margins - a.margins || b.size - a.size || a.index - b.index)
    .map(({ index }) => index)
}

function reasonToHide(
  grid: ExactGrid,
  entry: GridEntry,
  means: PrimaryMeans,
): HiddenReason | 'review' | 'full' | undefined {
  const { rules } = means
  if (entry.persons.length === 0) return zeroIsShown(grid, entry, rules) ? undefined : 'zero'
  if (entry.persons.length < rules.frequencyFloor) return 'few-persons'
  if (nearFloor(entry.persons, means)) return 'near-floor'
  for (const { persons, magnitude } of entry.measures.values()) {
    if (persons.length < rules.frequencyFloor) return 'few-contributors'
    const finding = dominance(magnitude, rules.dominance)
    if (finding === 'fail') return 'dominance'
    if (finding === 'review' && !means.reviewed) return 'review'
  }
  for (const persons of new Set([entry.persons, ...[...entry.measures.values()].map((measure) => measure.persons)])) {
    const admission = means.admit(persons)
    if (admission === 'full') return 'full'
    if (admission === 'refused') return 'exposure'
  }
  return undefined
}

/**
 * A zero is told where each variable of the entry is one whose zeros may be told, or where one of its levels is (`sex=unknown`):
 * that nobody's sex is unknown says nothing of anybody, whatever the other variables are.
 */
function zeroIsShown({ dimensions }: ExactGrid, { key }: GridEntry, { zerosShownFor }: DisclosureRules): boolean {
  return (
    dimensions.every(({ name }, d) => key[d] === null || zerosShownFor.includes(name)) ||
    dimensions.some(({ name }, d) => key[d] !== null && zerosShownFor.includes(`${name}=${key[d]}`))
  )
}

/**
 * With noise, the floor is noisy too: with an exact one, the first of ever larger groups that is shown would have exactly k
 * persons. Shown from k + spread on after noise: from k persons on always hidden or uncertain, from k + 2 spread on always shown.
 */
function nearFloor(persons: PersonKeys, { rules, cellKey }: PrimaryMeans): boolean {
  const { perturbation, frequencyFloor } = rules
  if (perturbation.kind !== 'cell-key') return false
  const { spread } = perturbation
  return persons.length + countNoise(cellKey(persons), spread) < frequencyFloor + spread
}

function needsReview() {
  return failed<DisclosureProblemCode>(
    'disclosure-needs-review',
    'The table has sums of values below zero, whose shares cannot be judged by rule.',
    'An output checker looks at it, or ask for counts only.',
  )
}

function ledgerFull() {
  return failed<DisclosureProblemCode>(
    'disclosure-ledger-full',
    'So much of this dataset was answered that one more answer cannot be compared with all of it.',
    'Ask the health data access body: the project needs another permit or another dataset.',
  )
}

function smallCells() {
  return failed<DisclosureProblemCode>(
    'disclosure-small-cells',
    'The table has cells of too few persons, and the permit lets none be hidden.',
    'Ask with larger groups.',
  )
}
