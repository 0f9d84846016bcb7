/** The seven questions of docs/RESEARCH.md "Speed" as programs of the relational tree. */
import {
  add,
  and,
  ascending,
  atLeast,
  atMost,
  between,
  column,
  columns,
  countDistinct,
  countDistinctOfPerson,
  countRows,
  daysBetween,
  deviation,
  divide,
  double,
  equals,
  floorDivide,
  integer,
  isNotNull,
  maximum,
  minimum,
  monthOf,
  moreThan,
  multiply,
  named,
  subtract,
  sum,
  windowed,
  yearOf,
} from '../../src/research/query/build.ts'
import {
  innerJoin,
  madeStep,
  program,
  select,
  semiJoin,
  source,
  step,
  table,
} from '../../src/research/query/build-relations.ts'
import type { Expression, NamedExpression, Program, Relation } from '../../src/research/query/tree.ts'
import { FIRST_CONDITION, FIRST_LAB } from './bulk-population.ts'

export interface Question {
  readonly name: string
  readonly program: Program
  /** PostgreSQL's seconds for one of DuckDB's, as docs/RESEARCH.md's research measured it. */
  readonly published: number
}

/** A group high up in the tree, a frequent lab. */
const GROUP = FIRST_CONDITION + 15
const LAB = FIRST_LAB + 3
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9]

const condition = table('condition_occurrence')
const measurement = table('measurement')

export function questions(): readonly Question[] {
  return [
    { name: 'Q1 persons by sex and decade of birth', program: personsBySexAndDecade(), published: 8 },
    { name: 'Q2 persons with a group of conditions', program: personsWithGroup(), published: 8 },
    { name: 'Q3 persons of each condition (Achilles 400)', program: personsOfEachCondition(), published: 9 },
    { name: 'Q4 first diagnosis, observed a year, lab within 90 days', program: cohort(), published: 5 },
    { name: 'Q5 extremes, mean, percentiles of each lab (Achilles 1815)', program: labDistributions(), published: 13 },
    { name: 'Q6 first diagnoses by month, sex, age', program: incidence(), published: 10 },
    { name: 'Q7 different labs of a person, percentiles (Achilles 1803)', program: labsOfPersons(), published: 2 },
  ]
}

function personsBySexAndDecade(): Program {
  const decade = multiply(floorDivide(column('p', 'year_of_birth'), 10), 10)
  const sex = column('p', 'gender_concept_id')
  return program([], {
    answer: select({
      from: source(table('person'), 'p'),
      groupBy: [sex, decade],
      columns: [named('sex', sex), named('decade', decade), named('persons', countRows())],
    }),
  })
}

/** Descendants of the group. */
function inGroup(alias: string) {
  const below = select({
    from: source(table('concept_ancestor'), 'a'),
    where: equals(column('a', 'ancestor_concept_id'), integer(GROUP)),
    columns: columns('a', 'descendant_concept_id'),
  })
  return semiJoin(below, 'g', equals(column('g', 'descendant_concept_id'), column(alias, 'condition_concept_id')))
}

function personsWithGroup(): Program {
  return program([], {
    answer: select({
      from: source(condition, 'c'),
      joins: [inGroup('c')],
      columns: [named('persons', countDistinct(column('c', 'person_id'))), named('records', countRows())],
    }),
  })
}

function personsOfEachCondition(): Program {
  const concept = column('c', 'condition_concept_id')
  return program([], {
    answer: select({
      from: source(condition, 'c'),
      groupBy: [concept],
      columns: [named('concept', concept), named('persons', countDistinct(column('c', 'person_id')))],
    }),
  })
}

/** (person_id, day): the first diagnosis of the group. */
function firstDiagnoses(): Relation {
  return select({
    from: source(condition, 'c'),
    joins: [inGroup('c')],
    groupBy: [column('c', 'person_id')],
    columns: [...columns('c', 'person_id'), named('day', minimum(column('c', 'condition_start_date')))],
  })
}

