/** The bytes of a compiled file → questions about one layer of content. Strings are decoded when asked for. */
import { crc32 } from 'node:zlib'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type ConceptVersion, type MappingProduct, RELATIONSHIPS, type Relationship } from '../content.ts'
import { objects, text as textOf } from '../load/json.ts'
import {
  CONCEPT_VERSION_STRIDE,
  FORMAT_VERSION,
  HEADER_BYTES,
  hashCode,
  MAGIC,
  MAPPING_FIELDS,
  MAPPING_STRIDE,
  REVIEWED,
  SECTIONS,
  SYSTEM_COMPLETE,
  SYSTEM_STRIDE,
  VALUE_SET_COMPLETE,
  VALUE_SET_STRIDE,
  VERSION_ACTIVE,
  type WordSection,
} from './format.ts'

export interface StoredDesignation {
  readonly language: string
  readonly term: string
  readonly source: string
  readonly reviewed: boolean
}

/** A mapping; what it does not say is an empty string. The fields are those of `MappingContent`. */
export type StoredMapping = Readonly<Record<Exclude<(typeof MAPPING_FIELDS)[number], 'products'>, string>> & {
  readonly relationship: Relationship
  readonly products: readonly MappingProduct[]
}

export interface StoredValueSet {
  readonly url: string
  readonly oid: string
  readonly version: string
  readonly name: string
  readonly complete: boolean
  /** Systems that belong as a whole. */
  readonly wholes: readonly string[]
  has(concept: number): boolean
  /** Every listed concept, by number. */
  members(): Iterable<number>
  /** Systems of which single codes are listed. */
  readonly systems: readonly string[]
}

/** One opened file. Concepts are named by number; -1 is "not here". */
export interface Store {
  readonly bytes: number
  readonly languages: readonly string[]
  identities(): Iterable<{ readonly url: string; readonly name: string; readonly oid: string }>
  /** Pairs: OID or other URL, canonical URL. */
  aliases(): Iterable<readonly [string, string]>
  systems(): Iterable<{ readonly url: string; readonly concepts: number }>
  isComplete(system: string): boolean
  find(system: string, code: string): number
  /** As the system spells it. */
  code(concept: number): string
  /** The system and the code. */
  nameOf(concept: number): { readonly system: string; readonly code: string }
  display(concept: number): string
  active(concept: number): boolean
  designations(concept: number): readonly StoredDesignation[]
  /** The position of the first designation in a language, reviewed or not as asked; -1 when there is none. */
  designationIn(concept: number, language: number, reviewed: boolean): number
  designationAt(position: number): StoredDesignation
  mappings(concept: number): readonly StoredMapping[]
  /** What the versions of the system say of a concept; empty when only one version is loaded. */
  versions(concept: number): readonly ConceptVersion[]
  /** The versions of a system that some concept of it names; empty when only one is loaded. */
  systemVersions(system: string): readonly string[]
  valueSet(url: string): StoredValueSet | undefined
  valueSets(): Iterable<{ readonly url: string; readonly oid: string }>
}

export type StoreProblemCode = 'terminology-file-damaged' | 'terminology-file-outdated'

export function readStore(bytes: Uint8Array<ArrayBuffer>, file: string): Result<Store, StoreProblemCode> {
  const next = 'It is only a cache: delete it and start again, it will be made anew.'
  const damaged = () =>
    failed('terminology-file-damaged', 'The compiled terminology file is damaged or cut short.', next, { file })
  if (bytes.length < HEADER_BYTES || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== MAGIC) return damaged()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(8, true) !== FORMAT_VERSION || view.getUint32(16, true) !== SECTIONS.length) {
    return failed('terminology-file-outdated', 'The compiled terminology file is of another version.', next, { file })
  }
  if (view.getUint32(12, true) !== crc32(bytes.subarray(16))) return damaged()
  // Word sections need an aligned buffer; small files can come out of a shared one.
  return ok(openSections(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes), view))
}

function openSections(bytes: Uint8Array<ArrayBuffer>, view: DataView): Store {
  const place = (section: (typeof SECTIONS)[number]) => {
    const at = HEADER_BYTES + SECTIONS.indexOf(section) * 8
    return { start: bytes.byteOffset + view.getUint32(at, true), length: view.getUint32(at + 4, true) }
  }
  const words = (section: WordSection) => {
    const { start, length } = place(section)
    return new Uint32Array(bytes.buffer, start, length / 4)
  }
  const textAt = place('text')
  const text = Buffer.from(bytes.buffer, textAt.start, textAt.length)
  const offsets = words('textOffsets')
  const string = (number = 0) => text.toString('utf8', offsets[number], offsets[number + 1])
  return createStore(bytes.length, string, words, (number, wanted) => sameText(text, offsets, number, wanted))
}

