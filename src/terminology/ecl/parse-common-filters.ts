/** Reads the filters that every kind of component has (module, effective time, active), and choices of concepts. */
import { parseConceptReference } from './parse-reference.ts'
import { parseEquality, parseOneOrSet, parseTime } from './parse-values.ts'
import { fail, peekDigits, type Scanner, space, take, takeWord } from './scanner.ts'
import type { CommonFilter, ConceptChoice, ConceptReference, Constraint } from './syntax.ts'

export type ParseConstraint = (scanner: Scanner) => Constraint

/** `moduleId`, `effectiveTime` and `active`, which every kind of component has. */
export function takeCommonFilter(scanner: Scanner, parseSub: ParseConstraint): CommonFilter | undefined {
  if (takeWord(scanner, 'moduleId')) {
    space(scanner)
    const operator = parseEquality(scanner)
    space(scanner)
    return { kind: 'module', operator, value: parseChoice(scanner, parseSub) }
  }
  if (takeWord(scanner, 'effectiveTime')) {
    space(scanner)
    return { kind: 'effectiveTime', value: parseTime(scanner) }
  }
  if (!takeWord(scanner, 'active')) return undefined
  space(scanner)
  const operator = parseEquality(scanner)
  space(scanner)
  return { kind: 'active', operator, value: parseActive(scanner) }
}

function parseActive(scanner: Scanner): boolean {
  const digit = peekDigits(scanner)
  if (digit === '1' || digit === '0') {
    scanner.at += 1
    return digit === '1'
  }
  if (takeWord(scanner, 'true')) return true
  if (takeWord(scanner, 'false')) return false
  return fail(scanner, ['1', '0', '"true"', '"false"'])
}

/** A list in brackets has at least two concepts and nothing between them; everything else is a constraint. */
export function parseChoice(scanner: Scanner, parseSub: ParseConstraint): ConceptChoice {
  const concepts = takeReferenceList(scanner)
  return concepts === undefined ? parseSub(scanner) : { kind: 'list', concepts }
}

function takeReferenceList(scanner: Scanner): readonly ConceptReference[] | undefined {
  const start = scanner.at
  if (!take(scanner, '(')) return undefined
  space(scanner)
  if (peekDigits(scanner) !== '') {
    parseConceptReference(scanner)
    space(scanner)
    const isList = peekDigits(scanner) !== ''
    scanner.at = start
    return isList ? parseOneOrSet(scanner, parseConceptReference) : undefined
  }
  scanner.at = start
  return undefined
}
