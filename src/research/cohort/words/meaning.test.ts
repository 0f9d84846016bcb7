/** Whole cohorts in the reader's language: a small one word for word, the published ones, and any. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { unwrapped } from '../../query/testing/engines.ts'
import { checkDefinition } from '../checks/check.ts'
import type { CohortExpression } from '../definition.ts'
import { describeCohort } from '../description/describe.ts'
import { readDefinition } from '../read-definition.ts'
import { CIRCE_TESTS } from '../testing/circe-data.ts'
import { SECONDARY } from '../testing/data-sets.ts'
import { randomDefinition } from '../testing/random-definitions.ts'
import { strictMessages, toldLines } from '../testing/told.ts'
import { beginningOf, tellCohort } from './meaning.ts'
import { remarkWords } from './remarks.ts'

const english = strictMessages('en')
const french = strictMessages('fr')

const SMALL = {
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
        DemographicCriteriaList: [{ Gender: [{ CONCEPT_ID: 8532, CONCEPT_NAME: 'FEMALE' }] }],
        Groups: [
          {
            Type: 'AT_LEAST',
            Count: 1,
            CriteriaList: [
              {
                Criteria: { Measurement: { ValueAsNumber: { Op: 'bt', Value: 6.5, Extent: 9 } } },
                StartWindow: { Start: { Days: 30, Coeff: -1 }, End: { Days: 0, Coeff: 1 } },
                Occurrence: { Type: 2, Count: 2, IsDistinct: true, CountColumn: 'START_DATE' },
              },
            ],
          },
        ],
      },
    },
  ],
  EndStrategy: { DateOffset: { DateField: 'StartDate', Offset: 1 } },
  CensorWindow: { StartDate: '2010-01-01' },
}

describe('a small cohort', () => {
  const statements = describeCohort(unwrapped(readDefinition(SMALL)))

  it('in English', () => {
    assert.deepEqual(toldLines(tellCohort(statements, english)), [
      'People enter the cohort with the earliest of these events, observed at least 365 days before:',
      '  the first condition occurrence of “Diabetes”',
      '    age at least 18',
      'Inclusion rule 1, No insulin before:',
      '  all of these:',
      '    exactly 0 drug exposures of any concept, starting no later than 1 day before, counted from the start of the index event',
      '    the person, at the event:',
      '      sex: FEMALE',
      '    at least 1 of these:',
      '      at least 2 measurements of any concept, counting different start dates, starting between 30 days before and the same day, counted from the start of the index event',
      '        value from 6.5 to 9',
      'Of the events that meet all rules, the earliest of each person counts.',
      'People leave the cohort 1 day after the start of the event, at the latest when their observation ends.',
      'Periods of a person at most 0 days apart become one.',
      'Only this time counts: from 01 Jan 2010.',
      'Concept set “Diabetes”:',
      '  Diabetes mellitus, 201820, with descendants',
    ])
  })

  it('in French', () => {
    assert.deepEqual(toldLines(tellCohort(statements, french)), [
      'Les personnes entrent dans la cohorte avec le plus ancien de ces événements, en ayant été observées au moins 365 jours avant :',
      '  la première maladie de l’ensemble « Diabetes »',
      '    âge : au moins 18',
      'Règle d’inclusion 1, No insulin before :',
      '  tout ce qui suit :',
      '    exactement 0 exposition à un médicament, quel que soit le concept, débutant au plus tard 1 jour avant, à compter du début de l’événement index',
      '    la personne, au moment de l’événement :',
      '      sexe : FEMALE',
      '    au moins 1 des points suivants :',
      '      au moins 2 mesures, quel que soit le concept, en comptant les dates de début différentes, débutant entre 30 jours avant et le jour même, à compter du début de l’événement index',
      '        valeur : de 6,5 à 9',
      'Parmi les événements qui remplissent toutes les règles, le plus ancien de chaque personne compte.',
      'Les personnes quittent la cohorte 1 jour après le début de l’événement, au plus tard à la fin de leur observation.',
      'Les périodes d’une personne séparées d’au plus 0 jour n’en forment qu’une.',
      'Seul ce temps compte : à partir du 01.01.2010.',
      'Ensemble de concepts « Diabetes » :',
      '  Diabetes mellitus, 201820, avec ses descendants',
    ])
  })
})

/** What the author wrote may be in any language. */
function withoutNames(expression: CohortExpression): CohortExpression {
  const { conceptSets, rules } = expression
  return {
    ...expression,
    conceptSets: conceptSets.map((set) => ({ ...set, name: 'Ω' })),
    rules: rules.map((rule) => ({ ...rule, name: 'Ω', description: '' })),
  }
}

