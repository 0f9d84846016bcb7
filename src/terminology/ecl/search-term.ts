/**
 * Typed search terms (ECL 2.2, 6.8): `match` = each word starts a word of the text, in any order; `wild` = the whole
 * text with `*` for any run of characters. Both without regard to case and accents. No regular expression is ever made
 * from a term; each comparison is a chain of plain searches.
 */
import { foldText } from '#terminology/flat/fold.ts'
import type { SearchTerm } from './syntax.ts'

export type TextTest = (text: string) => boolean

/** As the index of words folds (flat/fold.ts), but what is no letter and no digit stays: it can be searched for too. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  let folded = ''
  for (const mark of text) folded += foldMark(mark)
  return folded
}

const ASCII = /^[ -~]*$/
const marks = new Map<string, string>()

function foldMark(mark: string): string {
  const known = marks.get(mark)
  if (known !== undefined) return known
  const folded = foldText(mark)
  const kept = folded === ' ' ? mark : folded
  marks.set(mark, kept)
  return kept
}

/** A test that holds when any of the terms fits. */
export function textTest(terms: readonly SearchTerm[]): TextTest {
  const tests = distinctTerms(terms).map(oneTest)
  return (text) => {
    const folded = fold(text)
    return tests.some((test) => test(folded, text))
  }
}

/** How many searches in a text one test may take: what a budget counts. */
export function textTestSteps(terms: readonly SearchTerm[]): number {
  return distinctTerms(terms).reduce((steps, { type, text }) => {
    if (type === 'exact') return steps + 1
    return steps + (type === 'wild' ? wildPieces(text).length : searchWords(text).length)
  }, 1)
}

/** Each term once. */
export function distinctTerms(terms: readonly SearchTerm[]): readonly SearchTerm[] {
  return [...new Map(terms.map((term) => [`${term.type}:${term.text}`, term])).values()]
}

function oneTest({ type, text }: SearchTerm): (folded: string, original: string) => boolean {
  if (type === 'exact') return (_folded, original) => original === text
  if (type === 'wild') {
    const pieces = wildPieces(text)
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    return (folded) => length <= folded.length && fitsWild(folded, pieces)
  }
  const words = searchWords(text)
  const longest = words.reduce((most, word) => Math.max(most, word.length), 0)
  return (folded) => longest <= folded.length && words.every((word) => startsWord(folded, word))
}

/** The words of a `match` term, folded. */
export function searchWords(text: string): readonly string[] {
  return [
    ...new Set(
      fold(text)
        .split(/\s+/)
        .filter((word) => word !== ''),
    ),
  ]
}

/** The letters and digits a word must start with, for an index of words; empty when it starts with none. */
export function indexPrefix(word: string): string {
  return LEADING.exec(word)?.[0] ?? ''
}

const LEADING = /^[\p{L}\p{N}]+/u

/** Whether the word stands at the start of the text or after something that is no letter and no digit. */
function startsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !isLetterOrDigit(text, at - 1)) return true
  }
  return false
}

const ALPHANUMERIC = /[\p{L}\p{N}]$/u

function isLetterOrDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 128) return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57)
  return ALPHANUMERIC.test(text.slice(Math.max(0, at - 1), at + 1))
}

/** The literal pieces between the stars of a wild term, folded; `\*`, `\\` unescaped. */
function wildPieces(text: string): readonly string[] {
  const pieces = ['']
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at] ?? ''
    if (mark === '*') pieces.push('')
    else if (mark === '\\') {
      at += 1
      pieces[pieces.length - 1] += text[at] ?? ''
    } else pieces[pieces.length - 1] += mark
  }
  // Several stars in a row say no more than one.
  return pieces.map(fold).filter((piece, index) => piece !== '' || index === 0 || index === pieces.length - 1)
}

/** The first piece at the start, the last at the end, the others in order between: the leftmost place is always good enough. */
function fitsWild(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return text === first
  const last = pieces.at(-1) ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  const end = text.length - last.length
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
