/** Makes relations of the tree: tables, steps, rows, selects, joins and programs. */
import { and } from './build.ts'
import type { Expression, Join, Literal, Program, Relation, Select, Source, Step, ValueType } from './tree.ts'

export function table(name: string): Relation {
  return { kind: 'table', table: name }
}

export function step(name: string): Relation {
  return { kind: 'step', step: name }
}

/** Rows written into the query itself. */
export function rows(
  columns: readonly { readonly name: string; readonly type: ValueType }[],
  values: readonly (readonly Literal[])[],
): Relation {
  return { kind: 'rows', columns, rows: values }
}

export function source(relation: Relation, as: string): Source {
  return { relation, as }
}

export function select(parts: Omit<Select, 'kind'>): Select {
  return { kind: 'select', ...parts }
}

export function unionAll(...relations: readonly Relation[]): Relation {
  const [only] = relations
  return only !== undefined && relations.length === 1 ? only : { kind: 'union-all', relations }
}

function join(how: Join['how'], relation: Relation, as: string, on: readonly Expression[]): Join {
  return { how, source: { relation, as }, ...(on.length > 0 && { on: and(...on) }) }
}

/** All conditions of `on` must be true; so in the joins below. */
export const innerJoin = (relation: Relation, as: string, ...on: readonly Expression[]) =>
  join('inner', relation, as, on)
export const leftJoin = (relation: Relation, as: string, ...on: readonly Expression[]) => join('left', relation, as, on)
/** Keeps rows that have a partner; adds no columns. */
export const semiJoin = (relation: Relation, as: string, ...on: readonly Expression[]) => join('semi', relation, as, on)
/** Keeps rows that have no partner; adds no columns. */
export const antiJoin = (relation: Relation, as: string, ...on: readonly Expression[]) => join('anti', relation, as, on)
export const crossJoin = (relation: Relation, as: string) => join('cross', relation, as, [])

export function madeStep(name: string, relation: Relation): Step {
  return { name, relation }
}

/** Copied even where it is read once: what reads it is planned better from a table than from the query. */
export function copiedStep(name: string, relation: Relation): Step {
  return { name, relation, inline: false }
}

/** A view: written where it is read, never copied. */
export function inlineStep(name: string, relation: Relation): Step {
  return { name, relation, inline: true }
}

export function program(steps: readonly Step[], results: Readonly<Record<string, Relation>>): Program {
  return { steps, results: Object.entries(results).map(([name, relation]) => ({ name, relation })) }
}
