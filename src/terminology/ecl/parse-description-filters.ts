/** Reads one filter of `{{ D … }}`: term, language, type, dialect, identifier and what every component has. */
import { type ParseConstraint, parseChoice, takeCommonFilter } from './parse-common-filters.ts'
import { parseConceptReference, parseSctid } from './parse-reference.ts'
import { parseEquality, parseOneOrSet, parseSearchTerms } from './parse-values.ts'
import { ahead, countNode, fail, peek, peekDigits, peekWord, type Scanner, space, take, takeWord } from './scanner.ts'
import type {
  Acceptabilities,
  AcceptabilityToken,
  DescriptionFilter,
  DescriptionType,
  DialectAlias,
  DialectConcept,
  Equality,
} from './syntax.ts'

type Read = (scanner: Scanner, operator: Equality, parseSub: ParseConstraint) => DescriptionFilter

const FILTERS: readonly (readonly [string, Read])[] = [
  ['term', (scanner, operator) => ({ kind: 'term', operator, terms: parseSearchTerms(scanner) })],
  ['language', (scanner, operator) => ({ kind: 'language', operator, codes: parseOneOrSet(scanner, parseLanguage) })],
  ['typeId', (scanner, operator, parseSub) => ({ kind: 'typeId', operator, value: parseChoice(scanner, parseSub) })],
  ['type', (scanner, operator) => ({ kind: 'type', operator, types: parseOneOrSet(scanner, parseType) })],
  ['dialectId', parseDialectId],
  ['dialect', parseDialect],
  ['id', (scanner, operator) => ({ kind: 'descriptionId', operator, ids: parseOneOrSet(scanner, parseDescriptionId) })],
]

export function parseDescriptionFilter(scanner: Scanner, parseSub: ParseConstraint): DescriptionFilter {
  const common = takeCommonFilter(scanner, parseSub)
  if (common !== undefined) return common
  for (const [keyword, read] of FILTERS) {
    if (!takeWord(scanner, keyword)) continue
    space(scanner)
    const operator = parseEquality(scanner)
    space(scanner)
    return read(scanner, operator, parseSub)
  }
  return fail(scanner, [...FILTERS.map(([keyword]) => keyword), 'moduleId', 'effectiveTime', 'active'])
}

function parseDescriptionId(scanner: Scanner): string {
  return parseSctid(scanner, 'a description identifier')
}

function parseLanguage(scanner: Scanner): string {
  const code = peekWord(scanner)
  if (code.length !== 2) fail(scanner, ['a language code of two letters'])
  scanner.at += 2
  return code.toLowerCase()
}

const TYPES: readonly (readonly [string, DescriptionType])[] = [
  ['syn', 'synonym'],
  ['synonym', 'synonym'],
  ['fsn', 'fullySpecifiedName'],
  ['fullySpecifiedName', 'fullySpecifiedName'],
  ['def', 'definition'],
  ['definition', 'definition'],
]

function parseType(scanner: Scanner): DescriptionType {
  for (const [word, type] of TYPES) if (takeWord(scanner, word)) return type
  return fail(scanner, ['syn', 'fsn', 'def'])
}

const ALIAS = /[A-Za-z](?:[A-Za-z0-9-])*/y

function parseDialect(scanner: Scanner, operator: Equality): DescriptionFilter {
  const dialects = ahead(scanner, '(')
    ? parseOneOrSet(scanner, (inner) => withAcceptabilities(inner, parseAlias(inner)))
    : [parseAlias(scanner)]
  return withAcceptabilities(scanner, { kind: 'dialect', operator, dialects })
}

function parseAlias(scanner: Scanner): DialectAlias {
  const at = scanner.at
  const alias = peek(scanner, ALIAS)
  if (alias === '') fail(scanner, ['the alias of a dialect'])
  scanner.at += alias.length
  return { alias: alias.toLowerCase(), at }
}

function parseDialectId(scanner: Scanner, operator: Equality, parseSub: ParseConstraint): DescriptionFilter {
  const dialects = takeDialectSet(scanner)
  const value = dialects === undefined ? parseSub(scanner) : ({ kind: 'dialects', dialects } as const)
  return withAcceptabilities(scanner, { kind: 'dialectId', operator, value })
}

/** A set has more than one concept, or an acceptability inside; a single concept in brackets is a constraint. */
function takeDialectSet(scanner: Scanner): readonly DialectConcept[] | undefined {
  const start = scanner.at
  if (!take(scanner, '(')) return undefined
  space(scanner)
  let isSet = false
  if (peekDigits(scanner) !== '') {
    parseConceptReference(scanner)
    space(scanner)
    isSet = ahead(scanner, '(') || peekDigits(scanner) !== ''
  }
  scanner.at = start
  if (!isSet) return undefined
  return parseOneOrSet(scanner, (inner) =>
    withAcceptabilities<DialectConcept>(inner, { concept: parseConceptReference(inner) }),
  )
}

function withAcceptabilities<T extends object>(
  scanner: Scanner,
  filter: T,
): T & { readonly acceptabilities?: Acceptabilities } {
  const before = scanner.at
  space(scanner)
  if (ahead(scanner, '(')) return { ...filter, acceptabilities: parseAcceptabilities(scanner) }
  scanner.at = before
  return filter
}

function parseAcceptabilities(scanner: Scanner): Acceptabilities {
  countNode(scanner)
  const inside: Scanner = { ...scanner }
  take(inside, '(')
  space(inside)
  return peekDigits(inside) === ''
    ? { kind: 'tokens', tokens: parseOneOrSet(scanner, parseAcceptability) }
    : { kind: 'concepts', concepts: parseOneOrSet(scanner, parseConceptReference) }
}

const ACCEPTABILITIES: readonly (readonly [string, AcceptabilityToken])[] = [
  ['accept', 'acceptable'],
  ['acceptable', 'acceptable'],
  ['prefer', 'preferred'],
  ['preferred', 'preferred'],
]

function parseAcceptability(scanner: Scanner): AcceptabilityToken {
  for (const [word, token] of ACCEPTABILITIES) if (takeWord(scanner, word)) return token
  return fail(scanner, ['accept', 'prefer', 'a concept identifier'])
}
