import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { objects } from '../../load/json.ts'
import { CORPUS, importFiles, importPath, one } from '../testing/import-files.ts'

test('bundles, lines and single resources; what R4 says and R5 cannot is kept', async () => {
  const map = {
    resourceType: 'ConceptMap',
    url: 'urn:example:map',
    status: 'active',
    identifier: { value: 'x' },
    sourceUri: 'urn:example:vs',
    group: [
      {
        source: 'urn:example:a',
        sourceVersion: '1',
        target: 'urn:example:b',
        element: [
          { code: '1', target: [{ code: 'x', equivalence: 'equal', comment: 'the same' }] },
          { code: '2', target: [{ equivalence: 'unmatched' }] },
          { code: '3', target: [{ code: 'y', equivalence: 'wider' }] },
        ],
      },
    ],
  }
  const imported = await importFiles({
    'bundle.json': JSON.stringify({
      resourceType: 'Bundle',
      entry: [{ resource: map }, { resource: { resourceType: 'Patient' } }],
    }),
    'lines.ndjson':
      '{"resourceType":"ValueSet","url":"urn:example:vs","status":"active"}\n\nnot json\n{"resourceType":"ValueSet"}\n',
    'naming.json':
      '{"resourceType":"NamingSystem","id":"n","name":"N","status":"active","kind":"codesystem","uniqueId":[{"type":"uri","value":"urn:example:a"},{"type":"oid","value":"1.9.9"}]}',
    'list.json': '[{"system":"1.9.9","concepts":[{"code":"1","designation":{"fr":"un"}}]}]',
  })
  const read = one(imported, 'ConceptMap')
  assert.deepEqual(read.identifier, [{ value: 'x' }])
  const [group] = objects(read.group)
  assert.equal(group?.source, 'urn:example:a|1')
  const [first, second, third] = objects(group?.element)
  assert.equal(objects(first?.target)[0]?.relationship, 'equivalent')
  assert.equal(objects(objects(first?.target)[0]?.extension)[0]?.valueCode, 'equal')
  assert.equal(second?.noMap, true)
  assert.equal(objects(third?.target)[0]?.relationship, 'source-is-narrower-than-target')
  assert.deepEqual(imported.problems, [
    'lines.ndjson:3 terminology-file-no-json',
    'lines.ndjson:4 terminology-file-partly-used',
  ])
  // A list that names the system by the OID that the import itself made known.
  assert.equal(one(imported, 'CodeSystem').supplements, 'urn:example:a')
})

test('codes twice in a code system, words that lost their letters, the same resource in two packages', async () => {
  const system = {
    resourceType: 'CodeSystem',
    url: 'urn:example:a',
    status: 'active',
    content: 'complete',
    concept: [
      { code: '1', display: 'one', concept: [{ code: '2', display: 'two' }] },
      { code: '2', display: 'again' },
      {
        code: ' 3 ',
        display: 'three',
        designation: [
          { language: 'el', value: '????' },
          { language: 'fr', value: 'tr\uFFFDis' },
        ],
      },
    ],
  }
  const imported = await importFiles({ 'a.json': JSON.stringify(system), 'b.json': JSON.stringify(system) })
  assert.deepEqual(one(imported, 'CodeSystem').concept, [
    { code: '1', display: 'one', concept: [{ code: '2', display: 'two' }] },
    { display: 'three', code: '3' },
  ])
  assert.equal(imported.problems.filter((problem) => problem === 'a.json: terminology-code-twice').length, 1)
  assert.equal(imported.result.codeSystems, 1)
})

const PACKAGES = join(CORPUS, '..', 'fhir-packages')
const skip = existsSync(PACKAGES) ? false : 'the packages are not here (../shared/fhir-packages)'

test('the European packages, counted against their own files', { skip }, async () => {
  const imported = await importPath(PACKAGES)
  const expected = new Map<string, number>()
  const seen = new Set<string>()
  for (const name of readdirSync(PACKAGES, { recursive: true, encoding: 'utf8' })) {
    if (!/(?:^|\/)(?:CodeSystem|ValueSet|ConceptMap|NamingSystem)-[^/]*\.json$/.test(name)) continue
    const { resourceType, url, version } = JSON.parse(readFileSync(join(PACKAGES, name), 'utf8'))
    const key = `${resourceType} ${url} ${version}`
    if (!seen.has(key)) expected.set(resourceType, (expected.get(resourceType) ?? 0) + 1)
    seen.add(key)
  }
  const found = Map.groupBy(imported.resources, ({ resourceType }) => String(resourceType))
  assert.deepEqual(
    Object.fromEntries([...found].map(([type, list]) => [type, list.length])),
    Object.fromEntries(expected),
  )
  assert.ok((expected.get('ValueSet') ?? 0) > 80)
})
