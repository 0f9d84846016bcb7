/** Content → the bytes of a compiled file. Same content, same bytes. */
import { crc32 } from 'node:zlib'
import { type ConceptContent, type Content, type MappingContent, RELATIONSHIPS } from '../content.ts'
import { expandValueSets } from './expand.ts'
import {
  FORMAT_VERSION,
  HEADER_BYTES,
  hashCode,
  MAGIC,
  MAPPING_FIELDS,
  MAPPING_STRIDE,
  MAX_LANGUAGES,
  MAX_SOURCES,
  REVIEWED,
  SECTIONS,
  SYSTEM_COMPLETE,
  VALUE_SET_COMPLETE,
  VERSION_ACTIVE,
  type WordSection,
} from './format.ts'
import { createPool, encodePool, type Pool } from './pool.ts'

type Words = Record<WordSection, number[]>
type ConceptNumbers = ReadonlyMap<string, ReadonlyMap<string, number>>

interface Writing {
  readonly words: Words
  readonly strings: Pool
  readonly languages: Pool
  readonly sources: Pool
}

/** Throws when content has more than 255 languages or 65,535 sources: no real content comes near. */
export function encodeContent(content: Content): Uint8Array<ArrayBuffer> {
  const writing: Writing = {
    words: emptyWords(),
    strings: createPool(),
    languages: createPool(),
    sources: createPool(),
  }
  const expansions = expandValueSets(content)
  const numbers = numberConcepts(content)
  writeConcepts(content, numbers, writing)
  writeIdentities(content, writing)
  const { words, strings } = writing
  for (const valueSet of sortedBy(content.valueSets.values(), ({ url }) => url)) {
    const expansion = expansions.get(valueSet.url)
    if (!expansion) continue
    const from = words.members.length
    const wholesFrom = words.wholes.length
    const members: number[] = []
    for (const [system, codes] of expansion.members) {
      for (const code of codes) members.push(numbers.get(system)?.get(code) ?? 0)
    }
    for (const member of members.sort((left, right) => left - right)) words.members.push(member)
    words.wholes.push(...expansion.wholes.map((url) => strings.numberOf(url)))
    words.valueSets.push(
      strings.numberOf(valueSet.url),
      strings.numberOf(valueSet.oid),
      strings.numberOf(valueSet.version),
      strings.numberOf(valueSet.name),
      from,
      words.members.length,
      wholesFrom,
      words.wholes.length,
      expansion.complete ? VALUE_SET_COMPLETE : 0,
    )
  }
  words.languages = writing.languages.texts().map((text) => strings.numberOf(text))
  words.sources = writing.sources.texts().map((text) => strings.numberOf(text))
  if (words.languages.length > MAX_LANGUAGES) throw new Error('terminology: more than 255 languages')
  if (words.sources.length > MAX_SOURCES) throw new Error('terminology: more than 65,535 sources')
  return assemble(words, strings)
}

function emptyWords(): Words {
  return {
    textOffsets: [],
    systems: [],
    aliases: [],
    identities: [],
    hashes: [],
    concepts: [],
    inactive: [],
    designationStarts: [],
    designations: [],
    languages: [],
    sources: [],
    valueSets: [],
    members: [],
    wholes: [],
    mappingStarts: [],
    mappings: [],
    conceptVersions: [],
  }
}

function sortedBy<T>(items: Iterable<T>, key: (item: T) => string): readonly T[] {
  return [...items].sort((left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0))
}

/** Concepts get their numbers system by system, in order of URL and code; mapped codes become concepts too. */
function numberConcepts(content: Content): ConceptNumbers {
  for (const { source } of content.mappings) {
    const system = content.systems.get(source.system) ?? { url: source.system, complete: false, concepts: new Map() }
    content.systems.set(source.system, system)
    if (!system.concepts.has(source.code)) {
      system.concepts.set(source.code, { code: source.code, active: true, designations: [] })
    }
  }
  const numbers = new Map<string, Map<string, number>>()
  let next = 0
  for (const system of sortedBy(content.systems.values(), ({ url }) => url)) {
    const codes = new Map<string, number>()
    for (const { code } of sortedBy(system.concepts.values(), (concept) => concept.code)) codes.set(code, next++)
    numbers.set(system.url, codes)
  }
  return numbers
}

