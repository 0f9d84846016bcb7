/** Filters of descriptions: a concept stays when one of its descriptions satisfies all filters of the braces (ECL 2.2, 6.8). */
import dialectAliases from '../../../data/terminology/ecl-dialects.json' with { type: 'json' }
import { STEPS_PER_DESCRIPTION } from './budget.ts'
import { choiceTest, type IdentifierTest } from './choice.ts'
import { commonFilterTest, equals } from './component-filters.ts'
import type { ConceptSet } from './concept-set.ts'
import { type Evaluation, stop } from './evaluation.ts'
import { distinctTerms, indexPrefix, searchWords, textTest, textTestSteps } from './search-term.ts'
import type { Acceptability, DescriptionRow } from './substrate.ts'
import type { Acceptabilities, Constraint, DescriptionFilter } from './syntax.ts'

type Evaluate = (evaluation: Evaluation, constraint: Constraint) => ConceptSet
type DescriptionTest = (row: DescriptionRow) => boolean

export interface DescriptionMatcher {
  /** Whether a description of the concept satisfies all filters. */
  matches(concept: number): boolean
  /** Concepts outside this set cannot match; undefined when the index of words is of no use here. */
  candidates(): ConceptSet | undefined
}

export function descriptionMatcher(
  evaluation: Evaluation,
  filters: readonly DescriptionFilter[],
  evaluate: Evaluate,
): DescriptionMatcher {
  const { substrate, budget } = evaluation
  // Only active descriptions count unless the filter speaks of it itself (ECL 2.2, 6.8 and 5: the default substrate).
  const activeOnly = !filters.some(({ kind }) => kind === 'active')
  const tests = filters.map((filter) => descriptionTest(evaluation, filter, evaluate))
  const steps = STEPS_PER_DESCRIPTION + filters.reduce((sum, filter) => sum + filterSteps(filter), 0)
  const matches = (concept: number): boolean => {
    for (const row of substrate.descriptionsOf(concept)) {
      budget.spend(steps)
      if ((row.active || !activeOnly) && tests.every((test) => test(row))) return true
    }
    return false
  }
  return { matches, candidates: () => (activeOnly ? wordCandidates(evaluation, filters) : undefined) }
}

/** What a filter takes of the budget for each description, beyond reading it. */
function filterSteps(filter: DescriptionFilter): number {
  if (filter.kind === 'term') return textTestSteps(filter.terms)
  if (filter.kind === 'dialect') return filter.dialects.length
  return filter.kind === 'dialectId' && filter.value.kind === 'dialects' ? filter.value.dialects.length : 1
}

function descriptionTest(evaluation: Evaluation, filter: DescriptionFilter, evaluate: Evaluate): DescriptionTest {
  switch (filter.kind) {
    case 'term': {
      const fits = textTest(filter.terms)
      return (row) => equals(filter.operator, fits(row.term))
    }
    case 'language': {
      const codes = new Set(filter.codes)
      return (row) => equals(filter.operator, codes.has(row.language.toLowerCase()))
    }
    case 'type': {
      const types = new Set<string>(filter.types.map((type) => TYPE_IDS[type]))
      return (row) => equals(filter.operator, types.has(row.type))
    }
    case 'typeId': {
      const chosen = choiceTest(evaluation, filter.value, evaluate)
      return (row) => equals(filter.operator, chosen(row.type))
    }
    case 'descriptionId': {
      const ids = new Set(filter.ids)
      return (row) => equals(filter.operator, ids.has(row.id))
    }
    case 'dialect':
    case 'dialectId':
      return dialectTest(evaluation, filter, evaluate)
    default:
      return commonFilterTest(evaluation, filter, evaluate)
  }
}

const TYPE_IDS = {
  fullySpecifiedName: '900000000000003001',
  synonym: '900000000000013009',
  definition: '900000000000550004',
} as const

interface Dialect {
  readonly isReferenceSet: IdentifierTest
  readonly acceptable: (acceptability: Acceptability) => boolean
}

