/**
 * Exact answers, before disclosure control: tables that say which persons stand in each cell. They never leave the process
 * that made them; those of shards merge by putting the persons of equal cells together (`merge-exact.ts`).
 */
import type { ExactTable } from '../disclosure/table.ts'
import type { Analysis } from './analysis.ts'
import type { GroupedObservations } from './statistics/observations.ts'

export interface ExactAnswer {
  readonly kind: Analysis['kind']
  /**
   * By name. count, cohort-counts: `persons`. time-series: `entries`. rate: `entries`, `time`. distribution: `classes`, `values`.
   * survival: `steps`. characterisation: one for each domain. regressions: `groups`.
   */
  readonly tables: Readonly<Record<string, ExactTable>>
  /**
   * Dimensions whose levels were found in the data, not named in the question. A hidden cell of such a level must be left
   * out altogether: its name alone would tell that it is not empty.
   */
  readonly discovered: readonly string[]
  /** Of regressions: each combination of values with its number of persons (`withReferences` makes of it what is fitted). */
  readonly observations?: GroupedObservations
}
