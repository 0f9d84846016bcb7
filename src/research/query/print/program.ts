/** Programs, relations and selects as SQL, for one dialect. Refuses (`TreeError`) what has no meaning in `tree.ts`. */

import { numberColumns } from '../number-columns.ts'
import type { TableDescription } from '../tables.ts'
import type { Expression, Join, Program, Relation, Select, Source } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import { contains, equatesWith, sameExpression, sourcesOf } from '../walk.ts'
import { orderingOf, printOrdering } from './aggregate.ts'
import type { Column, SqlDialect } from './dialect.ts'
import { commonType, convert, printAs, printExpression, type Scope } from './expression.ts'
import { printPlain } from './literal.ts'

/** A query and the columns that it gives. */
export interface PrintedQuery {
  readonly sql: string
  readonly columns: readonly Column[]
}

export interface PrintedProgram {
  /** To be made in this order, each under the name of a temporary table. */
  readonly steps: readonly (PrintedQuery & { readonly table: string })[]
  readonly results: readonly (PrintedQuery & { readonly name: string })[]
}

/** What a step is to its readers: a temporary table, or (inline) a query of its own. */
interface KnownStep {
  readonly columns: readonly Column[]
  readonly from: string
}

interface Surroundings {
  readonly tables: ReadonlyMap<string, readonly Column[]>
  readonly steps: ReadonlyMap<string, KnownStep>
  readonly dialect: SqlDialect
}

export interface PrintOptions {
  /** Steps become tables called so and a number. */
  readonly prefix: string
  /** SQL of the schema that these tables are in; absent: that of temporary tables. */
  readonly schema?: string
  /** No result has more rows than that. */
  readonly mostRows?: number
}

/** `tables`: all that the program may read. */
export function printProgram(
  program: Program,
  tables: readonly TableDescription[],
  dialect: SqlDialect,
  { prefix, schema, mostRows }: PrintOptions,
): PrintedProgram {
  const within = schema === undefined ? '' : `${schema}.`
  const known = new Map<string, KnownStep>()
  const around: Surroundings = {
    tables: new Map(tables.map((table) => [table.name, table.columns])),
    steps: known,
    dialect,
  }
  const steps = program.steps.flatMap(({ name, relation, inline }, index) => {
    if (known.has(name)) throw new TreeError(`two steps are called "${name}"`)
    const query = printQuery(relation, around)
    const table = `${prefix}${index + 1}`
    known.set(name, {
      columns: query.columns,
      from: inline ? `(${query.sql})` : `${within}${dialect.identifier(table)}`,
    })
    return inline ? [] : [{ ...query, table }]
  })
  const results = program.results.map(({ name, relation }) => ({
    ...(mostRows === undefined ? printQuery(relation, around) : printLimited(relation, mostRows, around)),
    name,
  }))
  checkUnique(
    'results',
    results.map((result) => result.name),
  )
  return { steps, results }
}

function printLimited(relation: Relation, rows: number, around: Surroundings): PrintedQuery {
  if (relation.kind === 'select') {
    return printQuery({ ...relation, limit: Math.min(rows, relation.limit ?? rows) }, around)
  }
  const { sql, columns } = printQuery(relation, around)
  return { sql: `SELECT * FROM (${sql}) AS "limited" LIMIT ${rows}`, columns }
}

/** A relation as a complete query. */
function printQuery(relation: Relation, around: Surroundings): PrintedQuery {
  switch (relation.kind) {
    case 'table':
    case 'step': {
      const { columns, from } = printReadable(relation, around)
      const names = columns.map(({ name }) => around.dialect.identifier(name))
      return { sql: `SELECT ${names.join(', ')} FROM ${from} AS ${around.dialect.identifier('source')}`, columns }
    }
    case 'rows':
      return printRows(relation, around.dialect)
    case 'union-all':
      return printUnion(relation.relations, around)
    case 'select':
      return printSelect(relation, around)
  }
}

/** A relation as what stands after FROM. */
function printReadable(relation: Relation, around: Surroundings): { from: string; columns: readonly Column[] } {
  switch (relation.kind) {
    case 'table': {
      const columns = around.tables.get(relation.table)
      if (!columns) throw new TreeError(`there is no table "${relation.table}"`)
      return { from: around.dialect.identifier(relation.table), columns }
    }
    case 'step': {
      const step = around.steps.get(relation.step)
      if (!step) throw new TreeError(`no earlier step is called "${relation.step}"`)
      return step
    }
    default: {
      const query = printQuery(relation, around)
      return { from: `(${query.sql})`, columns: query.columns }
    }
  }
}

