/**
 * The views of a permit as SQL that another process can make on a release: plain data. The tables of the release get names that
 * nobody can guess, so that the view of a permit may be called as its table.
 */
import { randomBytes } from 'node:crypto'
import type { Facts } from '../../permits/table-facts.ts'
import type { PermitViews } from '../../permits/views.ts'
import { program } from '../../query/build-relations.ts'
import { type NumberColumn, numberColumns } from '../../query/number-columns.ts'
import { DUCKDB } from '../../query/print/duckdb.ts'
import { printProgram } from '../../query/print/program.ts'
import type { TableDescription } from '../../query/tables.ts'
import type { Relation, Step } from '../../query/tree.ts'
import { mapSources, sourcesIn } from '../../query/walk.ts'

export interface Blueprint {
  /** The file of the release. */
  readonly file: string
  /** Name under which its database is attached. */
  readonly attached: string
  /** Tables of the release that are read: how they are called inside. */
  readonly sources: readonly { readonly table: string; readonly name: string }[]
  /** Long lists of numbers (pseudonyms, opt-outs), column by column: as SQL they would take seconds to read. */
  readonly lists: readonly { readonly table: string; readonly columns: readonly NumberColumn[] }[]
  /** Made once, in this order, where a view needs them. */
  readonly steps: readonly { readonly table: string; readonly sql: string; readonly needs: readonly string[] }[]
  readonly views: readonly {
    readonly name: string
    readonly sql: string
    /** Tables of steps. */
    readonly needs: readonly string[]
    /** Shows some of its rows only: what is asked must not be computed on the others. */
    readonly limited: boolean
  }[]
}

export interface BlueprintOptions {
  readonly file: string
  readonly views: PermitViews
  /** Of the release. */
  readonly tables: readonly TableDescription[]
  readonly facts: Facts
}

/** Throws `TreeError` when the views do not fit the tables: both are of this node. */
export function blueprintOf({ file, views, tables, facts }: BlueprintOptions): Blueprint {
  const secret = `inner_${randomBytes(16).toString('hex')}`
  const inner = (table: string) => `${secret}_${table}`
  const lists: Blueprint['lists'][number][] = []
  const listed = (columns: readonly NumberColumn[]): string => {
    const table = `${secret}_list_${lists.length + 1}`
    lists.push({ table, columns })
    return table
  }
  const steps = views.steps.map((step) => ({ ...step, relation: renamed(step.relation, inner, listed) }))
  const described = lists.map(({ table, columns }) => ({
    name: table,
    columns: columns.map(({ name }) => ({ name, type: 'integer' as const, nullable: false })),
  }))
  const printed = printProgram(
    program(steps, Object.fromEntries(views.tables)),
    [...tables.map((table) => ({ ...table, name: inner(table.name) })), ...described],
    DUCKDB,
    { prefix: `${secret}_step_` },
  )
  // Steps that are made come in the order of those that are printed.
  const made = steps.filter(({ inline }) => !inline)
  const tableOf = new Map(made.map(({ name }, index) => [name, printed.steps[index]?.table ?? '']))
  const needsOf = (relation: Relation): readonly string[] => [
    ...new Set([...namesIn(relation, steps).steps].flatMap((name) => tableOf.get(name) ?? [])),
  ]
  const read = new Set(steps.flatMap(({ relation }) => [...namesIn(relation, steps).tables]))
  return {
    file,
    attached: secret,
    lists,
    sources: tables.filter(({ name }) => read.has(inner(name))).map(({ name }) => ({ table: name, name: inner(name) })),
    steps: made.map((step, index) => ({
      table: printed.steps[index]?.table ?? '',
      sql: printed.steps[index]?.sql ?? '',
      needs: needsOf(step.relation),
    })),
    views: printed.results.map(({ name, sql }) => ({
      name,
      sql,
      needs: needsOf(views.tables.get(name) ?? { kind: 'step', step: '' }),
      limited: facts.get(name)?.about === 'person',
    })),
  }
}

/** The same with other names of tables, and tables in the place of long lists. */
function renamed(
  relation: Relation,
  name: (table: string) => string,
  listed: (columns: readonly NumberColumn[]) => string,
): Relation {
  const inside = (one: Relation) => renamed(one, name, listed)
  switch (relation.kind) {
    case 'table':
      return { kind: 'table', table: name(relation.table) }
    case 'step':
      return relation
    case 'rows': {
      const columns = relation.rows.length > SHORT ? numberColumns(relation) : undefined
      return columns ? { kind: 'table', table: listed(columns) } : relation
    }
    case 'union-all':
      return { ...relation, relations: relation.relations.map(inside) }
    case 'select':
      return mapSources(relation, ({ relation: one }) => inside(one))
  }
}

/** Rows that are written into a statement all the same. */
const SHORT = 100

/** Tables and steps that a relation reads, also through the steps that it reads. */
function namesIn(relation: Relation, steps: readonly Step[]) {
  const found = { tables: new Set<string>(), steps: new Set<string>() }
  const visit = (one: Relation): void => {
    if (one.kind === 'table') found.tables.add(one.table)
    if (one.kind === 'union-all') one.relations.forEach(visit)
    if (one.kind === 'select') for (const { relation: part } of sourcesIn(one)) visit(part)
    if (one.kind !== 'step' || found.steps.has(one.step)) return
    found.steps.add(one.step)
    const step = steps.find(({ name }) => name === one.step)
    if (step) visit(step.relation)
  }
  visit(relation)
  return found
}
