/** What the code system asks of a reader of SNOMED CT compositional grammar. */
import type { Ecl } from '../ecl/index.ts'

export interface ReadExpression {
  /** With the terms of the edition: `128241005|Inflammatory disease of liver|:{…}`. */
  readonly display: string
  /** Focus concepts. */
  readonly focus: readonly number[]
  /** As a subject of an expression constraint. */
  readonly subject: Parameters<Ecl['matchesSubject']>[1]
  /** The expression constraint that every specialisation of it meets. */
  readonly constraint: string
}

export type ExpressionReading =
  | { readonly ok: true; readonly value: ReadExpression }
  /** One sentence in English. */
  | { readonly ok: false; readonly reason: string }

export interface SnomedExpressions {
  read(expression: string): ExpressionReading
}
