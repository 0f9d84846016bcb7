/** Writes an expression in its shortest form, with the terms of an edition when they are wanted. */
import type { Expression, ExpressionAttribute, ExpressionConcept, ExpressionPart, ExpressionValue } from './syntax.ts'

/**
 * Without `termOf` only identifiers: the same text for expressions that differ in terms and white space alone. With it,
 * each concept is followed by its term between bars: the display of the expression.
 */
export function renderExpression(expression: Expression, termOf?: (sctid: string) => string | undefined): string {
  const status = expression.status === undefined ? '' : expression.status === 'equivalent' ? '===' : '<<<'
  return status + renderSub(expression, termOf ?? (() => undefined))
}

type TermOf = (sctid: string) => string | undefined

function renderSub({ focus, refinement }: Expression, termOf: TermOf): string {
  const concepts = focus.map((concept) => renderConcept(concept, termOf)).join('+')
  return refinement.length === 0
    ? concepts
    : `${concepts}:${refinement.map((part) => renderPart(part, termOf)).join(',')}`
}

function renderConcept({ id }: ExpressionConcept, termOf: TermOf): string {
  const term = termOf(id)
  return term === undefined ? id : `${id}|${term}|`
}

function renderPart(part: ExpressionPart, termOf: TermOf): string {
  if (part.kind === 'attribute') return renderAttribute(part, termOf)
  return `{${part.attributes.map((attribute) => renderAttribute(attribute, termOf)).join(',')}}`
}

function renderAttribute({ name, value }: ExpressionAttribute, termOf: TermOf): string {
  return `${renderConcept(name, termOf)}=${renderValue(value, termOf)}`
}

function renderValue(value: ExpressionValue, termOf: TermOf): string {
  switch (value.kind) {
    case 'concept':
      return renderConcept(value, termOf)
    case 'expression':
      return `(${renderSub(value, termOf)})`
    case 'number':
      return `#${value.text}`
    case 'string':
      return `"${value.text.replaceAll(/["\\]/g, '\\$&')}"`
    case 'boolean':
      return String(value.value)
  }
}
