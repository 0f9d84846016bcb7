/** Random programs (fast-check) of bounded size over the tables of `random-rows.ts`. All have a meaning. */
import fc from 'fast-check'
import * as b from '../build.ts'
import * as r from '../build-relations.ts'
import type { Column } from '../print/dialect.ts'
import type { Expression, Join, NamedExpression, Program, Relation, Select, ValueType } from '../tree.ts'
import { EVENTS, NOTHING, PERSONS } from './random-rows.ts'

/** The columns an expression may read. */
interface Readable {
  readonly relation: string
  readonly columns: readonly Column[]
}

type Arbitrary = fc.Arbitrary<Expression>

const TYPES: readonly ValueType[] = ['integer', 'double', 'text', 'date', 'datetime', 'boolean']
const TEXTS = ['', 'a', 'A', 'ab', 'é', '😀', "'", '\\', '%']

const LITERALS: Readonly<Record<ValueType, Arbitrary>> = {
  integer: fc.integer({ min: -20, max: 20 }).map(b.integer),
  double: fc.integer({ min: -40, max: 40 }).map((quarters) => b.double(quarters / 4)),
  text: fc.constantFrom(...TEXTS).map(b.text),
  date: fc.constantFrom('1931-02-28', '1969-12-31', '2000-02-29', '2100-03-01').map(b.date),
  datetime: fc.constantFrom('1931-02-28T23:59:59.5', '2000-02-29T00:00:00').map(b.datetime),
  boolean: fc.boolean().map(b.boolean),
}

/** An expression of this type without aggregates and windows. */
function expressions(type: ValueType, readable: readonly Readable[], depth: number): Arbitrary {
  const columns = readable.flatMap(({ relation, columns }) =>
    columns.filter((column) => column.type === type).map(({ name }) => b.column(relation, name)),
  )
  const leaves: fc.WeightedArbitrary<Expression>[] = [
    { arbitrary: LITERALS[type], weight: 2 },
    { arbitrary: fc.constant(b.absent(type)), weight: 1 },
    ...(columns.length > 0 ? [{ arbitrary: fc.constantFrom(...columns), weight: 8 }] : []),
  ]
  if (depth === 0) return fc.oneof(...leaves)
  const of = (other: ValueType) => expressions(other, readable, depth - 1)
  const inner = [...ofAnyType(type, of), ...(type === 'boolean' ? conditions(of) : OPERATIONS[type](of))]
  return fc.oneof(...leaves, { arbitrary: fc.oneof(...inner), weight: 12 })
}

type Of = (type: ValueType) => Arbitrary

function ofAnyType(type: ValueType, of: Of): readonly Arbitrary[] {
  const pair = fc.tuple(of(type), of(type))
  return [
    pair.map((operands) => b.coalesce(...operands)),
    pair.map((operands) => b.least(...operands)),
    pair.map((operands) => b.greatest(...operands)),
    fc
      .tuple(of('boolean'), of(type), of(type))
      .map(([condition, value, other]) => b.choose([[condition, value]], other)),
  ]
}

function conditions(of: Of): readonly Arbitrary[] {
  const compared = TYPES.map((type) =>
    fc
      .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>=' as const), of(type), of(type))
      .map(([operator, left, right]) => b.compare(operator as '=', left, right)),
  )
  return [
    ...compared,
    fc.tuple(of('integer'), of('double')).map(([left, right]) => b.lessThan(left, right)),
    fc.tuple(of('boolean'), of('boolean')).map((operands) => b.and(...operands)),
    fc.tuple(of('boolean'), of('boolean')).map((operands) => b.or(...operands)),
    of('boolean').map(b.not),
    fc
      .constantFrom(...TYPES)
      .chain(of)
      .map(b.isNull),
    fc
      .tuple(of('integer'), fc.array(fc.option(fc.integer({ min: -7, max: 7 }), { freq: 6 }), { maxLength: 4 }))
      .map(([operand, values]) =>
        b.isIn(
          operand,
          values.map((value) => ({ type: 'integer', value })),
        ),
      ),
    fc
      .tuple(of('text'), fc.constantFrom(...TEXTS), fc.constantFrom(b.startsWith, b.contains, b.endsWith))
      .map(([operand, text, matches]) => matches(operand, text)),
  ]
}

