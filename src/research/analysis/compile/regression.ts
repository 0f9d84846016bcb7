/** The numbers of regressions: one row for each person who has a value of every covariate and of the outcome. */
import { choose, column, columns, equals, integer, isNull, named } from '../../query/build.ts'
import { innerJoin, leftJoin, select, source } from '../../query/build-relations.ts'
import type { Rows } from '../../query/engine.ts'
import type { Join, NamedExpression, Relation } from '../../query/tree.ts'
import type { Analysis, Dimension, Measure } from '../analysis.ts'
import { type GroupedObservations, type Observation, observationsInOrder } from '../statistics/observations.ts'
import { type CompiledPart, result } from './compiled.ts'
import { type CompiledDimension, compileDimensions } from './dimensions.ts'
import { firstEntries } from './entries.ts'
import { compileMeasure } from './measures.ts'
import { numberOf, type ReadDimension, readTable } from './read-table.ts'
import { type Compilation, personConditions } from './scope.ts'

type Regression = Extract<Analysis, { kind: 'linear-regression' | 'logistic-regression' }>

/** How the compilation calls the cohort of the outcome, and those of covariates `days-until`. */
export const OUTCOME = 'outcome'
export const covariateCohort = (index: number): string => `covariate_${index}`

/** One covariate of the question as columns of the rows. */
interface Covariate {
  readonly joins: readonly Join[]
  readonly shown: readonly NamedExpression[]
  /** Groups of which one column each, but for the first, enters the model. */
  readonly groups?: readonly ReadDimension[]
  readonly numbers?: { readonly name: string; readonly scale: number }
}

/** Table `groups`: persons by the covariates that are groups, and by the outcome where that is yes or no. */
export function compileRegression(compilation: Compilation, question: Regression): CompiledPart {
  const covariates = question.covariates.map((one, index) => compileCovariate(compilation, one, index))
  const outcome = compileOutcome(compilation, question.outcome)
  const shown = [...covariates.flatMap((one) => one.shown), ...columns('e', 'person_id'), ...outcome.shown]
  const complete = select({
    from: source(firstEntries(compilation), 'e'),
    joins: [...covariates.flatMap((one) => one.joins), ...outcome.joins],
    columns: shown,
  })
  return {
    results: [result('complete', complete, shown)],
    read: (rows) => ({
      tables: { groups: groupsTable(rows('complete'), covariates, outcome) },
      observations: readObservations(rows('complete'), covariates, outcome.numbers?.scale ?? 1),
      discovered: [],
    }),
  }
}

function compileCovariate(compilation: Compilation, covariate: Dimension | Measure, index: number): Covariate {
  const prefix = `c${index}`
  switch (covariate.kind) {
    case 'age':
    case 'days-until':
    case 'follow-up-days':
    case 'measurement': {
      const { relation, scale } = compileMeasure(compilation, covariate, covariateCohort(index))
      return {
        joins: [joined(relation, prefix)],
        shown: [named(prefix, column(prefix, 'value'))],
        numbers: { name: `${covariate.kind} ${index + 1}`, scale },
      }
    }
    case 'condition':
      return conditions(compilation, covariate.concepts, prefix)
    default: {
      const [dimension] = compileDimensions(compilation, [covariate], 'e')
      return dimension === undefined ? { joins: [], shown: [] } : group(dimension, prefix)
    }
  }
}

function group(dimension: CompiledDimension, prefix: string): Covariate {
  return { joins: dimension.joins, shown: [named(prefix, dimension.expression)], groups: [dimension] }
}

/** Yes or no for each of the conditions. */
function conditions(compilation: Compilation, concepts: readonly number[], prefix: string): Covariate {
  const all = personConditions(compilation, concepts)
  const one = (concept: number, as: string) => {
    const having = select({
      from: source(all, 'h'),
      where: equals(column('h', 'wanted'), integer(concept)),
      columns: columns('h', 'person_id'),
    })
    return hasRow(having, 'person_id', as)
  }
  const parts = concepts.map((concept, index) => one(concept, `${prefix}_${index}`))
  return {
    joins: parts.map((part) => part.join),
    shown: parts.map((part) => part.shown),
    groups: concepts.map((concept) => yesOrNo(`condition ${concept}`)),
  }
}

