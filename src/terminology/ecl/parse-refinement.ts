/** Reads what stands after the colon: attributes, groups, their cardinalities, and sets of them. */

import { alternateAhead } from './parse-reference.ts'
import { parseComparison } from './parse-values.ts'
import {
  ahead,
  countNode,
  deeper,
  fail,
  need,
  peekDigits,
  peekWord,
  type Scanner,
  space,
  take,
  takeWord,
} from './scanner.ts'
import type { Attribute, AttributeGroup, Cardinality, Constraint, Refinement } from './syntax.ts'

type ParseConstraint = (scanner: Scanner) => Constraint

/** `eclRefinement`; inside a group `eclAttributeSet`, which is the same without groups. */
export function parseRefinement(scanner: Scanner, parseSub: ParseConstraint, inGroup = false): Refinement {
  space(scanner)
  const parts = [parsePart(scanner, parseSub, inGroup)]
  let operator: 'and' | 'or' | undefined
  for (let next = peekJoin(scanner); next !== undefined; next = peekJoin(scanner)) {
    if (operator !== undefined && next !== operator) {
      fail(scanner, [operator.toUpperCase()], {
        hint: 'Put round brackets around the attributes that belong together.',
      })
    }
    operator = next
    if (!take(scanner, ',')) scanner.at += next.length
    space(scanner)
    parts.push(parsePart(scanner, parseSub, inGroup))
  }
  const [first] = parts
  return first !== undefined && parts.length === 1 ? first : { kind: 'set', operator: operator ?? 'and', parts }
}

/** AND, OR or a comma, after white space. The place moves over the white space only. */
function peekJoin(scanner: Scanner): 'and' | 'or' | undefined {
  space(scanner)
  if (ahead(scanner, ',')) return 'and'
  const word = peekWord(scanner).toLowerCase()
  return word === 'and' || word === 'or' ? word : undefined
}

function parsePart(scanner: Scanner, parseSub: ParseConstraint, inGroup: boolean): Refinement {
  const at = scanner.at
  if (ahead(scanner, '(') && !bracketIsName(scanner)) {
    scanner.at += 1
    return deeper(scanner, () => {
      const inner = parseRefinement(scanner, parseSub, inGroup)
      need(scanner, ')', ['AND', 'OR', '","'])
      return inner
    })
  }
  const cardinality = takeCardinality(scanner)
  if (ahead(scanner, '{') && !ahead(scanner, '{{')) {
    if (inGroup) fail(scanner, ['an attribute'], { hint: 'A group stands in no other group.' })
    return parseGroup(scanner, parseSub, cardinality, at)
  }
  return parseAttribute(scanner, parseSub, cardinality, at)
}

/** A bracket before a comparison or a filter is the name of an attribute; any other holds a refinement. */
function bracketIsName(scanner: Scanner): boolean {
  const close = scanner.closing.get(scanner.at)
  if (close === undefined) return false
  const after: Scanner = { ...scanner, at: close + 1 }
  space(after)
  return /^(?:[=<>]|!=|\{\{|not\b)/i.test(scanner.text.slice(after.at, after.at + 4))
}

function parseGroup(
  scanner: Scanner,
  parseSub: ParseConstraint,
  cardinality: Cardinality | undefined,
  at: number,
): AttributeGroup {
  countNode(scanner)
  need(scanner, '{')
  return deeper(scanner, () => {
    const of = parseRefinement(scanner, parseSub, true)
    need(scanner, '}', ['AND', 'OR', '","'])
    return cardinality === undefined ? { kind: 'group', of, at } : { kind: 'group', cardinality, of, at }
  })
}

function parseAttribute(
  scanner: Scanner,
  parseSub: ParseConstraint,
  cardinality: Cardinality | undefined,
  at: number,
): Attribute {
  countNode(scanner)
  const reverse = takeReverse(scanner)
  const name = parseSub(scanner)
  space(scanner)
  const value = parseComparison(scanner, parseSub)
  return { kind: 'attribute', ...(cardinality === undefined ? {} : { cardinality }), reverse, name, value, at }
}

/** `R` only as a capital; `reverseOf` in any case. */
function takeReverse(scanner: Scanner): boolean {
  const here = !alternateAhead(scanner) && peekWord(scanner) === 'R'
  const taken = here ? take(scanner, 'R') : takeWord(scanner, 'reverseOf')
  if (taken) space(scanner)
  return taken
}

function takeCardinality(scanner: Scanner): Cardinality | undefined {
  const start = scanner.at
  if (!take(scanner, '[')) return undefined
  space(scanner)
  const minimum = parseCount(scanner)
  const spaced = space(scanner)
  if (!(spaced && takeWord(scanner, 'to'))) need(scanner, '..', ['TO'])
  space(scanner)
  const maximum = take(scanner, '*') || takeWord(scanner, 'many') ? 'many' : parseCount(scanner, ['"*"'])
  if (maximum !== 'many' && maximum < minimum) {
    fail(scanner, [`a maximum of at least ${minimum}`], { offset: start, hint: 'Write the smaller number first.' })
  }
  space(scanner)
  need(scanner, ']')
  space(scanner)
  return { minimum, maximum }
}

/** No concept has a thousand million attributes; longer numbers are a mistake. */
function parseCount(scanner: Scanner, alternatives: readonly string[] = []): number {
  const digits = peekDigits(scanner)
  if (digits === '' || digits.length > 9 || (digits.length > 1 && digits.startsWith('0'))) {
    fail(scanner, [...alternatives, 'a number of at most nine digits'])
  }
  scanner.at += digits.length
  return Number(digits)
}
