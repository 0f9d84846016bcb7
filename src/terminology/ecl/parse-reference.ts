/** Reads what names a concept: an identifier with or without its term, the wildcard, a code of another scheme. */
import { ahead, countNode, fail, peek, peekDigits, type Scanner, space, take, takeWord } from './scanner.ts'
import type { AlternateIdentifier, ConceptReference, Constraint } from './syntax.ts'

const IDENTIFIER = 'a concept identifier'
const ALTERNATE = /([A-Za-z][A-Za-z0-9-]*)#/y

/** `eclFocusConcept`. `expected` names what else could have stood here. */
export function parseFocus(scanner: Scanner, expected: readonly string[]): Constraint {
  const at = scanner.at
  if (take(scanner, '*')) return { kind: 'any', at }
  if (alternateAhead(scanner)) return parseAlternate(scanner)
  if (takeWord(scanner, 'any')) return { kind: 'any', at }
  if (ahead(scanner, '"')) return parseQuotedAlternate(scanner)
  if (peekDigits(scanner) === '') fail(scanner, [...expected, IDENTIFIER, '"*"', '"("'])
  return parseConceptReference(scanner)
}

/** Whether a code of another scheme (`scheme#code`) starts here. */
export function alternateAhead(scanner: Scanner): boolean {
  return peek(scanner, ALTERNATE) !== ''
}

/** `sctId`: 6 to 18 digits, the first no zero. */
export function parseSctid(scanner: Scanner, what = IDENTIFIER): string {
  const digits = peekDigits(scanner)
  if (digits.length < 6 || digits.length > 18 || digits.startsWith('0')) {
    fail(scanner, [digits === '' ? what : `${what} of 6 to 18 digits that starts with none but 1 to 9`])
  }
  scanner.at += digits.length
  return digits
}

export function parseConceptReference(scanner: Scanner): ConceptReference {
  countNode(scanner)
  const at = scanner.at
  const id = parseSctid(scanner)
  const term = takeTerm(scanner)
  return term === undefined ? { kind: 'concept', id, at } : { kind: 'concept', id, term, at }
}

/** The term between bars, when there is one. White space around it does not count. */
function takeTerm(scanner: Scanner): string | undefined {
  const before = scanner.at
  space(scanner)
  if (!take(scanner, '|')) {
    scanner.at = before
    return undefined
  }
  const end = scanner.text.indexOf('|', scanner.at)
  if (end < 0) fail(scanner, ['"|" after the term'], { offset: scanner.text.length })
  const term = scanner.text.slice(scanner.at, end).trim()
  if (term === '') fail(scanner, ['a term'])
  scanner.at = end + 1
  return term
}

const PLAIN_CODE = /[A-Za-z0-9._-]+/y

function parseAlternate(scanner: Scanner): AlternateIdentifier {
  const at = scanner.at
  const scheme = takeScheme(scanner)
  const code = peek(scanner, PLAIN_CODE)
  if (code === '') fail(scanner, ['a code'])
  scanner.at += code.length
  return withTerm(scanner, { kind: 'alternate', scheme, code, at })
}

function parseQuotedAlternate(scanner: Scanner): AlternateIdentifier {
  const at = scanner.at
  scanner.at += 1
  if (!alternateAhead(scanner)) fail(scanner, ['a scheme, "#" and a code'])
  const scheme = takeScheme(scanner)
  const end = scanner.text.indexOf('"', scanner.at)
  if (end < 0) fail(scanner, ['a quotation mark at the end of the code'], { offset: scanner.text.length })
  const code = scanner.text.slice(scanner.at, end)
  const backslash = code.indexOf('\\')
  if (code === '' || backslash >= 0) fail(scanner, ['a code'], { offset: scanner.at + Math.max(0, backslash) })
  scanner.at = end + 1
  return withTerm(scanner, { kind: 'alternate', scheme, code, at })
}

function takeScheme(scanner: Scanner): string {
  const prefix = peek(scanner, ALTERNATE)
  scanner.at += prefix.length
  return prefix.slice(0, -1)
}

function withTerm(scanner: Scanner, reference: AlternateIdentifier): AlternateIdentifier {
  countNode(scanner)
  const term = takeTerm(scanner)
  return term === undefined ? reference : { ...reference, term }
}
