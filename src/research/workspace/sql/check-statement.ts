/**
 * Whether a statement reads nothing but the views of the permit. It is looked at as DuckDB's own parser understood it, so that no
 * comment, quote or letter can mean something else here than there. Whatever is not known to be harmless is refused. Pure.
 */
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import { FUNCTIONS, TABLE_FUNCTIONS, TYPES } from './allowed.ts'

export type StatementProblemCode =
  | 'sql-unreadable'
  | 'sql-not-one-select'
  | 'sql-table-outside'
  | 'sql-function-outside'
  | 'sql-type-outside'
  | 'sql-construct-outside'

type Json = Readonly<Record<string, unknown>>
type Refused = Failed<StatementProblemCode>

/** Names of tables that may be read at one place of the statement, in lower case: views, and WITH queries in scope. */
type Scope = ReadonlySet<string>

interface Walk {
  readonly views: Scope
  /** Views that the statement reads. */
  readonly read: Set<string>
}

/**
 * @param parsed what `json_serialize_sql` says of it
 * @param views in lower case
 * @returns the views that it reads
 */
export function checkStatement(
  parsed: unknown,
  views: ReadonlySet<string>,
): Result<ReadonlySet<string>, StatementProblemCode> {
  const { error, error_type: kind, error_message: message, statements } = objectOf(parsed)
  if (error !== false) return kind === 'parser' ? unreadable(String(message)) : notOneSelect()
  if (!Array.isArray(statements) || statements.length !== 1) return notOneSelect()
  const walk: Walk = { views, read: new Set() }
  return look(statements[0], walk, views, 0) ?? ok(walk.read)
}

/** Nodes of queries, what stands after FROM, and modifiers. */
const KINDS: ReadonlySet<unknown> = new Set([
  ...['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'],
  ...['BASE_TABLE', 'SUBQUERY', 'JOIN', 'TABLE_FUNCTION', 'EXPRESSION_LIST', 'EMPTY'],
  ...['LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER', 'ORDER_MODIFIER', 'DISTINCT_MODIFIER'],
  ...['ORDER_DEFAULT', 'ASCENDING', 'DESCENDING'],
])

/** Kinds of expressions. */
const CLASSES: ReadonlySet<unknown> = new Set([
  ...['COLUMN_REF', 'CONSTANT', 'FUNCTION', 'WINDOW', 'COMPARISON', 'CONJUNCTION', 'OPERATOR', 'CAST', 'CASE'],
  ...['BETWEEN', 'SUBQUERY', 'STAR', 'POSITIONAL_REFERENCE'],
])

const DEEPEST = 400

/** Every object of the parsed statement is visited; what is refused first is the answer. */
function look(value: unknown, walk: Walk, scope: Scope, depth: number): Refused | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > DEEPEST) return construct('it is nested too deeply')
  if (Array.isArray(value)) return first(value, (one) => look(one, walk, scope, depth + 1))
  const node = objectOf(value)
  if ('class' in node) return lookAtExpression(node, walk, scope, depth)
  if ('type' in node && !KINDS.has(node.type)) return construct(`${wordOf(node.type)} is not allowed`)
  if (node.type === 'BASE_TABLE') return lookAtTable(node, walk, scope) ?? lookInside(node, walk, scope, depth)
  if (node.type === 'TABLE_FUNCTION') return lookAtTableFunction(node, walk, scope, depth)
  return lookInside(node, walk, scope, depth)
}

function lookInside(node: Json, walk: Walk, scope: Scope, depth: number): Refused | undefined {
  const { cte_map: withQueries, ...rest } = node
  const queries = objectOf(withQueries).map
  const inner = lookAtWith(Array.isArray(queries) ? queries : [], walk, scope, depth)
  if (!inner.ok) return inner
  return first(Object.values(rest), (one) => look(one, walk, inner.value, depth + 1))
}

