/** One edition and version of SNOMED CT, read from its file: what ECL asks, and what operations ask besides. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type FlatFile, type FlatProblemCode, flatFromShared } from '#terminology/flat/container.ts'
import { readDeltas } from '#terminology/flat/deltas.ts'
import { wordsOf } from '#terminology/flat/fold.ts'
import { openFlat } from '#terminology/flat/open.ts'
import { findPair, formatPair, type Pair, parsePair } from '#terminology/flat/pair-hash.ts'
import { distinct, lowerBound } from '#terminology/flat/rows.ts'
import { readTextPool } from '#terminology/flat/text-pool.ts'
import { readWordIndex, type WordIndex } from '#terminology/flat/words.ts'
import type { AttributeRow, ConcreteValue, DescriptionRow, EclSubstrate, MemberRow, Ordinal } from '../ecl/substrate.ts'
import { ACTIVE, FLAG } from './build/columns.ts'
import { DESCRIPTION } from './build/members.ts'
import { CONCRETE } from './build/relationships.ts'
import { ASSOCIATIONS } from './concepts.ts'
import { type DescriptionTable, readDescriptions } from './description-table.ts'
import { type Designations, readDesignations } from './designations.ts'
import { EDITION_FORMAT, type EditionSummary } from './format.ts'
import { type MemberTable, readMembers } from './member-table.ts'

export interface WordsOfLanguage {
  /** As in RF2: `en`. */
  readonly language: string
  readonly definitions: boolean
  /** Positions of descriptions by entry of the index. */
  readonly entries: Uint32Array
  readonly index: WordIndex
}

/** One historical association of an inactive concept. */
export interface Association {
  readonly referenceSet: string
  /** `REPLACED BY`, `SAME AS`, …; undefined for an association of an extension. */
  readonly meaning: string | undefined
  readonly target: string
}

export interface Edition extends EclSubstrate, Designations {
  /** For other threads: `editionFromShared(shared)`. */
  readonly shared: SharedArrayBuffer
  readonly summary: EditionSummary
  /** `http://snomed.info/sct/<module>/version/<date>`. */
  readonly uri: string
  readonly module: string
  /** YYYYMMDD. */
  readonly version: string
  readonly descriptions: DescriptionTable
  readonly members: MemberTable
  readonly words: readonly WordsOfLanguage[]
  /** Entry of a description in the index of its language; meaningless for one that is in none. */
  entryOf(description: number): number
  /** `most`: only the first so many. */
  descendantsOf(concept: Ordinal, most?: number): Uint32Array
  descendantCountOf(concept: Ordinal): number
  /** Every descendant, ascending, without a list being made. */
  eachDescendant(concept: Ordinal, visit: (descendant: Ordinal) => void): void
  /** Whether the concept is the other one or below it. */
  isA(concept: Ordinal, ancestor: Ordinal): boolean
  /** Rows of a map reference set for one source, in the order of its groups and priorities as far as it has them. */
  mapRows(referenceSet: Ordinal, source: Ordinal): readonly MemberRow[]
  /** Rows of a map reference set to a target code. */
  mapRowsTo(referenceSet: Ordinal, target: string): readonly MemberRow[]
  /** What became of an inactive concept. */
  associationsOf(concept: Ordinal): readonly Association[]
  /** SCTIDs of the reference sets of which the concept is an active member. */
  referenceSetsOf(concept: Ordinal): readonly string[]
}

export type EditionProblemCode = FlatProblemCode

/** Reads the file into shared memory and checks it: about as long as reading it takes. */
export async function openEdition(file: string): Promise<Result<Edition, EditionProblemCode>> {
  const flat = await openFlat(file)
  return flat.ok ? fromFlat(flat.value, file) : flat
}

/** Views on a file that another thread has opened; takes no memory to speak of. */
export function editionFromShared(shared: SharedArrayBuffer): Result<Edition, EditionProblemCode> {
  const flat = flatFromShared(shared)
  return flat.ok ? fromFlat(flat.value) : flat
}

