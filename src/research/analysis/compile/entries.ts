/** Entries of the cohort that a question is about, with what dimensions ask of a person. */
import { between, column, columns, date, equals, minimum, named } from '../../query/build.ts'
import { innerJoin, select, source } from '../../query/build-relations.ts'
import type { NamedExpression, Relation } from '../../query/tree.ts'
import type { Compilation } from './scope.ts'

/** The cohort that is asked about. */
export const SUBJECTS = 'subjects'

/** Entries in the period: (person_id, start_date, sex, birth_year). */
export function entries(compilation: Compilation): Relation {
  return compilation.made('entries', () => {
    const { from, to } = compilation.period
    const start = column('c', 'cohort_start_date')
    const inPeriod = select({
      from: source(compilation.cohort(SUBJECTS), 'c'),
      where: between(start, date(from), date(to)),
      columns: [named('person_id', column('c', 'subject_id')), named('start_date', start)],
    })
    return withPerson(compilation, inPeriod, columns('e', 'person_id', 'start_date'))
  })
}

/** One row for each person: (person_id, start_date, sex, birth_year) of the first entry. */
export function firstEntries(compilation: Compilation): Relation {
  return compilation.made('first', () =>
    withPerson(compilation, firstDays(compilation, SUBJECTS), columns('e', 'person_id', 'start_date')),
  )
}

/** (person_id, start_date): the first day in the period on which each person enters a cohort of the question. */
export function firstDays(compilation: Compilation, cohort: string): Relation {
  const { from, to } = compilation.period
  const start = column('c', 'cohort_start_date')
  return select({
    from: source(compilation.cohort(cohort), 'c'),
    where: between(start, date(from), date(to)),
    groupBy: [column('c', 'subject_id')],
    columns: [named('person_id', column('c', 'subject_id')), named('start_date', minimum(start))],
  })
}

/** The columns of `entered`, called `e`, then `sex` and `birth_year` of its `person_id`. */
export function withPerson(compilation: Compilation, entered: Relation, kept: readonly NamedExpression[]): Relation {
  const person = compilation.table('person', 'person_id', 'gender_concept_id', 'year_of_birth')
  return select({
    from: source(entered, 'e'),
    joins: [innerJoin(person, 'p', equals(column('p', 'person_id'), column('e', 'person_id')))],
    columns: [
      ...kept,
      named('sex', column('p', 'gender_concept_id')),
      named('birth_year', column('p', 'year_of_birth')),
    ],
  })
}