/** Compares without decoding: codes are ASCII nearly always. */
function sameText(text: Uint8Array, offsets: Uint32Array, number: number, wanted: string): boolean {
  const start = offsets[number] ?? 0
  const end = offsets[number + 1] ?? 0
  if (end - start < wanted.length) return false
  for (let index = 0; index < wanted.length; index++) {
    const unit = wanted.charCodeAt(index)
    if (unit > 127) return Buffer.from(text.subarray(start, end)).toString('utf8') === wanted
    if (text[start + index] !== unit) return false
  }
  return end - start === wanted.length
}

function createStore(
  size: number,
  string: (number?: number) => string,
  words: (section: WordSection) => Uint32Array,
  same: (number: number, wanted: string) => boolean,
): Store {
  const systems = words('systems')
  const hashes = words('hashes')
  const concepts = words('concepts')
  const inactive = words('inactive')
  const designationStarts = words('designationStarts')
  const designations = words('designations')
  const mappingStarts = words('mappingStarts')
  const mappings = words('mappings')
  const conceptVersions = words('conceptVersions')
  const identities = words('identities')
  const aliases = words('aliases')
  const languages = Array.from(words('languages'), string)
  const sources = Array.from(words('sources'), string)
  const systemAt = new Map<string, number>()
  for (let at = 0; at < systems.length; at += SYSTEM_STRIDE) systemAt.set(string(systems[at]), at)

  const designationAt = (position: number): StoredDesignation => {
    const meta = designations[position * 2 + 1] ?? 0
    return {
      language: languages[meta & 0xff] ?? '',
      term: string(designations[position * 2]),
      source: sources[(meta >>> 8) & 0xffff] ?? '',
      reviewed: (meta & REVIEWED) !== 0,
    }
  }
  const mappingAt = (at: number): StoredMapping => {
    const field = (name: (typeof MAPPING_FIELDS)[number]) => string(mappings[at + 1 + MAPPING_FIELDS.indexOf(name)])
    return {
      relationship: RELATIONSHIPS[mappings[at] ?? 0] ?? 'relatedto',
      system: field('system'),
      code: field('code'),
      display: field('display'),
      comment: field('comment'),
      map: field('map'),
      mapVersion: field('mapVersion'),
      quality: field('quality'),
      status: field('status'),
      validFrom: field('validFrom'),
      validTo: field('validTo'),
      advice: field('advice'),
      condition: field('condition'),
      products: productsIn(field('products')),
    }
  }
  // Concepts are numbered system by system, in the order of the systems.
  const systemOfConcept = (concept: number): string => {
    let low = 0
    let high = systems.length / SYSTEM_STRIDE
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = middle * SYSTEM_STRIDE
      if ((systems[at + 1] ?? 0) + (systems[at + 2] ?? 0) <= concept) low = middle + 1
      else high = middle
    }
    return string(systems[low * SYSTEM_STRIDE])
  }
  return {
    bytes: size,
    languages,
    *identities() {
      for (let at = 0; at < identities.length; at += 3) {
        yield { url: string(identities[at]), name: string(identities[at + 1]), oid: string(identities[at + 2]) }
      }
    },
    *aliases() {
      for (let at = 0; at < aliases.length; at += 2) {
        yield [string(aliases[at]), string(identities[(aliases[at + 1] ?? 0) * 3])] as const
      }
    },
    *systems() {
      for (const [url, at] of systemAt) yield { url, concepts: systems[at + 2] ?? 0 }
    },
    isComplete: (system) => ((systems[(systemAt.get(system) ?? Number.NaN) + 5] ?? 0) & SYSTEM_COMPLETE) !== 0,
    find(system, code) {
      const at = systemAt.get(system)
      if (at === undefined) return -1
      const table = systems[at + 3] ?? 0
      const mask = systems[at + 4] ?? 0
      for (let slot = hashCode(code) & mask; ; slot = (slot + 1) & mask) {
        const number = hashes[table + slot] ?? 0
        if (number === 0) return -1
        if (same(concepts[(number - 1) * 2] ?? 0, code)) return number - 1
      }
    },
    code: (concept) => string(concepts[concept * 2]),
    nameOf: (concept) => ({ system: systemOfConcept(concept), code: string(concepts[concept * 2]) }),
    display: (concept) => string(concepts[concept * 2 + 1]),
    active: (concept) => (((inactive[concept >>> 5] ?? 0) >>> (concept & 31)) & 1) === 0,
    designations(concept) {
      const found: StoredDesignation[] = []
      const end = designationStarts[concept + 1] ?? 0
      for (let position = designationStarts[concept] ?? 0; position < end; position++) {
        found.push(designationAt(position))
      }
      return found
    },
    designationIn(concept, language, reviewed) {
      const end = designationStarts[concept + 1] ?? 0
      for (let position = designationStarts[concept] ?? 0; position < end; position++) {
        const meta = designations[position * 2 + 1] ?? 0
        if ((meta & 0xff) === language && ((meta & REVIEWED) !== 0) === reviewed) return position
      }
      return -1
    },
    designationAt,
    mappings(concept) {
      const found: StoredMapping[] = []
      for (let row = mappingStarts[concept] ?? 0; row < (mappingStarts[concept + 1] ?? 0); row++) {
        found.push(mappingAt(row * MAPPING_STRIDE))
      }
      return found
    },
    versions: (concept) => versionsIn(conceptVersions, string, concept),
    systemVersions(system) {
      const at = systemAt.get(system)
      if (at === undefined || conceptVersions.length === 0) return []
      const first = systems[at + 1] ?? 0
      const next = first + (systems[at + 2] ?? 0)
      const versions = new Set<number>()
      for (let row = 0; row < conceptVersions.length; row += CONCEPT_VERSION_STRIDE) {
        const concept = conceptVersions[row] ?? 0
        if (concept >= first && concept < next) versions.add(conceptVersions[row + 1] ?? 0)
      }
      return [...versions].map(string)
    },
    ...openValueSets(words, string, systemAt),
  }
}

