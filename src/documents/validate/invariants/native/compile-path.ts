/**
 * Compiles the part of FHIRPath that constraints commonly use into closures over the nodes of the document. It is many
 * times faster than interpreting, because types are known from the walk. What it does not know it refuses, and then
 * fhirpath.js evaluates; the tests compare the two on every constraint of the loaded guides.
 */
import { childNodes } from '../../node.ts'
import { nodeOfScope } from '../../references/check-reference.ts'
import type { Run, Scope } from '../../run.ts'
import {
  booleanOf,
  distinct,
  EMPTY,
  equalItems,
  FALSE,
  type Items,
  includes,
  literal,
  stringOf,
  TRUE,
  truth,
  UNSUPPORTED,
} from './collection.ts'
import { FUNCTIONS } from './functions.ts'
import { nameOf, type Syntax, stringLiteral, typeNameOf } from './syntax.ts'

export interface Context {
  readonly run: Run
  readonly scope: Scope
  /** `$this` */
  readonly self: Items
}

export type Expression = (input: Items, context: Context) => Items

/** Undefined when the expression uses something that is not supported here. */
export function compilePath(syntax: Syntax): Expression | undefined {
  const { children } = syntax
  switch (syntax.type) {
    case 'LiteralTerm':
      return literalTerm(children[0])
    case 'ThisInvocation':
      return (_input, context) => context.self
    case 'MemberInvocation':
      return member(nameOf(syntax.text))
    case 'ExternalConstantTerm':
      return constant(nameOf(syntax.text))
    case 'InvocationExpression':
      return invocation(children)
    case 'FunctionInvocation':
      return functionCall(children[0])
    case 'OrExpression':
    case 'AndExpression':
    case 'ImpliesExpression':
      return logic(syntax)
    case 'EqualityExpression':
      return equality(syntax)
    case 'InequalityExpression':
      return inequality(syntax)
    case 'MembershipExpression':
      return membership(syntax)
    case 'UnionExpression':
      return binary(children, (left, right) => distinct([...left, ...right]))
    case 'AdditiveExpression':
      return syntax.text === '&'
        ? binary(children, concatenation)
        : syntax.text === '+'
          ? binary(children, sum)
          : undefined
    case 'TypeExpression':
      return typeTest(syntax)
    default:
      return undefined
  }
}

function literalTerm(syntax: Syntax | undefined): Expression | undefined {
  if (syntax?.type === 'NullLiteral') return () => EMPTY
  if (syntax?.type === 'BooleanLiteral') return syntax.text === 'true' ? () => TRUE : () => FALSE
  if (syntax?.type === 'NumberLiteral') return fixed(Number(syntax.text), 'decimal')
  if (syntax?.type !== 'StringLiteral') return undefined
  const text = stringLiteral(syntax.text)
  return text === undefined ? undefined : fixed(text, 'string')
}

function fixed(value: unknown, type: string): Expression {
  const items = [literal(value, type)]
  return () => items
}

/** A child, or at the start of a path the type of the value itself: `Bundle.entry`. */
function member(name: string): Expression {
  const mayBeType = /^[A-Z]/.test(name)
  return (input, context) => {
    const [first] = input
    if (!first) return EMPTY
    if (mayBeType && input.length === 1 && context.run.engine.isA(first.type, name)) return input
    if (input.length === 1) return first.plan ? childNodes(first, name) : unsupported()
    return input.flatMap((item) => (item.plan ? childNodes(item, name) : unsupported()))
  }
}

function unsupported(): never {
  throw UNSUPPORTED
}

function constant(name: string): Expression | undefined {
  if (name === 'ucum') return fixed('http://unitsofmeasure.org', 'string')
  if (name === 'resource') return (_input, { run, scope }) => [nodeOfScope(run, scope)]
  if (name === 'rootResource') return (_input, { run, scope }) => [nodeOfScope(run, scope.container ?? scope)]
  return undefined
}

function invocation(children: readonly Syntax[]): Expression | undefined {
  const [left, right] = children
  const before = left && compilePath(left)
  const after = right && compilePath(right)
  return before && after && ((input, context) => after(before(input, context), context))
}

