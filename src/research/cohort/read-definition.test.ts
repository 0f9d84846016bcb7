/** Reading: defaults, variants of writing, faults with their place, hostile JSON. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { unwrapped } from '../query/testing/engines.ts'
import { readDefinition } from './read-definition.ts'

const opens = { CriteriaList: [{ ConditionOccurrence: {} }] }

function pathOf(json: unknown): string | undefined {
  const result = readDefinition(json)
  return result.ok ? undefined : result.problem.place?.path
}

function withCriterion(criterion: object) {
  return { PrimaryCriteria: { CriteriaList: [criterion] } }
}

describe('defaults', () => {
  it('are those of the language', () => {
    const read = unwrapped(readDefinition({ PrimaryCriteria: opens }))
    assert.equal(read.primary.limit, 'first')
    assert.equal(read.qualifiedLimit, 'first')
    assert.equal(read.expressionLimit, 'first')
    assert.deepEqual([read.primary.priorDays, read.primary.postDays, read.eraPad], [0, 0, 0])
    assert.equal(read.additional, undefined)
    assert.equal(read.endStrategy, undefined)
    assert.deepEqual(read.unread, [])
  })

  it('an explicit null limits nothing, an absent type is the first', () => {
    const limit = (Type: unknown) =>
      unwrapped(readDefinition({ PrimaryCriteria: opens, ExpressionLimit: Type === undefined ? {} : { Type } }))
        .expressionLimit
    assert.deepEqual(
      [limit(null), limit(undefined), limit('ALL'), limit('last'), limit('First')],
      ['all', 'first', 'all', 'last', 'first'],
    )
  })

  it('an end window looks at the end of the event, unless it says otherwise', () => {
    const window = (more: object) => ({ Start: { Days: 1, Coeff: -1 }, End: { Coeff: 1 }, ...more })
    const group = (EndWindow: object) => ({
      Type: 'ALL',
      CriteriaList: [
        { Criteria: { Death: {} }, StartWindow: window({}), EndWindow, Occurrence: { Type: 2, Count: 1 } },
      ],
    })
    const event = (more: object) =>
      unwrapped(readDefinition({ PrimaryCriteria: opens, AdditionalCriteria: group(window(more)) })).additional
        ?.criteria[0]?.endWindow?.event
    assert.deepEqual(
      [event({}), event({ UseEventEnd: false }), event({ UseEventEnd: true })],
      ['event-end', 'event-start', 'event-end'],
    )
  })
})

describe('variants of writing', () => {
  it('keys in any case, with or without underscores; numbers in quotes', () => {
    const concept = { isExcluded: false, includeDescendants: true }
    const sets = [
      { id: 0, name: 'a', expression: { items: [{ ...concept, concept: { CONCEPT_ID: 7 } }] } },
      { Id: '1', Name: 'b', Expression: { Items: [{ ...concept, Concept: { conceptId: '7' } }] } },
    ]
    const read = unwrapped(
      readDefinition({
        conceptSets: sets,
        primaryCriteria: { criteriaList: [{ conditionOccurrence: { codesetId: '1' } }] },
      }),
    )
    assert.deepEqual(read.conceptSets[0]?.items, read.conceptSets[1]?.items)
    assert.equal(read.primary.criteria[0]?.conceptSet, 1)
    assert.deepEqual(read.unread, [])
  })

  it('of two members the one written as the language writes it', () => {
    const read = unwrapped(
      readDefinition({
        ConceptSets: [{ id: 1 }, { id: 2 }],
        ...withCriterion({ Death: { codesetid: 1, CodesetId: 2 } }),
      }),
    )
    assert.equal(read.primary.criteria[0]?.conceptSet, 2)
    assert.deepEqual(read.unread, ['$.PrimaryCriteria.CriteriaList[0].Death.codesetid'])
  })

  it('flags and empty numbers as JSON libraries of the field take them', () => {
    const drug = (more: object) => unwrapped(readDefinition(withCriterion({ DrugExposure: more }))).primary.criteria[0]
    assert.deepEqual(
      ['true', 'TRUE', 2, 'False', '', 0].map((First) => drug({ First })?.first),
      [true, true, true, false, false, false],
    )
    assert.equal(drug({ CodesetId: '' })?.conceptSet, undefined)
    assert.deepEqual(drug({ DateAdjustment: { StartWith: null, EndWith: null } })?.dateAdjustment, {
      startWith: 'end',
      startOffset: 0,
      endWith: 'end',
      endOffset: 0,
    })
  })

  it('days without leading zeros', () => {
    const range = { Op: 'gte', Value: '2020-2-9' }
    const read = unwrapped(readDefinition(withCriterion({ Death: { OccurrenceStartDate: range } })))
    assert.deepEqual(read.primary.criteria[0]?.filters, [
      { kind: 'date', name: 'OccurrenceStartDate', range: { operator: '>=', value: '2020-02-09' } },
    ])
  })
})

describe('faults', () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['no object', [], '$'],
    ['no list', { PrimaryCriteria: { CriteriaList: {} } }, '$.PrimaryCriteria.CriteriaList'],
    ['an unknown domain', withCriterion({ Weather: {} }), '$.PrimaryCriteria.CriteriaList[0]'],
    ['no number', withCriterion({ Death: { CodesetId: 'x' } }), '$.PrimaryCriteria.CriteriaList[0].Death.CodesetId'],
    [
      'an unknown comparison',
      withCriterion({ Death: { Age: { Op: 'almost', Value: 1 } } }),
      '$.PrimaryCriteria.CriteriaList[0].Death.Age.Op',
    ],
    [
      'an unknown count',
      {
        PrimaryCriteria: opens,
        AdditionalCriteria: {
          Type: 'ALL',
          CriteriaList: [{ Criteria: { Death: {} }, StartWindow: {}, Occurrence: { Type: -99, Count: 1 } }],
        },
      },
      '$.AdditionalCriteria.CriteriaList[0].Occurrence.Type',
    ],
    [
      'a concept without number',
      { PrimaryCriteria: opens, ConceptSets: [{ id: 1, expression: { items: [{ concept: {} }] } }] },
      '$.ConceptSets[0].expression.items[0].concept.CONCEPT_ID',
    ],
    [
      'names of the prototype',
      withCriterion({ Death: { Age: { Op: 'constructor', Value: 1 } } }),
      '$.PrimaryCriteria.CriteriaList[0].Death.Age.Op',
    ],
  ]
  for (const [what, json, path] of cases) it(what, () => assert.equal(pathOf(json), path))

  it('what is missing is kept for the author, with its place', () => {
    const read = unwrapped(
      readDefinition(
        withCriterion({
          Death: { Age: { Op: 'bt', Value: 3 }, OccurrenceStartDate: { Op: 'lt', Value: '2021-02-30' } },
        }),
      ),
    )
    assert.deepEqual(
      read.unfinished.map(({ path }) => path),
      [
        '$.PrimaryCriteria.CriteriaList[0].Death.OccurrenceStartDate.Value',
        '$.PrimaryCriteria.CriteriaList[0].Death.OccurrenceStartDate',
        '$.PrimaryCriteria.CriteriaList[0].Death.Age',
      ],
    )
  })

  it('a group in a group in a group without end', () => {
    let group: object = { Type: 'ALL' }
    for (let depth = 0; depth < 5000; depth++) group = { Type: 'ALL', Groups: [group] }
    const path = pathOf({ PrimaryCriteria: opens, AdditionalCriteria: group })
    assert.match(path ?? '', /^\$\.AdditionalCriteria(\.Groups\[0\])+$/)
  })

  it('any JSON at all gets an answer, and a problem has a path', () => {
    const keys = fc.constantFrom(
      'PrimaryCriteria',
      'CriteriaList',
      'Death',
      'Age',
      'Groups',
      'ConceptSets',
      'Type',
      'x',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(keys, tie('tree')),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (json) => {
        const result = readDefinition(json)
        if (!result.ok) assert.match(result.problem.place?.path ?? '', /^\$/)
      }),
      { numRuns: 200 },
    )
  })
})
