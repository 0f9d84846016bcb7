/** The view of a table whose rows are of persons: who, which days, and no number that another permit would know too. */
import {
  absent,
  addDays,
  and,
  atLeast,
  atMost,
  between,
  cast,
  choose,
  column,
  date,
  equals,
  lessThan,
  moreThan,
  named,
  rowNumber,
} from '../query/build.ts'
import { innerJoin, leftJoin, madeStep, select, source, step, table } from '../query/build-relations.ts'
import type { Expression, Relation, Step } from '../query/tree.ts'
import type { DatasetScope } from './permit.ts'
import { PERSONS, SEEN_AS, SHIFT } from './persons.ts'
import { type Facts, PERSON, type TableFacts } from './table-facts.ts'

export interface ViewSettings {
  readonly scope: DatasetScope
  readonly facts: Facts
  /** Days move by `shift_days` of the person. */
  readonly shifted: boolean
  /** Numbers of rows are the permit's own, as those of the dataset would link two permits. */
  readonly numbered: boolean
}

const ofPersons = innerJoin(step(PERSONS), 'p', equals(column('r', PERSON), column('p', PERSON)))

export function personView(described: TableFacts, shown: readonly string[], settings: ViewSettings): Relation {
  const renumbered = settings.numbered
    ? shown.flatMap((name) => {
        const target = described.columns.get(name)?.rowOf
        return target === undefined ? [] : [{ name, target }]
      })
    : []
  const expressionOf = (name: string): Expression => {
    if (name === PERSON) return column('p', SEEN_AS)
    if (renumbered.some((one) => one.name === name)) return column(`n_${name}`, SEEN_AS)
    return dayOrValue(described, name, settings)
  }
  return select({
    from: source(table(described.name), 'r'),
    joins: [
      ofPersons,
      ...renumbered.map(({ name, target }) =>
        leftJoin(step(numbersName(target)), `n_${name}`, equals(column('r', name), column(`n_${name}`, 'row_id'))),
      ),
    ],
    where: inPeriod(described, settings.scope),
    columns: shown.map((name) => named(name, expressionOf(name))),
  })
}

function numbersName(name: string): string {
  return `permit_rows_${name}`
}

/** For each table whose rows are numbered or referred to in a view: row → number in this permit. */
export function rowNumbersStep(
  seen: ReadonlyMap<string, readonly string[]>,
  { facts, scope }: ViewSettings,
): readonly Step[] {
  const referred = [...seen].flatMap(([name, shown]) =>
    shown.flatMap((one) => facts.get(name)?.columns.get(one)?.rowOf ?? []),
  )
  return [...new Set(referred)].flatMap((name) => {
    const described = facts.get(name)
    if (described?.key === undefined) return []
    const key = column('r', described.key)
    // By pseudonym first: the order of the dataset's own numbers is not seen across persons.
    const orderBy = [{ expression: column('p', SEEN_AS) }, { expression: key }]
    return madeStep(
      numbersName(name),
      select({
        from: source(table(name), 'r'),
        joins: [ofPersons],
        where: inPeriod(described, scope),
        columns: [named('row_id', key), named(SEEN_AS, rowNumber({ partitionBy: [], orderBy }))],
      }),
    )
  })
}

function inPeriod({ time }: TableFacts, { period }: DatasetScope): Expression {
  if (!time) return and()
  const start = column('r', time.start)
  if (time.kind === 'event') return between(start, date(period.from), date(period.to))
  const end = time.end === undefined ? start : column('r', time.end)
  return and(atMost(start, date(period.to)), atLeast(end, date(period.from)))
}

/** A value as it is; a day cut to the period (what ends later, ends with it) and moved by the person's shift. */
function dayOrValue(described: TableFacts, name: string, { scope, shifted }: ViewSettings): Expression {
  const value = column('r', name)
  const type = described.columns.get(name)?.type
  const { time } = described
  if (!time || (type !== 'date' && type !== 'datetime')) return value
  const cut = cutToPeriod(time, name, type, scope.period)
  if (!shifted) return cut
  const moved = addDays(cut, column('p', SHIFT))
  return type === 'datetime' ? cast(moved, 'datetime') : moved
}

function cutToPeriod(
  time: NonNullable<TableFacts['time']>,
  name: string,
  type: 'date' | 'datetime',
  period: DatasetScope['period'],
): Expression {
  const value = column('r', name)
  const [from, to] = [date(period.from), date(period.to)]
  if (name === time.start) return time.kind === 'event' ? value : choose([[lessThan(value, from), from]], value)
  if (name === time.end) return choose([[moreThan(value, to), to]], value)
  const day = type === 'datetime' ? cast(value, 'date') : value
  return choose([[between(day, from, to), value]], absent(type))
}
