/** Cohort expressions → one program of the relational tree. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { ascending, atMost, column, columns, date, equals, greatest, least, named } from '../query/build.ts'
import { innerJoin, rows, select, source, unionAll } from '../query/build-relations.ts'
import type { Program, Relation } from '../query/tree.ts'
import type { Compilation, SharedCompilation, Tables } from './compilation.ts'
import { startConceptSets } from './concept-sets.ts'
import type { CohortExpression, Period } from './definition.ts'
import { mergedPeriods } from './eras.ts'
import { cohortPeriods } from './exits.ts'
import { sentenceOf } from './faults.ts'
import { includedEvents } from './inclusion.ts'
import { openingEvents, qualifiedEvents } from './primary.ts'
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
  return compileWith(tables, (alone) => {
    const expressions = cohorts.map(({ expression }) => expression)
    const shared = cohorts.length > 1 ? withSharedPeriods(alone) : alone
    const entryPeriods = entryPeriodsOf(shared, expressions)
    return cohorts.flatMap(({ name, expression }) => {
      const prefix = name === '' ? '' : `${name}.`
      const { cohort, attrition } = cohortResults(shared, expression, entryPeriods)
      return [
        { name: `${prefix}cohort`, relation: cohort },
        { name: `${prefix}attrition`, relation: attrition },
      ]
    })
  })
}

/** The view of a permit costs a join each time it is read; the table itself costs nothing. */
function withSharedPeriods(shared: SharedCompilation): SharedCompilation {
  const periods = shared.observationPeriods()
  if (periods.kind === 'table') return shared
  const made = shared.steps.make('observation_periods', select({ from: source(periods, 'o'), columns: periodOf('o') }))
  return { ...shared, observationPeriods: () => made }
}

/**
 * The observation periods that events of these cohorts can lie in. Everybody is observed and few have such an event: for
 * several cohorts those few are found once, instead of each cohort looking through everybody.
 */
function entryPeriodsOf(shared: SharedCompilation, cohorts: readonly CohortExpression[]): Relation {
  const periods = shared.observationPeriods()
  if (cohorts.length < 2) return periods
  const opening = unionAll(
    ...cohorts.map((expression) =>
      select({
        from: source(openingEvents(compilationOf(shared, expression), expression.primary), 'c'),
        columns: columns('c', 'person_id'),
      }),
    ),
  )
  const distinct = select({ from: source(opening, 'c'), columns: columns('c', 'person_id'), distinct: true })
  // Copied: how few they are is known only then, and decides what is joined first.
  const persons = shared.steps.copy('entering_persons', distinct)
  const joins = [innerJoin(persons, 'c', equals(column('o', 'person_id'), column('c', 'person_id')))]
  return shared.steps.make('entry_periods', select({ from: source(periods, 'o'), joins, columns: periodOf('o') }))
}

function periodOf(alias: string) {
  return columns(alias, 'person_id', 'observation_period_start_date', 'observation_period_end_date')
}

function compilationOf(shared: SharedCompilation, { conceptSets }: CohortExpression): Compilation {
  return { ...shared, conceptSets: shared.conceptSets.own(conceptSets) }
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
  const table = (name: string): Relation => {
    const found = tables.get(name)
    if (found === undefined) missing.add(name)
    return found ?? rows([{ name: 'person_id', type: 'integer' }], [])
  }
  return {
    table,
    observationPeriods: () => table('observation_period'),
    steps: startSteps(),
    conceptSets: startConceptSets(),
    scans: startScans(),
  }
}

function cohortResults(shared: SharedCompilation, expression: CohortExpression, entryPeriods: Relation) {
  const compilation = compilationOf(shared, expression)
  const qualified = qualifiedEvents(compilation, expression, entryPeriods)
  const { included, attrition } = includedEvents(compilation, expression, qualified)
  const periods = cohortPeriods(compilation, expression, included)
  const eras = included.oneOfEach ? periods : mergedPeriods(shared.steps, periods, expression.eraPad, expression.eraPad)
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
    `The cohort ${name === '' ? '' : `"${name}" `}cannot be run: ${first ? sentenceOf(first) : ''}${more}`,
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
