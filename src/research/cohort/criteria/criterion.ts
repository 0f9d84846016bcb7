/** One criterion → its events. */
import {
  absent,
  addDays,
  and,
  ascending,
  coalesce,
  column,
  columns,
  date,
  daysBetween,
  equals,
  integer,
  named,
  rowNumber,
  text,
} from '../../query/build.ts'
import { select, source } from '../../query/build-relations.ts'
import type { Expression, Join, NamedExpression, Relation } from '../../query/tree.ts'
import type { Compilation } from '../compilation.ts'
import type { CountColumn, Criterion } from '../definition.ts'
import { restrictedTo } from '../groups.ts'
import type { CountSource, Domain } from './domain.ts'
import { domains } from './domains.ts'
import { filtering, type Subject } from './filters.ts'

/**
 * The step with the events of a criterion: (person_id, event_id, start_date, end_date, visit_occurrence_id, sort_date) and,
 * when `counted` is given, the value that distinct occurrences are counted by, as `counted`.
 */
export function criterionEvents(compilation: Compilation, criterion: Criterion, counted?: CountColumn): Relation {
  const events = domainEvents(compilation, criterion, counted)
  return criterion.correlated ? restrictedTo(compilation, events, criterion.correlated, counted) : events
}

function domainEvents(compilation: Compilation, criterion: Criterion, counted: CountColumn | undefined): Relation {
  const domain = domains[criterion.domain]
  const read = new Set<string>()
  const subject: Subject = {
    column: (name) => {
      read.add(name)
      return column('c', name)
    },
    personId: column('c', 'person_id'),
    start: column('c', 'start_date'),
    end: column('c', 'end_date'),
  }
  const { joins, conditions } = filtering(compilation, criterion.filters, domain.attributes, subject)
  const wanted = eventColumns(domain, criterion, subject, counted)
  const where = [
    ...conditions,
    ...(criterion.dateAdjustment && domain.dateAdjustment !== 'never'
      ? [{ kind: 'compare', operator: '>=', left: subject.end, right: subject.start } as const]
      : []),
    ...(criterion.first ? [equals(column('c', 'ordinal'), integer(1))] : []),
  ]
  return compilation.steps.make(
    'events',
    select({
      from: source(datedRows(compilation, criterion, domain, [...read].sort()), 'c'),
      joins,
      ...(where.length > 0 && { where: and(...where) }),
      columns: wanted,
    }),
  )
}

function eventColumns(
  domain: Domain,
  criterion: Criterion,
  subject: Subject,
  counted: CountColumn | undefined,
): readonly NamedExpression[] {
  const period = criterion.filters.find((filter) => filter.kind === 'period')?.period
  const dated: Subject = {
    ...subject,
    start: period?.start === undefined ? subject.start : date(period.start),
    end: period?.end === undefined ? subject.end : date(period.end),
  }
  const visit = domain.hasVisit ? subject.column('visit_occurrence_id') : absent('integer')
  return [
    named('person_id', subject.personId),
    named('event_id', column('c', 'event_id')),
    named('start_date', dated.start),
    named('end_date', dated.end),
    named('visit_occurrence_id', visit),
    named('sort_date', subject.start),
    ...(counted ? [named('counted', countedValue(domain, counted, dated, visit))] : []),
  ]
}

function countedValue(domain: Domain, counted: CountColumn, subject: Subject, visit: Expression): Expression {
  if (counted === 'START_DATE') return subject.start
  if (counted === 'END_DATE') return subject.end
  if (counted === 'VISIT_ID') return visit
  const origin = domain.counts[counted]
  return origin === undefined ? absent('integer') : countOf(origin, subject)
}

function countOf(origin: CountSource, subject: Subject): Expression {
  switch (origin.kind) {
    case 'length':
      return daysBetween(subject.start, subject.end)
    case 'one':
      return integer(1)
    case 'column': {
      const value = subject.column(origin.column)
      return origin.nullAs === undefined ? value : coalesce(value, integer(origin.nullAs))
    }
  }
}

/** Rows of the domain's table with the wanted concepts, their dates, and their place in the person's order. */
function datedRows(compilation: Compilation, criterion: Criterion, domain: Domain, extra: readonly string[]): Relation {
  const event = (name: string) => column('e', name)
  const ordinal = rowNumber({
    partitionBy: [event(domain.person)],
    orderBy: [ascending(event(domain.start)), ascending(event(domain.id))],
  })
  const { start, end } = datesOf(criterion, domain, event)
  return select({
    from: source(scanOf(compilation, criterion, domain, extra), 'e'),
    joins: conceptJoins(compilation, criterion, domain),
    ...(domain.only && { where: equals(event(domain.only.column), text(domain.only.text)) }),
    columns: [
      named('person_id', event(domain.person)),
      named('event_id', event(domain.id)),
      named('start_date', start),
      named('end_date', end),
      ...columns('e', ...extra),
      ...(criterion.first ? [named('ordinal', ordinal)] : []),
    ],
  })
}

function datesOf(criterion: Criterion, domain: Domain, event: (name: string) => Expression) {
  const own = { start: event(domain.start), end: endOf(domain, event) }
  const adjustment = criterion.dateAdjustment
  if (adjustment === undefined || domain.dateAdjustment === 'never') return own
  const free = domain.dateAdjustment === 'free'
  return {
    start: addDays(free ? own[adjustment.startWith] : own.start, adjustment.startOffset),
    end: addDays(free ? own[adjustment.endWith] : own.end, adjustment.endOffset),
  }
}

function endOf(domain: Domain, event: (name: string) => Expression): Expression {
  const { column: name, daysColumn, days, otherwise } = domain.end
  const start = event(domain.start)
  const [only, ...rest] = [
    ...(name === undefined ? [] : [event(name)]),
    ...(daysColumn === undefined ? [] : [addDays(start, event(daysColumn))]),
    ...(days === undefined ? [] : [addDays(start, days)]),
    ...(otherwise === undefined ? [] : [date(otherwise)]),
  ]
  if (only === undefined) return start
  return rest.length === 0 ? only : coalesce(only, ...rest)
}

function scanOf(compilation: Compilation, criterion: Criterion, domain: Domain, extra: readonly string[]): Relation {
  const { numbers } = compilation.conceptSets
  const names = [domain.person, domain.id, domain.start, domain.end.column, domain.end.daysColumn, domain.only?.column]
  const byConcept = criterion.conceptSet !== undefined
  const bySource = criterion.sourceConceptSet !== undefined
  return compilation.scans.read(domain, {
    columns: [
      ...names.filter((name) => name !== undefined),
      ...(byConcept && domain.concept ? [domain.concept] : []),
      ...(bySource && domain.source ? [domain.source.column] : []),
      ...extra,
    ],
    ...(criterion.conceptSet !== undefined && { conceptSets: numbers(criterion.conceptSet) }),
    ...(criterion.sourceConceptSet !== undefined && { sourceConceptSets: numbers(criterion.sourceConceptSet) }),
  })
}

function conceptJoins({ conceptSets }: Compilation, criterion: Criterion, domain: Domain): readonly Join[] {
  const joins: Join[] = []
  if (criterion.conceptSet !== undefined && domain.concept !== undefined) {
    const concept = column('e', domain.concept)
    joins.push(conceptSets.among('k', concept, criterion.conceptSet))
  }
  if (criterion.sourceConceptSet !== undefined && domain.source !== undefined) {
    const concept = column('e', domain.source.column)
    joins.push(conceptSets.among('ks', concept, criterion.sourceConceptSet))
  }
  return joins
}
