/** Descriptions: every part of an expression is told. What they say in words is tested in `words/`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { unwrapped } from '../../query/testing/engines.ts'
import type { Criterion, Filter, Group } from '../definition.ts'
import { readDefinition } from '../read-definition.ts'
import { randomDefinition } from '../testing/random-definitions.ts'
import { describeCohort } from './describe.ts'
import type { Statement } from './statement.ts'

function everyStatement(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((one) => [one, ...everyStatement(one.inside)])
}

describe('a description', () => {
  it('tells every filter of any definition', () => {
    const filtersOf = (group: Group): readonly Filter[] => [
      ...group.criteria.flatMap(({ criterion }) => inCriterion(criterion)),
      ...group.demographics.flatMap(({ filters }) => filters),
      ...group.groups.flatMap(filtersOf),
    ]
    const inCriterion = ({ filters, correlated }: Criterion): readonly Filter[] => [
      ...filters,
      ...(correlated ? filtersOf(correlated) : []),
    ]
    fc.assert(
      fc.property(randomDefinition, (json) => {
        const expression = unwrapped(readDefinition(json))
        const groups = [
          ...(expression.additional ? [expression.additional] : []),
          ...expression.rules.map(({ group }) => group),
        ]
        const filters = [
          ...[...expression.primary.criteria, ...expression.censoring].flatMap(inCriterion),
          ...groups.flatMap(filtersOf),
        ]
        const statements = everyStatement(describeCohort(expression))
        const told = statements.filter(({ code }) =>
          ['date', 'number', 'text', 'concepts', 'concept-set-filter', 'filled', 'abnormal', 'period'].includes(code),
        )
        assert.equal(told.length, filters.length)
      }),
      { numRuns: 30 },
    )
  })
})
