/** How large an expression constraint may be, so that hostile text ends early. */
export interface EclLimits {
  /** UTF-16 units. */
  readonly length: number
  /** Brackets within brackets, of any kind. */
  readonly depth: number
  /** Parts of the tree: references, operators, attributes, filters, values. */
  readonly nodes: number
}

/** Value sets in use list up to several thousand concepts with OR; nobody nests beyond a handful. */
export const ECL_LIMITS: EclLimits = { length: 500_000, depth: 64, nodes: 20_000 }
