import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { JsonObject } from '../load/json.ts'
import type { Parameter } from '../operations/fhir.ts'
import type { OperationAnswer } from '../operations/server.ts'
import { codesOf, parameterValueOf, testServer } from '../operations/test-server.ts'
import { ownWords } from './own-words.ts'

const TERMS = join(import.meta.dirname, '..', '..', '..', 'data', 'terms')

const names = readdirSync(TERMS).filter((name) => name.endsWith('.json'))
const shipped = names.flatMap((name) => [
  ...ownWords(name, JSON.parse(readFileSync(join(TERMS, name), 'utf8')) as unknown),
])

const SNOMED = 'http://snomed.info/sct'
const CHEESE = { system: SNOMED, code: '102264005', displayLanguage: 'fr' }

/** Designations of a `$lookup` in a language, with their source. */
function wordsIn(answer: OperationAnswer, language: string): readonly (readonly [unknown, unknown])[] {
  const list = (answer.resource.parameter ?? []) as readonly Parameter[]
  return list.flatMap(({ name, part }) => {
    if (name !== 'designation') return []
    const parts = new Map(((part ?? []) as readonly Parameter[]).map((each) => [each.name, each]))
    if (parts.get('language')?.valueCode !== language) return []
    return [[parts.get('value')?.valueString, parts.get('source')?.valueCanonical] as const]
  })
}

test('every list becomes a supplement, and each of its codes can be looked up in its languages', () => {
  const { ask } = testServer(shipped)
  let asked = 0
  for (const supplement of shipped) {
    const system = String(supplement.supplements)
    const [first] = supplement.concept as readonly { code: string; designation: readonly JsonObject[] }[]
    const word = first?.designation.find(({ language }) => language === 'fr')
    // What is fixed by a rule or has words of its own in the language is another matter.
    if (!first || !word || !system.startsWith('http')) continue
    const answer = ask('CodeSystem', 'lookup', { system, code: first.code, displayLanguage: 'fr' })
    assert.equal(parameterValueOf(answer, 'display'), word.value, `${system} ${first.code}`)
    assert.deepEqual(
      wordsIn(answer, 'fr').filter(([, source]) => source === supplement.url),
      [[word.value, supplement.url]],
    )
    asked++
  }
  assert.ok(asked > 40, String(asked))
  const cheese = ask('CodeSystem', 'lookup', CHEESE)
  assert.equal(parameterValueOf(cheese, 'display'), 'Fromage')
  assert.equal(parameterValueOf(cheese, 'used-supplement'), 'urn:tessera:supplement:Tessera:snomed-ct')
})

test('a code of a system that nobody loaded is valid when we know it, and nothing is said of others', () => {
  const { ask } = testServer(shipped)
  const known = ask('CodeSystem', 'validate-code', { url: SNOMED, code: '102264005' })
  assert.equal(parameterValueOf(known, 'result'), true)
  const unknown = ask('CodeSystem', 'validate-code', { url: SNOMED, code: '999999999' })
  assert.equal(parameterValueOf(unknown, 'result'), false)
  const inside: JsonObject = {
    resourceType: 'ValueSet',
    url: 'http://example.org/by-filter',
    compose: { include: [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '102264005' }] }] },
  }
  const answer = ask('ValueSet', 'expand', { valueSet: inside })
  assert.equal(answer.status, 422, 'a filter over what happens to be known would be a wrong answer')
})

const own: JsonObject = {
  resourceType: 'CodeSystem',
  url: SNOMED,
  version: '1',
  content: 'complete',
  language: 'en',
  concept: [{ code: '102264005', display: 'Cheese' }],
}

test('words of anybody else come first, ours where there is none, and they say that they are not reviewed', () => {
  const [snomed] = shipped.filter(({ supplements }) => supplements === SNOMED)
  assert.ok(snomed)
  const review = (snomed.extension as readonly JsonObject[]).find(({ url }) => url === 'urn:tessera:review-status')
  assert.equal(review?.valueCode, 'unreviewed')
  const alone = testServer([own, ...shipped]).ask('CodeSystem', 'lookup', CHEESE)
  assert.equal(parameterValueOf(alone, 'display'), 'Fromage')
  assert.equal(parameterValueOf(alone, 'version'), '1')
  const imported: JsonObject = {
    resourceType: 'CodeSystem',
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type', valueCode: 'lang-pack' }],
    url: 'urn:example:words',
    content: 'supplement',
    supplements: SNOMED,
    concept: [
      {
        code: '102264005',
        designation: [{ language: 'fr-FR', value: 'Un fromage', use: { system: 'urn:example:use', code: 'long' } }],
      },
    ],
  }
  for (const resources of [
    [own, imported, ...shipped],
    [own, ...shipped, imported],
  ]) {
    const { ask } = testServer(resources)
    const answer = ask('CodeSystem', 'lookup', CHEESE)
    assert.equal(parameterValueOf(answer, 'display'), 'Un fromage')
    assert.deepEqual(wordsIn(answer, 'fr'), [['Fromage', snomed.url]])
    assert.equal(parameterValueOf(ask('CodeSystem', 'lookup', { ...CHEESE, displayLanguage: 'de' }), 'display'), 'Käse')
  }
})

test('an English expansion does not name us, a French one does', () => {
  const { ask } = testServer([own, ...shipped])
  const valueSet: JsonObject = { resourceType: 'ValueSet', compose: { include: [{ system: SNOMED }] } }
  const used = (displayLanguage: string): unknown => {
    const answer = ask('ValueSet', 'expand', { valueSet, displayLanguage })
    assert.deepEqual(codesOf(answer), ['102264005'])
    const { parameter } = answer.resource.expansion as { parameter: readonly Parameter[] }
    return parameter.find(({ name }) => name === 'used-supplement')?.valueUri
  }
  assert.equal(used('en'), undefined)
  assert.equal(used('fr'), 'urn:tessera:supplement:Tessera:snomed-ct')
})

test('what somebody has read is a supplement of its own', () => {
  const made = [
    ...ownWords('colours.json', {
      system: 'urn:example:colours',
      title: 'Colours',
      source: 'Tessera',
      status: 'unreviewed',
      concepts: {
        r: { en: 'red', fr: 'rouge' },
        g: { en: 'green', fr: 'vert', status: 'reviewed', source: 'somebody' },
      },
    }),
  ]
  assert.deepEqual(
    made.map(({ url, concept }) => [url, concept]),
    [
      [
        'urn:tessera:supplement:Tessera:colours-reviewed',
        [
          {
            code: 'g',
            designation: [
              { language: 'en', value: 'green' },
              { language: 'fr', value: 'vert' },
            ],
          },
        ],
      ],
      [
        'urn:tessera:supplement:Tessera:colours',
        [
          {
            code: 'r',
            designation: [
              { language: 'en', value: 'red' },
              { language: 'fr', value: 'rouge' },
            ],
          },
        ],
      ],
    ],
  )
  assert.deepEqual([...ownWords('systems.json', { systems: [] })], [])
})
