/**
 * The relational tree: what cohort definitions and analyses compile to, and what the three printers (DuckDB, PostgreSQL,
 * ClickHouse) write as SQL. Read-only nodes with a `kind`, made by the functions of `build.ts`. Meaning is fixed here, so
 * that three engines give the same rows: integer division floors, dates have no time, text compares by code point, NULL
 * sorts last, and nothing is correlated (a semi-join says what EXISTS would).
 */

/** What a column or an expression holds. Counts and identifiers are `integer` (64 bits). */
export type ValueType = 'integer' | 'double' | 'text' | 'date' | 'datetime' | 'boolean'

export type Literal =
  | { readonly type: 'integer' | 'double'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  /** ISO 8601 day. */
  | { readonly type: 'date'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: ValueType; readonly value: null }

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>='
/** `floor-divide` and `modulo` on integers go towards minus infinity; `divide` is of doubles, NULL when the divisor is 0. */
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
  /** `days` may be negative. */
  | { readonly kind: 'add-days'; readonly date: Expression; readonly days: Expression }
  /** Whole days from `from` to `to`. */
  | { readonly kind: 'days-between'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'part'; readonly part: 'year' | 'month' | 'day'; readonly date: Expression }
  | { readonly kind: 'make-date'; readonly year: Expression; readonly month: Expression; readonly day: Expression }
  /** To a date a datetime loses its time; to an integer a double is rounded down. */
  | { readonly kind: 'cast'; readonly operand: Expression; readonly to: ValueType }
  | { readonly kind: 'coalesce' | 'least' | 'greatest'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'case'
      readonly when: readonly { readonly condition: Expression; readonly value: Expression }[]
      readonly otherwise: Expression
    }
  /** `of` absent: `count(*)`. `deviation` is of the sample. NULLs count for nothing. */
  | {
      readonly kind: 'aggregate'
      readonly name: 'count' | 'count-distinct' | 'sum' | 'mean' | 'minimum' | 'maximum' | 'deviation' | 'any'
      readonly of?: Expression
      /** Only rows for which it is true. */
      readonly where?: Expression
    }
  | {
      readonly kind: 'window'
      readonly name: 'row-number' | 'sum' | 'minimum' | 'maximum' | 'count' | 'previous' | 'next'
      readonly of?: Expression
      readonly partitionBy: readonly Expression[]
      readonly orderBy: readonly Ordering[]
      /** With an order, sums and extremes run from the first row; `peers` excluded: by rows, not by range. */
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
  /** With aggregates and without `groupBy`: one row. */
  readonly groupBy?: readonly Expression[]
  readonly having?: Expression
  readonly columns: readonly NamedExpression[]
  readonly distinct?: boolean
  readonly orderBy?: readonly Ordering[]
  readonly limit?: number
}

/** Steps are made once, in this order, and may be read by later ones and by the results. */
export interface Program {
  readonly steps: readonly { readonly name: string; readonly relation: Relation }[]
  readonly results: readonly { readonly name: string; readonly relation: Relation }[]
}
