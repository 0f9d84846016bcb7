/** The indexes of words: one per language for terms, one per language for definitions, the best entries first. */
import { wordIndexBuilder } from '#terminology/flat/words.ts'
import type { FlatWriter } from '#terminology/flat/write.ts'
import { TEXT_DEFINITION } from '../concepts.ts'
import { IS_PREFERRED, type LanguageRefset } from './acceptability.ts'
import { ACTIVE } from './columns.ts'
import type { Concepts } from './concepts.ts'
import { type Descriptions, pairTexts } from './descriptions.ts'

export interface WordGroup {
  /** Prefix of its sections. */
  readonly section: string
  readonly language: string
  readonly definitions: boolean
}

/** Longest term that is told apart from longer ones in the order. */
const MAX_LENGTH = 1 << 16

/** Active descriptions only; those of inactive concepts come last. Order: short before long, preferred before acceptable. */
export function writeWords(
  writer: FlatWriter,
  concepts: Concepts,
  descriptions: Descriptions,
  refsets: readonly LanguageRefset[],
): readonly WordGroup[] {
  const definition = pairTexts(descriptions.types).indexOf(TEXT_DEFINITION)
  const groups: WordGroup[] = []
  const entryOf = new Uint32Array(descriptions.count)
  for (let language = 0; language < descriptions.languages.size; language += 1) {
    for (const definitions of [false, true]) {
      const entries = entriesOf(concepts, descriptions, refsets, language, definition, definitions)
      if (entries.length === 0) continue
      const section = `words.${groups.length}`
      const index = wordIndexBuilder()
      for (const [entry, position] of entries.entries()) {
        entryOf[position] = entry
        const { block, start, length } = descriptions.term(descriptions.rows[position] as number)
        index.add(block, start, start + length)
      }
      writer.add(`${section}.entries`, entries)
      index.write(writer, section)
      groups.push({ section, language: descriptions.languages.text(language), definitions })
    }
  }
  writer.add('words.entry', entryOf)
  return groups
}

function entriesOf(
  concepts: Concepts,
  descriptions: Descriptions,
  refsets: readonly LanguageRefset[],
  language: number,
  definition: number,
  definitions: boolean,
): Uint32Array {
  const keys = new Float64Array(descriptions.count)
  let count = 0
  for (let position = 0; position < descriptions.count; position += 1) {
    const kind = descriptions.kinds[position] as number
    if (((kind >>> 8) & 0xff) !== language || ((kind & 0xff) === definition) !== definitions) continue
    if ((descriptions.stamps[position] as number) < ACTIVE) continue
    const isActive = (concepts.stamps[descriptions.concepts[position] as number] as number) >= ACTIVE
    const { length } = descriptions.term(descriptions.rows[position] as number)
    const shift = (position & 15) * 2
    const preferred = refsets.some(({ bits }) => (((bits[position >>> 4] as number) >>> shift) & IS_PREFERRED) !== 0)
    const rank = ((isActive ? 0 : MAX_LENGTH) + Math.min(length, MAX_LENGTH - 1)) * 2 + (preferred ? 0 : 1)
    // Rank above, position below: sorted natively, 18 and 30 bits of 53.
    keys[count++] = rank * 2 ** 30 + position
  }
  const sorted = keys.subarray(0, count).sort()
  const entries = new Uint32Array(count)
  for (let at = 0; at < count; at += 1) entries[at] = (sorted[at] as number) % 2 ** 30
  return entries
}
