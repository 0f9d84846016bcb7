/** What an analysis is compiled over, and what the parts of one compilation share. */

import type { Result } from '#platform/result/result.ts'
import { column, columns, equals, isOneOf, named } from '../../query/build.ts'
import { innerJoin, madeStep, rows, select, source, step, unionAll } from '../../query/build-relations.ts'
import type { Program, Relation, Step, ValueType } from '../../query/tree.ts'
import type { CohortDefinition } from '../analysis.ts'

/** The views of a permit (or the tables themselves), and its days. */
export interface AnalysisScope {
  /** Come before all others in the program. */
  readonly steps: readonly Step[]
  /** By their OMOP name. */
  readonly tables: ReadonlyMap<string, Relation>
  /** Columns of each view; absent: all of OMOP. */
  readonly columns?: ReadonlyMap<string, readonly string[]>
  /** ISO days, both inclusive. */
  readonly period: { readonly from: string; readonly to: string }
}

export interface NamedDefinition {
  readonly name: string
  readonly definition: CohortDefinition
}

/** Results are `<name>.cohort` with subject_id, cohort_start_date, cohort_end_date; each entry of a person once. */
export type CompileCohorts = (
  cohorts: readonly NamedDefinition[],
  tables: ReadonlyMap<string, Relation>,
) => Result<Program>

/** Of one analysis. */
export interface Compilation {
  readonly period: AnalysisScope['period']
  /** The table with these columns. What is missing is noted, so that all of it can be said at once. */
  table(name: string, ...needed: readonly string[]): Relation
  has(name: string): boolean
  /** Entries of a cohort of the question. */
  cohort(name: string): Relation
  /** Makes a step and gives it. The same name twice is the same step. */
  made(name: string, make: () => Relation): Relation
}

export interface StartedCompilation extends Compilation {
  readonly steps: readonly Step[]
  /** `table` or `table.column`. */
  readonly missing: ReadonlySet<string>
}

/** `analysis_`: no step of a cohort or of a permit begins so. */
const PREFIX = 'analysis_'

export function startCompilation(scope: AnalysisScope): StartedCompilation {
  const steps = new Map<string, Step>()
  const missing = new Set<string>()
  return {
    period: scope.period,
    missing,
    get steps() {
      return [...steps.values()]
    },
    has: (name) => scope.tables.has(name),
    table: (name, ...needed) => {
      const known = scope.columns?.get(name)
      const absent = known ? needed.filter((one) => !known.includes(one)) : []
      for (const one of absent) missing.add(`${name}.${one}`)
      const relation = scope.tables.get(name)
      if (relation === undefined) missing.add(name)
      return relation ?? nothing(needed)
    },
    cohort: (name) => step(cohortStep(name)),
    made: (name, make) => {
      const called = PREFIX + name
      if (!steps.has(called)) steps.set(called, madeStep(called, make()))
      return step(called)
    },
  }
}

/** The step that holds the entries of a cohort. */
export function cohortStep(name: string): string {
  return `${PREFIX}cohort_${name}`
}

/** Stands for a table that is not there; its columns are never read. */
function nothing(needed: readonly string[]): Relation {
  const typeOf = (name: string): ValueType => (name.endsWith('_date') ? 'date' : 'integer')
  return rows(
    needed.map((name) => ({ name, type: typeOf(name) })),
    [],
  )
}

/** (concept, wanted): each wanted concept and those below it, where the data have a hierarchy. */
export function wantedConcepts(compilation: Compilation, concepts: readonly number[]): Relation {
  const own = rows(
    [
      { name: 'concept', type: 'integer' },
      { name: 'wanted', type: 'integer' },
    ],
    concepts.map((concept) => [
      { type: 'integer', value: concept },
      { type: 'integer', value: concept },
    ]),
  )
  if (!compilation.has('concept_ancestor')) return own
  const ancestors = compilation.table('concept_ancestor', 'ancestor_concept_id', 'descendant_concept_id')
  const below = select({
    from: source(ancestors, 'a'),
    where: isOneOf(column('a', 'ancestor_concept_id'), concepts),
    columns: [
      named('concept', column('a', 'descendant_concept_id')),
      named('wanted', column('a', 'ancestor_concept_id')),
    ],
  })
  return select({
    from: source(unionAll(own, below), 'w'),
    columns: columns('w', 'concept', 'wanted'),
    distinct: true,
  })
}

/** (person_id, wanted): which of these conditions each person has. */
export function personConditions(compilation: Compilation, concepts: readonly number[]): Relation {
  const name = `conditions_${concepts.join('_')}`
  return compilation.made(name, () =>
    select({
      from: source(compilation.table('condition_occurrence', 'person_id', 'condition_concept_id'), 'c'),
      joins: [
        innerJoin(
          wantedConcepts(compilation, concepts),
          'w',
          equals(column('w', 'concept'), column('c', 'condition_concept_id')),
        ),
      ],
      columns: [...columns('c', 'person_id'), ...columns('w', 'wanted')],
      distinct: true,
    }),
  )
}
