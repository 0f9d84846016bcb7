/** Post-coordinated SNOMED CT expressions: read, checked, shown, asked against constraints. */
export { expressionIsA, expressionMatches } from './match.ts'
export { isExpression, parseExpression } from './parse.ts'
export { renderExpression } from './render.ts'
export type { Expression } from './syntax.ts'
export { type ExpressionProblemCode, validateExpression } from './validate.ts'
