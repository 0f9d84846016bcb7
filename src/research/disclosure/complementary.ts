/**
 * Which entries must be hidden besides the primary ones, so that none of them can be worked out: first no equation with one
 * hidden entry alone, then one more at a time until the audit finds every interval wide enough.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type AuditedTable, audit, membersOf } from './audit.ts'
import type { Equation } from './grid.ts'
import type { DisclosureProblemCode } from './problems.ts'

export interface Complement {
  /** Hidden besides the primary ones. */
  readonly added: readonly number[]
  readonly narrowest: number | null
}

/** What it costs to hide an entry: margins cost more than cells, large ones more than small ones. */
export type HidingCost = (entry: number) => number

/** @param required width of the interval of each hidden entry */
export function complementOf(
  table: AuditedTable,
  primary: ReadonlySet<number>,
  cost: HidingCost,
  required: number,
  mostTogether: number,
): Result<Complement, DisclosureProblemCode> {
  const hidden = new Set(primary)
  const equationsOf = new Map<number, Equation[]>()
  for (const equation of table.equations) {
    for (const entry of membersOf(equation)) equationsOf.set(entry, [...(equationsOf.get(entry) ?? []), equation])
  }
  /** The cheapest entry that is shown in one of the equations; an empty one would widen nothing. */
  const cheapest = (equations: readonly Equation[]): number | undefined =>
    equations
      .flatMap(membersOf)
      .filter((entry) => !hidden.has(entry) && (table.sizes[entry] ?? 0) > 0 && Number.isFinite(cost(entry)))
      .sort((a, b) => cost(a) - cost(b))[0]

  for (;;) {
    hidePartners(table.equations, hidden, cheapest)
    const finding = audit(table, hidden, required, mostTogether)
    if (finding.kind === 'safe') {
      return ok({ added: [...hidden].filter((entry) => !primary.has(entry)), narrowest: finding.narrowest })
    }
    if (finding.kind === 'too-large') return tooFine()
    const next = finding.entries
      .map((entry) => cheapest(equationsOf.get(entry) ?? []))
      .find((entry) => entry !== undefined)
    if (next === undefined) return notProtectable()
    hidden.add(next)
  }
}

function hidePartners(
  equations: readonly Equation[],
  hidden: Set<number>,
  cheapest: (equations: readonly Equation[]) => number | undefined,
): void {
  for (let changed = true; changed; ) {
    changed = false
    for (const equation of equations) {
      if (membersOf(equation).filter((entry) => hidden.has(entry)).length !== 1) continue
      const partner = cheapest([equation])
      if (partner === undefined) continue
      hidden.add(partner)
      changed = true
    }
  }
}

function tooFine() {
  return failed<DisclosureProblemCode>(
    'disclosure-table-too-fine',
    'Too many cells of the table are too small to be shown.',
    'Ask with fewer or larger groups.',
  )
}

function notProtectable() {
  return failed<DisclosureProblemCode>(
    'disclosure-not-protectable',
    'What must be hidden in this table could be worked out from the rest.',
    'Ask with larger groups or with one dimension less.',
  )
}