/** From here on rows of integers are written as texts. */
const MANY_ROWS = 200

function printRows(relation: Extract<Relation, { kind: 'rows' }>, dialect: SqlDialect): PrintedQuery {
  const columns = checkedColumns(relation.columns)
  const cells = relation.rows.map((row) => {
    if (row.length !== columns.length) throw new TreeError('a row with more or fewer cells than columns')
    return row.map((cell, index) => {
      if (cell.type !== columns[index]?.type) throw new TreeError(`a ${cell.type} in a ${columns[index]?.type} column`)
      return printPlain(cell, dialect)
    })
  })
  const numbers = cells.length < MANY_ROWS ? undefined : numberColumns(relation)
  if (numbers) {
    const texts = numbers.map(({ values }) => values.join(','))
    return { sql: dialect.longRows(columns, texts), columns }
  }
  if (cells.length > 0) return { sql: dialect.rows(columns, cells), columns }
  const nothing = columns.map(({ name, type }) => `${dialect.absent(type)} AS ${dialect.identifier(name)}`)
  return { sql: `SELECT ${nothing.join(', ')} WHERE FALSE`, columns }
}

function printUnion(relations: readonly Relation[], around: Surroundings): PrintedQuery {
  const { dialect } = around
  const parts = relations.map((relation) => printReadable(relation, around))
  const [first] = parts
  if (first === undefined) throw new TreeError('a union of nothing')
  if (parts.some((part) => part.columns.length !== first.columns.length)) {
    throw new TreeError('a union of relations with different numbers of columns')
  }
  const columns = first.columns.map(({ name }, index) => ({
    name,
    type: commonType(parts.map((part) => part.columns[index]?.type ?? 'text')),
  }))
  const queries = parts.map((part) => {
    const cells = part.columns.map((column, index) => {
      const target = columns[index] ?? column
      const value = { sql: `"part".${dialect.identifier(column.name)}`, type: column.type }
      return `${convert(value, target.type, dialect).sql} AS ${dialect.identifier(target.name)}`
    })
    return `SELECT ${cells.join(', ')} FROM ${part.from} AS "part"`
  })
  return { sql: queries.join(' UNION ALL '), columns }
}

