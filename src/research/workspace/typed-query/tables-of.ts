/** Which tables of an exact answer go to disclosure control, and in which shape. Pure. */
import type { ExactAnswer } from '../../analysis/answer.ts'
import { poolLevels } from '../../disclosure/pool-levels.ts'
import type { DisclosureRules } from '../../disclosure/rules.ts'
import type { ExactTable } from '../../disclosure/table.ts'

/** By the names of the analysis, in one order everywhere: answers of several nodes are added table by table. */
export function tablesOf(
  { kind, tables, discovered }: ExactAnswer,
  rules: DisclosureRules,
): readonly (readonly [string, ExactTable])[] {
  const marked = Object.entries(tables).map(([name, table]) => [name, withDiscovered(table, discovered)] as const)
  switch (kind) {
    case 'survival':
      return marked.map(([name, table]) => [name, poolLevels(table, 'step', personsInAStep(rules))])
    case 'linear-regression':
    case 'logistic-regression':
      // A model is told after the number of persons it was fitted on, so that the ledger of answers knows its cohort.
      return [['persons', everybody(marked.map(([, table]) => table))]]
    default:
      return marked
  }
}

function withDiscovered(table: ExactTable, discovered: readonly string[]): ExactTable {
  const dimensions = table.dimensions.map((one) => (discovered.includes(one.name) ? { ...one, discovered: true } : one))
  return { ...table, dimensions }
}

/** Those who leave at a step are shown when the floor is met with noise: as `release.ts` counts. */
function personsInAStep({ frequencyFloor, perturbation }: DisclosureRules): number {
  return frequencyFloor + (perturbation.kind === 'cell-key' ? perturbation.spread : 0)
}

function everybody(tables: readonly ExactTable[]): ExactTable {
  const persons = tables.flatMap(({ cells }) => cells.flatMap((cell) => Array.from(cell.persons, Number)))
  return { dimensions: [], cells: [{ key: [], persons }] }
}