const ENGLISH =
  /\b(the|of|with|any|least|before|after|from|their|when|people|persons|starting|ending|day|days|is|not|and)\b/i

/** The words refuse a missing key or parameter; what is left is English that did not come from them. */
function tellsWell(expression: CohortExpression): void {
  for (const messages of [english, french]) {
    const told = tellCohort(describeCohort(expression), messages)
    const lines = toldLines(told)
    assert.ok(lines.length >= 4)
    for (const line of lines) assert.doesNotMatch(line, /undefined|\[object|NaN|research\.|null/)
    for (const one of checkDefinition(expression)) assert.match(remarkWords(one, messages).text, /\.$/)
  }
  const statements = describeCohort(withoutNames(expression))
  for (const { said, inside } of tellCohort(statements, french)) frenchOnly(said, inside)
  for (const one of checkDefinition(withoutNames(expression)))
    assert.doesNotMatch(remarkWords(one, french).text.replace(/du domaine [^.]*/, ''), ENGLISH)
}

function frenchOnly(said: ReturnType<typeof tellCohort>[number]['said'], inside: ReturnType<typeof tellCohort>): void {
  for (const { text, language } of said) if (language !== 'en') assert.doesNotMatch(text, ENGLISH)
  for (const one of inside) frenchOnly(one.said, one.inside)
}

function filesIn(folder: URL): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []
}

describe('published cohorts in both languages', () => {
  for (const folder of [
    new URL('phenotypes/', SECONDARY),
    new URL('printfriendly/', CIRCE_TESTS),
    new URL('checkers/', CIRCE_TESTS),
  ]) {
    const files = filesIn(folder)
    const name = folder.pathname.split('/').at(-2)
    it(`${name}`, { skip: files.length === 0 && 'the corpus is not beside the project' }, () => {
      let told = 0
      for (const file of files) {
        const read = readDefinition(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
        // Among the circe tests are lists of concept sets and expressions that cannot be read.
        if (!read.ok) continue
        told++
        tellsWell(read.value)
      }
      assert.ok(told > files.length / 2, `${told} of ${files.length}`)
    })
  }
})

it('any cohort is told in both languages', () => {
  fc.assert(
    fc.property(randomDefinition, (json) => {
      const read = readDefinition(json)
      assert.ok(read.ok)
      // Texts of a filter are the author's too.
      const plain = JSON.stringify(read.value).replace(/"text":"(?:[^"\\]|\\.)*"/g, '"text":"Ω"')
      tellsWell(JSON.parse(plain))
    }),
    { numRuns: 40 },
  )
})

describe('the beginning of a long description', () => {
  const told = tellCohort(describeCohort(unwrapped(readDefinition(SMALL))), english)
  const all = toldLines(told)

  it('is the whole when there is room', () => {
    assert.deepEqual(beginningOf(told, 5000), { told, left: 0 })
  })

  it('counts the lines that were left out, and cuts a line that is too long', () => {
    for (const most of [0, 1, 100, 200, 500, 900]) {
      const { told: kept, left } = beginningOf(told, most)
      const lines = toldLines(kept)
      assert.equal(lines.length + left, all.length)
      const characters = lines.reduce((sum, line) => sum + line.trim().length, 0)
      assert.ok(characters <= most + 1, `${characters} of ${most}`)
      for (const [index, line] of lines.entries()) assert.ok(all[index]?.startsWith(line.replace('…', '')))
    }
  })
})
