import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalIn } from './compile.ts'
import { type Content, emptyContent } from './content.ts'
import { createTerminology } from './create.ts'
import { loadList } from './load/designations.ts'
import { loadResource, noCounts } from './load/fhir.ts'
import { isObject } from './load/json.ts'
import { readStore } from './store/read.ts'
import { encodeContent } from './store/write.ts'

/** One layer from FHIR resources and lists. */
function layer(items: readonly unknown[], source = 'test', reviewed = false) {
  const content: Content = emptyContent()
  for (const item of items) {
    const provenance = { source, reviewed, displayReviewed: reviewed, canonical: canonicalIn(content) }
    const counts = noCounts()
    if (isObject(item) && 'resourceType' in item) loadResource(content, item, provenance, counts)
    else loadList(content, item, provenance, counts)
  }
  const store = readStore(encodeContent(content), source)
  assert.ok(store.ok)
  return store.value
}

const identities = {
  systems: [
    { url: 'http://hl7.org/fhir/sid/icd-10', name: 'ICD-10', oids: ['1.2.44.2', '1.2.6.3'], aliases: ['urn:who'] },
  ],
}
const terms = (words: Record<string, string>, status = 'unreviewed') => ({
  system: 'http://hl7.org/fhir/sid/icd-10',
  source: 'own',
  status,
  concepts: { 'I48.9': words },
})

test('both OIDs, the URN and the URL are one system; unknown ones stay what they are', () => {
  const terminology = createTerminology([layer([identities, terms({ fr: 'fibrillation' })])])
  for (const name of ['1.2.44.2', 'urn:oid:1.2.6.3', 'urn:who', 'http://hl7.org/fhir/sid/icd-10', '1.2.6.3']) {
    assert.equal(terminology.canonicalSystem(name), 'http://hl7.org/fhir/sid/icd-10')
    assert.equal(terminology.designation(name, 'I48.9', ['fr'])?.term, 'fibrillation')
  }
  assert.equal(terminology.oidOf('urn:who'), '1.2.44.2')
  assert.equal(terminology.systemName('1.2.6.3'), 'ICD-10')
  assert.equal(terminology.canonicalSystem('1.9.9'), 'urn:oid:1.9.9')
  assert.equal(terminology.oidOf('1.9.9'), '1.9.9')
  assert.equal(terminology.canonicalSystem('http://nowhere.example/cs'), 'http://nowhere.example/cs')
  assert.equal(terminology.systemName('http://nowhere.example/cs'), undefined)
  assert.equal(terminology.designation('http://nowhere.example/cs', 'x', ['fr']), undefined)
  assert.equal(terminology.concept('1.9.9', 'x'), undefined)
})

test('the answer says whether the language is the one asked for, and is never silent English', () => {
  const terminology = createTerminology([layer([identities, terms({ en: 'fibrillation (en)', fr: 'fibrillation' })])])
  const ask = (languages: string[]) => terminology.designation('1.2.6.3', 'I489', languages)
  assert.deepEqual(ask(['fr-BE']), {
    term: 'fibrillation',
    language: 'fr',
    match: 'fallback',
    source: 'own',
    status: 'unreviewed',
  })
  assert.equal(ask(['fr'])?.match, 'exact')
  assert.equal(ask(['el']), undefined)
  assert.equal(ask(['el', 'en'])?.match, 'fallback')
  assert.equal(ask([]), undefined)
  assert.deepEqual(ask(['fr']), ask(['fr'])) // remembered
})

test('operator’s reviewed > operator’s > shipped reviewed > shipped', () => {
  const shipped = layer([identities, terms({ fr: 'shipped' })])
  const shippedReviewed = layer([identities, terms({ fr: 'shipped reviewed' }, 'reviewed'), terms({ fr: 'x' })])
  const own = layer([terms({ 'fr-FR': 'own' })])
  const ownReviewed = layer([terms({ fr: 'own reviewed' }, 'reviewed')])
  const term = (stores: Parameters<typeof createTerminology>[0]) =>
    createTerminology(stores).designation('1.2.6.3', 'I48.9', ['fr'])?.term
  assert.equal(term([own, ownReviewed, shippedReviewed]), 'own reviewed')
  assert.equal(term([own, shippedReviewed]), 'own')
  assert.equal(term([shippedReviewed]), 'shipped reviewed')
  assert.equal(term([shipped]), 'shipped')
})

const colours = {
  resourceType: 'CodeSystem',
  url: 'http://example.org/colours',
  content: 'complete',
  language: 'en',
  identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.5.5' }],
  concept: [
    {
      code: 'warm',
      display: 'warm',
      concept: [
        { code: 'red', display: 'red' },
        { code: 'orange', display: 'orange' },
      ],
    },
    { code: 'blue', display: 'blue', property: [{ code: 'status', valueCode: 'retired' }] },
  ],
}
const supplement = {
  resourceType: 'CodeSystem',
  url: 'http://example.org/colours-fr',
  content: 'supplement',
  supplements: 'http://example.org/colours|1',
  concept: [
    {
      code: 'red',
      display: 'red',
      designation: [
        { language: 'fr', use: { code: '900000000000013009' }, value: 'vermeil' },
        { language: 'fr', value: 'rouge' },
        { value: 'no language' },
      ],
    },
  ],
}
const valueSet = (id: string, compose: object, expansion?: object) => ({
  resourceType: 'ValueSet',
  url: `http://example.org/vs/${id}`,
  compose,
  ...(expansion && { expansion }),
})

