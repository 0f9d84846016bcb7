/**
 * A made-up SNOMED CT release of any size, the same for the same seed: a hierarchy of eleven levels, three descriptions a
 * concept (English name, English synonym, French synonym), about six relationships a concept of which a quarter are is-a,
 * language reference sets, a simple reference set, a map and historical associations. Words follow Zipf's law; a fifth of
 * the identifiers have 18 digits. Nothing of it means anything.
 *
 *   node bench/terminology/generate-rf2.ts FOLDER [CONCEPTS [SEED]]
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { checkDigit } from '../../src/terminology/snomed/sctid.ts'

export interface GeneratedSizes {
  readonly concepts: number
  readonly descriptions: number
  readonly relationships: number
  readonly isA: number
}

const DATE = '20260131'
const CORE = '900000000000207008'
const MODEL = '900000000000012004'
const LEVELS = 11
const WORDS = 60_000
/** Concepts that the release format itself needs, below the root. */
const METADATA: readonly (readonly [id: string, name: string])[] = [
  ['116680003', 'Is a (attribute)'],
  [CORE, 'SNOMED CT core module (core metadata concept)'],
  [MODEL, 'SNOMED CT model component module (core metadata concept)'],
  ['900000000000509007', 'United States of America English language reference set (foundation metadata concept)'],
  ['722131000', 'French language reference set (foundation metadata concept)'],
  ['900000000000526001', 'REPLACED BY association reference set (foundation metadata concept)'],
  ['900000000000534007', 'Module dependency reference set (foundation metadata concept)'],
  ['446609009', 'Simple type reference set (foundation metadata concept)'],
  ['447562003', 'ICD-10 complex map reference set (foundation metadata concept)'],
]
const ROOT = '138875005'
const TAGS = ['disorder', 'procedure', 'finding', 'substance', 'body structure', 'organism', 'product', 'situation']
const PRIMITIVE = '900000000000074008'
const DEFINED = '900000000000073002'

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Writes the release into `folder/Snapshot`. */
export function generateRf2(folder: string, { concepts = 500_000, seed = 1 } = {}): GeneratedSizes {
  const random = randomOf(seed)
  const ids = [ROOT, ...METADATA.map(([id]) => id), ...identifiers(concepts, '00', '10', random)].slice(
    0,
    Math.max(concepts, 20),
  )
  const first = 1 + METADATA.length
  const levelStarts = levels(first, ids.length)
  const inactive = (concept: number): boolean => concept >= (levelStarts[3] ?? first) && concept % 50 === 7
  const place = (name: string): string => join(folder, 'Snapshot', name)
  mkdirSync(place('Terminology'), { recursive: true })
  mkdirSync(place('Refset'), { recursive: true })
  writeConcepts(place(`Terminology/sct2_Concept_Snapshot_INT_${DATE}.txt`), ids, inactive, random)
  const descriptions = writeDescriptions(place, ids, random)
  const { relationships, isA } = writeRelationships(place, ids, levelStarts, inactive, random)
  writeRefsets(place, ids, first, inactive, random)
  return { concepts: ids.length, descriptions, relationships, isA }
}

/** Every fifth with a namespace. */
function identifiers(count: number, plain: string, national: string, random: () => number): readonly string[] {
  let item = 1000 + Math.floor(random() * 1000)
  return Array.from({ length: count }, () => {
    item += 1 + Math.floor(random() * 40)
    const digits = random() < 0.2 ? `${10_000_000 + item}1000199${national}` : `${item}${plain}`
    return digits + checkDigit(digits)
  })
}

/** First concept of each level; each level has about three times as many concepts as the one above. */
function levels(first: number, count: number): readonly number[] {
  const weights = Array.from({ length: LEVELS }, (_, level) => (level < 6 ? 3 ** level * 8 : 3 ** 6 * 8))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  let at = first
  return weights.map((weight) => {
    const start = at
    at += Math.max(1, Math.floor((weight / sum) * (count - first)))
    return Math.min(start, count - 1)
  })
}

function writeConcepts(
  file: string,
  ids: readonly string[],
  inactive: (concept: number) => boolean,
  random: () => number,
) {
  const out = lines(file, 'id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId')
  ids.forEach((id, concept) => {
    const status = random() < 0.3 ? DEFINED : PRIMITIVE
    out.write(`${id}\t${dateOf(random)}\t${inactive(concept) ? 0 : 1}\t${CORE}\t${status}`)
  })
  out.end()
}

