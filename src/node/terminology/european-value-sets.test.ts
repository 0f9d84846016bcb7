/**
 * The value sets of the European catalogue as the server answers for them: whole, and with every French word that was
 * imported; with and without a part of SNOMED CT and of LOINC, which lack codes that the value sets list.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { appendServed } from '#terminology/artifacts/store.ts'
import { importTerminology } from '#terminology/import/import.ts'
import { isObject, type JsonObject, objects, text } from '#terminology/load/json.ts'
import type { Parameter } from '#terminology/operations/fhir.ts'
import { must } from '#terminology/releases/testing.ts'
import { importEdition } from '#terminology/snomed/import.ts'
import { type Content, openContent } from './content.ts'
import { planContent } from './plan.ts'

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'terminology')
const CATALOGUE = join(CORPUS, 'ehdsi-mvc')
const LISTS = join(CORPUS, 'designations')
const skip = existsSync(CATALOGUE) && existsSync(LISTS) ? false : '../shared/corpus/terminology is not here'

/** French words of the lists that are English, character by character: the import leaves them out and says so. */
const MOST_ENGLISH = 30

const home = mkdtempSync(join(tmpdir(), 'tessera-european-'))
after(() => rmSync(home, { recursive: true, force: true }))

test('expansions are as long as the files, and have every French word', { skip }, async () => {
  for (const folder of [CATALOGUE, LISTS]) must(await importTerminology([folder], { home }))
  const content = await served()
  await checkAll(content, french())
  content.close()
})

test('they still are when loaded versions lack some of their codes, and it is said', { skip }, async () => {
  must(await importTerminology([join(CORPUS, 'tx-source', 'loinc')], { home }))
  const edition = must(
    await importEdition([join(CORPUS, 'tx-source', 'snomed')], { home, importedBy: 'test', unpublished: true }),
  )
  must(await appendServed(home, edition.manifest.id))
  const content = await served()
  const said = await checkAll(content, french())
  for (const system of ['http://snomed.info/sct', 'http://loinc.org', 'urn:iso:std:iso:3166']) {
    assert.ok(
      said.some((sentence) => sentence.includes(system)),
      `${system} lacks nothing?`,
    )
  }
  // A code of such a list is valid, with a warning.
  const { parameter } = await ask(content, 'validate-code', {
    url: 'http://terminology.ehdsi.eu/ValueSet/eHDSIAllergenNoDrug',
    system: 'http://snomed.info/sct',
    code: '102264005',
  })
  const values = new Map(objects(parameter).map((one) => [one.name, one]))
  assert.equal(values.get('result')?.valueBoolean, true)
  const issues = values.get('issues')?.resource
  assert.match(JSON.stringify(issues), /warning.*does not know/)
  content.close()
})

async function served(): Promise<Content> {
  return must(await openContent({ home, flat: false }, must(await planContent(home))))
}

async function ask(content: Content, operation: string, values: Readonly<Record<string, string>>): Promise<JsonObject> {
  const { resource } = await content.handlers.operation({
    resourceType: 'ValueSet',
    operation,
    fhirVersion: 'R4',
    parameters: {
      resourceType: 'Parameters',
      parameter: Object.entries(values).map(([name, value]) => ({ name, valueString: value })),
    },
  })
  return resource as unknown as JsonObject
}

type Words = ReadonlyMap<string, readonly string[]>

/** French words by `system code`. */
function french(): Words {
  const found = new Map<string, string[]>()
  for (const name of readdirSync(LISTS)) {
    if (name.startsWith('_') || !name.endsWith('.json')) continue
    for (const list of objects(json(join(LISTS, name)))) {
      for (const { code, designation } of objects(list.concepts)) {
        for (const [language, value] of Object.entries(isObject(designation) ? designation : {})) {
          const term = text(isObject(value) ? value.name : value)
          if (!/^fr\b/.test(language) || term === undefined) continue
          const key = `${list.system} ${code}`
          found.set(key, [...(found.get(key) ?? []), term])
        }
      }
    }
  }
  return found
}

/** What the expansions say of codes that a loaded version does not know. */
async function checkAll(content: Content, words: Words): Promise<readonly string[]> {
  const said: string[] = []
  const left: string[] = []
  const names = readdirSync(CATALOGUE).filter((name) => !name.startsWith('_'))
  assert.equal(names.length, 59)
  let found = 0
  for (const name of names) {
    const file = json(join(CATALOGUE, name)) as JsonObject
    const { expansion } = await ask(content, 'expand', {
      url: String(file.url),
      displayLanguage: 'fr',
      includeDesignations: 'true',
    })
    assert.ok(isObject(expansion), name)
    const contains = objects(expansion.contains)
    const expected = objects(file.concepts)
    assert.equal(expansion.total, expected.length, name)
    assert.equal(contains.length, expected.length, name)
    const byCode = new Map(contains.map((one) => [`${one.system} ${one.code}`, one]))
    for (const { system, code } of expected) {
      const entry = byCode.get(`${system} ${code}`)
      assert.ok(entry, `${name} ${code}`)
      const have = new Set<unknown>([entry.display, ...objects(entry.designation).map(({ value }) => value)])
      for (const word of words.get(`${system} ${code}`) ?? []) {
        if (have.has(word)) found++
        else left.push(word)
      }
    }
    for (const { name: what, valueString } of objects(expansion.parameter) as readonly Parameter[]) {
      if (what === 'warning-unknown-codes') said.push(String(valueString))
    }
  }
  assert.ok(found > 3000, String(found))
  assert.deepEqual(
    left.filter((word) => !/^[A-Za-z ,.()/-]+$/.test(word)),
    [],
  )
  assert.ok(left.length <= MOST_ENGLISH, left.join('\n'))
  return said
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
