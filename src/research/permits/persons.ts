/** The persons inside a permit, as one step of a program that all its views join: who, and under which pseudonym. */
import { and, atLeast, atMost, column, columns, date, equals, integer, isOneOf, named } from '../query/build.ts'
import { antiJoin, innerJoin, madeStep, select, semiJoin, source, table, unionAll } from '../query/build-relations.ts'
import type { Expression, Join, Relation, Step } from '../query/tree.ts'
import type { DatasetScope, PermitId, Population } from './permit.ts'
import { PERSON } from './table-facts.ts'

/** The pseudonyms that the body's service made for one permit (EHDS Art. 66(3)). */
export interface Pseudonyms {
  /** For this one only: no other permit may be served with them, as two permits must not be linked. */
  readonly permit: PermitId
  /** `person_id`, `pseudonym`, and with `shifted` also `shift_days`; one row for each person. */
  readonly relation: Relation
  /** Every day of a person's records moves by his own constant number of days. */
  readonly shifted: boolean
}

/** The opt-out register as it was at one moment (EHDS Art. 71(3)). */
export interface OptedOut {
  /** ISO 8601; that of the permit. */
  readonly asOf: string
  /** One column `person_id`. */
  readonly relation: Relation
}

export const PERSONS = 'permit_persons'
/** Columns of the step beside `person_id`: the name of the person in the views, and his days of shift. */
export const SEEN_AS = 'seen_as'
export const SHIFT = 'shift_days'

export function personsStep(
  scope: DatasetScope,
  pseudonyms: Pseudonyms | undefined,
  optedOut: OptedOut | undefined,
): Step {
  const person = column('n', PERSON)
  const joins: Join[] = []
  if (pseudonyms) joins.push(innerJoin(pseudonyms.relation, 's', equals(person, column('s', PERSON))))
  if (optedOut) joins.push(antiJoin(optedOut.relation, 'o', equals(person, column('o', PERSON))))
  const sick = withCondition(scope)
  if (sick) joins.push(semiJoin(sick, 'c', equals(person, column('c', PERSON))))
  const seenAs = pseudonyms ? column('s', 'pseudonym') : person
  return madeStep(
    PERSONS,
    select({
      from: source(table('person'), 'n'),
      joins,
      where: and(...demographics(scope.population)),
      columns: [named(PERSON, person), named(SEEN_AS, seenAs), ...(pseudonyms?.shifted ? columns('s', SHIFT) : [])],
    }),
  )
}

function demographics({ bornFrom, bornTo, genders }: Population): readonly Expression[] {
  const born = column('n', 'year_of_birth')
  return [
    ...(bornFrom === undefined ? [] : [atLeast(born, integer(bornFrom))]),
    ...(bornTo === undefined ? [] : [atMost(born, integer(bornTo))]),
    ...(genders ? [isOneOf(column('n', 'gender_concept_id'), genders)] : []),
  ]
}

/** Persons with one of the conditions by the end of the period: what came later is no reason to be inside. */
function withCondition({ population, period }: DatasetScope): Relation | undefined {
  const concepts = population.withCondition
  if (!concepts) return undefined
  const concept = column('d', 'condition_concept_id')
  const inTime = atMost(column('d', 'condition_start_date'), date(period.to))
  const from = source(table('condition_occurrence'), 'd')
  const itself = select({ from, where: and(inTime, isOneOf(concept, concepts)), columns: columns('d', PERSON) })
  const descendant = select({
    from,
    joins: [innerJoin(table('concept_ancestor'), 'a', equals(concept, column('a', 'descendant_concept_id')))],
    where: and(inTime, isOneOf(column('a', 'ancestor_concept_id'), concepts)),
    columns: columns('d', PERSON),
  })
  // A vocabulary need not list a concept as its own ancestor.
  return unionAll(itself, descendant)
}
