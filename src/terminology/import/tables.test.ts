import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type ConceptTable, conceptElements } from '../code-systems/concept-table.ts'
import { readConceptTable } from '../code-systems/table/read.ts'
import { createLibrary } from '../library/library.ts'
import { openResourceFile } from '../library/resource-store.ts'
import { createTerminologyServer } from '../operations/create.ts'
import { type Imported, importFiles } from './testing/import-files.ts'

const MANY = 6000

function large(further: object = {}) {
  return {
    resourceType: 'CodeSystem',
    id: 'large',
    url: 'urn:large',
    version: '1',
    status: 'active',
    content: 'complete',
    caseSensitive: true,
    language: 'en',
    concept: [
      {
        code: 'root',
        display: 'Everything',
        concept: Array.from({ length: MANY }, (_, index) => ({ code: `c${index}`, display: `Pain of part ${index}` })),
      },
    ],
    ...further,
  }
}

function french(words: (index: number) => string) {
  return {
    resourceType: 'CodeSystem',
    id: 'large-fr',
    url: 'urn:large:fr',
    status: 'active',
    content: 'supplement',
    supplements: 'urn:large',
    language: 'fr',
    concept: Array.from({ length: MANY }, (_, index) => ({
      code: `c${index}`,
      designation: [{ language: 'fr', value: words(index) }],
    })),
  }
}

async function serverOf({ result, index }: Imported) {
  const folder = dirname(result.layer)
  const tables = new Map<string, ConceptTable>()
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.table'))) {
    const read = await readConceptTable(join(folder, name))
    assert.ok(read.ok)
    tables.set(name, read.value.table)
  }
  const store = openResourceFile(
    join(folder, 'resources.ndjson'),
    index,
    (name) => tables.get(name) ?? assert.fail(name),
  )
  const library = createLibrary({ stores: [store] })
  return { library, server: createTerminologyServer(library), tables }
}

test('many concepts go into tables, the rest of the resource stays; both answer together', async () => {
  const imported = await importFiles({
    'large.json': JSON.stringify(large()),
    'fr.json': JSON.stringify(french((index) => `Douleur de la partie ${index}`)),
  })
  assert.deepEqual(imported.problems, [])
  const entries = imported.index.map(({ url, table, concepts }) => ({ url, table, concepts }))
  assert.deepEqual(
    entries.sort((a, b) => a.url.localeCompare(b.url)),
    [
      { url: 'urn:large', table: entries.find(({ url }) => url === 'urn:large')?.table, concepts: MANY + 1 },
      { url: 'urn:large:fr', table: entries.find(({ url }) => url === 'urn:large:fr')?.table, concepts: MANY },
    ],
  )
  for (const { table } of entries) assert.match(table ?? '', /^concepts-\d+\.table$/)
  for (const resource of imported.resources) assert.equal(resource.concept, undefined)

  const { library, server } = await serverOf(imported)
  const system = library.codeSystem('urn:large')
  const { concept } = system?.locate('c17') ?? {}
  assert.ok(system && concept !== undefined)
  assert.deepEqual(
    system.designations(concept).map(({ language, value }) => `${language} ${value}`),
    ['en Pain of part 17', 'fr Douleur de la partie 17'],
  )
  assert.equal(system.codeOf(system.parents(concept)[0] ?? -1), 'root')

  const read = await server.read('CodeSystem', 'large')
  assert.equal(read.resource.count, MANY + 1)
  assert.equal(read.resource.concept, undefined)
  assert.match(JSON.stringify(read.resource.meta), /SUBSETTED/)

  const expanded = await server.operation({
    resourceType: 'ValueSet',
    operation: 'expand',
    fhirVersion: 'R5',
    parameters: {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'valueSet',
          resource: {
            resourceType: 'ValueSet',
            url: 'urn:vs',
            status: 'active',
            compose: { include: [{ system: 'urn:large' }] },
          },
        },
        { name: 'filter', valueString: 'douleur 5999' },
        { name: 'displayLanguage', valueCode: 'fr' },
      ],
    },
  })
  assert.match(JSON.stringify(expanded.resource), /"total":1,.*"code":"c5999","display":"Douleur de la partie 5999"/)
})

test('a table is written again without words that are English in disguise', async () => {
  const imported = await importFiles({
    'large.json': JSON.stringify(large()),
    'fr.json': JSON.stringify(french((index) => (index < 2 ? `Pain of part ${index}` : `Douleur ${index}`))),
  })
  assert.match(imported.problems.join(), /^[^,]*terminology-english-in-disguise$/)
  const { library } = await serverOf(imported)
  const system = library.codeSystem('urn:large')
  assert.ok(system)
  const words = (code: string) => system.designations(system.locate(code).concept ?? -1).map(({ language }) => language)
  assert.deepEqual([words('c0'), words('c1'), words('c2')], [['en'], ['en'], ['en', 'fr']])
  const supplement = library.supplement('urn:large:fr')
  assert.ok(supplement)
  const account = [...conceptElements(supplement)].flatMap(({ property }) => property ?? [])
  assert.deepEqual(account, Array(2).fill({ code: 'untranslated', valueCode: 'fr' }))
})

test('the same table twice is kept once; other content under its name is told', async () => {
  const other = large({ concept: large().concept.map((each) => ({ ...each, display: 'All' })) })
  const same = await importFiles({ 'a.json': JSON.stringify(large()), 'b.json': JSON.stringify(large()) })
  assert.deepEqual([same.problems, same.index.length], [[], 1])
  assert.equal(readdirSync(dirname(same.result.layer)).filter((name) => name.endsWith('.table')).length, 1)
  const differing = await importFiles({ 'a.json': JSON.stringify(large()), 'b.json': JSON.stringify(other) })
  assert.deepEqual(differing.problems, ['b.json: terminology-file-partly-used'])
})
