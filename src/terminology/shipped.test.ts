import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { READER_LANGUAGES } from './load/icu.ts'
import { isObject, objects } from './load/json.ts'
import { openTerminology } from './open.ts'
import { manifestOf, shippedSources } from './sources.ts'

const TERMS = join(import.meta.dirname, '..', '..', 'data', 'terms')
/** Of the demonstration's countries: medicines under a number that only their own register knows. */
const PRODUCTS = ['urn:oid:1.3.6.1.4.1.12559.11.10.1.3.1.42.99', 'urn:oid:1.3.6.1.4.1.28284.6.2.4.901']
const cache = mkdtempSync(join(tmpdir(), 'tessera-shipped-'))
after(() => rmSync(cache, { recursive: true, force: true }))

const files = readdirSync(TERMS)
  .filter((name) => name.endsWith('.json') && name !== 'systems.json')
  .map((name) => {
    const json: unknown = JSON.parse(readFileSync(join(TERMS, name), 'utf8'))
    assert.ok(isObject(json))
    return { name, json, concepts: isObject(json.concepts) ? json.concepts : {} }
  })

test('every file of data/terms says its system, source, licence and status', () => {
  for (const { name, json } of files) {
    for (const field of ['system', 'title', 'source', 'licence']) {
      assert.equal(typeof json[field], 'string', `${name}: ${field}`)
    }
    assert.ok(json.status === 'unreviewed' || json.status === 'reviewed', name)
  }
  assert.equal(new Set(files.map(({ json }) => json.system)).size, files.length, 'one file for each system')
})

test('every shipped concept has French and English, and no word twice or with stray blanks', () => {
  let concepts = 0
  for (const { name, concepts: all } of files) {
    for (const [code, words] of Object.entries(all)) {
      assert.ok(isObject(words), `${name} ${code}`)
      assert.ok(words.fr && words.en, `${name} ${code} lacks French or English`)
      for (const [language, word] of Object.entries(words)) {
        assert.ok(typeof word === 'string' && word === word.trim() && word !== '', `${name} ${code} ${language}`)
        assert.doesNotMatch(word, /\uFFFD|\?\?|\s{2}/, `${name} ${code} ${language}`)
      }
      concepts++
    }
  }
  assert.ok(concepts >= 400)
})

test('words are in the script of their language', () => {
  for (const { name, concepts } of files) {
    for (const [code, words] of Object.entries(concepts)) {
      if (!isObject(words)) continue
      for (const [language, word] of Object.entries(words)) {
        const greek = /\p{Script=Greek}/u.test(String(word).replace(/[µμβγα]/g, ''))
        const cyrillic = /\p{Script=Cyrillic}/u.test(String(word))
        if (language !== 'el') assert.ok(!greek, `${name} ${code} ${language}: ${word}`)
        if (language !== 'bg') assert.ok(!cyrillic, `${name} ${code} ${language}: ${word}`)
      }
    }
  }
})

test('SNOMED CT codes are those of the free Global Patient Set only', () => {
  const set: unknown = JSON.parse(
    readFileSync(join(shippedSources().packages[0]?.folder ?? '', 'ValueSet-snomed-intl-gps.json'), 'utf8'),
  )
  assert.ok(isObject(set) && isObject(set.compose))
  const free = new Set(
    objects(set.compose.include).flatMap((include) => objects(include.concept).map(({ code }) => code)),
  )
  const snomed = files.find(({ json }) => json.system === 'http://snomed.info/sct')
  assert.deepEqual(
    Object.keys(snomed?.concepts ?? {}).filter((code) => !free.has(code)),
    [],
  )
})

test('NOTICE names every source of terms', () => {
  const notice = readFileSync(join(TERMS, '..', '..', 'NOTICE'), 'utf8')
  for (const name of ['LOINC', 'ICD-10', 'ATC', 'EDQM', 'SNOMED', 'HL7', 'CLDR', 'UCUM', 'ISCO', 'EMDN']) {
    assert.ok(notice.includes(name), name)
  }
  for (const { folder } of shippedSources().packages) assert.ok(notice.includes(manifestOf(folder).name))
})

