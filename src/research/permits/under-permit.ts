/**
 * The gate between compilers and engines: a program that reads anything but the views of a permit does not become one
 * that runs, and the table or column that is outside is named.
 */
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { Expression, Program, Relation, Select, Step } from '../query/tree.ts'
import { sourcesIn, stepsIn } from '../query/walk.ts'
import type { PermitViews } from './views.ts'
import { viewName } from './views.ts'

export type OutsideProblemCode = 'table-outside' | 'column-outside' | 'step-outside'

type Outside = Failed<OutsideProblemCode>

/** What can be read under a name: its columns, and how a person calls it. */
interface Readable {
  readonly columns: ReadonlySet<string>
  readonly name: string
}

/** Steps of the views and of the program together, once every table and column of the program is inside. */
export function underPermit(views: PermitViews, program: Program): Result<Program, OutsideProblemCode> {
  const readable = new Map<string, Readable>()
  for (const [table, columns] of views.columns) {
    readable.set(viewName(table), { columns: new Set(columns), name: table })
  }
  const reserved = new Set(views.steps.map(({ name }) => name))
  for (const { name, relation } of program.steps) {
    if (reserved.has(name) || readable.has(name)) {
      const sentence = `The step ${name} would take the place of another one.`
      return failed('step-outside', sentence, 'Give it another name.')
    }
    const columns = columnsOf(relation, readable)
    if (!columns.ok) return columns
    readable.set(name, { columns: columns.value, name })
  }
  for (const { relation } of program.results) {
    const columns = columnsOf(relation, readable)
    if (!columns.ok) return columns
  }
  const read = new Set([...program.steps, ...program.results].flatMap(({ relation }) => stepsIn(relation)))
  return ok({ steps: [...needed(views.steps, read), ...program.steps], results: program.results })
}

/** Those of the views' steps that are read, by the program or by one another: the others cost nothing. */
function needed(steps: readonly Step[], read: Set<string>): readonly Step[] {
  return steps
    .toReversed()
    .filter(({ name, relation }) => {
      if (!read.has(name)) return false
      for (const one of stepsIn(relation)) read.add(one)
      return true
    })
    .toReversed()
}

type Steps = ReadonlyMap<string, Readable>

/** The columns that a relation gives, when all it reads is inside. */
function columnsOf(relation: Relation, steps: Steps): Result<ReadonlySet<string>, OutsideProblemCode> {
  switch (relation.kind) {
    case 'table':
      // Only the views themselves read tables.
      return outsideTable(relation.table)
    case 'step': {
      const step = steps.get(relation.step)
      if (step) return ok(step.columns)
      const table = relation.step.startsWith(viewName('')) ? relation.step.slice(viewName('').length) : undefined
      return table === undefined
        ? failed('step-outside', `The step ${relation.step} is not one that a query may read.`, 'Read the views.')
        : outsideTable(table)
    }
    case 'rows':
      return ok(new Set(relation.columns.map(({ name }) => name)))
    case 'union-all': {
      const all = relation.relations.map((one) => columnsOf(one, steps))
      return all.find((one) => !one.ok) ?? all[0] ?? ok(new Set())
    }
    case 'select':
      return columnsOfSelect(relation, steps)
  }
}

function columnsOfSelect(select: Select, steps: Steps): Result<ReadonlySet<string>, OutsideProblemCode> {
  const readable = new Map<string, Readable>()
  for (const { relation, as } of sourcesIn(select)) {
    const columns = columnsOf(relation, steps)
    if (!columns.ok) return columns
    const step = relation.kind === 'step' ? steps.get(relation.step) : undefined
    readable.set(as, { columns: columns.value, name: step?.name ?? as })
  }
  const { from: _from, joins = [], ...clauses } = select
  const outside = outsideColumn([clauses, joins.map(({ on }) => on)], readable)
  return outside ?? ok(new Set(select.columns.map(({ name }) => name)))
}

/** Looks through everything inside a clause for columns; a clause holds no relations. */
function outsideColumn(clause: unknown, readable: ReadonlyMap<string, Readable>): Outside | undefined {
  if (typeof clause !== 'object' || clause === null) return undefined
  if (isColumn(clause)) {
    const source = readable.get(clause.relation)
    if (source?.columns.has(clause.name)) return undefined
    const sentence = `The permit does not cover the column ${source?.name ?? clause.relation}.${clause.name}.`
    return failed('column-outside', sentence, 'Ask the health data access body to amend the permit, or leave it out.')
  }
  for (const part of Object.values(clause)) {
    const outside = outsideColumn(part, readable)
    if (outside) return outside
  }
  return undefined
}

function isColumn(part: object): part is Extract<Expression, { kind: 'column' }> {
  return 'kind' in part && part.kind === 'column'
}

function outsideTable(table: string): Outside {
  const sentence = `The permit does not cover the table ${table}.`
  return failed('table-outside', sentence, 'Ask the health data access body to amend the permit, or leave it out.')
}
