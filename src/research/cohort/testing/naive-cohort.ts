/** A whole cohort worked out person by person in plain loops; see naive-events.ts. */
import type {
  CohortExpression,
  CorrelatedCriterion,
  CountColumn,
  Criterion,
  EndStrategy,
  Group,
  Limit,
  Window,
} from '../definition.ts'
import { dayOf, type NaiveData, type NaiveEvent, naiveData, naiveEvents, satisfiesDemographic } from './naive-events.ts'
import type { Row } from './tables.ts'

interface IndexEvent extends NaiveEvent {
  readonly opStart: number
  readonly opEnd: number
}

interface Span {
  readonly start: number
  readonly end: number
}

export interface NaiveCohort {
  /** [subject, first day, last day], as the cohort table has them. */
  readonly periods: readonly (readonly [number, string, string])[]
  /** Events left after each rule; the first number is of the events that the rules are applied to. */
  readonly eventsLeft: readonly number[]
}

export function naiveCohort(expression: CohortExpression, tables: ReadonlyMap<string, readonly Row[]>): NaiveCohort {
  const data = naiveData(tables, expression.conceptSets)
  const persons = [...new Set(data.rows('observation_period').map((row) => Number(row.person_id)))]
  const eventsLeft = expression.rules.map(() => 0)
  let qualified = 0
  const periods = persons.flatMap((person) => {
    let left = qualifiedEvents(data, expression, person)
    qualified += left.length
    for (const [index, { group }] of expression.rules.entries()) {
      left = left.filter((event) => satisfies(data, group, event))
      eventsLeft[index] = (eventsLeft[index] ?? 0) + left.length
    }
    const spans = limited(left, expression.expressionLimit).flatMap((event) => spanOf(data, expression, event))
    return censored(merged(spans, expression.eraPad, expression.eraPad), expression).map(
      ({ start, end }) => [person, isoDay(start), isoDay(end)] as const,
    )
  })
  return { periods, eventsLeft: [qualified, ...eventsLeft] }
}

function qualifiedEvents(data: NaiveData, expression: CohortExpression, person: number): readonly IndexEvent[] {
  const { primary, additional } = expression
  const events = primary.criteria
    .flatMap((criterion) => criterionEvents(data, criterion, person))
    .flatMap((event) => observed(data, event))
    .filter(({ start, opStart, opEnd }) => opStart + primary.priorDays <= start && start + primary.postDays <= opEnd)
  const direction = primary.limit === 'last' ? -1 : 1
  const numbered = events
    .sort((one, other) => direction * (one.sort - other.sort) || one.id - other.id)
    .map((event, index) => ({ ...event, id: index + 1 }))
  const first = primary.limit === 'all' ? numbered : numbered.slice(0, 1)
  if (additional === undefined) return first
  return limited(
    first.filter((event) => satisfies(data, additional, event)),
    expression.qualifiedLimit,
  )
}

function limited(events: readonly IndexEvent[], limit: Limit): readonly IndexEvent[] {
  if (limit === 'all') return events
  const direction = limit === 'last' ? -1 : 1
  return [...events].sort((one, other) => direction * (one.start - other.start) || one.id - other.id).slice(0, 1)
}

/** The event once for each observation period that it starts in. */
function observed(data: NaiveData, event: NaiveEvent): readonly IndexEvent[] {
  return data
    .ofPerson('observation_period', 'person_id', event.person)
    .map((row) => ({
      ...event,
      opStart: Number(dayOf(row.observation_period_start_date)),
      opEnd: Number(dayOf(row.observation_period_end_date)),
    }))
    .filter(({ start, opStart, opEnd }) => opStart <= start && start <= opEnd)
}

function criterionEvents(
  data: NaiveData,
  criterion: Criterion,
  person: number,
  counted?: CountColumn,
): readonly NaiveEvent[] {
  const events = naiveEvents(data, criterion, person, counted)
  const { correlated } = criterion
  if (correlated === undefined || sizeOf(correlated) === 0) return events
  return events.filter((event) => observed(data, event).some((one) => satisfies(data, correlated, one)))
}

function sizeOf({ criteria, demographics, groups }: Group): number {
  return criteria.length + demographics.length + groups.length
}

function satisfies(data: NaiveData, group: Group, event: IndexEvent): boolean {
  const size = sizeOf(group)
  if (size === 0) return true
  const met = [
    ...group.criteria.map((one) => occurs(data, one, event)),
    ...group.demographics.map((one) => satisfiesDemographic(data, one, event)),
    ...group.groups.map((one) => satisfies(data, one, event)),
  ].filter((one) => one).length
  const enough = { all: met === size, any: met > 0, 'at-least': met >= group.count, 'at-most': met <= group.count }
  return enough[group.type]
}

