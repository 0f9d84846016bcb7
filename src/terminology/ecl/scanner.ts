/**
 * A place in the text of an expression constraint, and the small steps on it: white space and comments, words, marks,
 * and the one way to say what was expected. The grammar has no tokens of its own (a word is a keyword here and an alias
 * there), so the parser asks for what it needs where it stands.
 */
import type { EclLimits } from './limits.ts'
import { EclSignal, eclProblem } from './problems.ts'

export interface Scanner {
  readonly text: string
  readonly limits: EclLimits
  /** For each `(`, the place of its `)`. */
  readonly closing: ReadonlyMap<number, number>
  at: number
  depth: number
  nodes: number
}

export function createScanner(text: string, limits: EclLimits): Scanner {
  if (text.length > limits.length) {
    throw tooMuch(
      text,
      'ecl-too-long',
      limits.length,
      `the expression has ${text.length} characters; ${limits.length} are allowed.`,
    )
  }
  return { text, limits, closing: bracketPairs(text), at: 0, depth: 0, nodes: 0 }
}

function tooMuch(
  text: string,
  code: 'ecl-too-long' | 'ecl-too-deep' | 'ecl-too-large',
  offset: number,
  sentence: string,
): EclSignal {
  return new EclSignal(
    eclProblem({ code, text, offset, sentence, next: 'Split the expression, or keep its parts as reference sets.' }),
  )
}

/** Pairs of round brackets outside comments, terms and strings. Unpaired ones are left out: the parser will meet them. */
function bracketPairs(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at]
    if (mark === '(') open.push(at)
    else if (mark === ')') {
      const start = open.pop()
      if (start !== undefined) pairs.set(start, at)
    } else if (mark === '"') at = stringEnd(text, at + 1)
    else if (mark === '|') at = orEnd(text, text.indexOf('|', at + 1))
    else if (mark === '/' && text[at + 1] === '*') at = orEnd(text, text.indexOf('*/', at + 2))
  }
  return pairs
}

function orEnd(text: string, index: number): number {
  return index < 0 ? text.length : index
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}

/** Stops with a syntax problem at the present place (or `offset`). */
export function fail(scanner: Scanner, expected: readonly string[], { offset = scanner.at, hint = '' } = {}): never {
  const found = foundAt(scanner.text, offset)
  const wanted = expected.length > 1 ? `${expected.slice(0, -1).join(', ')} or ${expected.at(-1)}` : expected[0]
  throw new EclSignal(
    eclProblem({
      code: 'ecl-syntax',
      text: scanner.text,
      offset,
      sentence: `expected ${wanted}, found ${found === 'end' ? 'the end of the expression' : `"${found}"`}.`,
      next: hint || 'Correct the expression at this place.',
      found,
      expected,
    }),
  )
}

/** A word, a number or a single mark, at most twenty characters of it. */
function foundAt(text: string, offset: number): string {
  if (offset >= text.length) return 'end'
  const run = /^[\p{L}\p{N}_]+/u.exec(text.slice(offset, offset + 20))
  return run?.[0] ?? String.fromCodePoint(text.codePointAt(offset) ?? 0)
}

/** Counts one part of the tree. */
export function countNode(scanner: Scanner): void {
  scanner.nodes += 1
  if (scanner.nodes > scanner.limits.nodes) {
    throw tooMuch(
      scanner.text,
      'ecl-too-large',
      scanner.at,
      `the expression has more than ${scanner.limits.nodes} parts.`,
    )
  }
}

/** Reads something in brackets one level deeper. */
export function deeper<T>(scanner: Scanner, read: () => T): T {
  scanner.depth += 1
  if (scanner.depth > scanner.limits.depth) {
    throw tooMuch(
      scanner.text,
      'ecl-too-deep',
      scanner.at,
      `brackets are nested more than ${scanner.limits.depth} deep.`,
    )
  }
  const value = read()
  scanner.depth -= 1
  return value
}

/** Passes white space and comments. Returns whether there was any. */
export function space(scanner: Scanner): boolean {
  const start = scanner.at
  for (;;) {
    const mark = scanner.text[scanner.at]
    if (mark === ' ' || mark === '\t' || mark === '\r' || mark === '\n') scanner.at += 1
    else if (mark === '/' && scanner.text[scanner.at + 1] === '*') {
      const end = scanner.text.indexOf('*/', scanner.at + 2)
      if (end < 0) fail(scanner, ['"*/" at the end of the comment'], { offset: scanner.text.length })
      scanner.at = end + 2
    } else return scanner.at > start
  }
}

export function ahead(scanner: Scanner, mark: string): boolean {
  return scanner.text.startsWith(mark, scanner.at)
}

/** Passes the mark when it stands here. */
export function take(scanner: Scanner, mark: string): boolean {
  if (!ahead(scanner, mark)) return false
  scanner.at += mark.length
  return true
}

/** Passes the mark, or stops. */
export function need(scanner: Scanner, mark: string, alternatives: readonly string[] = [], hint = ''): void {
  if (!take(scanner, mark)) fail(scanner, [...alternatives, `"${mark}"`], { hint })
}

const LETTERS = /[A-Za-z]+/y
const DIGITS = /[0-9]+/y

/** The ASCII letters here, unmoved; empty when there are none. */
export function peekWord(scanner: Scanner): string {
  return peek(scanner, LETTERS)
}

export function peekDigits(scanner: Scanner): string {
  return peek(scanner, DIGITS)
}

export function peek(scanner: Scanner, sticky: RegExp): string {
  sticky.lastIndex = scanner.at
  return sticky.exec(scanner.text)?.[0] ?? ''
}

/** Passes the word when it stands here whole, in any case. */
export function takeWord(scanner: Scanner, word: string): boolean {
  const here = peekWord(scanner)
  if (here.toLowerCase() !== word.toLowerCase() || isWordMark(scanner.text[scanner.at + here.length])) return false
  scanner.at += here.length
  return true
}

function isWordMark(mark: string | undefined): boolean {
  return mark !== undefined && /[0-9_#-]/.test(mark)
}