function dateOf(random: () => number): string {
  return `${2002 + Math.floor(random() * 24)}${random() < 0.5 ? '0131' : '0731'}`
}

function writeDescriptions(place: (name: string) => string, ids: readonly string[], random: () => number): number {
  const english = vocabulary(random, ['a', 'e', 'i', 'o', 'u'])
  const french = vocabulary(random, ['a', 'é', 'i', 'o', 'è', 'œ'])
  const names = identifiers(ids.length * 3, '01', '11', random)
  const header = 'id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId'
  const out = lines(place(`Terminology/sct2_Description_Snapshot_INT_${DATE}.txt`), header)
  const header2 = 'id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tacceptabilityId'
  const inEnglish = lines(place(`Refset/der2_cRefset_LanguageSnapshot-en_INT_${DATE}.txt`), header2)
  const inFrench = lines(place(`Refset/der2_cRefset_LanguageSnapshot-fr_INT_${DATE}.txt`), header2)
  const preferred = '900000000000548007'
  ids.forEach((id, concept) => {
    const known = METADATA.find(([of]) => of === id)?.[1]
    const term = id === ROOT ? 'SNOMED CT Concept' : (known?.replace(/ \(.*$/, '') ?? phrase(english, random))
    const name = known ?? `${term} (${TAGS[concept % TAGS.length]})`
    const rows = [
      ['en', '900000000000003001', capital(name)],
      ['en', '900000000000013009', capital(term)],
      ['fr', '900000000000013009', phrase(french, random)],
    ] as const
    rows.forEach(([language, type, words], index) => {
      const description = names[concept * 3 + index]
      const date = dateOf(random)
      out.write(`${description}\t${date}\t1\t${CORE}\t${id}\t${language}\t${type}\t${words}\t900000000000448009`)
      const [refset, file] = language === 'fr' ? ['722131000', inFrench] : ['900000000000509007', inEnglish]
      file.write(`${uuid(random)}\t${date}\t1\t${CORE}\t${refset}\t${description}\t${preferred}`)
    })
  })
  for (const file of [out, inEnglish, inFrench]) file.end()
  return ids.length * 3
}

const CONSONANTS = ['b', 'c', 'd', 'f', 'g', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'st', 'tr', 'ph', 'ch']

/** Distinct words of two to five syllables, the frequent ones first and short. */
function vocabulary(random: () => number, vowels: readonly string[]): readonly string[] {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? ''
  const words = new Set<string>()
  while (words.size < WORDS) {
    const syllables = 2 + Math.floor((words.size / WORDS) * 2 + random() * 2)
    let word = ''
    for (let syllable = 0; syllable < syllables; syllable += 1) word += pick(CONSONANTS) + pick(vowels)
    words.add(random() < 0.5 ? word + pick(CONSONANTS) : word)
  }
  return [...words]
}

/** Two to six words; a word of rank r comes about once in r (Zipf). */
function phrase(words: readonly string[], random: () => number): string {
  const length = 2 + Math.floor(random() * 5)
  return Array.from({ length }, () => words[Math.floor(Math.exp(random() * Math.log(words.length))) - 1]).join(' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function writeRelationships(
  place: (name: string) => string,
  ids: readonly string[],
  levelStarts: readonly number[],
  inactive: (concept: number) => boolean,
  random: () => number,
) {
  const header =
    'id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId'
  const out = lines(place(`Terminology/sct2_Relationship_Snapshot_INT_${DATE}.txt`), header)
  const names = identifiers(ids.length * 7, '02', '12', random)
  let count = 0
  let isA = 0
  const row = (source: number, target: number, group: number, type: string): void => {
    const name = names[count]
    count += 1
    out.write(
      `${name}\t${DATE}\t1\t${CORE}\t${ids[source]}\t${ids[target]}\t${group}\t${type}\t900000000000011006\t900000000000451002`,
    )
  }
  const first = levelStarts[0] ?? 1
  for (let concept = 1; concept < first; concept += 1, isA += 1) row(concept, 0, 0, '116680003')
  const types = ids.slice(first, first + 60)
  for (let level = 0; level < LEVELS; level += 1) {
    const from = levelStarts[level] as number
    const to = levelStarts[level + 1] ?? ids.length
    const above = level === 0 ? 0 : (levelStarts[level - 1] as number)
    for (let concept = from; concept < to; concept += 1) {
      if (inactive(concept)) continue
      const parents = level === 0 ? 1 : random() < 0.53 ? 2 : 1
      let chosen = -1
      for (let parent = 0; parent < parents; parent += 1) {
        const near = ((concept - from) / (to - from)) * (from - above) + (random() - 0.5) * (parent === 0 ? 4 : 16)
        let target = level === 0 ? 0 : Math.min(from - 1, Math.max(above, above + Math.floor(near)))
        while (level > 0 && inactive(target) && target > above) target -= 1
        if (target === chosen || inactive(target)) continue
        chosen = target
        row(concept, target, 0, '116680003')
        isA += 1
      }
      for (let attribute = 0; attribute < 4 + (concept % 3 === 0 ? 0 : 1); attribute += 1) {
        const type = types[Math.floor(random() ** 2 * types.length)] as string
        row(concept, first + Math.floor(random() * (concept - first + 1)), attribute % 3, type)
      }
    }
  }
  out.end()
  return { relationships: count, isA }
}

function writeRefsets(
  place: (name: string) => string,
  ids: readonly string[],
  first: number,
  inactive: (concept: number) => boolean,
  random: () => number,
): void {
  const header = 'id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId'
  const fixed = (refset: string, concept: number) => `${uuid(random)}\t${DATE}\t1\t${CORE}\t${refset}\t${ids[concept]}`
  const simple = lines(place(`Refset/der2_Refset_SimpleSnapshot_INT_${DATE}.txt`), header)
  const associations = lines(
    place(`Refset/der2_cRefset_AssociationSnapshot_INT_${DATE}.txt`),
    `${header}\ttargetComponentId`,
  )
  const map = lines(
    place(`Refset/der2_iisssccRefset_ExtendedMapSnapshot_INT_${DATE}.txt`),
    `${header}\tmapGroup\tmapPriority\tmapRule\tmapAdvice\tmapTarget\tcorrelationId\tmapCategoryId`,
  )
  for (let concept = first; concept < ids.length; concept += 1) {
    if (inactive(concept)) associations.write(`${fixed('900000000000526001', concept)}\t${ids[concept - 1]}`)
    else if (concept % 100 === 3) simple.write(fixed('446609009', concept))
    if (concept % 5 !== 0) continue
    const target = `${String.fromCharCode(65 + (concept % 26))}${String(concept % 100).padStart(2, '0')}.${concept % 10}`
    map.write(`${fixed('447562003', concept)}\t1\t1\tTRUE\tALWAYS ${target}\t${target}\t447561005\t447637006`)
  }
  for (const file of [simple, associations, map]) file.end()
  const dependency = lines(
    place(`Refset/der2_ssRefset_ModuleDependencySnapshot_INT_${DATE}.txt`),
    `${header}\tsourceEffectiveTime\ttargetEffectiveTime`,
  )
  dependency.write(`${uuid(random)}\t${DATE}\t1\t${CORE}\t900000000000534007\t${MODEL}\t${DATE}\t${DATE}`)
  dependency.end()
}

function uuid(random: () => number): string {
  const hex = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const [a, b, c, d] = [hex(), hex(), hex(), hex()]
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`
}

interface Lines {
  write(line: string): void
  end(): void
}

/** CRLF, as releases have it. */
function lines(file: string, header: string): Lines {
  const handle = openSync(file, 'w')
  let waiting = `${header}\r\n`
  const flush = (): void => {
    writeSync(handle, waiting)
    waiting = ''
  }
  return {
    write(line) {
      waiting += `${line}\r\n`
      if (waiting.length > 1 << 20) flush()
    },
    end() {
      flush()
      closeSync(handle)
    },
  }
}

if (process.argv[1] === import.meta.filename) {
  const [folder, concepts, seed] = process.argv.slice(2)
  if (folder === undefined) throw new Error('node bench/terminology/generate-rf2.ts FOLDER [CONCEPTS [SEED]]')
  console.log(generateRf2(folder, { concepts: Number(concepts ?? 500_000), seed: Number(seed ?? 1) }))
}
