/** A made-up edition of any size over flat arrays, always the same for one size: for benchmarks and hostile expressions. */
import type { AttributeRow, DescriptionRow, EclSubstrate } from '../substrate.ts'

export interface SyntheticEdition extends EclSubstrate {
  /** Concepts from the upper third of the hierarchy down, for expressions of different sizes. */
  id(ordinal: number): string
  readonly types: readonly string[]
}

const WORDS = [
  'heart',
  'liver',
  'acute',
  'chronic',
  'disease',
  'structure',
  'procedure',
  'left',
  'right',
  'product',
  'allergy',
  'fracture',
]
const TYPES = 4
const ATTRIBUTES = 3
const FIRST_ID = 100_000_000

/** Parents come before their children, with a second parent for every fifth concept; three attributes each, two of them grouped. */
export function syntheticEdition(count: number): SyntheticEdition {
  const random = generator(42)
  const parents = Array.from({ length: count }, (_, concept) => parentsOf(concept, random))
  const children = invert(parents, count)
  const targets = new Uint32Array(count * ATTRIBUTES).map(() => Math.floor(random() * random() * count))
  const types = Array.from({ length: TYPES }, (_, type) => type + 1)
  const typeAt = (concept: number, slot: number): number => types[(concept + slot) % TYPES] ?? 1
  const sources = invert(
    Array.from({ length: count }, (_, concept) => targets.subarray(concept * ATTRIBUTES, (concept + 1) * ATTRIBUTES)),
    count,
  )
  const withType = types.map((type) =>
    Uint32Array.from({ length: count }, (_, concept) => concept).filter((concept) =>
      Array.from({ length: ATTRIBUTES }, (_, slot) => typeAt(concept, slot)).includes(type),
    ),
  )
  const rowsOf = (concept: number): readonly AttributeRow[] =>
    Array.from({ length: ATTRIBUTES }, (_, slot) => ({
      group: slot === 2 ? 0 : 1,
      type: typeAt(concept, slot),
      target: targets[concept * ATTRIBUTES + slot] ?? 0,
    }))
  const term = (concept: number): string =>
    `${WORDS[concept % WORDS.length]} ${WORDS[Math.floor(concept / 7) % WORDS.length]} ${concept.toString(36)}`
  const none = new Uint32Array()
  const withWord = new Map<string, Uint32Array>()
  return {
    id: (ordinal) => String(FIRST_ID + ordinal),
    types: types.map((type) => String(FIRST_ID + type)),
    conceptCount: count,
    ordinalOf: (sctid) => {
      const ordinal = Number(sctid) - FIRST_ID
      return Number.isInteger(ordinal) && ordinal >= 0 && ordinal < count ? ordinal : -1
    },
    sctidOf: (ordinal) => String(FIRST_ID + ordinal),
    isActive: () => true,
    isDefined: (concept) => concept % 3 === 0,
    moduleOf: () => '900000000000207008',
    effectiveTimeOf: (concept) => 20_200_000 + (concept % 12),
    parentsOf: (concept) => parents[concept] ?? none,
    childrenOf: (concept) => children[concept] ?? none,
    ancestorsOf: (concept) => closure(concept, parents),
    descendantsOf: (concept) => closure(concept, children),
    attributesOf: rowsOf,
    sourcesOf: (target, type) =>
      (sources[target] ?? none).filter(
        (source) => type === undefined || rowsOf(source).some((row) => row.type === type && row.target === target),
      ),
    withAttribute: (type) => withType[types.indexOf(type)] ?? none,
    attributeTypes: () => Uint32Array.from(types),
    *descriptionsOf(concept): Generator<DescriptionRow> {
      yield { ...DESCRIPTION, id: String(concept), term: term(concept) }
      yield { ...DESCRIPTION, id: String(concept), term: `${term(concept)} (disorder)`, type: '900000000000003001' }
    },
    conceptsWithWord: (prefix) => {
      const known = withWord.get(prefix)
      if (known !== undefined) return known
      const found = Uint32Array.from({ length: count }, (_, concept) => concept).filter((concept) =>
        term(concept)
          .split(' ')
          .some((word) => word.startsWith(prefix)),
      )
      withWord.set(prefix, found)
      return found
    },
    referenceSets: () => Uint32Array.of(10),
    membersOf: () => Uint32Array.from({ length: Math.floor(count / 10) }, (_, index) => index * 10),
    memberRowsOf: () => [],
    associationsTo: () => [],
  }
}

const DESCRIPTION: Omit<DescriptionRow, 'id' | 'term'> = {
  active: true,
  language: 'en',
  type: '900000000000013009',
  module: '900000000000207008',
  effectiveTime: 20_200_101,
  caseSignificance: '900000000000448009',
  acceptability: new Map([['900000000000509007', 'preferred']]),
}

function parentsOf(concept: number, random: () => number): Uint32Array {
  if (concept === 0) return new Uint32Array()
  const first = Math.floor((concept - 1) / 5)
  const second = Math.floor(random() * concept)
  return concept % 5 === 0 && second !== first
    ? Uint32Array.of(Math.min(first, second), Math.max(first, second))
    : Uint32Array.of(first)
}

function invert(lists: readonly Uint32Array[], count: number): readonly Uint32Array[] {
  const inverted = Array.from({ length: count }, (): number[] => [])
  lists.forEach((list, index) => {
    for (const value of new Set(list)) inverted[value]?.push(index)
  })
  return inverted.map((list) => Uint32Array.from(list))
}

function closure(start: number, next: readonly Uint32Array[]): Uint32Array {
  const found = new Set<number>()
  const open = [start]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const other of next[one] ?? []) {
      if (found.has(other)) continue
      found.add(other)
      open.push(other)
    }
  }
  return Uint32Array.from(found).sort()
}

/** Mulberry32: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
