import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { importTerminology } from '../import/import.ts'
import { DAMAGED, RESPELLED, UNTRANSLATED } from '../import/resource.ts'
import { readResources } from '../import/testing/import-files.ts'
import { isObject, type JsonObject, text } from '../load/json.ts'
import { coverageOf, listedCodes } from './coverage.ts'

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'terminology')
const skip = existsSync(CORPUS) ? false : 'the corpus is not here (../shared/corpus/terminology)'
const home = mkdtempSync(join(tmpdir(), 'tessera-coverage-'))
after(() => rmSync(home, { recursive: true, force: true }))

/** Own words only: what ships from packages is not part of the comparison. */
const sources = { terms: join(import.meta.dirname, '..', '..', '..', 'data', 'terms'), packages: [], icu: false }
const SYSTEM = 'urn:example:colours'

test('a code counts once for a language, whatever the region and the source', () => {
  const words = (concept: readonly JsonObject[]): JsonObject => ({
    resourceType: 'CodeSystem',
    content: 'supplement',
    supplements: `${SYSTEM}|1`,
    concept,
  })
  const rows = coverageOf(
    [{ url: 'urn:example:all', codes: ['r', 'g', 'b', 'k'].map((code) => ({ system: SYSTEM, code })) }],
    [
      words([
        { code: 'r', designation: [{ language: 'fr-BE', value: 'rouge' }] },
        { code: 'g', property: [{ code: DAMAGED, valueCode: 'fr-FR' }] },
        { code: 'x', designation: [{ language: 'fr', value: 'elsewhere' }] },
      ]),
      words([
        { code: 'r', designation: [{ language: 'fr', value: 'rouge' }] },
        {
          code: 'b',
          designation: [{ language: 'fr', value: 'bleu' }],
          property: [{ code: RESPELLED, valueString: ' b' }],
        },
        { code: 'k', property: [{ code: UNTRANSLATED, valueCode: 'fr' }] },
      ]),
      { resourceType: 'ValueSet' },
    ],
  )
  assert.deepEqual(rows[0]?.languages, { fr: { named: 3, respelled: 1, usable: 2, damaged: 1, untranslated: 1 } })
  assert.equal(rows[0]?.concepts, 4)
})

test('only a wholly listed value set has codes of its own', () => {
  const include = [{ system: SYSTEM, concept: [{ code: 'r' }] }]
  assert.deepEqual(listedCodes({ compose: { include } }), [{ system: SYSTEM, code: 'r' }])
  assert.equal(listedCodes({ compose: { include: [...include, { system: SYSTEM }] } }), undefined)
  assert.equal(listedCodes({ compose: { include, exclude: include } }), undefined)
  assert.equal(listedCodes({}), undefined)
})

test('the corpus gives the published numbers', { skip }, async () => {
  const imported = await Promise.all(
    ['ehdsi-mvc', 'designations'].map(async (name) => {
      const result = await importTerminology(join(CORPUS, name), {
        home: join(home, name),
        cache: join(home, 'cache'),
        sources,
      })
      assert.ok(result.ok)
      return (await readResources(dirname(result.value.layer))).resources
    }),
  )
  const [catalogue = [], lists = []] = imported
  const valueSets = catalogue.flatMap((resource) => {
    const codes = listedCodes(resource)
    return codes ? [{ url: text(resource.url) ?? '', name: text(resource.name) ?? '', codes }] : []
  })
  assert.equal(valueSets.length, 59)
  const rows = coverageOf(valueSets, lists)
  const published: unknown = JSON.parse(readFileSync(join(CORPUS, 'designations', '_coverage.json'), 'utf8'))
  assert.ok(isObject(published))
  const languages = new Set(Object.values(published).flatMap((row) => Object.keys(isObject(row) ? row : {})))
  languages.delete('concepts')
  let compared = 0
  for (const { name = '', languages: found } of rows) {
    const expected: unknown = published[name]
    assert.ok(isObject(expected), name)
    for (const language of languages) {
      assert.equal(found[language]?.named ?? 0, expected[language] ?? 0, `${name} ${language}`)
      compared++
    }
  }
  assert.equal(compared, 59 * 9)
  // The published list counts one display label less than its own file has.
  const counted = rows
    .filter(({ name = '', concepts }) => concepts !== countIn(published[name]))
    .map(({ name }) => name)
  assert.deepEqual(counted, ['eHDSIDisplayLabel'])
  for (const { languages: found } of rows) {
    for (const { named, respelled, usable, damaged, untranslated } of Object.values(found)) {
      assert.equal(named + respelled, usable + damaged + untranslated)
    }
  }
})

function countIn(row: unknown): unknown {
  return isObject(row) ? row.concepts : undefined
}