test('a supplement gives words to the system it supplements, the preferred before synonyms', () => {
  const terminology = createTerminology([layer([colours, supplement])])
  assert.equal(terminology.designation('urn:oid:1.5.5', 'red', ['fr'])?.term, 'rouge')
  assert.equal(terminology.concept('http://example.org/colours', 'red')?.display, 'red')
  assert.equal(terminology.concept('http://example.org/colours', 'blue')?.active, false)
  assert.equal(terminology.systemName('http://example.org/colours-fr'), undefined)
})

test('membership: listed, whole systems, is-a, excluded, included sets; unknown is an answer', () => {
  const system = 'http://example.org/colours'
  const terminology = createTerminology([
    layer([
      colours,
      valueSet('listed', { include: [{ system, concept: [{ code: 'red' }] }] }),
      valueSet('whole', { include: [{ system }] }),
      valueSet('warm', { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'warm' }] }] }),
      valueSet('cold', { include: [{ system }], exclude: [{ system, concept: [{ code: 'red' }] }] }),
      valueSet('both', { include: [{ valueSet: ['http://example.org/vs/listed', 'http://example.org/vs/warm'] }] }),
      valueSet('loop', { include: [{ valueSet: ['http://example.org/vs/loop'] }] }),
      valueSet('foreign', {
        include: [{ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] }],
      }),
      valueSet('cut', {}, { total: 9, contains: [{ system, code: 'red' }] }),
    ]),
  ])
  const ask = (id: string, code: string, inSystem?: string) =>
    terminology.membership(`http://example.org/vs/${id}|1.0`, inSystem, code)
  assert.equal(ask('listed', 'red', 'urn:oid:1.5.5'), 'member')
  assert.equal(ask('listed', 'red'), 'member')
  assert.equal(ask('listed', 'orange', system), 'not-member')
  assert.equal(ask('listed', 'red', 'http://other.example'), 'not-member')
  assert.equal(ask('whole', 'orange', system), 'member')
  assert.equal(ask('whole', 'green', system), 'not-member')
  assert.equal(ask('warm', 'orange', system), 'member')
  assert.equal(ask('warm', 'blue', system), 'not-member')
  assert.equal(ask('both', 'red', system), 'member')
  assert.equal(ask('both', 'orange', system), 'not-member')
  assert.equal(ask('loop', 'red', system), 'unknown')
  assert.equal(ask('foreign', '73211009', 'http://snomed.info/sct'), 'unknown')
  assert.equal(ask('cut', 'red', system), 'member')
  assert.equal(ask('cut', 'blue', system), 'unknown')
  assert.equal(ask('nowhere', 'red', system), 'unknown')
  assert.equal(ask('cold', 'red', system), 'not-member')
  assert.equal(ask('cold', 'orange', system), 'member')
})

test('concept maps: best relationship first, comment kept, drafts and unmatched never used', () => {
  const map = (status: string, id: string) => ({
    resourceType: 'ConceptMap',
    url: `http://example.org/map/${id}`,
    status,
    group: [
      {
        source: 'http://example.org/national',
        target: 'http://hl7.org/fhir/sid/icd-10',
        element: [
          {
            code: 'X1',
            target: [
              { code: 'I48', equivalence: 'wider', comment: 'less exact' },
              { code: 'I48.9', equivalence: 'equivalent', display: 'AF' },
              { code: 'I49', equivalence: 'unmatched' },
            ],
          },
          { code: 'X2', target: [{ code: 'I10', relationship: 'source-is-narrower-than-target' }] },
        ],
      },
    ],
  })
  const terminology = createTerminology([
    layer([identities, map('active', 'a'), map('draft', 'b'), map('retired', 'c')]),
  ])
  assert.deepEqual(terminology.mapped('http://example.org/national', 'X1'), [
    {
      target: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I48.9', display: 'AF' },
      relationship: 'equivalent',
      map: 'http://example.org/map/a',
    },
    {
      target: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I48' },
      relationship: 'wider',
      comment: 'less exact',
      map: 'http://example.org/map/a',
    },
  ])
  assert.equal(terminology.mapped('http://example.org/national', 'X2')[0]?.relationship, 'wider')
  assert.equal(terminology.mapped('http://example.org/national', 'X1', { system: '1.2.6.3' }).length, 2)
  assert.equal(terminology.mapped('http://example.org/national', 'X1', { system: 'http://loinc.org' }).length, 0)
  assert.equal(terminology.mapped('http://example.org/national', 'X1', { map: 'http://example.org/map/b' }).length, 0)
})
