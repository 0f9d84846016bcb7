/**
 * Reads an expression constraint of ECL 2.2, brief or long syntax (the grammar: SNOMED International, *Expression
 * Constraint Language*, §5). Stricter than the ABNF in one thing the prose demands (§6.4): AND, OR and MINUS are never
 * mixed without brackets, in refinements neither.
 */

import { ECL_LIMITS, type EclLimits } from './limits.ts'
import { takeFilters } from './parse-filters.ts'
import { parseFocus } from './parse-reference.ts'
import { parseRefinement } from './parse-refinement.ts'
import { captured, type EclResult } from './problems.ts'
import {
  ahead,
  countNode,
  createScanner,
  deeper,
  fail,
  need,
  peek,
  peekWord,
  type Scanner,
  space,
  take,
  takeWord,
} from './scanner.ts'
import type { Constraint, HierarchyOperator, MemberOf } from './syntax.ts'

/** Reads the whole text. Errors: `ecl-syntax`, `ecl-too-long`, `ecl-too-deep`, `ecl-too-large`, each with its place. */
export function parseEcl(text: string, limits: EclLimits = ECL_LIMITS): EclResult<Constraint> {
  return captured(() => {
    const scanner = createScanner(text, limits)
    const constraint = parseExpression(scanner)
    if (scanner.at < text.length)
      fail(scanner, AFTER_EXPRESSION[constraint.kind] ?? AFTER_ANY, { hint: hintAfter(scanner, constraint) })
    return constraint
  })
}

const AFTER_ANY = ['":"', '"."', 'AND', 'OR', 'MINUS', '"{{"', 'the end of the expression']
const AFTER_EXPRESSION: Partial<Record<Constraint['kind'], readonly string[]>> = {
  refined: ['AND', 'OR', 'the end of the expression'],
  dotted: ['"."', 'the end of the expression'],
  history: ['":"', '"."', 'AND', 'OR', 'MINUS', 'the end of the expression'],
}
const BRACKETS_NEEDED = 'Put round brackets around the parts that belong together.'

function hintAfter(scanner: Scanner, constraint: Constraint): string {
  const operator = peekOperator(scanner)
  if (operator !== undefined || ahead(scanner, ':') || ahead(scanner, '.')) return BRACKETS_NEEDED
  if (constraint.kind === 'concept' && constraint.term === undefined && /\p{L}/u.test(scanner.text[scanner.at] ?? '')) {
    return 'A term stands between bars: |term|.'
  }
  return ''
}

/** `expressionConstraint`: up to the end, or to a bracket that closes. */
export function parseExpression(scanner: Scanner): Constraint {
  space(scanner)
  const first = parseSubExpression(scanner)
  space(scanner)
  const read = (): Constraint => {
    if (take(scanner, ':'))
      return { kind: 'refined', focus: first, refinement: parseRefinement(scanner, parseSubExpression) }
    if (ahead(scanner, '.')) return { kind: 'dotted', focus: first, attributes: parseDots(scanner) }
    const operator = peekOperator(scanner)
    return operator === undefined ? first : parseCompound(scanner, first, operator)
  }
  const constraint = read()
  space(scanner)
  return constraint
}

function parseDots(scanner: Scanner): readonly Constraint[] {
  const attributes: Constraint[] = []
  while (take(scanner, '.')) {
    countNode(scanner)
    space(scanner)
    attributes.push(parseSubExpression(scanner))
    space(scanner)
  }
  return attributes
}

type Operator = 'and' | 'or' | 'minus'

function peekOperator(scanner: Scanner): Operator | undefined {
  if (ahead(scanner, ',')) return 'and'
  const word = peekWord(scanner).toLowerCase()
  return word === 'and' || word === 'or' || word === 'minus' ? word : undefined
}

function takeOperator(scanner: Scanner, operator: Operator): void {
  if (!take(scanner, ',')) scanner.at += operator.length
  space(scanner)
}

