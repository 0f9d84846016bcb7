/** The good and bad expressions of circe's checkers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unwrapped } from '../../query/testing/engines.ts'
import { readDefinition } from '../read-definition.ts'
import { circeJson, hasCirceFile } from '../testing/circe-data.ts'
import { checkDefinition } from './check.ts'
import type { Remark, RemarkCode } from './remark.ts'

function remarksOn(json: unknown): readonly Remark[] {
  return checkDefinition(unwrapped(readDefinition(json)))
}

function ofFile(name: string, code: RemarkCode): readonly Remark[] {
  return remarksOn(circeJson(`checkers/${name}.json`)).filter((remark) => remark.code === code)
}

/** Name of the pair of files, what the incorrect one is told, how often the published test expects it. */
const published: readonly (readonly [name: string, code: RemarkCode, times?: number])[] = [
  ['conceptSetCriteriaCheck', 'no-concept-set'],
  ['contradictionsCriteriaCheck', 'criteria-contradict'],
  ['deathTimeWindowCheck', 'death-before-index'],
  ['domainTypeCheck', 'record-type-open'],
  ['drugDomainCheck', 'drug-not-in-exit'],
  ['drugEraCheck', 'drug-era-without-window', 1],
  ['duplicatesConceptSetCheck', 'concept-set-duplicate', 1],
  ['duplicatesCriteriaCheck', 'criteria-alike'],
  ['eventsProgressionCheck', 'limits-widen', 2],
  ['timePatternCheck', 'window-unlike-others', 3],
]

describe('published pairs of a correct and an incorrect expression', () => {
  for (const [name, code, times] of published) {
    const missing = ['Correct', 'Incorrect'].find((kind) => !hasCirceFile(`checkers/${name}${kind}.json`))
    it(`${name}: ${code}`, { skip: missing && `${name}${missing}.json is not in the corpus` }, () => {
      const incorrect = ofFile(`${name}Incorrect`, code)
      assert.ok(incorrect.length > 0)
      if (times !== undefined) assert.equal(incorrect.length, times)
      assert.deepEqual(ofFile(`${name}Correct`, code), [])
    })
  }

  for (const part of ['primaryCriteria', 'additionalCriteria', 'inclusionRules', 'censoringEvent']) {
    const name = `${part}CheckValue`
    const missing = ['Correct', 'Incorrect'].find((kind) => !hasCirceFile(`checkers/${name}${kind}.json`))
    it(`${name}: ranges, lists and texts without values`, { skip: missing && `${name} is not in the corpus` }, () => {
      for (const code of ['unfinished', 'without-effect'] as const) {
        // Some of the published files are excerpts without primary events, which circe's checkers do not mind.
        const inValues = ({ path }: Remark) => !/^\$\.PrimaryCriteria(\.CriteriaList)?$/.test(path)
        const incorrect = ofFile(`${name}Incorrect`, code).filter(inValues)
        const correct = ofFile(`${name}Correct`, code).filter(inValues)
        assert.ok(incorrect.length > correct.length, `${code}: ${incorrect.length} and ${correct.length}`)
      }
    })
  }
})

const opens = { CriteriaList: [{ ConditionOccurrence: { CodesetId: 0 } }] }
const sets = [{ id: 0, name: 'Something', expression: { items: [{ concept: { CONCEPT_ID: 1 } }] } }]

describe('single remarks', () => {
  const cases: readonly (readonly [RemarkCode, object])[] = [
    ['concept-set-undefined', { ConceptSets: [], PrimaryCriteria: opens }],
    ['concept-set-unused', { ConceptSets: [...sets, { id: 1, name: 'Other' }], PrimaryCriteria: opens }],
    ['concept-set-empty', { ConceptSets: [{ id: 0, name: 'Nothing' }], PrimaryCriteria: opens }],
    ['rule-empty', { PrimaryCriteria: opens, InclusionRules: [{ name: 'r', expression: { Type: 'ALL' } }] }],
    ['exit-on-start-day', { PrimaryCriteria: opens, EndStrategy: { DateOffset: { Offset: 0 } } }],
    ['range-reversed', { PrimaryCriteria: opens, CensorWindow: { StartDate: '2020-01-02', EndDate: '2020-01-01' } }],
    ['member-unknown', { PrimaryCriteria: opens, Moon: 1 }],
    ['window-days-negative', { PrimaryCriteria: { ...opens, ObservationWindow: { PriorDays: -1, PostDays: 0 } } }],
    [
      'end-date-reads-start',
      {
        PrimaryCriteria: {
          CriteriaList: [{ DrugExposure: { OccurrenceEndDate: { Op: 'lt', Value: '2020-01-01' } } }],
        },
      },
    ],
    [
      'set-read-as-gender',
      {
        PrimaryCriteria: opens,
        AdditionalCriteria: { Type: 'ALL', DemographicCriteriaList: [{ RaceCS: { CodesetId: 0 } }] },
      },
    ],
    [
      'range-negative',
      { PrimaryCriteria: { CriteriaList: [{ ConditionOccurrence: { Age: { Op: 'gt', Value: -1 } } }] } },
    ],
  ]
  for (const [code, json] of cases) {
    it(code, () => {
      const codes = remarksOn({ ConceptSets: sets, ...json }).map((remark) => remark.code)
      assert.ok(codes.includes(code), codes.join())
    })
  }

  it('none on a definition that is in order', () => {
    const json = {
      ConceptSets: sets,
      PrimaryCriteria: {
        CriteriaList: [{ ConditionEra: { CodesetId: 0 } }],
        PrimaryCriteriaLimit: { Type: 'First' },
      },
      EndStrategy: { DateOffset: { DateField: 'EndDate', Offset: 0 } },
    }
    assert.deepEqual(remarksOn(json), [])
  })
})
