/** Reads what stands in double braces: filters of members, concepts and descriptions, and the history supplement. */
import { type ParseConstraint, parseChoice, takeCommonFilter } from './parse-common-filters.ts'
import { parseDescriptionFilter } from './parse-description-filters.ts'
import { parseComparison, parseEquality, parseOneOrSet } from './parse-values.ts'
import { countNode, deeper, fail, need, peek, peekWord, type Scanner, space, take, takeWord } from './scanner.ts'
import type { ConceptFilter, Constraint, HistorySupplemented, MemberFilter } from './syntax.ts'

interface Filtering {
  readonly parseExpression: ParseConstraint
  readonly parseSubExpression: ParseConstraint
  /** Member-of with its reference set, or the focus. */
  readonly start: Constraint
  /** Puts the constraint operator around: it applies to the members that are left, before the other filters. */
  readonly wrap: (constraint: Constraint) => Constraint
}

/** Member filters, then description and concept filters, then history: each only in its place (ECL 2.2, `subExpressionConstraint`). */
export function takeFilters(scanner: Scanner, filtering: Filtering): Constraint {
  const { parseExpression, parseSubExpression, wrap } = filtering
  let inner = filtering.start
  let outer: Constraint | undefined
  for (;;) {
    const before = scanner.at
    space(scanner)
    const offset = scanner.at
    if (!take(scanner, '{{')) {
      scanner.at = before
      return outer ?? wrap(inner)
    }
    space(scanner)
    const kind = takeKind(scanner)
    if (kind === 'member') {
      if (outer !== undefined || inner.kind !== 'memberOf') {
        fail(scanner, ['a description filter', 'a concept filter'], { offset, hint: MEMBER_FILTER_PLACE })
      }
      inner = {
        ...inner,
        filters: [...inner.filters, parseList(scanner, () => parseMemberFilter(scanner, parseSubExpression))],
      }
      continue
    }
    const of: Constraint = outer ?? wrap(inner)
    if (kind === 'history') return parseHistory(scanner, parseExpression, of, offset)
    outer =
      kind === 'concept'
        ? {
            kind: 'conceptFiltered',
            of,
            filters: parseList(scanner, () => parseConceptFilter(scanner, parseSubExpression)),
          }
        : {
            kind: 'descriptionFiltered',
            of,
            filters: parseList(scanner, () => parseDescriptionFilter(scanner, parseSubExpression)),
          }
  }
}

const MEMBER_FILTER_PLACE = 'A member filter stands directly after "^" and its reference set.'
const DESCRIPTION_KEYWORDS = new Set([
  'term',
  'language',
  'type',
  'typeid',
  'dialect',
  'dialectid',
  'moduleid',
  'effectivetime',
  'active',
  'id',
])
const KINDS: Readonly<Record<string, 'concept' | 'description' | 'member'>> = {
  c: 'concept',
  d: 'description',
  m: 'member',
}

/** The letter may stand right before the keyword (`{{Dterm=…}}`), and none means a description filter. */
function takeKind(scanner: Scanner): 'concept' | 'description' | 'member' | 'history' {
  if (take(scanner, '+')) return 'history'
  const word = peekWord(scanner).toLowerCase()
  const kind = DESCRIPTION_KEYWORDS.has(word) ? undefined : KINDS[word.slice(0, 1)]
  if (kind === undefined) return 'description'
  scanner.at += 1
  space(scanner)
  return kind
}

function parseList<T>(scanner: Scanner, parseOne: () => T): readonly T[] {
  return deeper(scanner, () => {
    const filters: T[] = []
    do {
      space(scanner)
      countNode(scanner)
      filters.push(parseOne())
      space(scanner)
    } while (take(scanner, ','))
    need(scanner, '}}', ['","'])
    return filters
  })
}

const PROFILES = { min: 'minimum', mod: 'moderate', max: 'maximum' } as const

function parseHistory(
  scanner: Scanner,
  parseExpression: ParseConstraint,
  of: Constraint,
  at: number,
): HistorySupplemented {
  space(scanner)
  if (peekWord(scanner).toLowerCase() !== 'history') fail(scanner, ['HISTORY'])
  scanner.at += 'history'.length
  let profile: HistorySupplemented['profile'] = 'all'
  if (take(scanner, '-') || take(scanner, '_')) {
    const suffix = peekWord(scanner).toLowerCase()
    if (suffix !== 'min' && suffix !== 'mod' && suffix !== 'max') fail(scanner, ['MIN', 'MOD', 'MAX'])
    scanner.at += suffix.length
    profile = PROFILES[suffix]
  } else {
    space(scanner)
    if (take(scanner, '(')) {
      profile = deeper(scanner, () => parseExpression(scanner))
      need(scanner, ')')
    }
  }
  space(scanner)
  need(scanner, '}}', profile === 'all' ? ['"-MIN"', '"-MOD"', '"-MAX"', '"("'] : [])
  return { kind: 'history', of, profile, at }
}

function parseConceptFilter(scanner: Scanner, parseSub: ParseConstraint): ConceptFilter {
  const common = takeCommonFilter(scanner, parseSub)
  if (common !== undefined) return common
  if (takeWord(scanner, 'definitionStatusId')) {
    space(scanner)
    const operator = parseEquality(scanner)
    space(scanner)
    return { kind: 'definitionStatusId', operator, value: parseChoice(scanner, parseSub) }
  }
  if (takeWord(scanner, 'definitionStatus')) {
    space(scanner)
    const operator = parseEquality(scanner)
    space(scanner)
    return { kind: 'definitionStatus', operator, values: parseOneOrSet(scanner, parseDefinitionStatus) }
  }
  return fail(scanner, ['definitionStatus', 'definitionStatusId', 'moduleId', 'effectiveTime', 'active'])
}

function parseDefinitionStatus(scanner: Scanner): 'primitive' | 'defined' {
  if (takeWord(scanner, 'primitive')) return 'primitive'
  if (takeWord(scanner, 'defined')) return 'defined'
  return fail(scanner, ['primitive', 'defined'])
}

const FIELD = /[A-Za-z]+/y

function parseMemberFilter(scanner: Scanner, parseSub: ParseConstraint): MemberFilter {
  const at = scanner.at
  const common = takeCommonFilter(scanner, parseSub)
  if (common !== undefined) return common
  const field = peek(scanner, FIELD)
  if (field === '') fail(scanner, ['the name of a column', 'moduleId', 'effectiveTime', 'active'])
  scanner.at += field.length
  space(scanner)
  return { kind: 'field', field, value: parseComparison(scanner, parseSub, { withTime: true }), at }
}