function fromFlat(flat: FlatFile, file?: string): Result<Edition, EditionProblemCode> {
  const summary: EditionSummary | undefined = flat.has('edition') ? JSON.parse(flat.text('edition')) : undefined
  if (summary?.format !== EDITION_FORMAT) {
    return failed(
      'terminology-flat-version',
      'This edition of SNOMED CT was compiled by another version of Tessera.',
      'Import the release again.',
      file === undefined ? undefined : { file },
    )
  }
  return ok(createEdition(flat, summary))
}

function createEdition(flat: FlatFile, summary: EditionSummary): Edition {
  const concepts = readConcepts(flat, summary)
  const hierarchy = readHierarchy(flat)
  const descriptions = readDescriptions(flat, summary)
  const members = readMembers(flat, summary, { ...concepts, descriptionId: descriptions.idAt })
  const words = summary.words.map(({ section, language, definitions }) => ({
    language,
    definitions,
    entries: flat.words(`${section}.entries`),
    index: readWordIndex(flat, section),
  }))
  const entryOf = flat.words('words.entry')
  const associationSets = members.refsets.filter((refset) => members.columnsOf(refset).includes('targetComponentId'))
  const sets = Uint32Array.from(members.refsets.filter((refset) => refset < DESCRIPTION))
  return {
    shared: flat.shared,
    summary,
    uri: summary.uri,
    module: summary.module,
    version: summary.version,
    descriptions,
    members,
    words,
    entryOf: (description) => entryOf[description] as number,
    ...concepts,
    ...hierarchy,
    ...readAttributes(flat),
    ...readDesignations(descriptions),
    *descriptionsOf(concept): Generator<DescriptionRow> {
      const { from, to } = descriptions.rangeOf(concept)
      for (let at = from; at < to; at += 1) yield descriptions.rowAt(at)
    },
    conceptsWithWord: (prefix) => conceptsWithWord(words, descriptions, prefix),
    referenceSets: () => sets,
    membersOf: (refset) => members.concepts(refset),
    memberRowsOf: (refset) => members.rows(refset),
    associationsTo: (target) => members.associationsTo(target),
    mapRows: (refset, source) => [...members.rowsOf(refset, source)].sort(byGroupAndPriority),
    mapRowsTo: (refset, target) => [...members.rowsWith('mapTarget', target, refset)],
    associationsOf: (concept) =>
      associationSets.flatMap((refset) => {
        const referenceSet = members.sctidOfWord(refset)
        return [...members.rowsOf(refset, concept)].map(({ fields }) => ({
          referenceSet,
          meaning: ASSOCIATIONS[referenceSet],
          target: fields.get('targetComponentId') ?? '',
        }))
      }),
    referenceSetsOf: (concept) =>
      members.refsets
        .filter((refset) => members.rowsOf(refset, concept)[Symbol.iterator]().next().done !== true)
        .map(members.sctidOfWord),
  }
}

function byGroupAndPriority(a: MemberRow, b: MemberRow): number {
  const number = (row: MemberRow, column: string) => Number(row.fields.get(column) ?? 0)
  return number(a, 'mapGroup') - number(b, 'mapGroup') || number(a, 'mapPriority') - number(b, 'mapPriority')
}

function readConcepts(flat: FlatFile, summary: EditionSummary) {
  const ids = flat.words('concept.ids')
  const slots = flat.words('concept.slots')
  const stamps = flat.words('concept.stamps')
  const pair: Pair = { high: 0, low: 0 }
  return {
    conceptCount: stamps.length,
    ordinalOf: (sctid: string) => (parsePair(sctid, pair) ? findPair(slots, ids, pair.high, pair.low) : -1),
    sctidOf: (concept: Ordinal) => formatPair(ids[concept * 2] as number, ids[concept * 2 + 1] as number),
    isActive: (concept: Ordinal) => (stamps[concept] as number) >= ACTIVE,
    isDefined: (concept: Ordinal) => ((stamps[concept] as number) & FLAG) !== 0,
    moduleOf: (concept: Ordinal) => summary.modules[((stamps[concept] as number) >>> 16) & 0x3fff] ?? '',
    effectiveTimeOf: (concept: Ordinal) => summary.dates[(stamps[concept] as number) & 0xffff] ?? 0,
  }
}