function writeConcepts(content: Content, numbers: ConceptNumbers, writing: Writing): void {
  const { words, strings } = writing
  const mappings = Map.groupBy(content.mappings, ({ source }) => `${source.system} ${source.code}`)
  for (const [url, codes] of numbers) {
    const system = content.systems.get(url)
    if (!system) continue
    const hashFrom = words.hashes.length
    const mask = tableSize(codes.size) - 1
    for (let slot = 0; slot <= mask; slot++) words.hashes.push(0)
    const first = words.concepts.length / 2
    words.systems.push(strings.numberOf(url), first, codes.size, hashFrom, mask, system.complete ? SYSTEM_COMPLETE : 0)
    for (const [code, number] of codes) {
      let slot = hashCode(code) & mask
      while (words.hashes[hashFrom + slot] !== 0) slot = (slot + 1) & mask
      words.hashes[hashFrom + slot] = number + 1
      const concept = system.concepts.get(code)
      if (concept) writeConcept(concept, number, writing)
      words.mappingStarts.push(words.mappings.length / MAPPING_STRIDE)
      for (const mapping of mappings.get(`${url} ${code}`) ?? []) writeMapping(mapping, writing)
    }
    writeVersions(system.concepts, codes, writing)
  }
  words.designationStarts.push(words.designations.length / 2)
  words.mappingStarts.push(words.mappings.length / MAPPING_STRIDE)
}

function writeMapping(mapping: MappingContent, { words, strings }: Writing): void {
  const { products, target, relationship, ...rest } = mapping
  const fields: Readonly<Record<string, unknown>> = {
    ...rest,
    ...target,
    ...(products && products.length > 0 && { products: JSON.stringify(products) }),
  }
  words.mappings.push(RELATIONSHIPS.indexOf(relationship))
  for (const field of MAPPING_FIELDS) {
    const value = fields[field]
    words.mappings.push(strings.numberOf(typeof value === 'string' ? value : undefined))
  }
}

/** A system in one version needs no word about it: everything in it is of that version. */
function writeVersions(
  concepts: ReadonlyMap<string, ConceptContent>,
  numbers: ReadonlyMap<string, number>,
  { words, strings }: Writing,
): void {
  const versions = new Set<string>()
  for (const concept of concepts.values()) for (const { version } of concept.versions ?? []) versions.add(version)
  if (versions.size < 2) return
  for (const [code, number] of numbers) {
    for (const { version, display, active } of concepts.get(code)?.versions ?? []) {
      const flags = active ? VERSION_ACTIVE : 0
      words.conceptVersions.push(number, strings.numberOf(version), strings.numberOf(display), flags)
    }
  }
}

function writeConcept(concept: ConceptContent, number: number, writing: Writing): void {
  const { words, strings, languages, sources } = writing
  words.concepts.push(strings.numberOf(concept.code), strings.numberOf(concept.display))
  const word = number >>> 5
  while (words.inactive.length <= word) words.inactive.push(0)
  if (!concept.active) words.inactive[word] = ((words.inactive[word] ?? 0) | (1 << (number & 31))) >>> 0
  words.designationStarts.push(words.designations.length / 2)
  for (const { language, term, source, reviewed } of concept.designations) {
    const meta = languages.numberOf(language) | (sources.numberOf(source) << 8) | (reviewed ? REVIEWED : 0)
    words.designations.push(strings.numberOf(term), meta >>> 0)
  }
}

function tableSize(count: number): number {
  let size = 4
  while (size < count * 2) size *= 2
  return size
}

function writeIdentities(content: Content, { words, strings }: Writing): void {
  let number = 0
  for (const identity of content.identities.values()) {
    words.identities.push(
      strings.numberOf(identity.url),
      strings.numberOf(identity.name),
      strings.numberOf(identity.oids[0]),
    )
    for (const other of [...identity.oids, ...identity.aliases]) words.aliases.push(strings.numberOf(other), number)
    number++
  }
}

function assemble(words: Words, strings: Pool): Uint8Array<ArrayBuffer> {
  const { text, offsets } = encodePool(strings)
  words.textOffsets = [...offsets]
  const lengths = SECTIONS.map((section) => (section === 'text' ? text.length : words[section].length * 4))
  const align = (offset: number) => (offset + 7) & ~7
  let end = align(HEADER_BYTES + SECTIONS.length * 8)
  const starts = lengths.map((length) => {
    const start = end
    end = align(start + length)
    return start
  })
  const bytes = new Uint8Array(end)
  const view = new DataView(bytes.buffer)
  bytes.set(Buffer.from(MAGIC, 'latin1'))
  view.setUint32(8, FORMAT_VERSION, true)
  view.setUint32(16, SECTIONS.length, true)
  SECTIONS.forEach((section, index) => {
    const start = starts[index] ?? 0
    view.setUint32(HEADER_BYTES + index * 8, start, true)
    view.setUint32(HEADER_BYTES + index * 8 + 4, lengths[index] ?? 0, true)
    if (section === 'text') bytes.set(text, start)
    else new Uint32Array(bytes.buffer, start, words[section].length).set(words[section])
  })
  view.setUint32(12, crc32(bytes.subarray(16)), true)
  return bytes
}