function parseCompound(scanner: Scanner, first: Constraint, operator: Operator): Constraint {
  countNode(scanner)
  const parts = [first]
  for (let next: Operator | undefined = operator; next !== undefined; next = peekOperator(scanner)) {
    if (next !== operator || (operator === 'minus' && parts.length === 2)) {
      const expected = operator === 'minus' ? [] : [operator.toUpperCase()]
      fail(scanner, [...expected, scanner.depth > 0 ? '")"' : 'the end of the expression'], { hint: BRACKETS_NEEDED })
    }
    takeOperator(scanner, next)
    parts.push(parseSubExpression(scanner))
    space(scanner)
  }
  return { kind: 'compound', operator, parts }
}

/** `subExpressionConstraint`: operator, member-of, focus, filters, history, in this order. */
export function parseSubExpression(scanner: Scanner): Constraint {
  countNode(scanner)
  const at = scanner.at
  const operator = takeHierarchyOperator(scanner)
  if (operator !== undefined) space(scanner)
  const fields = takeMemberOf(scanner)
  const expected = fields ? [] : operator ? ['"^"'] : ['a constraint operator', '"^"']
  const focus = parseBracketsOrFocus(scanner, expected)
  return takeFilters(scanner, {
    parseExpression,
    parseSubExpression,
    start: asMember(focus, fields, at),
    wrap: (constraint) => (operator === undefined ? constraint : { kind: 'hierarchy', operator, of: constraint, at }),
  })
}

function asMember(focus: Constraint, fields: MemberOf['fields'] | undefined, at: number): Constraint {
  return fields === undefined ? focus : { kind: 'memberOf', fields, of: focus, filters: [], at }
}

function parseBracketsOrFocus(scanner: Scanner, expected: readonly string[]): Constraint {
  if (!take(scanner, '(')) return parseFocus(scanner, expected)
  return deeper(scanner, () => {
    const inner = parseExpression(scanner)
    need(scanner, ')', AFTER_EXPRESSION[inner.kind]?.slice(0, -1) ?? AFTER_ANY.slice(0, -1), hintAfter(scanner, inner))
    return inner
  })
}

/** Longest mark first. */
const MARKS: readonly (readonly [string, HierarchyOperator])[] = [
  ['!!>', 'top'],
  ['!!<', 'bottom'],
  ['<<!', 'childOrSelfOf'],
  ['<<', 'descendantOrSelfOf'],
  ['<!', 'childOf'],
  ['<', 'descendantOf'],
  ['>>!', 'parentOrSelfOf'],
  ['>>', 'ancestorOrSelfOf'],
  ['>!', 'parentOf'],
  ['>', 'ancestorOf'],
]
const WORDS: ReadonlyMap<string, HierarchyOperator> = new Map(MARKS.map(([, name]) => [name.toLowerCase(), name]))

function takeHierarchyOperator(scanner: Scanner): HierarchyOperator | undefined {
  for (const [mark, operator] of MARKS) if (take(scanner, mark)) return operator
  const word = peekWord(scanner)
  const operator = WORDS.get(word.toLowerCase())
  return operator !== undefined && takeWord(scanner, word) ? operator : undefined
}

const FIELD = /[A-Za-z]+/y

function takeMemberOf(scanner: Scanner): MemberOf['fields'] | undefined {
  if (!take(scanner, '^') && !takeWord(scanner, 'memberOf')) return undefined
  space(scanner)
  if (!take(scanner, '[')) return 'component'
  space(scanner)
  const fields: string[] = []
  const all = take(scanner, '*') || takeWord(scanner, 'any')
  while (!all) {
    const field = peek(scanner, FIELD)
    if (field === '') fail(scanner, fields.length ? ['the name of a column'] : ['the name of a column', '"*"'])
    countNode(scanner)
    fields.push(field)
    scanner.at += field.length
    space(scanner)
    if (!take(scanner, ',')) break
    space(scanner)
  }
  space(scanner)
  need(scanner, ']', all ? [] : ['","'])
  space(scanner)
  return all ? 'all' : fields
}