/** Of the types that are not conditions. Numbers stay small and dates between 1900 and 2299, whatever is nested. */
const OPERATIONS: Readonly<Record<Exclude<ValueType, 'boolean'>, (of: Of) => readonly Arbitrary[]>> = {
  integer: (of) => {
    const pair = fc.tuple(of('integer'), of('integer'))
    return [
      pair.map(([left, right]) => b.add(left, right)),
      pair.map(([left, right]) => b.subtract(left, right)),
      pair.map(([left, right]) => b.multiply(b.modulo(left, 100), b.modulo(right, -7))),
      pair.map(([left, right]) => b.floorDivide(left, right)),
      pair.map(([left, right]) => b.modulo(left, right)),
      fc.tuple(of('date'), of('datetime')).map(([from, to]) => b.daysBetween(from, to)),
      fc.tuple(fc.constantFrom(b.yearOf, b.monthOf, b.dayOf), of('date')).map(([part, date]) => part(date)),
      of('double').map((value) => b.cast(value, 'integer')),
      of('boolean').map((value) => b.cast(value, 'integer')),
    ]
  },
  double: (of) => [
    fc.tuple(of('double'), of('integer')).map(([left, right]) => b.add(left, right)),
    fc.tuple(of('double'), of('double')).map(([left, right]) => b.subtract(left, right)),
    fc.tuple(of('integer'), of('integer')).map(([left, right]) => b.divide(left, right)),
    of('integer').map((value) => b.cast(value, 'double')),
  ],
  text: (of) => [of('integer').map((value) => b.cast(value, 'text')), of('date').map((value) => b.cast(value, 'text'))],
  date: (of) => [
    fc.tuple(of('date'), of('integer')).map(([date, days]) => b.addDays(date, b.modulo(days, 1000))),
    fc.tuple(of('datetime'), of('integer')).map(([date, days]) => b.addDays(date, b.modulo(days, -1000))),
    of('datetime').map((value) => b.cast(value, 'date')),
    fc
      .tuple(of('integer'), of('integer'), of('integer'))
      .map(([year, month, day]) =>
        b.makeDate(b.add(b.modulo(year, 100), 1950), b.modulo(month, 14), b.modulo(day, 33)),
      ),
  ],
  datetime: (of) => [of('date').map((value) => b.cast(value, 'datetime'))],
}

function aggregates(readable: readonly Readable[]): Arbitrary {
  const where = fc.option(expressions('boolean', readable, 1), { nil: undefined })
  const any = fc.constantFrom(...TYPES).chain((type) => expressions(type, readable, 1))
  const numbers = fc.constantFrom('integer', 'double').chain((type) => expressions(type, readable, 1))
  return fc.oneof(
    where.map(b.countRows),
    fc
      .tuple(
        fc.constantFrom(b.count, b.countDistinct, b.countDistinctOfPerson, b.minimum, b.maximum, b.anyValue),
        any,
        where,
      )
      .map(apply),
    fc.tuple(fc.constantFrom(b.sum, b.mean, b.deviation), numbers, where).map(apply),
  )
}

type Aggregate = (of: Expression, where?: Expression) => Expression

function apply([aggregate, of, where]: [Aggregate, Expression, Expression | undefined]): Expression {
  return aggregate(of, where)
}

const table = fc.oneof(
  { arbitrary: fc.constantFrom(PERSONS, EVENTS), weight: 12 },
  { arbitrary: fc.constant(NOTHING), weight: 1 },
)

/** What is joined: a table, or a select of its own, by one of its integers. */
interface Joined {
  readonly relation: Relation
  readonly columns: readonly Column[]
  readonly key: string
}

const joinedTable: fc.Arbitrary<Joined> = table.map((one) => ({
  relation: r.table(one.name),
  columns: one.columns,
  key: one === PERSONS ? 'id' : 'person',
}))

const joinedSelect: fc.Arbitrary<Joined> = fc
  .tuple(joinedTable, fc.boolean())
  .chain(([inner, joins]) => selectsOf(inner.relation, inner.columns, joins ? joinedTable : undefined))
  .map(({ select, types }) => ({ relation: select, columns: numbered(types), key: 'c0' }))

const joined: fc.Arbitrary<Joined> = fc.oneof({ arbitrary: joinedTable, weight: 2 }, joinedSelect)

function numbered(types: readonly ValueType[]): readonly Column[] {
  return types.map((type, index) => ({ name: `c${index}`, type }))
}

