/**
 * Reading the tables of events: each is scanned once in a program, however many criteria and cohorts read it, into a narrow
 * step with the columns that somebody asked for and the rows whose concepts somebody named.
 */
import { column, columns, equals, isNotNull, isOneOf, named, or } from '../query/build.ts'
import { inlineStep, innerJoin, leftJoin, madeStep, select, source, step } from '../query/build-relations.ts'
import type { Relation, Step } from '../query/tree.ts'
import { conceptSetTable } from './concept-sets.ts'
import type { Domain } from './criteria/domain.ts'

/** What one criterion needs of its table. Without sets: every row. */
export interface Need {
  readonly columns: readonly string[]
  readonly conceptSets?: readonly number[]
  readonly sourceConceptSets?: readonly number[]
}

export interface Scans {
  /** The step with the events of a domain; it has at least the needed columns and rows. */
  readonly read: (domain: Domain, need: Need) => Relation
  readonly steps: (table: (name: string) => Relation) => readonly Step[]
}

interface Scan {
  readonly domain: Domain
  readonly columns: Set<string>
  readonly concepts: Set<number>
  readonly sourceConcepts: Set<number>
  wholeTable: boolean
}

export function startScans(): Scans {
  const scans = new Map<string, Scan>()
  return {
    read: (domain, need) => {
      const scan = scans.get(domain.table) ?? startScan(domain)
      scans.set(domain.table, scan)
      addNeed(scan, need)
      return step(nameOf(domain))
    },
    steps: (table) => [...scans.values()].map((scan) => scanStep(scan, table)),
  }
}

function nameOf(domain: Domain): string {
  return `scan_${domain.table}`
}

function startScan(domain: Domain): Scan {
  return { domain, columns: new Set(), concepts: new Set(), sourceConcepts: new Set(), wholeTable: false }
}

function addNeed(scan: Scan, need: Need): void {
  for (const name of need.columns) scan.columns.add(name)
  // A criterion that names both needs rows of both: the standard set alone is enough to find them.
  if (need.conceptSets) for (const set of need.conceptSets) scan.concepts.add(set)
  else if (need.sourceConceptSets) for (const set of need.sourceConceptSets) scan.sourceConcepts.add(set)
  else scan.wholeTable = true
}

function scanStep(scan: Scan, table: (name: string) => Relation): Step {
  const events = eventsOf(scan.domain, table)
  const wanted = columns('t', ...[...scan.columns].sort())
  const name = nameOf(scan.domain)
  if (scan.wholeTable) return inlineStep(name, select({ from: source(events, 't'), columns: wanted }))
  return madeStep(name, { ...narrowed(scan, events), columns: wanted })
}

/** Regions stand in another table than the residences that lead to them. */
function eventsOf(domain: Domain, table: (name: string) => Relation): Relation {
  const { lookUp } = domain
  if (lookUp === undefined) return table(domain.table)
  return select({
    from: source(table(domain.table), 'h'),
    joins: [innerJoin(table(lookUp.table), 'l', equals(column('h', lookUp.by), column('l', lookUp.by)))],
    columns: [
      ...columns('h', domain.id, domain.person, domain.start, ...(domain.end.column ? [domain.end.column] : [])),
      ...columns('h', ...(domain.only ? [domain.only.column] : [])),
      ...columns('l', lookUp.column),
    ],
  })
}

function narrowed(scan: Scan, events: Relation) {
  const { concept = '', source: sourceConcept } = scan.domain
  const from = source(events, 't')
  if (scan.sourceConcepts.size === 0) return select({ from, joins: [within(concept, scan.concepts)], columns: [] })
  const sourceColumn = sourceConcept?.column ?? ''
  if (scan.concepts.size === 0) return select({ from, joins: [within(sourceColumn, scan.sourceConcepts)], columns: [] })
  return select({
    from,
    joins: [marked(concept, scan.concepts, 'n'), marked(sourceColumn, scan.sourceConcepts, 's')],
    where: or(isNotNull(column('n', 'concept_id')), isNotNull(column('s', 'concept_id'))),
    columns: [],
  })
}

/** Not a semi-join: databases tell from a join of different concepts how few rows it leaves, and begin with it. */
function within(concept: string, sets: ReadonlySet<number>) {
  return innerJoin(wantedConcepts(sets), 'n', equals(column('t', concept), column('n', 'concept_id')))
}

function marked(concept: string, sets: ReadonlySet<number>, alias: string) {
  return leftJoin(wantedConcepts(sets), alias, equals(column('t', concept), column(alias, 'concept_id')))
}

/** Each concept once. */
function wantedConcepts(sets: ReadonlySet<number>): Relation {
  return select({
    from: source(conceptSetTable, 'w'),
    where: isOneOf(column('w', 'set_id'), [...sets]),
    columns: [named('concept_id', column('w', 'concept_id'))],
    // A set holds each of its concepts once.
    ...(sets.size > 1 && { distinct: true }),
  })
}
