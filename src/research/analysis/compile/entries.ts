/** Entries of the cohort that a question is about, with what dimensions ask of a person. */
import { ascending, between, column, columns, date, equals, integer, named, rowNumber } from '../../query/build.ts'
import { innerJoin, select, source } from '../../query/build-relations.ts'
import type { Relation } from '../../query/tree.ts'
import type { Compilation } from './scope.ts'

/** The cohort that is asked about. */
export const SUBJECTS = 'subjects'

/** Columns of entries, first entries and person-time: all that dimensions read. */
export const PERSON_COLUMNS = ['person_id', 'start_date', 'sex', 'birth_year'] as const

/** Entries in the period: (person_id, start_date, sex, birth_year, entry), `entry` counting each person's from 1. */
export function entries(compilation: Compilation): Relation {
  const { from, to } = compilation.period
  const person = compilation.table('person', 'person_id', 'gender_concept_id', 'year_of_birth')
  const start = column('c', 'cohort_start_date')
  return compilation.made('entries', () =>
    select({
      from: source(compilation.cohort(SUBJECTS), 'c'),
      joins: [innerJoin(person, 'p', equals(column('p', 'person_id'), column('c', 'subject_id')))],
      where: between(start, date(from), date(to)),
      columns: [
        named('person_id', column('c', 'subject_id')),
        named('start_date', start),
        named('sex', column('p', 'gender_concept_id')),
        named('birth_year', column('p', 'year_of_birth')),
        named(
          'entry',
          rowNumber({
            partitionBy: [column('c', 'subject_id')],
            orderBy: [ascending(start), ascending(column('c', 'cohort_end_date'))],
          }),
        ),
      ],
    }),
  )
}

/** One row for each person: (person_id, start_date, sex, birth_year) of the first entry. */
export function firstEntries(compilation: Compilation): Relation {
  const all = entries(compilation)
  return compilation.made('first', () =>
    select({
      from: source(all, 'e'),
      where: equals(column('e', 'entry'), integer(1)),
      columns: columns('e', ...PERSON_COLUMNS),
    }),
  )
}
