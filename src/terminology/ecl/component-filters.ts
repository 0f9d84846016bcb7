/** Module, effective time, active and definition status: filters that look at a component's own row. */
import { choiceTest } from './choice.ts'
import type { ConceptSet } from './concept-set.ts'
import type { Evaluation } from './evaluation.ts'
import type { CommonFilter, ConceptFilter, Constraint, Equality, Order, TimeComparison } from './syntax.ts'

type Evaluate = (evaluation: Evaluation, constraint: Constraint) => ConceptSet

export interface ComponentRow {
  readonly active: boolean
  readonly module: string
  /** YYYYMMDD; 0 when the component has none. */
  readonly effectiveTime: number
}

export function commonFilterTest(
  evaluation: Evaluation,
  filter: CommonFilter,
  evaluate: Evaluate,
): (row: ComponentRow) => boolean {
  switch (filter.kind) {
    case 'module': {
      const chosen = choiceTest(evaluation, filter.value, evaluate)
      return (row) => equals(filter.operator, chosen(row.module))
    }
    case 'effectiveTime': {
      const fits = timeTest(filter.value)
      return (row) => fits(row.effectiveTime)
    }
    case 'active':
      return (row) => equals(filter.operator, row.active === filter.value)
  }
}

export function equals(operator: Equality, same: boolean): boolean {
  return operator === '=' ? same : !same
}

/** `!=` holds when the time is none of the values; every other operator when it holds for one of them. */
export function timeTest({ operator, values }: TimeComparison): (time: number) => boolean {
  return orderTest(operator, values.map(Number))
}

/** One look whatever the number of values: of many bounds only the widest counts. */
export function orderTest(operator: Order, values: readonly number[]): (value: number) => boolean {
  const known = new Set(values)
  const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY)
  const most = values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY)
  switch (operator) {
    case '=':
      return (value) => known.has(value)
    case '!=':
      return (value) => !known.has(value)
    case '<':
      return (value) => value < most
    case '<=':
      return (value) => value <= most
    case '>':
      return (value) => value > least
    case '>=':
      return (value) => value >= least
  }
}

const PRIMITIVE = '900000000000074008'
const DEFINED = '900000000000073002'

export function conceptFilterTest(
  evaluation: Evaluation,
  filters: readonly ConceptFilter[],
  evaluate: Evaluate,
): (concept: number) => boolean {
  const tests = filters.map((filter) => oneConceptTest(evaluation, filter, evaluate))
  return (concept) => tests.every((test) => test(concept))
}

function oneConceptTest(
  evaluation: Evaluation,
  filter: ConceptFilter,
  evaluate: Evaluate,
): (concept: number) => boolean {
  const { substrate } = evaluation
  if (filter.kind === 'definitionStatus') {
    const values = new Set(filter.values)
    return (concept) => equals(filter.operator, values.has(substrate.isDefined(concept) ? 'defined' : 'primitive'))
  }
  if (filter.kind === 'definitionStatusId') {
    const chosen = choiceTest(evaluation, filter.value, evaluate)
    return (concept) => equals(filter.operator, chosen(substrate.isDefined(concept) ? DEFINED : PRIMITIVE))
  }
  const test = commonFilterTest(evaluation, filter, evaluate)
  return (concept) =>
    test({
      active: substrate.isActive(concept),
      module: substrate.moduleOf(concept),
      effectiveTime: substrate.effectiveTimeOf(concept),
    })
}