function compileOutcome(compilation: Compilation, outcome: Regression['outcome']): Covariate {
  if (outcome.kind !== 'has') {
    const { relation, scale } = compileMeasure(compilation, outcome, OUTCOME)
    const numbers = { name: outcome.kind, scale }
    return { joins: [joined(relation, 'y')], shown: [named('y', column('y', 'value'))], numbers }
  }
  const having = select({
    from: source(compilation.cohort(OUTCOME), 'h'),
    columns: columns('h', 'subject_id'),
    distinct: true,
  })
  const { join, shown } = hasRow(having, 'subject_id', 'y')
  return { joins: [join], shown: [shown], groups: [yesOrNo('outcome')] }
}

function joined(relation: Relation, as: string): Join {
  return innerJoin(relation, as, equals(column(as, 'person_id'), column('e', 'person_id')))
}

/** 1 for persons of the relation, 0 for others. */
function hasRow(relation: Relation, person: string, as: string) {
  const value = choose([[isNull(column(as, person)), integer(0)]], integer(1))
  return {
    join: leftJoin(relation, as, equals(column(as, person), column('e', 'person_id'))),
    shown: named(as, value),
  }
}

function yesOrNo(name: string): ReadDimension {
  return { name, levels: ['no', 'yes'], level: (value) => (value === 0 ? 'no' : 'yes') }
}

function groupsTable({ rows }: Rows, covariates: readonly Covariate[], outcome: Covariate) {
  const person = covariates.reduce((sum, one) => sum + one.shown.length, 0)
  const kept: { readonly at: number; readonly dimension: ReadDimension }[] = []
  let at = 0
  for (const one of covariates) {
    for (const [index, dimension] of (one.groups ?? []).entries()) kept.push({ at: at + index, dimension })
    at += one.shown.length
  }
  for (const dimension of outcome.groups ?? []) kept.push({ at: person + 1, dimension })
  const picked = rows.map((row) => [...kept.map((one) => row[one.at] ?? null), row[person] ?? null])
  return readTable(
    { columns: [], rows: picked },
    kept.map((one) => one.dimension),
  )
}

/** What one column of the rows becomes. */
interface Coder {
  readonly columns: readonly string[]
  readonly group: boolean
  readonly code: (value: number) => readonly number[]
}

/** Each combination of values once, in a fixed order. */
function readObservations({ rows }: Rows, covariates: readonly Covariate[], outcomeScale: number): GroupedObservations {
  const coders = codersOf(rows, covariates)
  const counts = new Map<string, { readonly row: readonly number[]; persons: number }>()
  for (const row of rows) {
    // The person stands between covariates and outcome.
    const numbers = [...coders.keys(), coders.length + 1].map((index) => numberOf(row[index]))
    const code = numbers.join(' ')
    const known = counts.get(code)
    if (known) known.persons += 1
    else counts.set(code, { row: numbers, persons: 1 })
  }
  const observations = [...counts.values()].map(({ row, persons }): Observation => {
    const values = coders.flatMap((coder, index) => coder.code(row[index] ?? Number.NaN))
    return { values, outcome: (row.at(-1) ?? Number.NaN) / outcomeScale, persons }
  })
  return {
    columns: coders.flatMap((coder) => coder.columns),
    groups: coders.filter((coder) => coder.group).map((coder) => coder.columns),
    rows: observationsInOrder(observations),
  }
}

function codersOf(rows: Rows['rows'], covariates: readonly Covariate[]): readonly Coder[] {
  const coders: Coder[] = []
  for (const { groups, numbers } of covariates) {
    for (const group of groups ?? []) coders.push(groupCoder(rows, coders.length, group))
    if (numbers) coders.push({ columns: [numbers.name], group: false, code: (value) => [value / numbers.scale] })
  }
  return coders
}

function groupCoder(rows: Rows['rows'], at: number, { name, level, levels }: ReadDimension): Coder {
  const all = [...new Set([...levels, ...rows.map((row) => level(numberOf(row[at])))])]
  return {
    columns: all.map((one) => `${name} ${one}`),
    group: true,
    code: (value) => all.map((one) => (one === level(value) ? 1 : 0)),
  }
}
