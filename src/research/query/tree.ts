/**
 * The relational tree: what cohort definitions and analyses compile to, and what the three printers (DuckDB, PostgreSQL,
 * ClickHouse) write as SQL. Read-only nodes with a `kind`, made by the functions of `build.ts`. Meaning is fixed here, so
 * that three engines give the same rows: integer division floors, dates have no time, text compares by code point, NULL
 * sorts last, and nothing is correlated (a semi-join says what EXISTS would). Conditions know true, false and NULL, as in
 * SQL; `where`, `having`, `on` and `case` keep only what is true. `typing.ts` gives every expression its type: integers
 * and doubles may meet (the answer is a double), nothing else is converted without a `cast`.
 */

/** What a column or an expression holds. Counts and identifiers are `integer` (64 bits). */
export type ValueType = 'integer' | 'double' | 'text' | 'date' | 'datetime' | 'boolean'

export type Literal =
  | { readonly type: 'integer' | 'double'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  /** ISO 8601 day, from 0001-01-01 to 9999-12-31 (ClickHouse holds 1900 to 2299 only). */
  | { readonly type: 'date'; readonly value: string }
  /** ISO 8601 without zone: `2020-02-29T10:20:30`, with up to six digits of a second. */
  | { readonly type: 'datetime'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: ValueType; readonly value: null }

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>='
/** `floor-divide` and `modulo` on integers go towards minus infinity; `divide` is of doubles. By 0 all three give NULL. */
export type ArithmeticOperator = 'add' | 'subtract' | 'multiply' | 'divide' | 'floor-divide' | 'modulo'

export type Expression =
  | { readonly kind: 'column'; readonly relation: string; readonly name: string }
  | { readonly kind: 'literal'; readonly literal: Literal }
  | {
      readonly kind: 'compare'
      readonly operator: CompareOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'is-null'; readonly operand: Expression }
  /** False for no values at all, also for a NULL operand. */
  | { readonly kind: 'in'; readonly operand: Expression; readonly values: readonly Literal[] }
  /** Case-sensitive; `text` is taken as it is, without wildcards. */
  | {
      readonly kind: 'matches-text'
      readonly how: 'starts' | 'contains' | 'ends'
      readonly operand: Expression
      readonly text: string
    }
  | {
      readonly kind: 'arithmetic'
      readonly operator: ArithmeticOperator
      readonly left: Expression
      readonly right: Expression
    }
  /** A date; `days` may be negative. A datetime loses its time first, here and in the next two. */
  | { readonly kind: 'add-days'; readonly date: Expression; readonly days: Expression }
  /** Whole days from `from` to `to`. */
  | { readonly kind: 'days-between'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'part'; readonly part: 'year' | 'month' | 'day'; readonly date: Expression }
  /** NULL when there is no such day (30 February), so that one wrong birth date does not fail a whole query. */
  | { readonly kind: 'make-date'; readonly year: Expression; readonly month: Expression; readonly day: Expression }
  /**
   * To a date a datetime loses its time; to an integer a double is rounded down. Also: integer to double and text, boolean
   * to integer (0, 1), date to datetime and to text (ISO). Nothing else: engines write and read other texts differently.
   */
  | { readonly kind: 'cast'; readonly operand: Expression; readonly to: ValueType }
  /** `least` and `greatest` pass over NULLs. */
  | { readonly kind: 'coalesce' | 'least' | 'greatest'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'case'
      readonly when: readonly { readonly condition: Expression; readonly value: Expression }[]
      readonly otherwise: Expression
    }
  /**
   * `of` absent: `count(*)`. `deviation` is of the sample, NULL for one row. NULLs count for nothing; of no value at all a
   * count is 0 and everything else NULL. `any`: one of the values (the least, so that it is the same everywhere).
   */
  | {
      readonly kind: 'aggregate'
      readonly name: 'count' | 'count-distinct' | 'sum' | 'mean' | 'minimum' | 'maximum' | 'deviation' | 'any'
      readonly of?: Expression
      /** Only rows for which it is true. */
      readonly where?: Expression
      /** Of `count-distinct`: each group is of one person, so that its values can be held together. */
      readonly smallGroups?: true
    }
  | {
      readonly kind: 'window'
      readonly name: 'row-number' | 'sum' | 'minimum' | 'maximum' | 'count' | 'previous' | 'next'
      readonly of?: Expression
      readonly partitionBy: readonly Expression[]
      readonly orderBy: readonly Ordering[]
      /**
       * For sum, minimum, maximum and count, by rows, not by range: `running` up to this row, `before` up to the one
       * before it, `whole` the partition. Absent: `running` with an order, `whole` without. Rows that the order leaves
       * tied come in any order.
       */
      readonly frame?: 'running' | 'before' | 'whole'
    }

export interface Ordering {
  readonly expression: Expression
  readonly direction?: 'ascending' | 'descending'
}

export interface NamedExpression {
  readonly name: string
  readonly expression: Expression
}

export type Relation =
  /** `table` is a name the engine was told, never text from outside. */
  | { readonly kind: 'table'; readonly table: string }
  /** What an earlier step of the program has made. */
  | { readonly kind: 'step'; readonly step: string }
  | {
      readonly kind: 'rows'
      readonly columns: readonly { readonly name: string; readonly type: ValueType }[]
      readonly rows: readonly (readonly Literal[])[]
    }
  | Select
  | { readonly kind: 'union-all'; readonly relations: readonly Relation[] }

export interface Source {
  readonly relation: Relation
  /** Unique in its select. */
  readonly as: string
}

/**
 * `semi` and `anti` keep rows of the left side that have (have not) a partner, and add no columns. `on` of semi, anti and
 * left joins holds at least one equality of columns of both sides: engines without nested loops need it.
 */
export interface Join {
  readonly how: 'inner' | 'left' | 'semi' | 'anti' | 'cross'
  readonly source: Source
  readonly on?: Expression
}

export interface Select {
  readonly kind: 'select'
  readonly from: Source
  readonly joins?: readonly Join[]
  readonly where?: Expression
  /** With aggregates and without `groupBy`: one row. No windows in a select that groups or aggregates. */
  readonly groupBy?: readonly Expression[]
  readonly having?: Expression
  readonly columns: readonly NamedExpression[]
  readonly distinct?: boolean
  /** With `distinct`, only expressions that are columns. */
  readonly orderBy?: readonly Ordering[]
  readonly limit?: number
}

/**
 * Made once as a temporary table; with `inline` it is written where it is read, like a view (for permits: no copy). Where
 * nothing is said, an engine may do so with steps that are read once; `false`: it may not.
 */
export interface Step {
  readonly name: string
  readonly relation: Relation
  readonly inline?: boolean
}

/** Steps are made in this order and may be read by later ones and by the results. */
export interface Program {
  readonly steps: readonly Step[]
  readonly results: readonly { readonly name: string; readonly relation: Relation }[]
}
