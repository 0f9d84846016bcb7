/**
 * A select that only joins, filters and names is written into the one that reads it. DuckDB orders joins only within one
 * select, and not across columns that are worked out: a view of a permit would be joined before what leaves few of its rows.
 * Pure.
 */
import type { Expression, Join, NamedExpression, Program, Relation, Select, Source } from './tree.ts'
import { contains, equatesWith, mapColumns, mapSources, sourcesIn, sourcesOf } from './walk.ts'

interface Surroundings {
  readonly views: Map<string, Relation>
  /** Has never been given to a source. */
  readonly freshName: () => string
}

/** The same program without its inline steps: they are where they are read. */
export function flatten(program: Program): Program {
  let names = 0
  const around: Surroundings = { views: new Map(), freshName: () => `${FRESH}${++names}` }
  const steps = program.steps.flatMap((step) => {
    const relation = flat(step.relation, around)
    if (!step.inline) return [{ ...step, relation }]
    around.views.set(step.name, relation)
    return []
  })
  return { steps, results: program.results.map((result) => ({ ...result, relation: flat(result.relation, around) })) }
}

const FRESH = 'flat_'

function flat(relation: Relation, around: Surroundings): Relation {
  switch (relation.kind) {
    case 'table':
    case 'rows':
      return relation
    case 'step':
      return around.views.get(relation.step) ?? relation
    case 'union-all':
      return { ...relation, relations: relation.relations.map((part) => flat(part, around)) }
    case 'select':
      return flatSelect(relation, around)
  }
}

function flatSelect(select: Select, around: Surroundings): Select {
  const outer = mapSources(select, ({ relation }) => flat(relation, around))
  return sourcesIn(outer).reduce<Select>((whole, source) => merged(whole, source, around) ?? whole, outer)
}

/** Written together with one of its sources; undefined where that is more than joins, filters and names. */
function merged(outer: Select, { as, relation: inner }: Source, { freshName }: Surroundings): Select | undefined {
  if (inner.kind !== 'select' || !isPlain(inner)) return undefined
  const own = renamed(inner, freshName)
  const columns = new Map(own.columns.map(({ name, expression }) => [name, expression]))
  const through = (expression: Expression): Expression =>
    mapColumns(expression, (column) => (column.relation === as ? (columns.get(column.name) ?? column) : column))
  const all = throughAll(outer, through)
  const sources = all.from.as === as ? fromOf(own, all) : joinedIn(own, all, as)
  if (!sources?.joins.every(keepsEquality) || !namesColumns(all)) return undefined
  const conditions = [own.where, all.where].filter((condition) => condition !== undefined)
  return { ...all, ...sources, ...(conditions.length > 0 && { where: { kind: 'and', operands: conditions } }) }
}

interface Sources {
  readonly from: Source
  readonly joins: readonly Join[]
}

function fromOf(own: Select, { joins = [] }: Select): Sources {
  return { from: own.from, joins: [...(own.joins ?? []), ...joins] }
}

/**
 * In the place of a join, where all are inner joins: these are one condition together, so that its sources are joined in an
 * order in which each has something to be joined by.
 */
function joinedIn(own: Select, { from, joins = [] }: Select, as: string): Sources | undefined {
  const place = joins.findIndex(({ source }) => source.as === as)
  const join = joins[place]
  const others = own.joins ?? []
  if (join?.how !== 'inner' || others.some(({ how }) => how !== 'inner')) return undefined
  const conditions = [join, ...others].flatMap(({ on }) => (on?.kind === 'and' ? on.operands : (on ?? [])))
  const ordered = inOrder(sourcesIn(own), conditions)
  return ordered && { from, joins: [...joins.slice(0, place), ...ordered, ...joins.slice(place + 1)] }
}

/** Undefined where one could only be joined without any equality. */
function inOrder(sources: readonly Source[], conditions: readonly Expression[]): readonly Join[] | undefined {
  if (sources.length === 0) return []
  const speaksOf = (condition: Expression, names: readonly Source[]) =>
    names.some(({ as }) => sourcesOf(condition).has(as))
  for (const next of sources) {
    const later = sources.filter((one) => one !== next)
    const now = conditions.filter((condition) => !speaksOf(condition, later))
    if (!now.some((condition) => equatesWith(condition, next.as))) continue
    const rest = inOrder(
      later,
      conditions.filter((condition) => speaksOf(condition, later)),
    )
    return rest && [{ how: 'inner', source: next, on: { kind: 'and', operands: now } }, ...rest]
  }
  return undefined
}

function isPlain({ groupBy = [], having, distinct, orderBy = [], limit, columns }: Select): boolean {
  const computes = columns.some(({ expression }) => contains(expression, 'aggregate') || contains(expression, 'window'))
  return groupBy.length + orderBy.length === 0 && !having && !distinct && limit === undefined && !computes
}

/** Its sources get names that no source around them has. */
function renamed(inner: Select, freshName: () => string): Select {
  const names = new Map(sourcesIn(inner).map(({ as }) => [as, freshName()]))
  const nameOf = (name: string) => names.get(name) ?? name
  const rename = (expression: Expression): Expression =>
    mapColumns(expression, (column) => ({ ...column, relation: nameOf(column.relation) }))
  const read = throughAll(inner, rename)
  const joins = read.joins?.map((join) => ({ ...join, source: { ...join.source, as: nameOf(join.source.as) } }))
  return { ...read, from: { ...read.from, as: nameOf(read.from.as) }, ...(joins && { joins }) }
}

/** A select with its columns read otherwise. */
function throughAll(select: Select, through: (expression: Expression) => Expression): Select {
  const { where, groupBy, having, columns, orderBy } = select
  const all = (expressions: readonly NamedExpression[]) =>
    expressions.map((one) => ({ ...one, expression: through(one.expression) }))
  const joins = select.joins?.map((join) => ({ ...join, ...(join.on && { on: through(join.on) }) }))
  return {
    ...select,
    columns: all(columns),
    ...(joins && { joins }),
    ...(where && { where: through(where) }),
    ...(groupBy && { groupBy: groupBy.map(through) }),
    ...(having && { having: through(having) }),
    ...(orderBy && { orderBy: orderBy.map((one) => ({ ...one, expression: through(one.expression) })) }),
  }
}

/** Such joins need an equality of columns of both sides; a column may have become a value. */
function keepsEquality({ how, on, source }: Join): boolean {
  if (how === 'inner' || how === 'cross') return true
  return on !== undefined && equatesWith(on, source.as) && sourcesOf(on).size > 1
}

/** A value by which is grouped or ordered would be taken for the number of a column. */
function namesColumns({ groupBy = [], orderBy = [] }: Select): boolean {
  return [...groupBy, ...orderBy.map(({ expression }) => expression)].every((one) => sourcesOf(one).size > 0)
}