/** Written by `write.ts` as JSON; an empty string is no products. */
function productsIn(json: string): readonly MappingProduct[] {
  if (json === '') return []
  const list: unknown = JSON.parse(json)
  return objects(list).flatMap((item) => {
    const attribute = textOf(item.attribute)
    const value = textOf(item.value)
    const system = textOf(item.system)
    if (attribute === undefined || value === undefined) return []
    return [{ attribute, value, ...(system !== undefined && { system }) }]
  })
}

function versionsIn(
  rows: Uint32Array,
  string: (number?: number) => string,
  concept: number,
): readonly ConceptVersion[] {
  const found: ConceptVersion[] = []
  let low = 0
  let high = rows.length / CONCEPT_VERSION_STRIDE
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle * CONCEPT_VERSION_STRIDE] ?? 0) < concept) low = middle + 1
    else high = middle
  }
  for (let at = low * CONCEPT_VERSION_STRIDE; rows[at] === concept; at += CONCEPT_VERSION_STRIDE) {
    const display = string(rows[at + 2])
    found.push({
      version: string(rows[at + 1]),
      ...(display !== '' && { display }),
      active: ((rows[at + 3] ?? 0) & VERSION_ACTIVE) !== 0,
    })
  }
  return found
}

function openValueSets(
  words: (section: WordSection) => Uint32Array,
  string: (number?: number) => string,
  systemAt: ReadonlyMap<string, number>,
): Pick<Store, 'valueSet' | 'valueSets'> {
  const sets = words('valueSets')
  const members = words('members')
  const wholes = words('wholes')
  const systems = words('systems')
  // The index of value sets is built when the first one is asked for: most documents never ask.
  let index: Map<string, number> | undefined
  const at = (url: string) => {
    if (!index) {
      index = new Map()
      for (let row = 0; row < sets.length; row += VALUE_SET_STRIDE) {
        index.set(string(sets[row]), row)
        if (sets[row + 1] !== 0) index.set(string(sets[row + 1]), row)
      }
    }
    return index.get(url)
  }
  const opened = new Map<number, StoredValueSet>()
  const open = (row: number): StoredValueSet => {
    const from = sets[row + 4] ?? 0
    const to = sets[row + 5] ?? 0
    return {
      url: string(sets[row]),
      oid: string(sets[row + 1]),
      version: string(sets[row + 2]),
      name: string(sets[row + 3]),
      complete: ((sets[row + 8] ?? 0) & VALUE_SET_COMPLETE) !== 0,
      wholes: Array.from(wholes.subarray(sets[row + 6], sets[row + 7]), string),
      has: (concept) => includes(members, from, to, concept),
      members: () => members.subarray(from, to),
      systems: [...systemAt]
        .filter(([, system]) => {
          const first = systems[system + 1] ?? 0
          const next = firstAtLeast(members, from, to, first)
          return next < to && (members[next] ?? 0) < first + (systems[system + 2] ?? 0)
        })
        .map(([url]) => url),
    }
  }
  return {
    valueSet(url) {
      const row = at(url)
      if (row === undefined) return undefined
      let set = opened.get(row)
      if (!set) {
        set = open(row)
        opened.set(row, set)
      }
      return set
    },
    *valueSets() {
      for (let row = 0; row < sets.length; row += VALUE_SET_STRIDE) {
        yield { url: string(sets[row]), oid: string(sets[row + 1]) }
      }
    },
  }
}

function firstAtLeast(sorted: Uint32Array, from: number, to: number, wanted: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

function includes(sorted: Uint32Array, from: number, to: number, wanted: number): boolean {
  const at = firstAtLeast(sorted, from, to, wanted)
  return at < to && sorted[at] === wanted
}
