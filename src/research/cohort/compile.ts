/** Cohort expressions → one program of the relational tree. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { ascending, atMost, column, columns, date, greatest, least, named } from '../query/build.ts'
import { rows, select, source } from '../query/build-relations.ts'
import type { Program, Relation } from '../query/tree.ts'
import type { Compilation, SharedCompilation, Tables } from './compilation.ts'
import { startConceptSets } from './concept-sets.ts'
import type { CohortExpression, Period } from './definition.ts'
import { mergedPeriods } from './eras.ts'
import { cohortPeriods } from './exits.ts'
import { includedEvents } from './inclusion.ts'
import { qualifiedEvents } from './primary.ts'
import { startScans } from './scans.ts'
import { startSteps } from './steps.ts'

export type CompileProblemCode = 'cohort-unfinished' | 'cohort-table-missing'

export interface NamedCohort {
  readonly name: string
  readonly expression: CohortExpression
}

/**
 * One cohort. Results: `cohort` (subject_id, cohort_start_date, cohort_end_date), each period of a person once, by person
 * and start; `attrition` (see inclusion.ts).
 */
export function compileCohort(expression: CohortExpression, tables: Tables): Result<Program, CompileProblemCode> {
  return compileTogether([{ name: '', expression }], tables)
}

/** Several cohorts as one program; results are called `<name>.cohort` and `<name>.attrition`. */
export function compileTogether(cohorts: readonly NamedCohort[], tables: Tables): Result<Program, CompileProblemCode> {
  const unfinished = cohorts.find(({ expression }) => expression.unfinished.length > 0)
  if (unfinished) return notFinished(unfinished)
  return compileWith(tables, (shared) =>
    cohorts.flatMap(({ name, expression }) => {
      const prefix = name === '' ? '' : `${name}.`
      const { cohort, attrition } = cohortResults(shared, expression)
      return [
        { name: `${prefix}cohort`, relation: cohort },
        { name: `${prefix}attrition`, relation: attrition },
      ]
    }),
  )
}

/** Lets `build` make results over the tables, and puts the steps that they read before them. */
export function compileWith(
  tables: Tables,
  build: (shared: SharedCompilation) => Program['results'],
): Result<Program, 'cohort-table-missing'> {
  const missing = new Set<string>()
  const shared = startCompilation(tables, missing)
  const results = build(shared)
  const steps = [...shared.conceptSets.steps(shared.table), ...shared.scans.steps(shared.table), ...shared.steps.list()]
  return missing.size > 0 ? tablesMissing([...missing]) : ok({ steps, results })
}

function startCompilation(tables: Tables, missing: Set<string>): SharedCompilation {
  return {
    table: (name) => {
      const table = tables.get(name)
      if (table === undefined) missing.add(name)
      return table ?? rows([{ name: 'person_id', type: 'integer' }], [])
    },
    steps: startSteps(),
    conceptSets: startConceptSets(),
    scans: startScans(),
  }
}

function cohortResults(shared: SharedCompilation, expression: CohortExpression) {
  const compilation: Compilation = { ...shared, conceptSets: shared.conceptSets.own(expression.conceptSets) }
  const qualified = qualifiedEvents(compilation, expression)
  const { included, attrition } = includedEvents(compilation, expression, qualified)
  const periods = cohortPeriods(compilation, expression, included)
  const eras = mergedPeriods(periods, expression.eraPad, expression.eraPad)
  return { cohort: cohortRows(censored(eras, expression.censorWindow)), attrition }
}

/** The part of each period that lies in the window; a period outside it falls away. */
function censored(eras: Relation, window: Period): Relation {
  if (window.start === undefined && window.end === undefined) return eras
  const start = column('w', 'start_date')
  const end = column('w', 'end_date')
  const cut = select({
    from: source(eras, 'w'),
    columns: [
      ...columns('w', 'person_id'),
      named('start_date', window.start === undefined ? start : greatest(start, date(window.start))),
      named('end_date', window.end === undefined ? end : least(end, date(window.end))),
    ],
  })
  return select({
    from: source(cut, 'k'),
    where: atMost(column('k', 'start_date'), column('k', 'end_date')),
    columns: columns('k', 'person_id', 'start_date', 'end_date'),
  })
}

function cohortRows(periods: Relation): Relation {
  return select({
    from: source(periods, 'f'),
    columns: [
      named('subject_id', column('f', 'person_id')),
      named('cohort_start_date', column('f', 'start_date')),
      named('cohort_end_date', column('f', 'end_date')),
    ],
    orderBy: ['person_id', 'start_date', 'end_date'].map((name) => ascending(column('f', name))),
  })
}

function notFinished({ name, expression }: NamedCohort): Result<never, CompileProblemCode> {
  const [first] = expression.unfinished
  const others = expression.unfinished.length - 1
  const more = others > 0 ? ` ${others} more place${others === 1 ? ' is' : 's are'} unfinished.` : ''
  return failed(
    'cohort-unfinished',
    `The cohort ${name === '' ? '' : `"${name}" `}cannot be run: ${first?.sentence ?? ''}${more}`,
    'Complete the definition at the place named.',
    { path: first?.path ?? '$' },
  )
}

function tablesMissing(names: readonly string[]): Result<never, 'cohort-table-missing'> {
  return failed(
    'cohort-table-missing',
    `The cohort reads ${names.join(', ')}, which ${names.length === 1 ? 'is' : 'are'} not part of this dataset or permit.`,
    'Ask for these tables, or take the criteria that read them out of the definition.',
  )
}
