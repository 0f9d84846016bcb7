/** Descriptions: every part of an expression is told; the published expressions to render lose nothing. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { unwrapped } from '../../query/testing/engines.ts'
import type { Criterion, Filter, Group } from '../definition.ts'
import { readDefinition } from '../read-definition.ts'
import { CIRCE_TESTS } from '../testing/circe-data.ts'
import { randomDefinition } from '../testing/random-definitions.ts'
import { describeCohort } from './describe.ts'
import { inEnglish } from './english.ts'
import type { Statement } from './statement.ts'

function tell(json: unknown): readonly string[] {
  return inEnglish(describeCohort(unwrapped(readDefinition(json))))
}

function everyStatement(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((one) => [one, ...everyStatement(one.inside)])
}

describe('a description', () => {
  it('of a small cohort', () => {
    const told = tell({
      ConceptSets: [
        {
          id: 0,
          name: 'Diabetes',
          expression: {
            items: [{ concept: { CONCEPT_ID: 201820, CONCEPT_NAME: 'Diabetes mellitus' }, includeDescendants: true }],
          },
        },
      ],
      PrimaryCriteria: {
        CriteriaList: [{ ConditionOccurrence: { CodesetId: 0, First: true, Age: { Op: 'gte', Value: 18 } } }],
        ObservationWindow: { PriorDays: 365, PostDays: 0 },
      },
      InclusionRules: [
        {
          name: 'No insulin before',
          expression: {
            Type: 'ALL',
            CriteriaList: [
              {
                Criteria: { DrugExposure: {} },
                StartWindow: { Start: { Coeff: -1 }, End: { Days: 1, Coeff: -1 } },
                Occurrence: { Type: 0, Count: 0 },
              },
            ],
          },
        },
      ],
      EndStrategy: { DateOffset: { DateField: 'StartDate', Offset: 1 } },
      CensorWindow: { StartDate: '2010-01-01' },
    })
    assert.deepEqual(told, [
      'People enter the cohort with the earliest of these events, observed at least 365 days before:',
      '  - the first condition occurrence of "Diabetes"',
      '    - age at least 18',
      'Inclusion rule 1, No insulin before:',
      '  - all of these:',
      '    - exactly 0 of a drug exposure of any concept, starting between any time before and 1 day before the start of the index event',
      'Of the events that meet all rules, the earliest of each person counts.',
      'People leave the cohort 1 day after the start of the event, at the latest when their observation ends.',
      'Periods of a person at most 0 days apart become one.',
      'Only the time from 2010-01-01 counts.',
      'Concept set "Diabetes":',
      '  - Diabetes mellitus, 201820, with descendants',
    ])
  })

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

  const folder = new URL('printfriendly/', CIRCE_TESTS)
  const files = existsSync(folder) ? readdirSync(folder) : []
  it('of the published expressions has only whole sentences', {
    skip: files.length === 0 && 'not in the corpus',
  }, () => {
    for (const file of files) {
      const read = readDefinition(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
      // One of them is a list of concept sets.
      if (!read.ok) continue
      for (const line of inEnglish(describeCohort(read.value)))
        assert.doesNotMatch(line, /undefined|\[object|NaN/, file)
    }
  })
})