function readHierarchy(flat: FlatFile) {
  const list = (name: string): ((concept: Ordinal) => Uint32Array) => {
    const starts = flat.words(`${name}.starts`)
    const entries = flat.words(`${name}.entries`)
    return (concept) => entries.subarray(starts[concept], starts[concept + 1])
  }
  const ancestors = readDeltas(flat, 'ancestor')
  const descendants = readDeltas(flat, 'descendant')
  return {
    parentsOf: list('parent'),
    childrenOf: list('child'),
    ancestorsOf: ancestors.list,
    descendantsOf: descendants.list,
    descendantCountOf: descendants.sizeOf,
    eachDescendant: descendants.each,
    isA: (concept: Ordinal, ancestor: Ordinal) => concept === ancestor || ancestors.has(concept, ancestor),
  }
}

function readAttributes(flat: FlatFile) {
  const types = flat.words('attribute.types')
  const starts = flat.words('attribute.starts')
  const rows = flat.words('attribute.rows')
  const reverseStarts = flat.words('attribute.reverse.starts')
  const reverse = flat.words('attribute.reverse')
  const typeStarts = flat.words('attribute.type.starts')
  const typeEntries = flat.words('attribute.type.entries')
  const pool = readTextPool(flat, 'value')
  const values = Array.from({ length: pool.size }, (_, number) => concreteValue(pool.text(number)))
  const positionOf = (type: Ordinal): number => {
    const at = lowerBound(types, type)
    return types[at] === type ? at : -1
  }
  return {
    attributesOf(concept: Ordinal): readonly AttributeRow[] {
      const found: AttributeRow[] = []
      for (let row = starts[concept] as number; row < (starts[concept + 1] as number); row += 1) {
        const kind = rows[row * 2] as number
        const target = rows[row * 2 + 1] as number
        found.push({
          group: kind >>> 16,
          type: types[kind & 0xffff] as number,
          target: target < CONCRETE ? target : (values[target & ~CONCRETE] as ConcreteValue),
        })
      }
      return found
    },
    sourcesOf(target: Ordinal, type?: Ordinal): Uint32Array {
      const from = reverseStarts[target] as number
      const to = reverseStarts[target + 1] as number
      const position = type === undefined ? -1 : positionOf(type)
      if (type !== undefined && position < 0) return new Uint32Array(0)
      const found = new Uint32Array(to - from)
      let length = 0
      for (let at = from; at < to; at += 1) {
        if (type === undefined || reverse[at * 2] === position) found[length++] = reverse[at * 2 + 1] as number
      }
      // Sorted within a type; of several types the sources must be merged.
      return type === undefined ? distinct(found.subarray(0, length)) : found.subarray(0, length)
    },
    withAttribute(type: Ordinal): Uint32Array {
      const position = positionOf(type)
      return position < 0 ? new Uint32Array(0) : typeEntries.subarray(typeStarts[position], typeStarts[position + 1])
    },
    attributeTypes: () => types,
  }
}

/** RF2: `#` and a number, a text in quotation marks, or a bare boolean. */
export function concreteValue(text: string): ConcreteValue {
  if (text.startsWith('#')) return { kind: 'number', value: Number(text.slice(1)) }
  if (text.startsWith('"')) return { kind: 'string', value: text.slice(1, -1) }
  return { kind: 'boolean', value: text === 'true' }
}

function conceptsWithWord(
  words: readonly WordsOfLanguage[],
  descriptions: DescriptionTable,
  prefix: string,
): Uint32Array {
  const prefixes = wordsOf(prefix)
  const first = prefixes[0]
  if (first === undefined) return new Uint32Array(0)
  // The longest part of a hyphenated word is the rarest; the caller checks the rest.
  const rarest = prefixes.reduce((best, word) => (word.length > best.length ? word : best), first)
  const lists = words.map(({ index, entries }) => index.postingsOf(rarest).map((entry) => entries[entry] as number))
  const found = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0))
  let length = 0
  for (const list of lists) for (const position of list) found[length++] = descriptions.conceptAt(position)
  return distinct(found)
}
