/** The words of a table: one index for each language, its terms numbered the short ones first, displays before others. */
import type { FlatFile } from '../../flat/container.ts'
import { type GrowingWords, growingWords } from '../../flat/growing.ts'
import { orderOf } from '../../flat/rows.ts'
import { readWordIndex, type WordIndex, wordIndexBuilder } from '../../flat/words.ts'
import type { FlatWriter } from '../../flat/write.ts'
import type { TableWords } from '../concept-table.ts'
import type { CodesBuilder } from './build.ts'

interface Terms {
  readonly text: GrowingWords
  readonly concept: GrowingWords
  readonly isDisplay: GrowingWords
}

export function languageWordsBuilder() {
  const byLanguage = new Map<string, Terms>()
  return {
    get languages(): readonly string[] {
      return [...byLanguage.keys()]
    },
    add(language: string, text: number, concept: number, isDisplay: boolean): void {
      let terms = byLanguage.get(language)
      if (!terms) {
        terms = { text: growingWords(), concept: growingWords(), isDisplay: growingWords() }
        byLanguage.set(language, terms)
      }
      terms.text.push(text)
      terms.concept.push(concept)
      terms.isDisplay.push(isDisplay ? 1 : 0)
    },
    write(writer: FlatWriter, textOf: (number: number) => string, codes: CodesBuilder): void {
      ;[...byLanguage.values()].forEach((terms, language) => {
        writeTerms(writer, `words.${language}`, terms, textOf)
      })
      const index = wordIndexBuilder()
      for (let concept = 0; concept < codes.size; concept += 1) addText(index, codes.code(concept))
      index.write(writer, 'words.codes')
    },
  }
}

function writeTerms(
  writer: FlatWriter,
  name: string,
  { text, concept, isDisplay }: Terms,
  textOf: (number: number) => string,
): void {
  const rank = new Uint32Array(text.length)
  for (let row = 0; row < rank.length; row += 1) {
    rank[row] = textOf(text.words[row] ?? 0).length * 2 + (isDisplay.words[row] === 1 ? 0 : 1)
  }
  const order = orderOf(rank)
  const index = wordIndexBuilder()
  for (const row of order) addText(index, textOf(text.words[row] ?? 0))
  index.write(writer, name)
  writer.add(
    `${name}.concept`,
    order.map((row) => concept.words[row] ?? 0),
  )
}

function addText(index: ReturnType<typeof wordIndexBuilder>, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  index.add(bytes, 0, bytes.length)
}

/** Indexes are opened when they are first asked: each needs a little memory of its own in every thread. */
export function readTableWords(flat: FlatFile, languages: readonly string[]): TableWords {
  const opened = new Map<string, { readonly index: WordIndex; readonly concepts: Uint32Array | undefined }>()
  const open = (name: string) => {
    const known = opened.get(name)
    if (known) return known
    const concepts = flat.has(`${name}.concept`) ? flat.words(`${name}.concept`) : undefined
    const made = { index: readWordIndex(flat, name), concepts }
    opened.set(name, made)
    return made
  }
  const walk = (name: string, prefixes: readonly string[], visit: (ordinal: number) => boolean): void => {
    const { index, concepts } = open(name)
    const unlimited = { steps: Number.POSITIVE_INFINITY }
    index.walk(prefixes, unlimited, (entry) => visit(concepts ? (concepts[entry] ?? 0) : entry))
  }
  return {
    languages,
    walk(language, prefixes, visit) {
      const number = languages.indexOf(language)
      if (number >= 0) walk(`words.${number}`, prefixes, visit)
    },
    walkCodes: (prefixes, visit) => walk('words.codes', prefixes, visit),
  }
}
