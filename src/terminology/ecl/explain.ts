/** What an expression is made of, with the number of concepts of each part: for a console that shows where the answer comes from. */
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import { printEcl } from './print.ts'
import type { Constraint, HierarchyOperator, Refinement } from './syntax.ts'

export interface Explanation {
  /** For the words: the kind of part, with its operator where it has one. */
  readonly part: Exclude<Constraint['kind'], 'hierarchy' | 'compound'> | HierarchyOperator | 'and' | 'or' | 'minus'
  /** The part in brief syntax, with terms. */
  readonly text: string
  /** The concept it names, where it names one. */
  readonly concept?: string
  readonly count: number
  readonly parts: readonly Explanation[]
}

export function explain(evaluation: Evaluation, constraint: Constraint): Explanation {
  return {
    part: partName(constraint),
    text: printEcl(constraint, { terms: true }),
    ...(constraint.kind === 'concept' ? { concept: constraint.id } : {}),
    count: evaluate(evaluation, constraint).size,
    parts: inner(constraint).map((part) => explain(evaluation, part)),
  }
}

function partName(constraint: Constraint): Explanation['part'] {
  return constraint.kind === 'hierarchy' || constraint.kind === 'compound' ? constraint.operator : constraint.kind
}

function inner(constraint: Constraint): readonly Constraint[] {
  switch (constraint.kind) {
    case 'concept':
    case 'any':
    case 'alternate':
      return []
    case 'hierarchy':
    case 'memberOf':
    case 'descriptionFiltered':
    case 'conceptFiltered':
    case 'history':
      return [constraint.of]
    case 'compound':
      return constraint.parts
    case 'refined':
      return [constraint.focus, ...values(constraint.refinement)]
    case 'dotted':
      return [constraint.focus, ...constraint.attributes]
  }
}

/** Value sets of the attributes, in the order of the text. */
function values(refinement: Refinement): readonly Constraint[] {
  if (refinement.kind === 'set') return refinement.parts.flatMap(values)
  if (refinement.kind === 'group') return values(refinement.of)
  return refinement.value.kind === 'constraint' ? [refinement.value.value] : []
}
