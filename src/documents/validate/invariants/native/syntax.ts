/** The syntax tree that fhirpath.js makes of an expression, as far as it is read here. */
import { isObject } from '../../compile/json.ts'

export interface Syntax {
  readonly type: string
  readonly text: string
  readonly children: readonly Syntax[]
}

/** Nodes of the grammar that only hold another. */
const WRAPPERS = new Set(['EntireExpression', 'TermExpression', 'InvocationTerm', 'ParenthesizedTerm'])

export function syntaxOf(tree: unknown): Syntax | undefined {
  if (!isObject(tree) || typeof tree.type !== 'string') return undefined
  const children: readonly unknown[] = Array.isArray(tree.children) ? tree.children : []
  if (WRAPPERS.has(tree.type) && children.length === 1) return syntaxOf(children[0])
  return {
    type: tree.type,
    text: typeof tree.text === 'string' ? tree.text : '',
    children: children.flatMap((child) => syntaxOf(child) ?? []),
  }
}

/** A name without the backticks of delimited identifiers. */
export function nameOf(text: string): string {
  return text.startsWith('`') ? text.slice(1, -1) : text
}

/** The text of a string literal; undefined when it holds escapes other than quotes and backslashes. */
export function stringLiteral(text: string): string | undefined {
  const inner = text.slice(1, -1)
  if (!inner.includes('\\')) return inner
  return /\\[^'"`\\]/.test(inner) ? undefined : inner.replace(/\\(['"`\\])/g, '$1')
}

/** The type named by `ofType(FHIR.Patient)` or `is Patient`; undefined for System types. */
export function typeNameOf(syntax: Syntax): string | undefined {
  const names: string[] = []
  const visit = (at: Syntax): void => {
    if (at.type === 'Identifier') names.push(nameOf(at.text))
    else for (const child of at.children) visit(child)
  }
  visit(syntax)
  if (names.length === 2 && names[0] === 'FHIR') return names[1]
  return names.length === 1 ? names[0] : undefined
}