test('the shipped content compiles once, is opened afterwards, and answers', async () => {
  const steps: string[] = []
  const open = () => openTerminology({ cache, progress: ({ what }) => steps.push(what) })
  const [terminology] = await Promise.all([open(), open()]) // two processes at once: one compiles
  assert.ok(steps.includes('hl7.terminology.r4'))
  const made = readdirSync(cache)
  assert.equal(made.length, 1, made.join())
  assert.ok(statSync(join(cache, made[0] ?? '')).size < 12_000_000)
  steps.length = 0
  await open()
  assert.deepEqual(steps, [])

  const say = (system: string, code: string, ...languages: string[]) => terminology.designation(system, code, languages)
  assert.equal(say('2.16.840.1.113883.6.73', 'B01AA03', 'fr')?.term, 'Warfarine')
  assert.equal(say('1.3.6.1.4.1.12559.11.10.1.3.1.44.1', '20053000', 'fr')?.term, 'Voie orale')
  assert.equal(say('2.16.840.1.113883.6.3', 'I48', 'fr')?.status, 'unreviewed')
  assert.equal(say('http://hl7.org/fhir/v3/RoleCode', 'MTH', 'pt')?.term, 'Mãe')
  assert.equal(say('urn:ietf:bcp:47', 'pt-BR', 'fr-BE')?.term, 'portugais (Brésil)')
  assert.equal(say('1dd183a6-6d2b-4a9d-8f5d-be09d6bb5a6e', 'et', 'fr')?.term, 'estonien')
  assert.equal(say('1.3.5.1.4.1.19376.1.5.3.2', 'IMMUNIZ', 'fr')?.term, 'Vaccination')
  for (const language of READER_LANGUAGES) {
    assert.ok(say('1.0.3166.1', 'EE', language), `Estonia in ${language}`)
  }
  assert.equal(
    terminology.canonicalSystem('2.16.840.1.113883.4.642.4.1373').split('/').at(-1),
    'allergyintolerance-clinical',
  )
  assert.equal(terminology.canonicalSystem('urn:oid:2.16.840.1.113883.5.1008').split('/').at(-1), 'v3-NullFlavor')
  const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender'
  assert.equal(terminology.membership(gender, undefined, 'female'), 'member')
  assert.equal(terminology.membership(gender, undefined, 'F'), 'not-member')
})

test('a lock left by a process that died stops nobody', async () => {
  const own = mkdtempSync(join(cache, 'own-'))
  const sources = { terms: TERMS, packages: [], icu: false }
  await openTerminology({ cache: own, sources })
  const [file = ''] = readdirSync(own)
  rmSync(join(own, file))
  // No process has this number: Linux and macOS stop far below.
  writeFileSync(join(own, `${file}.lock`), '2147483646')
  await openTerminology({ cache: own, sources })
  assert.deepEqual(readdirSync(own), [file])
})

test('a damaged compiled file is made anew', async () => {
  const own = mkdtempSync(join(cache, 'own-'))
  const sources = { terms: TERMS, packages: [], icu: false }
  await openTerminology({ cache: own, sources })
  const [file = ''] = readdirSync(own)
  writeFileSync(join(own, file), readFileSync(join(own, file)).subarray(0, 1000))
  const terminology = await openTerminology({ cache: own, sources })
  assert.equal(terminology.designation('http://www.whocc.no/atc', 'A10BA02', ['fr'])?.term, 'Metformine')
})

test('the demo people’s codes have words in French', {
  skip: !existsSync(join(TERMS, '..', 'demo', 'codes.json')) && 'no data/demo/codes.json',
}, async () => {
  const terminology = await openTerminology({ cache })
  const json: unknown = JSON.parse(readFileSync(join(TERMS, '..', 'demo', 'codes.json'), 'utf8'))
  assert.ok(isObject(json))
  const missing: string[] = []
  for (const [system, codes] of Object.entries(json)) {
    for (const { code } of objects(codes)) {
      if (!terminology.designation(system, String(code), ['fr'])) missing.push(`${system} ${code}`)
    }
  }
  // Words for these may not be shipped: codes outside the free set of SNOMED CT, and products of one country, whose names
  // stand in the documents themselves.
  const national = ['http://snomed.info/sct ', ...PRODUCTS.map((system) => `${system} `)]
  assert.deepEqual(
    missing.filter((name) => !national.some((system) => name.startsWith(system))),
    [],
  )
})