function occurs(data: NaiveData, correlated: CorrelatedCriterion, index: IndexEvent): boolean {
  const { type, count, distinct } = correlated.occurrence
  const found = criterionEvents(data, correlated.criterion, index.person, distinct).filter((event) =>
    isAround(correlated, index, event),
  )
  const values = new Set(found.flatMap(({ counted }) => counted ?? []))
  const occurrences = distinct === undefined ? found.length : values.size
  return { exactly: occurrences === count, 'at-most': occurrences <= count, 'at-least': occurrences >= count }[type]
}

function isAround(correlated: CorrelatedCriterion, index: IndexEvent, event: NaiveEvent): boolean {
  const unbounded = correlated.ignoreObservationPeriod
  if (!unbounded && (event.start < index.opStart || event.start > index.opEnd)) return false
  if (correlated.restrictVisit && (event.visit === null || event.visit !== index.visit)) return false
  const windows = [correlated.startWindow, ...(correlated.endWindow ? [correlated.endWindow] : [])]
  return windows.every((window) => isWithin(window, index, event, unbounded))
}

function isWithin(window: Window, index: IndexEvent, event: NaiveEvent, unbounded: boolean): boolean {
  const at = window.around === 'index-end' ? index.end : index.start
  const day = window.event === 'event-end' ? event.end : event.start
  const keeps = (bound: Window['start'], compare: (day: number, limit: number) => boolean) => {
    if (bound.kind === 'open' && unbounded) return true
    const limit =
      bound.kind === 'open'
        ? bound.side === 'before'
          ? index.opStart
          : index.opEnd
        : at === null
          ? null
          : at + bound.days
    return day !== null && limit !== null && compare(day, limit)
  }
  return keeps(window.start, (one, limit) => one >= limit) && keeps(window.end, (one, limit) => one <= limit)
}

/** From the event to the earliest of its ends that is not before it. */
function spanOf(data: NaiveData, expression: CohortExpression, event: IndexEvent): readonly Span[] {
  const censoring = expression.censoring.flatMap((criterion) =>
    criterionEvents(data, criterion, event.person).flatMap(({ start }) =>
      start >= event.start && start <= event.opEnd ? [start] : [],
    ),
  )
  const ends = [...strategyEnds(data, expression.endStrategy, event), ...censoring].filter((end) => end >= event.start)
  return ends.length === 0 ? [] : [{ start: event.start, end: Math.min(...ends) }]
}

function strategyEnds(data: NaiveData, strategy: EndStrategy | undefined, event: IndexEvent): readonly number[] {
  if (strategy === undefined) return [event.opEnd]
  if (strategy.kind === 'date-offset') {
    const from = strategy.from === 'start' ? event.start : event.end
    return from === null ? [] : [Math.min(from + strategy.days, event.opEnd)]
  }
  const drugs = data.sets.get(strategy.drugConceptSet)
  const exposures = data
    .ofPerson('drug_exposure', 'person_id', event.person)
    .filter((row) => drugs?.has(Number(row.drug_concept_id)) || drugs?.has(Number(row.drug_source_concept_id)))
    .map((row) => {
      const start = Number(dayOf(row.drug_exposure_start_date))
      const supplied = typeof row.days_supply === 'number' ? start + row.days_supply : start + 1
      const end = dayOf(row.drug_exposure_end_date) ?? supplied
      return { start, end: strategy.daysSupply === undefined ? end : start + strategy.daysSupply }
    })
  const eras = merged(exposures, strategy.gapDays + strategy.offset, strategy.gapDays)
  return [event.opEnd, ...eras.flatMap(({ start, end }) => (start <= event.start && event.start <= end ? [end] : []))]
}

function merged(spans: readonly Span[], lengthen: number, shorten: number): readonly Span[] {
  const eras: { start: number; end: number }[] = []
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    const last = eras.at(-1)
    if (last && last.end >= start) last.end = Math.max(last.end, end + lengthen)
    else eras.push({ start, end: end + lengthen })
  }
  return eras.map(({ start, end }) => ({ start, end: end - shorten }))
}

function censored(spans: readonly Span[], { censorWindow }: CohortExpression): readonly Span[] {
  const [from, to] = [dayOf(censorWindow.start), dayOf(censorWindow.end)]
  if (from === null && to === null) return spans
  return spans
    .map(({ start, end }) => ({ start: Math.max(start, from ?? start), end: Math.min(end, to ?? end) }))
    .filter(({ start, end }) => start <= end)
}

function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