function printSelect(select: Select, around: Surroundings): PrintedQuery {
  const { dialect } = around
  const sources = printSources(select, around)
  const { scope } = sources
  const print = (expression: Expression) => printExpression(expression, scope, dialect)
  checkGrouping(select)
  const printed = select.columns.map(({ name, expression }) => ({ name, ...print(expression) }))
  const columns = checkedColumns(printed.map(({ name, type }) => ({ name, type })))
  const cells = printed.map(({ name, sql }) => `${sql} AS ${dialect.identifier(name)}`)
  const where = [...sources.conditions, ...(select.where ? [printAs('boolean', select.where, scope, dialect)] : [])]
  const parts = [
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${cells.join(', ')}`,
    `FROM ${sources.from}`,
    where.length > 0 ? `WHERE ${where.join(' AND ')}` : '',
    select.groupBy?.length ? `GROUP BY ${select.groupBy.map((expression) => print(expression).sql).join(', ')}` : '',
    select.having ? `HAVING ${printAs('boolean', select.having, scope, dialect)}` : '',
  ].filter(Boolean)
  return { sql: printOrderAndLimit(parts.join(' '), select, columns, scope, dialect), columns }
}

/** DISTINCT rows are ordered by a query around them: PostgreSQL orders them only by the columns as they are written. */
function printOrderAndLimit(
  query: string,
  select: Select,
  columns: readonly Column[],
  scope: Scope,
  dialect: SqlDialect,
): string {
  const orderBy = select.orderBy ?? []
  const { limit } = select
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) throw new TreeError('a limit is not a count')
  const end = limit === undefined ? '' : ` LIMIT ${limit}`
  if (orderBy.length === 0) return `${query}${end}`
  if (!select.distinct) {
    const order = orderBy.map((ordering) => printOrdering(ordering, scope, dialect))
    return `${query} ORDER BY ${order.join(', ')}${end}`
  }
  const order = orderBy.map((ordering) => {
    const index = select.columns.findIndex((candidate) => sameExpression(candidate.expression, ordering.expression))
    const column = columns[index]
    if (!column) throw new TreeError('distinct rows ordered by something that is not a column of them')
    return orderingOf({ sql: `"distinct".${dialect.identifier(column.name)}`, type: column.type }, ordering, dialect)
  })
  return `SELECT * FROM (${query}) AS "distinct" ORDER BY ${order.join(', ')}${end}`
}

interface PrintedSources {
  readonly from: string
  readonly scope: Scope
  /** Semi-joins and anti-joins that became EXISTS. */
  readonly conditions: readonly string[]
}

function printSources(select: Select, around: Surroundings): PrintedSources {
  const scope = new Map<string, readonly Column[]>()
  const conditions: string[] = []
  const { columns, sql } = printSource(select.from, around)
  scope.set(select.from.as, columns)
  const from = [sql]
  checkUnique('sources', [select.from.as, ...(select.joins ?? []).map((join) => join.source.as)])
  for (const join of select.joins ?? []) {
    const right = printSource(join.source, around)
    const inside = new Map([...scope, [join.source.as, right.columns] as const])
    const on = printOn(join, inside, around.dialect)
    if (join.how === 'semi' || join.how === 'anti') {
      const { halfJoins } = around.dialect
      if (halfJoins === 'exists' || (halfJoins.onlyKeys && !joinsByKeys(join))) {
        conditions.push(`${join.how === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${right.sql} WHERE ${on})`)
      } else from.push(`${halfJoins[join.how]} ${right.sql} ON ${on}`)
      continue
    }
    from.push(on === undefined ? `CROSS JOIN ${right.sql}` : `${JOINS[join.how]} ${right.sql} ON ${on}`)
    scope.set(join.source.as, right.columns)
  }
  return { from: from.join(' '), scope, conditions }
}

const JOINS = {
  inner: 'INNER JOIN',
  left: 'LEFT JOIN',
  cross: 'CROSS JOIN',
} as const

/** Every condition is an equality of the two sides, or of the right side alone. */
function joinsByKeys({ on, source }: Join): boolean {
  const ofRight = (part: Expression) => [...sourcesOf(part)].every((name) => name === source.as)
  const byKeys = (part: Expression): boolean =>
    part.kind === 'and' ? part.operands.every(byKeys) : equatesWith(part, source.as) || ofRight(part)
  return on !== undefined && byKeys(on)
}

function printSource(source: Source, around: Surroundings): { sql: string; columns: readonly Column[] } {
  const { from, columns } = printReadable(source.relation, around)
  return { sql: `${from} AS ${around.dialect.identifier(source.as)}`, columns }
}

function printOn(join: Join, scope: Scope, dialect: SqlDialect): string | undefined {
  const { how, on, source } = join
  if (how === 'cross' && on) throw new TreeError('a cross join has no condition')
  if (how !== 'cross' && how !== 'inner' && !(on && equatesWith(on, source.as))) {
    throw new TreeError(`the ${how} join with "${source.as}" needs an equality of columns of both sides`)
  }
  if (!on) return undefined
  const parts = (on.kind === 'and' ? on.operands : [on]).map((part) => {
    const printed = printAs('boolean', part, scope, dialect)
    return equatesWith(part, source.as) ? printed : dialect.besideEquality(printed)
  })
  return parts.join(' AND ')
}

function checkGrouping(select: Select): void {
  const expressions = [
    ...select.columns.map((column) => column.expression),
    ...(select.having ? [select.having] : []),
    ...(select.orderBy ?? []).map((ordering) => ordering.expression),
  ]
  const groups = (select.groupBy?.length ?? 0) > 0 || expressions.some((part) => contains(part, 'aggregate'))
  if (groups && expressions.some((part) => contains(part, 'window'))) {
    throw new TreeError('a select that groups has windows: put them in a select around it')
  }
  if (select.having && !groups) throw new TreeError('"having" without groups')
}

function checkedColumns(columns: readonly Column[]): readonly Column[] {
  if (columns.length === 0) throw new TreeError('a relation without columns')
  checkUnique(
    'columns',
    columns.map((column) => column.name),
  )
  return columns
}

/** Also where a database does not tell "A" from "a". */
function checkUnique(what: string, names: readonly string[]): void {
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
    throw new TreeError(`two ${what} have one name`)
}
