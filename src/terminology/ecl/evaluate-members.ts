/** `^`: members of reference sets, their columns, and filters of their rows (ECL 2.2, 6.10). */
import { choiceTest, setTest } from './choice.ts'
import { commonFilterTest, equals } from './component-filters.ts'
import { type ConceptSet, includesSorted } from './concept-set.ts'
import { createBits, ordinalsOf, setBit } from './dense-bits.ts'
import { type Evaluation, stop } from './evaluation.ts'
import type { MemberRow } from './substrate.ts'
import type { Comparison, Constraint, MemberFilter, MemberOf } from './syntax.ts'
import { columnTest, comparisonSteps } from './value-test.ts'

type Evaluate = (evaluation: Evaluation, constraint: Constraint) => ConceptSet

export const COMPONENT_COLUMN = 'referencedComponentId'

export function membersOf(evaluation: Evaluation, node: MemberOf, evaluate: Evaluate): ConceptSet {
  const referenceSets = referenceSetsOf(evaluation, node, evaluate)
  const plain = node.fields === 'component' || node.fields === 'all'
  if (plain && node.filters.length === 0) return referencedConcepts(evaluation, referenceSets)
  const reached = createBits(evaluation.substrate.conceptCount)
  const columns = typeof node.fields === 'string' ? [COMPONENT_COLUMN] : node.fields
  const seen = { rows: 0, columns: new Set<string>(), values: 0, concepts: 0 }
  for (const row of matchingRows(evaluation, node, referenceSets, evaluate)) {
    seen.rows += 1
    for (const column of columns) {
      const value = columnOf(row, column)
      if (value === undefined) continue
      seen.columns.add(column)
      const concept = column === COMPONENT_COLUMN ? row.referencedConcept : evaluation.substrate.ordinalOf(value)
      if (value !== '') seen.values += 1
      if (concept < 0) continue
      seen.concepts += 1
      setBit(reached, concept)
    }
  }
  if (!plain) requireConceptColumns(evaluation, node, columns, seen)
  return evaluation.sets.of(ordinalsOf(reached))
}

/** The reference sets the node speaks of, ascending; concepts that are none have no members. */
function referenceSetsOf(evaluation: Evaluation, node: MemberOf, evaluate: Evaluate): readonly number[] {
  const all = evaluation.substrate.referenceSets()
  if (node.of.kind === 'any') return [...all]
  if (node.of.kind === 'concept') {
    const ordinal = evaluation.substrate.ordinalOf(node.of.id)
    return includesSorted(all, ordinal) ? [ordinal] : []
  }
  const wanted = evaluate(evaluation, node.of)
  return [...all].filter((referenceSet) => wanted.has(referenceSet))
}

function referencedConcepts({ substrate, sets, budget }: Evaluation, referenceSets: readonly number[]): ConceptSet {
  return sets.or(
    referenceSets.map((referenceSet) => {
      const members = substrate.membersOf(referenceSet)
      budget.spend(1 + (members.length >>> 3))
      return sets.of(members)
    }),
  )
}

/** Rows that satisfy every filter; active ones only, unless a filter speaks of it itself. */
export function* matchingRows(
  evaluation: Evaluation,
  node: MemberOf,
  referenceSets: readonly number[] | undefined,
  evaluate: Evaluate,
): Generator<MemberRow> {
  const filters = node.filters.flat()
  const tests = filters.map((filter) => memberTest(evaluation, filter, evaluate))
  const activeOnly = !filters.some(({ kind }) => kind === 'active')
  const named = filters.filter((filter) => filter.kind === 'field')
  const found = new Set<string>()
  const steps = 2 + named.reduce((sum, { value }) => sum + 1 + comparisonSteps(value), 0)
  let rows = 0
  for (const referenceSet of referenceSets ?? referenceSetsOf(evaluation, node, evaluate)) {
    for (const row of evaluation.substrate.memberRowsOf(referenceSet)) {
      evaluation.budget.spend(steps)
      rows += 1
      for (const { field } of named) if (!found.has(field) && columnOf(row, field) !== undefined) found.add(field)
      if ((row.active || !activeOnly) && tests.every((test) => test(row))) yield row
    }
  }
  const missing = named.find(({ field }) => !found.has(field))
  if (rows > 0 && missing !== undefined) unknownColumn(evaluation, missing.field, missing.at)
}

function unknownColumn(evaluation: Evaluation, column: string, at: number): never {
  return stop(
    evaluation,
    'ecl-unknown-field',
    at,
    `the reference set has no column "${column}".`,
    'Use the name in the header of its RF2 file.',
  )
}

function memberTest(evaluation: Evaluation, filter: MemberFilter, evaluate: Evaluate): (row: MemberRow) => boolean {
  if (filter.kind !== 'field') return commonFilterTest(evaluation, filter, evaluate)
  const fits = fieldTest(evaluation, filter.value, evaluate)
  return (row) => {
    const text = columnOf(row, filter.field)
    return text !== undefined && fits(text)
  }
}

function fieldTest(evaluation: Evaluation, comparison: Comparison, evaluate: Evaluate): (text: string) => boolean {
  if (comparison.kind !== 'constraint') return columnTest(comparison)
  const { value, operator } = comparison
  const chosen =
    value.kind === 'concept'
      ? choiceTest(evaluation, value, evaluate)
      : setTest(evaluation, evaluate(evaluation, value))
  return (text) => equals(operator, chosen(text))
}

/** A column by its RF2 header, in any case; those that every row has are among them. */
export function columnOf(row: MemberRow, column: string): string | undefined {
  const direct = row.fields.get(column)
  if (direct !== undefined) return direct
  const lower = column.toLowerCase()
  const own = OWN_COLUMNS[lower]
  if (own !== undefined) return own(row)
  for (const [name, value] of row.fields) if (name.toLowerCase() === lower) return value
  return undefined
}

const OWN_COLUMNS: Readonly<Record<string, ((row: MemberRow) => string) | undefined>> = {
  id: (row) => row.id,
  referencedcomponentid: (row) => row.referencedComponentId,
  moduleid: (row) => row.module,
  active: (row) => (row.active ? '1' : '0'),
  effectivetime: (row) => (row.effectiveTime === 0 ? '' : String(row.effectiveTime)),
}

/** A constraint is a set of concepts: columns of numbers or text can be shown as rows, but not be its result. */
function requireConceptColumns(
  evaluation: Evaluation,
  node: MemberOf,
  columns: readonly string[],
  seen: {
    readonly rows: number
    readonly columns: ReadonlySet<string>
    readonly values: number
    readonly concepts: number
  },
): void {
  if (seen.rows === 0) return
  for (const column of columns) if (!seen.columns.has(column)) unknownColumn(evaluation, column, node.at)
  if (seen.values > 0 && seen.concepts === 0) {
    stop(
      evaluation,
      'ecl-field-not-concept',
      node.at,
      `no value of ${columns.map((column) => `"${column}"`).join(', ')} is a concept of this edition.`,
      'Ask for the rows of the reference set instead.',
    )
  }
}
