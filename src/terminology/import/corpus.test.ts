/** The European catalogue and the designation lists of the corpus: nothing of them is lost on the way. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { conceptElements } from '../code-systems/concept-table.ts'
import { normaliseLanguage } from '../languages.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import { DAMAGED, isDamagedDesignation, UNTRANSLATED } from './resource.ts'
import { CORPUS, importPath } from './testing/import-files.ts'

const MVC = join(CORPUS, 'terminology', 'ehdsi-mvc')
const LISTS = join(CORPUS, 'terminology', 'designations')
const skip = existsSync(MVC) && existsSync(LISTS) ? false : 'the corpus is not here (../shared/corpus/terminology)'

function json(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

test('all 59 value sets, with the codes, the order and the words of their files', { skip }, async () => {
  const imported = await importPath(MVC)
  const files = readdirSync(MVC).filter((name) => name.startsWith('eHDSI'))
  assert.equal(files.length, 59)
  let concepts = 0
  for (const name of files) {
    const file = json(join(MVC, name))
    assert.ok(isObject(file))
    const set = imported.resources.find(({ resourceType, url }) => resourceType === 'ValueSet' && url === file.url)
    assert.ok(set, name)
    assert.equal(set.version, file.version)
    const includes = objects(isObject(set.compose) ? set.compose.include : [])
    for (const include of includes) {
      const expected: unknown = objects(file.concepts)
        .filter(({ system }) => system === include.system)
        .map(({ code, display }) => ({ code, display: text(display) }))
      assert.deepEqual(include.concept, expected, name)
      concepts += objects(include.concept).length
    }
    const held = includes.reduce((sum, { concept }) => sum + objects(concept).length, 0)
    assert.equal(held, objects(file.concepts).length, name)
  }
  assert.equal(concepts, 39_649)
  // Systems that nobody ships can be looked up.
  for (const system of ['http://www.whocc.no/atc', 'http://hl7.org/fhir/sid/icd-10', 'https://www.orpha.net']) {
    assert.ok(
      imported.index.some(({ url, content }) => url === system && content === 'fragment'),
      system,
    )
  }
})

test('every French designation is there, or told why not', { skip }, async () => {
  const imported = await importPath(LISTS)
  const found = new Map<string, Set<string>>()
  for (const resource of imported.resources) noteWords(resource, found)
  let readable = 0
  const left = { damaged: 0, untranslated: 0 }
  for (const name of readdirSync(LISTS)) {
    for (const list of objects(name.startsWith('_') ? [] : json(join(LISTS, name)))) {
      for (const { code, designation } of objects(list.concepts)) {
        for (const [language, value] of Object.entries(isObject(designation) ? designation : {})) {
          if (!language.startsWith('fr')) continue
          const term = text(isObject(value) ? value.name : value) ?? ''
          const words = found.get(`${text(code)} ${normaliseLanguage(language)}`) ?? new Set()
          if (words.has(`${DAMAGED} ${term}`)) left.damaged++
          else if (words.has(term)) readable++
          else if (words.has(UNTRANSLATED)) left.untranslated++
          else assert.fail(`${name}: ${list.system} ${code} "${term}" is lost`)
        }
      }
    }
  }
  assert.ok(readable > 20_000, `${readable} French designations`)
  // 1,507 words of ans-cisis-fr.json have damaged letters in their source already, one of LOINC has "???": nobody is shown them.
  assert.equal(left.damaged, 1508)
  assert.ok(left.untranslated < 100)
})

function noteWords(resource: JsonObject, found: Map<string, Set<string>>): void {
  for (const { code, designation, property } of conceptElements(resource)) {
    const note = (language: unknown, word: string) => {
      const key = `${code} ${text(language)}`
      found.set(key, (found.get(key) ?? new Set()).add(word))
    }
    for (const word of objects(designation)) {
      const value = text(word.value) ?? ''
      note(word.language, isDamagedDesignation(word) ? `${DAMAGED} ${value}` : value)
    }
    for (const { code: kind, valueCode } of objects(property)) {
      if (kind === UNTRANSLATED) note(valueCode, text(kind) ?? '')
    }
  }
}