/** A WITH query sees those before it; itself only when it is recursive, and then through its own node. */
function lookAtWith(
  queries: readonly unknown[],
  walk: Walk,
  scope: Scope,
  depth: number,
): Result<Scope, StatementProblemCode> {
  let seen = scope
  for (const entry of queries) {
    const { key, value } = objectOf(entry)
    const name = String(key).toLowerCase()
    if (!SAFE_NAME.test(name)) return construct(`a WITH query cannot be called ${name}`)
    const { node } = objectOf(objectOf(value).query)
    const recursive = objectOf(node).type === 'RECURSIVE_CTE_NODE'
    const wrong = look(value, walk, recursive ? new Set([...seen, name]) : seen, depth + 1)
    if (wrong) return wrong
    seen = new Set([...seen, name])
  }
  return ok(seen)
}

/** Tables of DuckDB's own catalogue cannot be mistaken for a WITH query. */
const SAFE_NAME = /^(?!duckdb_|pg_|sqlite_|pragma_|information_schema)[\p{L}_][\p{L}\p{N}_]*$/u

function lookAtTable(node: Json, { views, read }: Walk, scope: Scope): Refused | undefined {
  const name = String(node.table_name)
  const plain = node.schema_name === '' && node.catalog_name === '' && (node.at_clause ?? null) === null
  if (!plain || !scope.has(name.toLowerCase())) return tableOutside(name)
  if (views.has(name.toLowerCase())) read.add(name.toLowerCase())
  return undefined
}

function lookAtTableFunction(node: Json, walk: Walk, scope: Scope, depth: number): Refused | undefined {
  const called = objectOf(node.function)
  const name = String(called.function_name).toLowerCase()
  if (called.class !== 'FUNCTION' || !TABLE_FUNCTIONS.has(name)) return functionOutside(name)
  return lookInside(node, walk, scope, depth)
}

function lookAtExpression(node: Json, walk: Walk, scope: Scope, depth: number): Refused | undefined {
  const kind = node.class
  if (!CLASSES.has(kind)) return construct(`${wordOf(kind)} is not allowed`)
  if (kind === 'FUNCTION' || kind === 'WINDOW') {
    const name = String(node.function_name).toLowerCase()
    const own = (node.schema === '' || node.schema === 'main') && (node.catalog === '' || node.catalog === 'system')
    if (!own || !FUNCTIONS.has(name)) return functionOutside(name)
  }
  if (kind === 'CONSTANT') return undefined
  // The type of an expression says which comparison or operator it is; what it is made of is looked at below.
  const { type: _type, cast_type: target, ...rest } = node
  if (target !== undefined && target !== null) {
    const name = String(objectOf(target).id)
    if (!TYPES.has(name)) return typeOutside(name)
  }
  return lookInside(rest, walk, scope, depth)
}

function first(values: readonly unknown[], check: (value: unknown) => Refused | undefined): Refused | undefined {
  for (const value of values) {
    const wrong = check(value)
    if (wrong) return wrong
  }
  return undefined
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function wordOf(kind: unknown): string {
  return String(kind).toLowerCase().replaceAll('_', ' ')
}

function unreadable(message: string) {
  const sentence = `The SQL cannot be read: ${message}.`
  return failed<StatementProblemCode>('sql-unreadable', sentence, 'Correct it at the place named.')
}

function notOneSelect() {
  const sentence = 'Only one SELECT is run at a time, and nothing else.'
  return failed<StatementProblemCode>('sql-not-one-select', sentence, 'Write one SELECT statement.')
}

function tableOutside(name: string) {
  const sentence = `There is no table ${name} in this workspace.`
  const next = 'Read the tables of the permit by their plain names, or have the permit amended.'
  return failed<StatementProblemCode>('sql-table-outside', sentence, next)
}

function functionOutside(name: string) {
  const sentence = `The function ${name} is not allowed in a workspace.`
  return failed<StatementProblemCode>('sql-function-outside', sentence, 'Use another function.')
}

function typeOutside(name: string) {
  const sentence = `Values cannot be cast to the type ${name} in a workspace.`
  return failed<StatementProblemCode>('sql-type-outside', sentence, 'Cast to numbers, texts, days or booleans.')
}

function construct(what: string) {
  const sentence = `The statement uses something that a workspace does not run: ${what}.`
  return failed<StatementProblemCode>('sql-construct-outside', sentence, 'Write it in another way.')
}
