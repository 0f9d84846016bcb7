/** Collections of the native evaluator: nodes of the document, and literals as nodes without a plan. */
import { isDeepStrictEqual } from 'node:util'
import type { Node } from '../../node.ts'

export type Items = readonly Node[]

export const EMPTY: Items = []
export const TRUE: Items = [literal(true, 'boolean')]
export const FALSE: Items = [literal(false, 'boolean')]

/** Thrown when a value needs a part of FHIRPath that is not evaluated here: then fhirpath.js does. */
export const UNSUPPORTED = new Error('left to fhirpath.js')

export function literal(value: unknown, type: string): Node {
  return { value, type, plan: undefined, path: '' }
}

export function truth(value: boolean | undefined): Items {
  return value === undefined ? EMPTY : value ? TRUE : FALSE
}

/** Singleton evaluation as boolean: any single item that is no boolean counts as true. */
export function booleanOf(items: Items): boolean | undefined {
  const [first] = items
  if (first === undefined) return undefined
  if (items.length > 1) throw UNSUPPORTED
  return typeof first.value === 'boolean' ? first.value : true
}

/** The only item as a string; undefined when there is none. */
export function stringOf(items: Items): string | undefined {
  const [first] = items
  if (first === undefined) return undefined
  if (items.length > 1 || typeof first.value !== 'string') throw UNSUPPORTED
  return first.value
}

const TIMES = new Set(['date', 'dateTime', 'instant', 'time'])

/** Equality of two items. Dates of different precision and quantities with units are left to fhirpath.js. */
export function equal(left: Node, right: Node): boolean {
  const a = left.value
  const b = right.value
  if (a === undefined || b === undefined) throw UNSUPPORTED
  if (typeof a !== 'object' || typeof b !== 'object') {
    if (typeof a === 'string' && typeof b === 'string' && a !== b && (TIMES.has(left.type) || TIMES.has(right.type)))
      throw UNSUPPORTED
    if (typeof a !== typeof b) throw UNSUPPORTED
    return a === b
  }
  if (left.type === 'Quantity' || right.type === 'Quantity') throw UNSUPPORTED
  return isDeepStrictEqual(a, b)
}

/** `=` of collections: nothing when either is empty. */
export function equalItems(left: Items, right: Items): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined
  return left.length === right.length && left.every((item, index) => equal(item, right[index] ?? item))
}

export function includes(items: Items, wanted: Node): boolean {
  return items.some((item) => equal(item, wanted))
}

export function distinct(items: Items): Items {
  // The common case, in linear time: bundles may have thousands of entries.
  if (items.every((item) => typeof item.value === 'string' && !TIMES.has(item.type))) {
    const values = new Set<unknown>()
    return items.filter((item) => !values.has(item.value) && values.add(item.value))
  }
  const found: Node[] = []
  for (const item of items) if (!includes(found, item)) found.push(item)
  return found
}
