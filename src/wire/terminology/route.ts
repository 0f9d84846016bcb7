/** What a request asks for, read from its path below the base: `ValueSet/123/$expand`. */
import type { TerminologyType } from './handlers.ts'
import { hasOperation, isTerminologyType } from './operations.ts'
import { type Refusal, refuse } from './outcome.ts'

export type Route =
  | { readonly kind: 'metadata' }
  | { readonly kind: 'base' }
  | { readonly kind: 'search'; readonly type: TerminologyType; readonly form: boolean }
  | { readonly kind: 'read'; readonly type: TerminologyType; readonly id: string; readonly version?: string }
  | { readonly kind: 'operation'; readonly operation: string; readonly type?: TerminologyType; readonly id?: string }

/** `path`: below the base, without the leading slash. */
export function routeOf(path: string): Route | Refusal {
  const clean = path.endsWith('/') ? path.slice(0, -1) : path
  if (clean === '') return { kind: 'base' }
  if (clean === 'metadata') return { kind: 'metadata' }
  const parts = clean.split('/')
  const [first = '', second, third, fourth] = parts
  if (first.startsWith('$') && parts.length === 1) return operationRoute(first.slice(1), undefined, undefined)
  if (!isTerminologyType(first)) {
    return refuse(404, 'There is no such resource type or operation here.', 'Read the CapabilityStatement at metadata.')
  }
  if (second === undefined) return { kind: 'search', type: first, form: false }
  if (second === '_search' && parts.length === 2) return { kind: 'search', type: first, form: true }
  if (second.startsWith('$') && parts.length === 2) return operationRoute(second.slice(1), first, undefined)
  const id = decoded(second)
  if (id === undefined || !/^[A-Za-z0-9\-.]{1,64}$/.test(id)) {
    return refuse(404, 'There is no resource with this id.', 'An id has 1 to 64 letters, digits, "-" and ".".')
  }
  if (third === undefined) return { kind: 'read', type: first, id }
  if (third.startsWith('$') && parts.length === 3) return operationRoute(third.slice(1), first, id)
  if (third === '_history' && fourth !== undefined && parts.length === 4) {
    return { kind: 'read', type: first, id, version: decoded(fourth) ?? '' }
  }
  return refuse(404, 'There is nothing at this address.', 'Read the CapabilityStatement at metadata.')
}

function operationRoute(operation: string, type: TerminologyType | undefined, id: string | undefined): Route | Refusal {
  if (!hasOperation(operation, type, id !== undefined)) {
    return refuse(404, `The operation $${operation} does not exist here.`, 'Read the CapabilityStatement at metadata.')
  }
  return { kind: 'operation', operation, ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { id }) }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
