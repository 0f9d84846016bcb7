import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Content, emptyContent } from './content.ts'
import { createTerminology } from './create.ts'
import { loadResource, noCounts, type Provenance } from './load/fhir.ts'
import { readStore, type Store } from './store/read.ts'
import { encodeContent } from './store/write.ts'
import type { TerminologyCatalogue } from './terminology.ts'

const provenance: Provenance = {
  source: 'test',
  reviewed: true,
  displayReviewed: true,
  canonical: (system) => system,
}

function store(...resources: readonly Record<string, unknown>[]): Store {
  const content: Content = emptyContent()
  for (const resource of resources) loadResource(content, resource, provenance, noCounts())
  const opened = readStore(encodeContent(content), 'test')
  assert.ok(opened.ok)
  return opened.value
}

function terminology(...resources: readonly Record<string, unknown>[]): TerminologyCatalogue {
  return createTerminology([store(...resources)], 0)
}

function map(targets: readonly Record<string, unknown>[], more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    resourceType: 'ConceptMap',
    url: 'http://example.org/map',
    version: '3',
    status: 'active',
    group: [{ source: 'urn:national', target: 'urn:pivot', element: [{ code: 'A', target: targets }] }],
    ...more,
  }
}

const property = (code: string, value: string) => ({ code, valueString: value })

test('a mapping keeps its version, quality, period, advice, products and condition', () => {
  const asked = terminology(
    map(
      [
        {
          code: 'X',
          display: 'Words of X',
          relationship: 'source-is-narrower-than-target',
          comment: 'the laterality is lost',
          property: [property('quality', '0.8'), property('advice', 'ALWAYS X'), property('status', 'Valid')],
          product: [{ attribute: 'laterality', valueCoding: { system: 'urn:pivot', code: 'LEFT' } }],
          dependsOn: [{ attribute: 'age', valueString: 'adult' }],
        },
      ],
      { effectivePeriod: { start: '2024', end: '2026-06' } },
    ),
  ).mapped('urn:national', 'A', { at: '2026-06-30' })
  assert.deepEqual(asked, [
    {
      target: { system: 'urn:pivot', code: 'X', display: 'Words of X' },
      relationship: 'wider',
      comment: 'the laterality is lost',
      map: 'http://example.org/map',
      mapVersion: '3',
      quality: '0.8',
      status: 'valid',
      advice: 'ALWAYS X',
      validFrom: '2024-01-01',
      validTo: '2026-06-30',
      products: [{ attribute: 'laterality', system: 'urn:pivot', value: 'LEFT' }],
      condition: 'age = |adult',
    },
  ])
})

test('only what is valid on the day is given, unless all is asked for', () => {
  const asked = terminology(
    map([
      { code: 'OLD', equivalence: 'equal', property: [property('valid-to', '2025-12-31')] },
      { code: 'NEW', equivalence: 'equal', property: [property('valid-from', '2026-01-01')] },
      { code: 'BAD', equivalence: 'equal', property: [property('status', 'Invalid')] },
    ]),
  )
  const codes = (question: Parameters<typeof asked.mapped>[2]) =>
    asked.mapped('urn:national', 'A', question).map(({ target }) => target.code)
  assert.deepEqual(codes({ at: '2025-12-31' }), ['OLD'])
  assert.deepEqual(codes({ at: '2026-01-01' }), ['NEW'])
  assert.deepEqual(codes({ status: 'all' }), ['OLD', 'NEW', 'BAD'])
})

test('R4 says the same in extensions', () => {
  const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ConceptMap.group.element.target.property'
  const part = (code: string, value: string) => ({
    url,
    extension: [
      { url: 'code', valueCode: code },
      { url: 'value', valueString: value },
    ],
  })
  const asked = terminology(
    map([{ code: 'X', equivalence: 'equivalent', extension: [part('quality', 'good'), part('status', 'valid')] }], {
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/resource-effectivePeriod',
          valuePeriod: { start: '2026-01-01T00:00:00Z' },
        },
      ],
    }),
  )
  assert.equal(asked.mapped('urn:national', 'A', { at: '2026-01-01' })[0]?.quality, 'good')
  assert.deepEqual(asked.mapped('urn:national', 'A', { at: '2025-12-31' }), [])
})

test('a higher layer replaces what a lower one says by the same map, and leaves other maps alone', () => {
  const other = { ...map([{ code: 'Z', equivalence: 'wider' }]), url: 'http://example.org/other' }
  const layered = createTerminology(
    [
      store(map([{ code: 'MINE', equivalence: 'equal' }])),
      store(map([{ code: 'THEIRS', equivalence: 'equal' }]), other),
    ],
    1,
  )
  const codes = layered.mapped('urn:national', 'A').map(({ target }) => target.code)
  assert.deepEqual(codes, ['MINE', 'Z'])
})

test('a named map and version are the only ones that answer', () => {
  const asked = terminology(map([{ code: 'X', equivalence: 'equal' }]))
  const count = (wanted: string) => asked.mapped('urn:national', 'A', { map: wanted }).length
  assert.equal(count('http://example.org/map'), 1)
  assert.equal(count('http://example.org/map|3'), 1)
  assert.equal(count('http://example.org/map|2'), 0)
})

function codeSystem(version: string, ...concepts: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { resourceType: 'CodeSystem', url: 'urn:national', version, content: 'complete', concept: concepts }
}

test('a code in several versions: the asked version answers; without one, disagreement is said', () => {
  const asked = terminology(
    codeSystem('2009', { code: 'A', display: 'Old words' }, { code: 'B', display: 'Same' }),
    codeSystem(
      '2010',
      { code: 'A', display: 'New words' },
      { code: 'B', display: 'Same' },
      { code: 'C', display: 'C' },
    ),
  )
  assert.equal(asked.concept('urn:national', 'A', '2009')?.display, 'Old words')
  assert.equal(asked.concept('urn:national', 'A', '2010')?.display, 'New words')
  assert.equal(asked.concept('urn:national', 'A')?.ambiguous, true)
  assert.equal(asked.concept('urn:national', 'B')?.ambiguous, false)
  assert.equal(asked.concept('urn:national', 'C', '2009'), undefined)
  assert.deepEqual(
    asked.concept('urn:national', 'A')?.versions.map(({ version }) => version),
    ['2009', '2010'],
  )
  // A version that nobody loaded is no reason to know nothing, but the answer does not claim it.
  assert.equal(asked.concept('urn:national', 'A', '1999')?.version, undefined)
})

test('a value set lists its members with the words of the system', () => {
  const asked = terminology(codeSystem('1', { code: 'A', display: 'Words' }), {
    resourceType: 'ValueSet',
    url: 'http://example.org/set',
    identifier: [{ value: 'urn:oid:1.2.3' }],
    compose: { include: [{ system: 'urn:national', concept: [{ code: 'A' }] }] },
  })
  assert.deepEqual(asked.valueSet('1.2.3')?.members, [{ system: 'urn:national', code: 'A', display: 'Words' }])
  assert.equal(asked.valueSet('urn:oid:1.2.3')?.url, 'http://example.org/set')
  assert.equal(asked.valueSet('9.9.9'), undefined)
})
