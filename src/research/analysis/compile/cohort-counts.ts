/** Several cohorts in one question: persons of each, by what they were at their first entry into it. */
import { column, columns, integer, named } from '../../query/build.ts'
import { select, source, unionAll } from '../../query/build-relations.ts'
import type { Analysis } from '../analysis.ts'
import { type CompiledPart, result } from './compiled.ts'
import { type CompiledDimension, compileDimensions, FIXED_BY, keyColumns, overTime } from './dimensions.ts'
import { firstDays, withPerson } from './entries.ts'
import { readTable } from './read-table.ts'
import type { Compilation } from './scope.ts'

const COHORT = 'cohort'
/** The first entry into it is one day. */
const WITHIN_A_COHORT = { name: COHORT, fixes: FIXED_BY.month }

/** How the compilation calls the cohorts of the question. */
export function countedCohort(index: number): string {
  return `counted_${index}`
}

/** Table `persons`: the cohort, then the dimensions. */
export function compileCohortCounts(
  compilation: Compilation,
  { cohorts, by }: Extract<Analysis, { kind: 'cohort-counts' }>,
): CompiledPart {
  const names = cohorts.map(({ name }) => name)
  const dimensions = [cohortDimension(names), ...overTime(compileDimensions(compilation, by, 'e'), by, WITHIN_A_COHORT)]
  const entered = unionAll(
    ...names.map((_, index) =>
      select({
        from: source(firstDays(compilation, countedCohort(index)), 'f'),
        columns: [...columns('f', 'person_id', 'start_date'), named(COHORT, integer(index))],
      }),
    ),
  )
  const kept = columns('e', 'person_id', 'start_date', COHORT)
  const members = compilation.made('members', () => withPerson(compilation, entered, kept))
  const shown = [...keyColumns(dimensions), ...columns('e', 'person_id')]
  const persons = select({
    from: source(members, 'e'),
    joins: dimensions.flatMap((dimension) => dimension.joins),
    columns: shown,
  })
  return {
    results: [result('persons', persons, shown)],
    read: (rows) => ({ tables: { persons: readTable(rows('persons'), dimensions) }, discovered: [] }),
  }
}

function cohortDimension(names: readonly string[]): CompiledDimension {
  return {
    ...{ name: COHORT, levels: names, joins: [], overlapping: true },
    level: (value) => names[value] ?? '',
    expression: column('e', COHORT),
  }
}