function dialectTest(
  evaluation: Evaluation,
  filter: DescriptionFilter & { readonly kind: 'dialect' | 'dialectId' },
  evaluate: Evaluate,
): DescriptionTest {
  const dialects =
    filter.kind === 'dialect' ? aliasDialects(evaluation, filter) : conceptDialects(evaluation, filter, evaluate)
  const accepted = acceptabilityTest(filter.acceptabilities)
  const holds = (row: DescriptionRow): boolean => {
    for (const [referenceSet, acceptability] of row.acceptability) {
      if (!accepted(acceptability)) continue
      if (dialects.some((dialect) => dialect.isReferenceSet(referenceSet) && dialect.acceptable(acceptability)))
        return true
    }
    return false
  }
  return (row) => equals(filter.operator, holds(row))
}

const ALIASES: ReadonlyMap<string, string> = new Map(Object.entries(dialectAliases).filter(([alias]) => alias !== '_'))

function aliasDialects(
  evaluation: Evaluation,
  { dialects }: DescriptionFilter & { readonly kind: 'dialect' },
): readonly Dialect[] {
  return dialects.map(({ alias, acceptabilities, at }) => {
    const id = ALIASES.get(alias)
    if (id === undefined) {
      stop(
        evaluation,
        'ecl-unknown-dialect',
        at,
        `"${alias}" is no known dialect.`,
        'Use dialectId and the language reference set.',
      )
    }
    return { isReferenceSet: (sctid) => sctid === id, acceptable: acceptabilityTest(acceptabilities) }
  })
}

function conceptDialects(
  evaluation: Evaluation,
  { value }: DescriptionFilter & { readonly kind: 'dialectId' },
  evaluate: Evaluate,
): readonly Dialect[] {
  if (value.kind === 'dialects') {
    return value.dialects.map(({ concept, acceptabilities }) => ({
      isReferenceSet: (sctid) => sctid === concept.id,
      acceptable: acceptabilityTest(acceptabilities),
    }))
  }
  return [{ isReferenceSet: choiceTest(evaluation, value, evaluate), acceptable: () => true }]
}

const ACCEPTABILITY_IDS: Readonly<Record<Acceptability, string>> = {
  preferred: '900000000000548007',
  acceptable: '900000000000549004',
}

function acceptabilityTest(acceptabilities: Acceptabilities | undefined): (acceptability: Acceptability) => boolean {
  if (acceptabilities === undefined) return () => true
  if (acceptabilities.kind === 'tokens') {
    const tokens = new Set(acceptabilities.tokens)
    return (acceptability) => tokens.has(acceptability)
  }
  const ids = new Set(acceptabilities.concepts.map(({ id }) => id))
  return (acceptability) => ids.has(ACCEPTABILITY_IDS[acceptability])
}

/** What the index of words leaves, when a filter asks for words that a description must have. */
function wordCandidates(evaluation: Evaluation, filters: readonly DescriptionFilter[]): ConceptSet | undefined {
  let candidates: ConceptSet | undefined
  for (const filter of filters) {
    if (filter.kind !== 'term' || filter.operator !== '=') continue
    const found = termCandidates(evaluation, filter)
    if (found !== undefined) candidates = candidates === undefined ? found : evaluation.sets.and(candidates, found)
  }
  return candidates
}

/** Beyond so many alternatives the index would be asked longer than the descriptions. */
const INDEXED_TERMS = 32

function termCandidates(
  evaluation: Evaluation,
  filter: DescriptionFilter & { readonly kind: 'term' },
): ConceptSet | undefined {
  const terms = distinctTerms(filter.terms)
  if (terms.length > INDEXED_TERMS) return undefined
  const sets: ConceptSet[] = []
  for (const { type, text } of terms) {
    if (type !== 'match') return undefined
    const prefixes = [...new Set(searchWords(text).map(indexPrefix))].filter((prefix) => prefix !== '')
    const words = prefixes.slice(0, INDEXED_TERMS).map((prefix) => wordSet(evaluation, prefix))
    if (words.length === 0) return undefined
    sets.push(words.reduce((all, word) => evaluation.sets.and(all, word)))
  }
  return evaluation.sets.or(sets)
}

function wordSet({ substrate, sets, budget }: Evaluation, prefix: string): ConceptSet {
  const concepts = substrate.conceptsWithWord(prefix)
  budget.spend(1 + (concepts.length >>> 3))
  return sets.of(concepts)
}
