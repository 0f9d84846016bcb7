/** What nobody reads is not made: columns of steps that neither a later step nor a result asks for are left out. Pure. */
import type { Expression, Program, Relation, Select, Source, Step } from './tree.ts'
import { contains, mapSources, partsOf, sourcesIn } from './walk.ts'

/** Columns of a step that are read; `all` where it is read as it is. */
type Read = ReadonlySet<string> | 'all'

/**
 * The same program with narrower steps: what is copied costs by the column. Rows stay as they are, so that a column stays
 * where it decides how many there are (`distinct`, aggregates of everything).
 */
export function onlyRead(program: Program): Program {
  const read = new Map<string, Read>()
  const results = program.results.map((result) => ({ ...result, relation: narrowed(result.relation, 'all') }))
  for (const { relation } of results) note(relation, read)
  const kept: Step[] = []
  // Steps read earlier ones only, so that all readers of a step are known when it is come to.
  for (const step of program.steps.toReversed()) {
    const relation = narrowed(step.relation, read.get(step.name) ?? new Set())
    note(relation, read)
    kept.push({ ...step, relation })
  }
  return { steps: kept.toReversed(), results }
}

function note(relation: Relation, read: Map<string, Read>): void {
  switch (relation.kind) {
    case 'table':
    case 'rows':
      return
    case 'step':
      read.set(relation.step, 'all')
      return
    case 'union-all':
      for (const part of relation.relations) note(part, read)
      return
    case 'select':
      for (const source of sourcesIn(relation)) noteSource(source, relation, read)
  }
}

function noteSource({ relation, as }: Source, reader: Select, read: Map<string, Read>): void {
  if (relation.kind !== 'step') note(relation, read)
  else {
    const before = read.get(relation.step) ?? new Set()
    if (before !== 'all') read.set(relation.step, new Set([...before, ...columnsOf(as, reader)]))
  }
}

/** Columns of the source `as` that a select asks for. */
function columnsOf(as: string, reader: Select): ReadonlySet<string> {
  const names = new Set<string>()
  for (const expression of expressionsOf(reader)) addColumns(expression, as, names)
  return names
}

function expressionsOf({ joins = [], where, groupBy = [], having, columns, orderBy = [] }: Select) {
  return [
    ...joins.map(({ on }) => on),
    where,
    ...groupBy,
    having,
    ...columns.map(({ expression }) => expression),
    ...orderBy.map(({ expression }) => expression),
  ].filter((expression) => expression !== undefined)
}

function addColumns(expression: Expression, relation: string, names: Set<string>): void {
  if (expression.kind === 'column' && expression.relation === relation) names.add(expression.name)
  for (const part of partsOf(expression)) addColumns(part, relation, names)
}

function narrowed(relation: Relation, read: Read): Relation {
  if (relation.kind === 'select') {
    const places = read === 'all' || !canNarrow(relation) ? undefined : wanted(relation, read)
    return withinSources(places ? withColumns(relation, places) : relation)
  }
  if (relation.kind !== 'union-all') return relation
  // Columns of a union are told apart by their place; they are called as in its first part.
  const selects = relation.relations.filter((part) => part.kind === 'select')
  const [first] = selects
  const can = first && read !== 'all' && selects.length === relation.relations.length && selects.every(canNarrow)
  if (!can) return { ...relation, relations: relation.relations.map((part) => narrowed(part, 'all')) }
  const places = wanted(first, read)
  return { ...relation, relations: selects.map((part) => withinSources(withColumns(part, places))) }
}

/** The same for the queries that a select reads. */
function withinSources(select: Select): Select {
  return mapSources(select, ({ relation, as }) => narrowed(relation, columnsOf(as, select)))
}

function canNarrow({ distinct, groupBy = [], having, columns }: Select): boolean {
  const ofEverything =
    groupBy.length === 0 &&
    (having !== undefined || columns.some(({ expression }) => contains(expression, 'aggregate')))
  return !distinct && !ofEverything
}

/** Places of the columns that are read; the first where none is, since there are no rows without columns. */
function wanted({ columns }: Select, read: ReadonlySet<string>): readonly number[] {
  const places = [...columns.keys()].filter((place) => read.has(columns[place]?.name ?? ''))
  return places.length > 0 ? places : [0]
}

function withColumns(select: Select, places: readonly number[]): Select {
  return { ...select, columns: places.flatMap((place) => select.columns[place] ?? []) }
}
