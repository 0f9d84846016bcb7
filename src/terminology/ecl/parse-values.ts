/** Reads comparisons and what stands on their right side: constraints, numbers, search terms, truth values, dates. */
import { ahead, countNode, deeper, fail, need, peek, peekWord, type Scanner, space, take, takeWord } from './scanner.ts'
import type { Comparison, Constraint, Equality, Order, SearchTerm, TimeComparison } from './syntax.ts'

type ParseConstraint = (scanner: Scanner) => Constraint

const OPERATORS: readonly (readonly [string, Order])[] = [
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['=', '='],
  ['<', '<'],
  ['>', '>'],
]

export function parseOrder(scanner: Scanner): Order {
  for (const [mark, operator] of OPERATORS) if (take(scanner, mark)) return operator
  if (takeWord(scanner, 'not')) {
    space(scanner)
    need(scanner, '=')
    return '!='
  }
  return fail(scanner, ['"="', '"!="', '"<"', '"<="', '">"', '">="'])
}

export function parseEquality(scanner: Scanner): Equality {
  const offset = scanner.at
  const operator = parseOrder(scanner)
  return operator === '=' || operator === '!=' ? operator : fail(scanner, ['"="', '"!="'], { offset })
}

/** Operator and value of an attribute or, with `withTime`, of a member's column. */
export function parseComparison(scanner: Scanner, parseSub: ParseConstraint, { withTime = false } = {}): Comparison {
  const offset = scanner.at
  const order = parseOrder(scanner)
  space(scanner)
  const values = valueKind(scanner)
  if (values === 'number') return { kind: 'number', operator: order, values: parseNumbers(scanner) }
  if (withTime && values === 'string' && (isOrdering(order) || ahead(scanner, '""'))) {
    return { kind: 'time', operator: order, values: parseTimes(scanner) }
  }
  if (isOrdering(order)) fail(scanner, ['"#" and a number'], { hint: 'Only numbers can be compared by size.' })
  const operator: Equality = order
  if (values === 'string') return { kind: 'string', operator, terms: parseSearchTerms(scanner) }
  if (values === 'boolean') return { kind: 'boolean', operator, value: parseTruth(scanner, offset) }
  return { kind: 'constraint', operator, value: parseSub(scanner) }
}

function isOrdering(order: Order): order is '<' | '<=' | '>' | '>=' {
  return order !== '=' && order !== '!='
}

const TYPED = /(?:match|wild|exact)(?=\s*:)/iy

function valueKind(scanner: Scanner): 'number' | 'string' | 'boolean' | 'constraint' {
  const inside: Scanner = { ...scanner }
  if (take(inside, '(')) space(inside)
  if (ahead(inside, '#')) return 'number'
  if (ahead(inside, '"') || peek(inside, TYPED) !== '') return 'string'
  const word = peekWord(scanner).toLowerCase()
  return word === 'true' || word === 'false' ? 'boolean' : 'constraint'
}

function parseTruth(scanner: Scanner, offset: number): boolean {
  if (takeWord(scanner, 'true')) return true
  if (takeWord(scanner, 'false')) return false
  return fail(scanner, ['"true"', '"false"'], { offset })
}

/** One value, or several in brackets with white space between. */
export function parseOneOrSet<T>(scanner: Scanner, parseOne: (scanner: Scanner) => T): readonly T[] {
  if (!take(scanner, '(')) return [counted(scanner, parseOne)]
  return deeper(scanner, () => {
    space(scanner)
    const values = [counted(scanner, parseOne)]
    for (space(scanner); !take(scanner, ')'); space(scanner)) {
      if (scanner.at >= scanner.text.length) fail(scanner, ['")"'])
      values.push(counted(scanner, parseOne))
    }
    return values
  })
}

function counted<T>(scanner: Scanner, parseOne: (scanner: Scanner) => T): T {
  countNode(scanner)
  return parseOne(scanner)
}

const NUMBER = /[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9])/y

function parseNumbers(scanner: Scanner): readonly string[] {
  return parseOneOrSet(scanner, () => {
    need(scanner, '#')
    const number = peek(scanner, NUMBER)
    if (number === '') fail(scanner, ['a number'])
    scanner.at += number.length
    return number
  })
}

export function parseSearchTerms(scanner: Scanner): readonly SearchTerm[] {
  return parseOneOrSet(scanner, parseSearchTerm)
}

function parseSearchTerm(scanner: Scanner): SearchTerm {
  const type = takeSearchType(scanner)
  const offset = scanner.at
  const text = parseString(scanner, type === 'wild')
  if (text.trim() === '') fail(scanner, ['a word to search for'], { offset: offset + 1 })
  return { type, text: type === 'match' ? text.trim().replaceAll(/\s+/g, ' ') : text }
}

function takeSearchType(scanner: Scanner): SearchTerm['type'] {
  const typed = peek(scanner, TYPED).toLowerCase()
  if (typed !== 'match' && typed !== 'wild' && typed !== 'exact') return 'match'
  scanner.at += typed.length
  space(scanner)
  need(scanner, ':')
  space(scanner)
  return typed
}

/** A quoted string; `\"` and `\\` are unescaped, and `\*` is kept in a wild term. */
function parseString(scanner: Scanner, wild: boolean): string {
  if (!take(scanner, '"')) fail(scanner, ['a quotation mark'])
  const pieces: string[] = []
  for (let start = scanner.at; ; ) {
    const mark = scanner.text[scanner.at]
    if (mark === undefined) fail(scanner, ['a quotation mark at the end of the string'])
    if (mark !== '"' && mark !== '\\') {
      scanner.at += 1
      continue
    }
    pieces.push(scanner.text.slice(start, scanner.at))
    if (mark === '"') break
    pieces.push(parseEscape(scanner, wild))
    start = scanner.at
  }
  scanner.at += 1
  return pieces.join('')
}

function parseEscape(scanner: Scanner, wild: boolean): string {
  const escaped = scanner.text[scanner.at + 1] ?? ''
  const allowed = wild ? '"\\*' : '"\\'
  if (escaped === '' || !allowed.includes(escaped)) {
    fail(scanner, [wild ? '\\", \\\\ or \\*' : '\\" or \\\\'], { hint: 'Write a backslash twice.' })
  }
  scanner.at += 2
  return wild && escaped !== '"' ? `\\${escaped}` : escaped
}

/** After an operator: one date, or several in brackets. */
export function parseTime(scanner: Scanner): TimeComparison {
  const operator = parseOrder(scanner)
  space(scanner)
  return { kind: 'time', operator, values: parseTimes(scanner) }
}

const DATE = /"(?:[1-9][0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))?"/y

function parseTimes(scanner: Scanner): readonly string[] {
  return parseOneOrSet(scanner, () => {
    const date = peek(scanner, DATE)
    if (date === '') fail(scanner, ['a date as "YYYYMMDD"'])
    scanner.at += date.length
    return date.slice(1, -1)
  })
}
