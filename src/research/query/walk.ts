/** Looks through expressions (their parts, which sources they speak of, whether two are the same) and relations. */
import { isDeepStrictEqual } from 'node:util'
import type { Expression, Relation, Select, Source } from './tree.ts'

/** The expressions directly inside this one. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return []
    case 'compare':
    case 'arithmetic':
      return [expression.left, expression.right]
    case 'and':
    case 'or':
    case 'coalesce':
    case 'least':
    case 'greatest':
      return expression.operands
    case 'not':
    case 'is-null':
    case 'in':
    case 'matches-text':
    case 'cast':
      return [expression.operand]
    case 'add-days':
      return [expression.date, expression.days]
    case 'days-between':
      return [expression.from, expression.to]
    case 'part':
      return [expression.date]
    case 'make-date':
      return [expression.year, expression.month, expression.day]
    case 'case':
      return [...expression.when.flatMap(({ condition, value }) => [condition, value]), expression.otherwise]
    case 'aggregate':
      return [expression.of, expression.where].filter((part) => part !== undefined)
    case 'window':
      return [
        ...(expression.of ? [expression.of] : []),
        ...expression.partitionBy,
        ...expression.orderBy.map((ordering) => ordering.expression),
      ]
  }
}

export function contains(expression: Expression, kind: Expression['kind']): boolean {
  return expression.kind === kind || partsOf(expression).some((part) => contains(part, kind))
}

/** The sources whose columns an expression reads. */
export function sourcesOf(expression: Expression): ReadonlySet<string> {
  if (expression.kind === 'column') return new Set([expression.relation])
  return new Set(partsOf(expression).flatMap((part) => [...sourcesOf(part)]))
}

/** Must an equality of a column of `source` with something of other sources hold, whenever `on` is true? */
export function equatesWith(on: Expression, source: string): boolean {
  if (on.kind === 'and') return on.operands.some((operand) => equatesWith(operand, source))
  if (on.kind !== 'compare' || on.operator !== '=') return false
  const left = sourcesOf(on.left)
  const right = sourcesOf(on.right)
  const only = (names: ReadonlySet<string>) => names.size === 1 && names.has(source)
  return (only(left) && right.size > 0 && !right.has(source)) || (only(right) && left.size > 0 && !left.has(source))
}

export function sameExpression(a: Expression, b: Expression): boolean {
  return isDeepStrictEqual(a, b)
}

/** What a select reads, in its order. */
export function sourcesIn({ from, joins = [] }: Select): readonly Source[] {
  return [from, ...joins.map(({ source }) => source)]
}

/** The same select, reading something else in each place. */
export function mapSources(select: Select, replace: (source: Source) => Relation): Select {
  const replaced = (source: Source): Source => ({ ...source, relation: replace(source) })
  const joins = select.joins?.map((join) => ({ ...join, source: replaced(join.source) }))
  return { ...select, from: replaced(select.from), ...(joins && { joins }) }
}

/** The steps that a relation reads, each as often as it is read. */
export function stepsIn(relation: Relation): readonly string[] {
  switch (relation.kind) {
    case 'table':
    case 'rows':
      return []
    case 'step':
      return [relation.step]
    case 'union-all':
      return relation.relations.flatMap(stepsIn)
    case 'select':
      return sourcesIn(relation).flatMap((one) => stepsIn(one.relation))
  }
}

/** The same expression with each of its columns replaced. */
export function mapColumns(
  expression: Expression,
  replace: (column: Extract<Expression, { kind: 'column' }>) => Expression,
): Expression {
  const map = (part: Expression) => mapColumns(part, replace)
  switch (expression.kind) {
    case 'column':
      return replace(expression)
    case 'literal':
      return expression
    case 'compare':
    case 'arithmetic':
      return { ...expression, left: map(expression.left), right: map(expression.right) }
    case 'and':
    case 'or':
    case 'coalesce':
    case 'least':
    case 'greatest':
      return { ...expression, operands: expression.operands.map(map) }
    case 'not':
    case 'is-null':
    case 'in':
    case 'matches-text':
    case 'cast':
      return { ...expression, operand: map(expression.operand) }
    case 'add-days':
      return { ...expression, date: map(expression.date), days: map(expression.days) }
    case 'days-between':
      return { ...expression, from: map(expression.from), to: map(expression.to) }
    case 'part':
      return { ...expression, date: map(expression.date) }
    case 'make-date':
      return { ...expression, year: map(expression.year), month: map(expression.month), day: map(expression.day) }
    case 'case':
      return {
        ...expression,
        when: expression.when.map(({ condition, value }) => ({ condition: map(condition), value: map(value) })),
        otherwise: map(expression.otherwise),
      }
    case 'aggregate':
      return {
        ...expression,
        ...(expression.of && { of: map(expression.of) }),
        ...(expression.where && { where: map(expression.where) }),
      }
    case 'window':
      return {
        ...expression,
        ...(expression.of && { of: map(expression.of) }),
        partitionBy: expression.partitionBy.map(map),
        orderBy: expression.orderBy.map((ordering) => ({ ...ordering, expression: map(ordering.expression) })),
      }
  }
}
