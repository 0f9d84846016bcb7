/** The FHIRPath functions that constraints use most. Each is made once for its place in an expression. */
import { isObject } from '../../compile/json.ts'
import type { Node } from '../../node.ts'
import { childNodes } from '../../node.ts'
import { nodeOfScope } from '../../references/check-reference.ts'
import { resolveReference } from '../../references/resolve.ts'
import {
  booleanOf,
  distinct,
  EMPTY,
  type Items,
  includes,
  literal,
  stringOf,
  truth,
  UNSUPPORTED,
} from './collection.ts'
import type { Context, Expression } from './compile-path.ts'

/** `input`: what the function is called on. Arguments are expressions, evaluated by the function as it needs. */
type PathFunction = (input: Items, context: Context, first: Expression | undefined) => Items

function isTrue(criterion: Expression, item: Node, context: Context): boolean {
  const items = [item]
  return booleanOf(criterion(items, { ...context, self: items })) === true
}

function needed(expression: Expression | undefined): Expression {
  if (!expression) throw UNSUPPORTED
  return expression
}

function textTest(test: (text: string, wanted: string) => boolean): PathFunction {
  return (input, context, first) => {
    const text = stringOf(input)
    // Arguments are evaluated on what surrounds the call, not on its input.
    const wanted = stringOf(needed(first)(context.self, context))
    return text === undefined || wanted === undefined ? EMPTY : truth(test(text, wanted))
  }
}

export const FUNCTIONS: Readonly<Record<string, PathFunction>> = {
  exists: (input, context, first) =>
    truth(first ? input.some((item) => isTrue(first, item, context)) : input.length > 0),
  empty: (input) => truth(input.length === 0),
  not(input) {
    const value = booleanOf(input)
    return value === undefined ? EMPTY : truth(!value)
  },
  where: (input, context, first) => input.filter((item) => isTrue(needed(first), item, context)),
  all: (input, context, first) => truth(input.every((item) => isTrue(needed(first), item, context))),
  select: (input, context, first) =>
    input.flatMap((item) => {
      const items = [item]
      return [...needed(first)(items, { ...context, self: items })]
    }),
  count: (input) => [literal(input.length, 'integer')],
  first: (input) => input.slice(0, 1),
  last: (input) => input.slice(-1),
  tail: (input) => input.slice(1),
  hasValue: (input) => truth(input.length === 1 && input[0]?.value !== undefined && typeof input[0].value !== 'object'),
  trace: (input) => input,
  startsWith: textTest((text, wanted) => text.startsWith(wanted)),
  endsWith: textTest((text, wanted) => text.endsWith(wanted)),
  contains: textTest((text, wanted) => text.includes(wanted)),
  length(input) {
    const text = stringOf(input)
    return text === undefined ? EMPTY : [literal(text.length, 'integer')]
  },
  toString(input: Items) {
    const [item] = input
    if (!item) return EMPTY
    if (input.length > 1 || typeof item.value === 'number' || typeof item.value === 'object') throw UNSUPPORTED
    return [literal(String(item.value), 'string')]
  },
  isDistinct: (input) => truth(distinct(input).length === input.length),
  distinct: (input) => distinct(input),
  intersect(input, context, first) {
    const other = needed(first)(context.self, context)
    return distinct(input.filter((item) => includes(other, item)))
  },
  allTrue: (input) => truth(input.every((item) => booleanOf([item]) === true)),
  allFalse: (input) => truth(input.every((item) => booleanOf([item]) === false)),
  anyTrue: (input) => truth(input.some((item) => booleanOf([item]) === true)),
  extension(input, context, first) {
    const url = stringOf(needed(first)(context.self, context))
    return input.flatMap((item) =>
      childNodes(item, 'extension').filter((child) => isObject(child.value) && child.value.url === url),
    )
  },
  resolve: (input, { run, scope }) =>
    input.flatMap((item) => {
      const reference = isObject(item.value) ? item.value.reference : item.value
      const target = typeof reference === 'string' ? resolveReference(run, scope, reference) : undefined
      return target ? [nodeOfScope(run, target)] : []
    }),
}
