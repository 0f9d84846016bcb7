/** What each kind of analysis compiles to. */
import { ascending, column } from '../../query/build.ts'
import { select, source } from '../../query/build-relations.ts'
import type { Rows } from '../../query/engine.ts'
import type { NamedExpression, Program, Relation } from '../../query/tree.ts'
import type { ExactAnswer } from '../answer.ts'

export interface CompiledPart {
  readonly results: Program['results']
  /** Reads the rows of these results. */
  read(rows: ResultRows): Omit<ExactAnswer, 'kind'>
}

/** Rows by name of the result; one that is absent has none. */
export type ResultRows = (name: string) => Rows

/** A result in the order of persons, so that the rows are the same from every engine. */
export function result(
  name: string,
  relation: Relation,
  columns: readonly NamedExpression[],
): Program['results'][number] {
  const ordered = select({
    from: source(relation, 'r'),
    columns: columns.map((one) => ({ name: one.name, expression: column('r', one.name) })),
    orderBy: [
      ascending(column('r', 'person_id')),
      ...columns.filter((one) => one.name !== 'person_id').map((one) => ascending(column('r', one.name))),
    ],
  })
  return { name, relation: ordered }
}