/** Joins of `left`, on an equality and perhaps more; without `right` none. */
function joins(
  left: Readable,
  right: fc.Arbitrary<Joined> | undefined,
): fc.Arbitrary<{ joins: readonly Join[]; readable: readonly Readable[] }> {
  const none = fc.constant({ joins: [], readable: [left] })
  if (!right) return none
  const one = fc
    .tuple(right, fc.constantFrom(r.innerJoin, r.leftJoin, r.semiJoin, r.antiJoin))
    .chain(([{ relation, columns, key }, join]) => {
      const readable: Readable = { relation: 'j', columns }
      const equality = expressions('integer', [left], 1)
        .filter((expression) => expression.kind === 'column')
        .map((expression) => b.equals(expression, b.column('j', key)))
      const more = fc.array(expressions('boolean', [left, readable], 2), { maxLength: 1 })
      const kept = join === r.innerJoin || join === r.leftJoin
      return fc.tuple(equality, more).map(([first, others]) => ({
        joins: [join(relation, 'j', first, ...others)],
        readable: kept ? [left, readable] : [left],
      }))
    })
  return fc.oneof(none, one)
}

function named(expressions: readonly Expression[]): readonly NamedExpression[] {
  return expressions.map((expression, index) => b.named(`c${index}`, expression))
}

interface RandomSelect {
  readonly select: Select
  readonly types: readonly ValueType[]
}

/** A select over a table or over a random select; its columns are `c0`, `c1`, … of the types given, the first an integer. */
function selects(depth: number): fc.Arbitrary<RandomSelect> {
  const from: fc.Arbitrary<{ relation: Relation; columns: readonly Column[] }> =
    depth === 0
      ? table.map(({ name, columns }) => ({ relation: r.table(name), columns }))
      : selects(depth - 1).map(({ select, types }) => ({ relation: select, columns: numbered(types) }))
  return from
    .filter(({ columns }) => columns.some((column) => column.type === 'integer'))
    .chain(({ relation, columns }) => selectsOf(relation, columns, joined))
}

function selectsOf(
  relation: Relation,
  columns: readonly Column[],
  right: fc.Arbitrary<Joined> | undefined,
): fc.Arbitrary<RandomSelect> {
  const left: Readable = { relation: 's', columns }
  return joins(left, right).chain(({ joins, readable }) => plainSelects(relation, joins, readable))
}

/** Seldom, and seldom false: rows are to be left. */
function wherever(readable: readonly Readable[]): fc.Arbitrary<Expression | undefined> {
  const condition = fc
    .tuple(expressions('boolean', readable, 2), fc.boolean())
    .map(([condition, open]) => (open ? b.or(condition, b.isNull(condition)) : condition))
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary: condition, weight: 1 })
}

function plainSelects(relation: Relation, joins: readonly Join[], readable: readonly Readable[]) {
  const types = fc
    .array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 4 })
    .map((some) => ['integer' as const, ...some])
  return types.chain((types) =>
    fc
      .record({
        columns: fc.tuple(...types.map((type) => expressions(type, readable, 2))),
        where: wherever(readable),
        // 0 and -0 are one value of two faces; which one DISTINCT keeps is no matter.
        distinct: types.includes('double') ? fc.constant(false) : fc.boolean(),
      })
      .map(({ columns, where, distinct }) => ({
        types,
        select: r.select({
          from: r.source(relation, 's'),
          joins,
          ...(where && { where }),
          columns: named(columns),
          distinct,
        }),
      })),
  )
}

/** Selects of up to three levels; the outermost may group. */
export const randomSelect: fc.Arbitrary<Select> = fc.oneof(
  selects(0).map(({ select }) => select),
  selects(1).map(({ select }) => select),
  fc
    .nat({ max: 1 })
    .chain(selects)
    .chain(({ select, types }) => {
      const inner: Readable = { relation: 'g', columns: numbered(types) }
      const keys = fc.subarray(
        inner.columns.filter((column) => column.type !== 'double').map(({ name }) => b.column('g', name)),
      )
      return fc
        .tuple(keys, fc.array(aggregates([inner]), { minLength: 1, maxLength: 4 }))
        .map(([groupBy, measures]) =>
          r.select({ from: r.source(select, 'g'), groupBy, columns: named([...groupBy, ...measures]) }),
        )
    }),
)

/** A random select whose first source is a step, made or not, that another result reads as well. */
export const randomProgram: fc.Arbitrary<Program> = fc
  .tuple(randomSelect, fc.constantFrom(r.madeStep, r.copiedStep, r.inlineStep), fc.boolean())
  .map(([select, wrap, shared]) => {
    const inner = { ...select.from, relation: r.step('inner') }
    const rows = r.select({ from: r.source(r.step('inner'), 'i'), columns: [b.named('rows', b.countRows())] })
    return r.program([wrap('inner', select.from.relation)], {
      answer: { ...select, from: inner },
      ...(shared && { rows }),
    })
  })
