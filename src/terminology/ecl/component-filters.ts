/** Module, effective time, active and definition status: filters that look at a component's own row. */
import { choiceTest } from './choice.ts'
import type { ConceptSet } from './concept-set.ts'
import type { Evaluation } from './evaluation.ts'
import type { CommonFilter, ConceptFilter, Constraint, Equality, TimeComparison } from './syntax.ts'

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
  const times = values.map(Number)
  if (operator === '!=') return (time) => !times.includes(time)
  return (time) => times.some((value) => compare(operator, time, value))
}

/** Both sides known; `!=` is left to the caller where several values stand. */
export function compare(operator: '=' | '!=' | '<' | '<=' | '>' | '>=', left: number, right: number): boolean {
  switch (operator) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
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
    return (concept) =>
      equals(filter.operator, filter.values.includes(substrate.isDefined(concept) ? 'defined' : 'primitive'))
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
