/**
 * Concept sets: which concepts a set holds is worked out in the data, by the vocabulary that the dataset carries. All sets of
 * a batch are expanded together in at most three steps, equal sets once.
 *
 * A set holds what its items name, plus descendants (of valid concepts), plus concepts that "Maps to" them, minus the same
 * of its excluded items (circe-be, ConceptSetExpressionQueryBuilder).
 */
import { and, column, columns, equals, integer, isNull, isOneOf, named, text } from '../query/build.ts'
import {
  antiJoin,
  innerJoin,
  madeStep,
  rows,
  select,
  semiJoin,
  source,
  step,
  unionAll,
} from '../query/build-relations.ts'
import type { Expression, Join, Relation, Step } from '../query/tree.ts'
import type { ConceptSet, ConceptSetItem } from './definition.ts'

const sets = 'concept_sets'

/** The sets of one cohort, by the numbers its author gave them. */
export interface OwnConceptSets {
  /** True where the column is in the set: on a join of `conceptSetTable` called `alias`. */
  readonly contains: (alias: string, concept: Expression, set: number) => Expression
  /** Keeps the rows whose concept is in the set, each once. */
  readonly among: (alias: string, concept: Expression, set: number) => Join
  /** The numbers that the set has in the batch; none when the author defined no such set. */
  readonly numbers: (set: number) => readonly number[]
}

export interface ConceptSetRegistry {
  readonly own: (conceptSets: readonly ConceptSet[]) => OwnConceptSets
  readonly steps: (table: (name: string) => Relation) => readonly Step[]
}

/** (set_id, concept_id), each pair once. */
export const conceptSetTable: Relation = step(sets)

export function startConceptSets(): ConceptSetRegistry {
  const numbers = new Map<string, number>()
  const items: (readonly [set: number, item: ConceptSetItem])[] = []
  let asked = false
  const numberOf = (set: ConceptSet): number => {
    const content = contentOf(set)
    const known = numbers.get(content)
    if (known !== undefined) return known
    const number = numbers.size + 1
    numbers.set(content, number)
    items.push(...set.items.map((item) => [number, item] as const))
    return number
  }
  return {
    own: (conceptSets) =>
      ownSets((id) => {
        asked = true
        // Numbered only when used: sets that nobody reads are not expanded.
        return conceptSets.filter((set) => set.id === id).map(numberOf)
      }),
    steps: (table) => (asked ? expansion(items, table) : []),
  }
}

function ownSets(numbers: (id: number) => readonly number[]): OwnConceptSets {
  const contains: OwnConceptSets['contains'] = (alias, concept, set) =>
    and(equals(concept, column(alias, 'concept_id')), isOneOf(column(alias, 'set_id'), numbers(set)))
  return {
    numbers,
    contains,
    // One set holds each concept once; see `within` in scans.ts for why that is used.
    among: (alias, concept, set) =>
      (numbers(set).length === 1 ? innerJoin : semiJoin)(conceptSetTable, alias, contains(alias, concept, set)),
  }
}

/** Equal for sets that hold the same, whatever their names and order. */
function contentOf(set: ConceptSet): string {
  const items = set.items.map(({ concept, excluded, descendants, mapped }) =>
    [concept.id, Number(excluded), Number(descendants), Number(mapped)].join(':'),
  )
  return [...new Set(items)].sort().join(' ')
}

function expansion(
  items: readonly (readonly [number, ConceptSetItem])[],
  table: (name: string) => Relation,
): readonly Step[] {
  const named = [madeStep('concept_set_items', itemRows(items))]
  const reached = madeStep(
    'concept_set_reached',
    unionAll(namedConcepts(table), ...(items.some(([, item]) => item.descendants) ? [descendantConcepts(table)] : [])),
  )
  const all = items.some(([, item]) => item.mapped)
    ? [reached, madeStep('concept_set_mapped', unionAll(select(reachedAll), mappedConcepts(table)))]
    : [reached]
  const last = all.at(-1)?.name ?? reached.name
  return [...named, ...all, madeStep(sets, included(step(last)))]
}

const reachedAll = {
  from: source(step('concept_set_reached'), 'r'),
  columns: columns('r', 'set_id', 'excluded', 'mapped', 'concept_id'),
}

function itemRows(items: readonly (readonly [number, ConceptSetItem])[]): Relation {
  const names = ['set_id', 'concept_id', 'excluded', 'descendants', 'mapped']
  return rows(
    names.map((name) => ({ name, type: 'integer' as const })),
    items.map(([set, item]) =>
      [set, item.concept.id, Number(item.excluded), Number(item.descendants), Number(item.mapped)].map((value) => ({
        type: 'integer' as const,
        value,
      })),
    ),
  )
}

const fromItems = source(step('concept_set_items'), 'i')

/** A concept that the dataset's vocabulary does not know is not in the set. */
function namedConcepts(table: (name: string) => Relation): Relation {
  return select({
    from: fromItems,
    joins: [innerJoin(table('concept'), 'c', equals(column('i', 'concept_id'), column('c', 'concept_id')))],
    columns: [...columns('i', 'set_id', 'excluded', 'mapped'), ...columns('c', 'concept_id')],
  })
}

function descendantConcepts(table: (name: string) => Relation): Relation {
  return select({
    from: fromItems,
    joins: [
      innerJoin(table('concept_ancestor'), 'a', equals(column('i', 'concept_id'), column('a', 'ancestor_concept_id'))),
      innerJoin(table('concept'), 'c', equals(column('a', 'descendant_concept_id'), column('c', 'concept_id'))),
    ],
    where: and(equals(column('i', 'descendants'), integer(1)), isNull(column('c', 'invalid_reason'))),
    columns: [...columns('i', 'set_id', 'excluded', 'mapped'), ...columns('c', 'concept_id')],
  })
}

function mappedConcepts(table: (name: string) => Relation): Relation {
  return select({
    from: reachedAll.from,
    joins: [
      innerJoin(table('concept_relationship'), 'm', equals(column('r', 'concept_id'), column('m', 'concept_id_2'))),
    ],
    where: and(
      equals(column('r', 'mapped'), integer(1)),
      equals(column('m', 'relationship_id'), text('Maps to')),
      isNull(column('m', 'invalid_reason')),
    ),
    columns: [...columns('r', 'set_id', 'excluded', 'mapped'), named('concept_id', column('m', 'concept_id_1'))],
  })
}

function included(reached: Relation): Relation {
  const excluded = select({
    from: source(reached, 'x'),
    where: equals(column('x', 'excluded'), integer(1)),
    columns: columns('x', 'set_id', 'concept_id'),
    distinct: true,
  })
  const same = (name: string) => equals(column('r', name), column('e', name))
  const withoutExcluded: Join = antiJoin(excluded, 'e', same('set_id'), same('concept_id'))
  return select({
    from: source(reached, 'r'),
    joins: [withoutExcluded],
    where: equals(column('r', 'excluded'), integer(0)),
    columns: columns('r', 'set_id', 'concept_id'),
    distinct: true,
  })
}
