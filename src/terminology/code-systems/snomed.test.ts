/** SNOMED CT behind the operations, on a release of our own: what expansion, validation and subsumption say about one hierarchy. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createLibrary } from '../library/library.ts'
import { memoryStore } from '../library/resource-store.ts'
import { createTerminologyServer } from '../operations/create.ts'
import type { OperationAnswer, TerminologyServer, TerminologyType } from '../operations/server.ts'
import { codesOf, parametersOf, parameterValueOf, textsOf, type Values } from '../operations/test-server.ts'
import { buildEdition } from '../snomed/build/build.ts'
import { openEdition } from '../snomed/edition.ts'
import { checkDigit } from '../snomed/sctid.ts'
import { type NaiveRelease, writeNaive } from '../snomed/testing/naive.ts'
import { createSnomedFamily, SNOMED } from './snomed.ts'

const ROOT = '138875005'
const IS_A = '116680003'
const CORE = '900000000000207008'
const US = '900000000000509007'
const ATTRIBUTE = '410662002'
const id = (item: number): string => `${item}00${checkDigit(`${item}00`)}`
const [DISEASE, HEART_DISEASE, OLD, HEART, SITE] = [1001, 1002, 1003, 1004, 1005].map(id) as [
  string,
  string,
  string,
  string,
  string,
]

const CONCEPTS: readonly (readonly [id: string, term: string, parents: readonly string[], active?: false])[] = [
  [ROOT, 'SNOMED CT Concept', []],
  [CORE, 'Core module', [ROOT]],
  [US, 'US English', [ROOT]],
  [IS_A, 'Is a', [ATTRIBUTE]],
  [ATTRIBUTE, 'Concept model attribute', [ROOT]],
  [SITE, 'Finding site', [ATTRIBUTE]],
  [HEART, 'Heart structure', [ROOT]],
  [DISEASE, 'Disease', [ROOT]],
  [HEART_DISEASE, 'Heart disease', [DISEASE]],
  [OLD, 'Old disease', [DISEASE], false],
]

const release: NaiveRelease = {
  concepts: CONCEPTS.map(([id, , , active = true]) => ({ id, active, defined: false, date: 20250801, module: CORE })),
  descriptions: CONCEPTS.flatMap(([concept, term], at) => [
    {
      id: `${5000 + at}01${checkDigit(`${5000 + at}01`)}`,
      concept,
      active: true,
      language: 'en',
      type: '900000000000013009',
      term,
      date: 20250801,
      acceptability: [[US, 'preferred' as const]],
    },
  ]),
  isA: CONCEPTS.flatMap(([source, , parents, active = true]) =>
    active ? parents.map((parent): readonly [string, string] => [source, parent]) : [],
  ),
  attributes: [{ source: HEART_DISEASE, type: SITE, group: 1, target: HEART }],
  values: [],
  members: [],
}

describe('SNOMED CT as a code system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'snomed-system-'))
  let server: TerminologyServer

  before(async () => {
    writeNaive(folder, release)
    const file = join(folder, 'edition.snomed')
    const built = await buildEdition([folder], file, {})
    assert.ok(built.ok, JSON.stringify(built))
    const opened = await openEdition(file)
    assert.ok(opened.ok)
    const library = createLibrary({
      stores: [memoryStore([])],
      families: [createSnomedFamily([{ edition: opened.value }])],
    })
    server = createTerminologyServer(library)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  function ask(type: TerminologyType, operation: string, values: Values): OperationAnswer {
    const parameters = { resourceType: 'Parameters', parameter: parametersOf(values) } as const
    return server.operation({ resourceType: type, operation, parameters, fhirVersion: 'R5' }) as OperationAnswer
  }
  const expand = (query: string, values: Values = {}) =>
    codesOf(ask('ValueSet', 'expand', { url: `${SNOMED}?fhir_vs${query}`, ...values })).toSorted()

  test('implicit value sets: everything, a subtree, an expression constraint', () => {
    assert.equal(expand('').length, CONCEPTS.length)
    assert.deepEqual(expand(`=isa/${DISEASE}`), [DISEASE, HEART_DISEASE].toSorted())
    assert.deepEqual(expand(`=ecl/${encodeURIComponent(`* : ${SITE} = << ${HEART}`)}`), [HEART_DISEASE])
    assert.deepEqual(expand('', { filter: 'hear dis' }), [HEART_DISEASE])
    assert.deepEqual(expand(`=isa/${DISEASE}`, { filter: 'structure' }), [])
    const wrong = ask('ValueSet', 'expand', { url: `${SNOMED}?fhir_vs=ecl/${encodeURIComponent('<< (')}` })
    assert.ok(wrong.status >= 400)
    assert.ok(textsOf(wrong)[0])
  })

  test('filters of a value set become constraints; excluded codes are not there', () => {
    const filter = [{ property: 'concept', op: 'descendent-of', value: ROOT }]
    const compose = {
      include: [{ system: SNOMED, filter }],
      exclude: [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: DISEASE }] }],
    }
    const valueSet = { resourceType: 'ValueSet', url: 'http://example.org/vs', compose }
    const codes = codesOf(ask('ValueSet', 'expand', { valueSet }))
    assert.ok(
      codes.includes(HEART) && !codes.includes(DISEASE) && !codes.includes(HEART_DISEASE) && !codes.includes(ROOT),
    )
  })

  test('subsumption of concepts and of expressions', () => {
    const outcome = (codeA: string, codeB: string) =>
      parameterValueOf(ask('CodeSystem', 'subsumes', { system: SNOMED, codeA, codeB }), 'outcome')
    assert.equal(outcome(DISEASE, HEART_DISEASE), 'subsumes')
    assert.equal(outcome(HEART_DISEASE, DISEASE), 'subsumed-by')
    assert.equal(outcome(HEART, DISEASE), 'not-subsumed')
    assert.equal(outcome(HEART, HEART), 'equivalent')
    assert.equal(outcome(DISEASE, `${DISEASE}:${SITE}=${HEART}`), 'subsumes')
  })

  test('an expression is a code: shown with terms, with a note that the concept model was not asked', () => {
    const code = `${DISEASE} : { ${SITE} = ${HEART} }`
    const answer = ask('CodeSystem', 'validate-code', { url: SNOMED, code })
    assert.equal(parameterValueOf(answer, 'result'), true)
    assert.equal(
      parameterValueOf(answer, 'display'),
      `${DISEASE}|Disease|:{${SITE}|Finding site|=${HEART}|Heart structure|}`,
    )
    assert.match(JSON.stringify(answer.resource), /MRCM/)
    const wrong = ask('CodeSystem', 'validate-code', { url: SNOMED, code: `${DISEASE}:${HEART}=${SITE}` })
    assert.equal(parameterValueOf(wrong, 'result'), false)
  })

  test('an inactive concept is known, told to be inactive, and in no subtree', () => {
    const answer = ask('CodeSystem', 'lookup', { system: SNOMED, code: OLD })
    assert.match(JSON.stringify(answer.resource), /"code","valueCode":"inactive"},\{"name":"value","valueBoolean":true/)
    const within = { url: `${SNOMED}?fhir_vs=isa/${DISEASE}`, system: SNOMED, code: OLD }
    assert.equal(parameterValueOf(ask('ValueSet', 'validate-code', within), 'result'), false)
  })

  test('editions and versions: the module alone, the full version, none that is not here', () => {
    const version = (version: string) => ask('CodeSystem', 'lookup', { system: SNOMED, version, code: DISEASE })
    const found = version(`${SNOMED}/${CORE}`)
    assert.equal(found.status, 200)
    assert.match(String(parameterValueOf(found, 'version')), new RegExp(`^${SNOMED}/${CORE}/version/\\d{8}$`))
    assert.equal(version(String(parameterValueOf(found, 'version'))).status, 200)
    assert.ok(version(`${SNOMED}/${CORE}/version/19990101`).status >= 400)
  })
})
