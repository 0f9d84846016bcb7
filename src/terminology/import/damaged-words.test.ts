/** Words that lost their letters on the way: nothing is lost, and nobody is shown them as if they meant something. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyContent } from '../content.ts'
import { coverageOf } from '../coverage/coverage.ts'
import { loadResource, noCounts } from '../load/fhir.ts'
import { type JsonObject, objects } from '../load/json.ts'
import type { Parameter } from '../operations/fhir.ts'
import { ANIMALS, animals, codesOf, expansionOf, parameterValueOf, testServer } from '../operations/test-server.ts'
import { ACCOUNT_PROPERTIES, DAMAGED, REVIEW_EXTENSION, supplement } from './resource.ts'
import { tidy } from './tidy.ts'

const LANGUAGE_PACK = {
  url: 'http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type',
  valueCode: 'lang-pack',
}

const given = supplement(
  'a list',
  ANIMALS,
  [
    { code: 'cat', designation: [{ language: 'fr', value: 'F�lin' }] },
    {
      code: 'bat',
      designation: [
        { language: 'fr', value: 'chauve-souris' },
        { language: 'el', value: '????????' },
      ],
    },
  ],
  { extension: [LANGUAGE_PACK] },
)
const { resource, damaged } = tidy(given)
const valueSet: JsonObject = { resourceType: 'ValueSet', compose: { include: [{ system: ANIMALS }] } }
const wanted = { system: ANIMALS, code: 'cat', displayLanguage: 'fr' }

test('they are kept as withdrawn, and counted', () => {
  assert.deepEqual(
    [...damaged],
    [
      ['fr', 1],
      ['el', 1],
    ],
  )
  const [cat, bat] = objects(resource.concept)
  assert.deepEqual(cat?.property, undefined)
  const [word] = objects(cat?.designation)
  assert.equal(word?.value, 'F�lin')
  assert.deepEqual(
    objects(word?.extension).map(({ valueCode }) => valueCode),
    ['withdrawn', DAMAGED],
  )
  assert.deepEqual(
    objects(bat?.designation).map(({ value }) => value),
    ['chauve-souris', '????????'],
  )
  // Once more changes nothing.
  assert.deepEqual(tidy(resource).resource, resource)
})

test('the operations list them with their state, and never show or find them', () => {
  const { ask } = testServer([animals, resource])
  const answer = ask('CodeSystem', 'lookup', wanted)
  assert.equal(parameterValueOf(answer, 'display'), 'Cat')
  const list = (answer.resource.parameter ?? []) as readonly Parameter[]
  const word = list.find(({ name, part }) => name === 'designation' && JSON.stringify(part).includes('F�lin'))
  assert.match(JSON.stringify(word?.extension), new RegExp(`${REVIEW_EXTENSION}","valueCode":"${DAMAGED}`))
  const expansion = expansionOf(ask('ValueSet', 'expand', { valueSet, displayLanguage: 'fr', excludeNested: true }))
  const shown = new Map(expansion.contains.map(({ code, display }) => [code, display]))
  assert.deepEqual([shown.get('cat'), shown.get('bat')], ['Cat', 'chauve-souris'])
  assert.deepEqual(codesOf(ask('ValueSet', 'expand', { valueSet, filter: 'lin' })), [])
})

test('documents never see them, coverage counts them apart', () => {
  const content = emptyContent()
  loadResource(
    content,
    resource,
    { source: 'test', reviewed: true, displayReviewed: true, canonical: (system) => system },
    noCounts(),
  )
  const terms = [...(content.systems.get(ANIMALS)?.concepts.values() ?? [])].flatMap(({ designations }) =>
    designations.map(({ term }) => term),
  )
  assert.deepEqual(terms, ['chauve-souris'])
  const codes = ['cat', 'bat'].map((code) => ({ system: ANIMALS, code }))
  const [row] = coverageOf([{ url: 'urn:test', codes }], [resource])
  const none = { named: 0, respelled: 0, usable: 0, damaged: 0, untranslated: 0 }
  assert.deepEqual(row?.languages, {
    el: { ...none, named: 1, damaged: 1 },
    fr: { ...none, named: 2, usable: 1, damaged: 1 },
  })
})

test('what an import notes about itself is no property of the concept', () => {
  const older: JsonObject = {
    ...supplement('older', ANIMALS, [], { extension: [LANGUAGE_PACK] }),
    property: [...ACCOUNT_PROPERTIES, { code: 'colour', type: 'string' }],
    concept: [
      {
        code: 'cat',
        property: [
          { code: DAMAGED, valueCode: 'el-GR' },
          { code: 'colour', valueString: 'grey' },
        ],
      },
    ],
  }
  const answer = testServer([animals, older]).ask('CodeSystem', 'lookup', wanted)
  const text = JSON.stringify(answer.resource)
  assert.match(text, /"colour"/)
  assert.doesNotMatch(text, /damaged|el-GR/)
})
