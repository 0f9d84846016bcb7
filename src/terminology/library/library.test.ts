import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../load/json.ts'
import { createLibrary, withResources } from './library.ts'
import { toR5 } from './normalise.ts'
import { entryOf, memoryStore, openResourceFile } from './resource-store.ts'
import { compareVersions, matchesVersion, pickVersion } from './versions.ts'

const URL = 'http://example.org/cs'

function codeSystem(version: string | undefined, code: string, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'CodeSystem',
    url: URL,
    ...(version !== undefined && { version }),
    content: 'complete',
    concept: [{ code }],
    ...more,
  }
}

const libraryOf = (...resources: readonly JsonObject[]) => createLibrary({ stores: [memoryStore(resources)] })

test('versions: the exact one, the newest that fits, the newest of all', () => {
  const library = libraryOf(
    codeSystem('1.0.0', 'a'),
    codeSystem('1.10.0', 'b'),
    codeSystem('1.9.0', 'c'),
    codeSystem('2.0.0-rc1', 'd'),
  )
  const version = (asked?: string) => library.codeSystem(URL, asked)?.identity.version
  assert.equal(version('1.9.0'), '1.9.0')
  assert.equal(version('1.x'), '1.10.0')
  assert.equal(version('1.9.x'), '1.9.0')
  assert.equal(version('3'), undefined)
  assert.equal(version('2.0.0-rc1'), '2.0.0-rc1')
})

test('dates, numbers and names are ordered as people order them', () => {
  const ordered = [
    ['2023-01-31', '2023-02-01', '2024'],
    ['1.2.0', '1.10.0', '2.0.0'],
    ['1.0.0-alpha', '1.0.0'],
    ['2.71', '2.81'],
  ]
  for (const list of ordered) {
    for (let at = 1; at < list.length; at += 1) assert.ok(compareVersions(list[at - 1], list[at]) < 0, String(list))
  }
  assert.ok(matchesVersion('1.x.x', '1.2.3'))
  assert.ok(!matchesVersion('1.x', '10.2'))
})

test('comparing versions is an order', () => {
  const version = fc.oneof(
    fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((parts) => parts.join('.')),
    fc.constantFrom('2024-01', '2024-02-03', 'R5', 'draft', '1.0.0-beta', ''),
  )
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0)
      const picked = pickVersion([{ version: a }, { version: b }, { version: c }], undefined)
      assert.ok(picked && [a, b, c].every((each) => compareVersions(each, picked.version) <= 0))
    }),
  )
})

test('a complete code system is meant before a newer fragment', () => {
  const library = libraryOf(codeSystem('1', 'whole'), codeSystem('2', 'part', { content: 'fragment' }))
  assert.equal(library.codeSystem(URL)?.identity.version, '1')
  assert.equal(library.codeSystem(URL, '2')?.identity.content, 'fragment')
})

test('resources of a request are above those of the server, and leave no trace', () => {
  const library = libraryOf(codeSystem('1', 'a'))
  const above = withResources(library, [codeSystem('1', 'b'), codeSystem('7', 'c')])
  assert.notEqual(above.codeSystem(URL, '1')?.locate('b').concept, undefined)
  assert.equal(above.codeSystem(URL)?.identity.version, '7')
  assert.equal(library.codeSystem(URL, '1')?.locate('b').concept, undefined)
  assert.equal(library.codeSystem(URL, '7'), undefined)
  assert.equal(withResources(library, []), library)
})

test('where no version is stated, each release of FHIR gets its own resources', () => {
  const url = 'http://hl7.org/fhir/some-status'
  const library = libraryOf(codeSystem('4.0.1', 'a', { url }), codeSystem('5.0.0', 'b', { url }))
  assert.equal(library.inRelease('R4').codeSystem(url)?.identity.version, '4.0.1')
  assert.equal(library.inRelease('R5').codeSystem(url)?.identity.version, '5.0.0')
  assert.equal(library.inRelease('R4').codeSystem(url, '5.0.0')?.identity.version, '5.0.0')
})

test('a file of resources is read by place, and what was read stays the same object', () => {
  const folder = mkdtempSync(join(tmpdir(), 'resources-'))
  const resources = [codeSystem('1', 'ä'), codeSystem('2', '漢')]
  const lines = resources.map((each) => JSON.stringify(each))
  let offset = 0
  const entries = resources.flatMap((resource, index) => {
    const length = Buffer.byteLength(lines[index] ?? '')
    const entry = entryOf(resource, offset, length)
    offset += length + 1
    return entry ?? []
  })
  writeFileSync(join(folder, 'resources.ndjson'), `${lines.join('\n')}\n`)
  const store = openResourceFile(join(folder, 'resources.ndjson'), entries)
  const [first, second] = store.entries
  assert.ok(first && second)
  assert.deepEqual(store.read(second), resources[1])
  assert.deepEqual(store.read(first), resources[0])
  assert.equal(store.read(first), store.read(first))
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

test('R4 becomes R5: relationships of a concept map, and what is R5 stays', () => {
  const map = toR5({
    resourceType: 'ConceptMap',
    url: 'http://example.org/map',
    group: [
      {
        source: 'a',
        target: 'b',
        element: [
          {
            code: '1',
            target: [
              { code: '2', equivalence: 'wider' },
              { code: '3', equivalence: 'equal' },
            ],
          },
        ],
      },
    ],
  })
  const text = JSON.stringify(map)
  assert.match(text, /"relationship":"source-is-narrower-than-target"/)
  assert.match(text, /"relationship":"equivalent"/)
  assert.deepEqual(toR5(map), map)
})
