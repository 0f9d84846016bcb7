/** Whether an expression says something in an edition: its grammar, its concepts, and that attributes are attributes. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { EclSubstrate } from '../../ecl/substrate.ts'
import { type ExpressionSyntaxCode, parseExpression } from './parse.ts'
import type { Expression, ExpressionAttribute, ExpressionConcept } from './syntax.ts'

export type ExpressionProblemCode =
  | ExpressionSyntaxCode
  | 'snomed-expression-unknown-concept'
  | 'snomed-expression-attribute'

/** |Concept model attribute| and |Linkage concept|: what the name of an attribute lies under. */
const ATTRIBUTE_ROOTS = ['410662002', '106237007']

/**
 * Reads the text and checks it against the edition. Not checked: the concept model (which attribute may have which
 * values in which domain, MRCM); who shows the result must say so.
 */
export function validateExpression(edition: EclSubstrate, text: string): Result<Expression, ExpressionProblemCode> {
  const parsed = parseExpression(text)
  if (!parsed.ok) return parsed
  const problem = firstProblem(edition, parsed.value)
  return problem ?? ok(parsed.value)
}

type Failure = Extract<Result<never, ExpressionProblemCode>, { readonly ok: false }>

function firstProblem(edition: EclSubstrate, expression: Expression): Failure | undefined {
  for (const concept of expression.focus) {
    const problem = unknownConcept(edition, concept)
    if (problem !== undefined) return problem
  }
  for (const attribute of expression.refinement.flatMap((part) => (part.kind === 'group' ? part.attributes : [part]))) {
    const problem = attributeProblem(edition, attribute)
    if (problem !== undefined) return problem
  }
  return undefined
}

function attributeProblem(edition: EclSubstrate, { name, value }: ExpressionAttribute): Failure | undefined {
  const unknown = unknownConcept(edition, name)
  if (unknown !== undefined) return unknown
  if (!isAttribute(edition, name.id)) {
    return failed(
      'snomed-expression-attribute',
      `Concept ${name.id} is not valid in this context (must be a descendent of one of ${ATTRIBUTE_ROOTS.join(',')})`,
      'The name of an attribute stands before the equals sign, its value after it.',
      { line: 1, column: name.at + 1 },
    )
  }
  if (value.kind === 'concept') return unknownConcept(edition, value)
  return value.kind === 'expression' ? firstProblem(edition, value) : undefined
}

function unknownConcept(edition: EclSubstrate, { id, at }: ExpressionConcept): Failure | undefined {
  if (edition.ordinalOf(id) >= 0) return undefined
  return failed(
    'snomed-expression-unknown-concept',
    `Concept ${id} not found`,
    'Check the identifier and the edition.',
    {
      line: 1,
      column: at + 1,
    },
  )
}

function isAttribute(edition: EclSubstrate, id: string): boolean {
  const roots = ATTRIBUTE_ROOTS.map((root) => edition.ordinalOf(root)).filter((root) => root >= 0)
  return edition.ancestorsOf(edition.ordinalOf(id)).some((ancestor) => roots.includes(ancestor))
}