function cohort(): Program {
  const day = column('f', 'day')
  const observed = select({
    from: source(step('first'), 'f'),
    joins: [
      innerJoin(
        table('observation_period'),
        'o',
        equals(column('o', 'person_id'), column('f', 'person_id')),
        atLeast(daysBetween(column('o', 'observation_period_start_date'), day), integer(365)),
        atMost(day, column('o', 'observation_period_end_date')),
      ),
    ],
    columns: columns('f', 'person_id', 'day'),
  })
  const high = select({
    from: source(measurement, 'm'),
    where: and(
      equals(column('m', 'measurement_concept_id'), integer(LAB)),
      moreThan(column('m', 'value_as_number'), double(6.5)),
    ),
    columns: columns('m', 'person_id', 'measurement_date'),
  })
  const after = daysBetween(column('f', 'day'), column('h', 'measurement_date'))
  return program([madeStep('first', firstDiagnoses())], {
    answer: select({
      from: source(observed, 'f'),
      joins: [
        semiJoin(
          high,
          'h',
          equals(column('h', 'person_id'), column('f', 'person_id')),
          between(after, integer(0), integer(90)),
        ),
      ],
      columns: [named('persons', countRows())],
    }),
  })
}

/** Percentiles as Achilles takes them: values with their numbers, summed up in the order of values. */
function percentiles(counted: Relation, groups: readonly string[], value: string): Relation {
  const within = groups.map((group) => column('v', group))
  const running = windowed('sum', column('v', 'rows'), {
    partitionBy: within,
    orderBy: [ascending(column('v', value))],
  })
  const total = windowed('sum', column('v', 'rows'), { partitionBy: within, orderBy: [] })
  const summed = select({
    from: source(counted, 'v'),
    columns: [...columns('v', ...groups, value), named('running', running), named('total', total)],
  })
  return select({
    from: source(summed, 's'),
    groupBy: groups.map((group) => column('s', group)),
    columns: [
      ...columns('s', ...groups),
      ...SHARES.map((share): NamedExpression => {
        const reached = atLeast(column('s', 'running'), multiply(double(share), column('s', 'total')))
        return named(`p${share * 100}`, minimum(column('s', value), reached))
      }),
    ],
  })
}

/** Of each lab the values with their numbers; all but the deviation follows from these. */
function labDistributions(): Program {
  const keys = ['measurement_concept_id', 'unit_concept_id']
  const value = column('m', 'value_as_number')
  const valued = { from: source(measurement, 'm'), where: isNotNull(value) }
  const groups: readonly Expression[] = keys.map((key) => column('m', key))
  const counted = select({
    ...valued,
    groupBy: [...groups, value],
    columns: [...columns('m', ...keys, 'value_as_number'), named('rows', countRows())],
  })
  return program([madeStep('counted', counted)], {
    moments: moments(step('counted'), keys),
    deviations: select({
      ...valued,
      groupBy: groups,
      columns: [...columns('m', ...keys), named('deviation', deviation(value))],
    }),
    percentiles: percentiles(step('counted'), keys, 'value_as_number'),
  })
}

function moments(counted: Relation, keys: readonly string[]): Relation {
  const [value, rows] = [column('c', 'value_as_number'), column('c', 'rows')]
  return select({
    from: source(counted, 'c'),
    groupBy: keys.map((key) => column('c', key)),
    columns: [
      ...columns('c', ...keys),
      named('least', minimum(value)),
      named('most', maximum(value)),
      named('mean', divide(sum(multiply(value, rows)), sum(rows))),
    ],
  })
}

function incidence(): Program {
  const day = column('f', 'day')
  const age = floorDivide(subtract(yearOf(day), column('p', 'year_of_birth')), 10)
  const month = add(multiply(yearOf(day), 12), monthOf(day))
  const sex = column('p', 'gender_concept_id')
  return program([madeStep('first', firstDiagnoses())], {
    answer: select({
      from: source(step('first'), 'f'),
      joins: [innerJoin(table('person'), 'p', equals(column('p', 'person_id'), column('f', 'person_id')))],
      groupBy: [month, sex, age],
      columns: [named('month', month), named('sex', sex), named('age', age), named('persons', countRows())],
    }),
  })
}

function labsOfPersons(): Program {
  const labs = select({
    from: source(measurement, 'm'),
    groupBy: [column('m', 'person_id')],
    columns: [
      ...columns('m', 'person_id'),
      named('labs', countDistinctOfPerson(column('m', 'measurement_concept_id'))),
    ],
  })
  const counted = select({
    from: source(labs, 'l'),
    groupBy: [column('l', 'labs')],
    columns: [...columns('l', 'labs'), named('rows', countRows()), named('part', integer(0))],
  })
  return program([madeStep('counted', counted)], {
    percentiles: percentiles(step('counted'), ['part'], 'labs'),
    persons: select({ from: source(step('counted'), 'c'), columns: [named('persons', sum(column('c', 'rows')))] }),
  })
}