function functionCall(syntax: Syntax | undefined): Expression | undefined {
  const name = syntax?.children[0]?.text ?? ''
  const parameters = syntax?.children[1]?.children ?? []
  if (name === 'ofType' || name === 'is' || name === 'as') return parameters[0] && ofType(name, parameters[0])
  const own = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!own) return undefined
  const [parameter] = parameters
  if (!parameter) return (input, context) => own(input, context, undefined)
  // The name given to trace() is never needed.
  const argument = name === 'trace' ? () => EMPTY : compilePath(parameter)
  return argument && ((input, context) => own(input, context, argument))
}

function ofType(name: string, parameter: Syntax): Expression | undefined {
  const type = typeNameOf(parameter)
  if (type === undefined) return undefined
  if (name === 'is') return (input, context) => isOfType(input, type, context)
  return (input, context) => input.filter((item) => item.plan !== undefined && context.run.engine.isA(item.type, type))
}

function isOfType(input: Items, type: string, context: Context): Items {
  const [item] = input
  if (!item) return EMPTY
  if (input.length > 1 || !item.plan) throw UNSUPPORTED
  return truth(context.run.engine.isA(item.type, type))
}

function typeTest(syntax: Syntax): Expression | undefined {
  const [left, right] = syntax.children
  const value = left && compilePath(left)
  const test = right && ofType(syntax.text, right)
  return value && test && ((input, context) => test(value(input, context), context))
}

function binary(children: readonly Syntax[], combine: (left: Items, right: Items) => Items): Expression | undefined {
  const [left, right] = children
  const one = left && compilePath(left)
  const other = right && compilePath(right)
  return one && other && ((input, context) => combine(one(input, context), other(input, context)))
}

/** Three-valued logic; the right side is only evaluated when it decides. */
function logic(syntax: Syntax): Expression | undefined {
  const [left, right] = syntax.children
  const one = left && compilePath(left)
  const other = right && compilePath(right)
  if (!one || !other) return undefined
  const decide = DECISIONS[syntax.text]
  if (!decide) return undefined
  return (input, context) => truth(decide(booleanOf(one(input, context)), () => booleanOf(other(input, context))))
}

type Truth = boolean | undefined

const DECISIONS: Readonly<Record<string, (left: Truth, right: () => Truth) => Truth>> = {
  and(left, right) {
    if (left === false) return false
    const other = right()
    return other === false ? false : left === undefined ? undefined : other
  },
  or(left, right) {
    if (left === true) return true
    const other = right()
    return other === true ? true : left === undefined ? undefined : other
  },
  xor(left, right) {
    const other = right()
    return left === undefined || other === undefined ? undefined : left !== other
  },
  implies(left, right) {
    if (left === false) return true
    const other = right()
    return other === true ? true : left === undefined ? undefined : other
  },
}

function equality(syntax: Syntax): Expression | undefined {
  if (syntax.text === '=') return binary(syntax.children, (left, right) => truth(equalItems(left, right)))
  if (syntax.text !== '!=') return undefined
  return binary(syntax.children, (left, right) => {
    const same = equalItems(left, right)
    return same === undefined ? EMPTY : truth(!same)
  })
}

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

/** Numbers only: dates and quantities have rules of their own. */
function inequality(syntax: Syntax): Expression | undefined {
  const compare = COMPARISONS[syntax.text]
  if (!compare) return undefined
  return binary(syntax.children, (left, right) => {
    if (left.length === 0 || right.length === 0) return EMPTY
    const a = left[0]?.value
    const b = right[0]?.value
    if (left.length > 1 || right.length > 1 || typeof a !== 'number' || typeof b !== 'number') throw UNSUPPORTED
    return truth(compare(a, b))
  })
}

function membership(syntax: Syntax): Expression | undefined {
  return binary(syntax.children, (left, right) => {
    const [items, wanted] = syntax.text === 'in' ? [right, left] : [left, right]
    const [item] = wanted
    if (!item) return EMPTY
    if (wanted.length > 1) throw UNSUPPORTED
    return truth(includes(items, item))
  })
}

function concatenation(left: Items, right: Items): Items {
  return [literal(`${stringOf(left) ?? ''}${stringOf(right) ?? ''}`, 'string')]
}

/** Numbers only, e.g. of counts. */
function sum(left: Items, right: Items): Items {
  if (left.length === 0 || right.length === 0) return EMPTY
  const a = left[0]?.value
  const b = right[0]?.value
  if (left.length > 1 || right.length > 1 || typeof a !== 'number' || typeof b !== 'number') throw UNSUPPORTED
  return [literal(a + b, 'decimal')]
}
