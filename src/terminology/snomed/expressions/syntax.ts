/** A post-coordinated expression as read (SNOMED CT Compositional Grammar 2.3): what it names, in the order it was written. */

export interface ExpressionConcept {
  readonly kind: 'concept'
  readonly id: string
  readonly term?: string
  /** UTF-16 units from the start of the text, from 0. */
  readonly at: number
}

export interface Expression {
  readonly kind: 'expression'
  /** `===` or `<<<`, where it is written. */
  readonly status?: 'equivalent' | 'subtype'
  /** At least one. */
  readonly focus: readonly ExpressionConcept[]
  readonly refinement: readonly ExpressionPart[]
}

/** One attribute outside of braces, or the attributes of one pair of them. */
export type ExpressionPart =
  | ExpressionAttribute
  | { readonly kind: 'group'; readonly attributes: readonly ExpressionAttribute[] }

export interface ExpressionAttribute {
  readonly kind: 'attribute'
  readonly name: ExpressionConcept
  readonly value: ExpressionValue
}

export type ExpressionValue =
  | ExpressionConcept
  | Expression
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
