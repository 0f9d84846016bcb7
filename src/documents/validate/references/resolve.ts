/** Resolves references inside what is validated (R4 references.html 2.3.0.3, bundle.html 2.36.4.1). */
import { isObject } from '../compile/json.ts'
import type { Run, Scope } from '../run.ts'

export const LOCAL = /^(?:https?:\/\/.*\/)?([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

/** The resource a reference names, if it lies in the same bundle or is contained. */
export function resolveReference(run: Run, scope: Scope, reference: string): Scope | undefined {
  if (reference.startsWith('#')) return resolveContained(run, scope, reference.slice(1))
  const plain = reference.includes('/_history/') ? reference.replace(/\/_history\/[^/]*$/, '') : reference
  for (let bundle = scope.container?.bundle ?? scope.bundle; bundle; bundle = bundle.bundle) {
    const found = resolveInBundle(run, bundle, scope, plain)
    if (found) return found
  }
  // The bundle itself also resolves for its own elements.
  const own = run.targets.get(scope)
  return own?.get(plain)
}

function resolveContained(run: Run, scope: Scope, id: string): Scope | undefined {
  const container = scope.container ?? scope
  if (id === '') return container
  const contained = container.resource.contained
  if (!Array.isArray(contained)) return undefined
  const found: unknown = contained.find((resource) => isObject(resource) && resource.id === id)
  return isObject(found) ? run.scopes.get(found) : undefined
}

function resolveInBundle(run: Run, bundle: Scope, from: Scope, reference: string): Scope | undefined {
  const targets = run.targets.get(bundle)
  if (!targets) return undefined
  const base = (from.container ?? from).base
  const absolute = base === undefined || reference.includes(':') ? undefined : targets.get(base + reference)
  return absolute ?? targets.get(reference)
}

/** The type that a reference states by its form or its `type`, when its target is not here. */
export function statedType(value: { readonly reference?: unknown; readonly type?: unknown }): string | undefined {
  if (typeof value.reference === 'string') {
    const type = LOCAL.exec(value.reference)?.[1]
    if (type) return type
  }
  if (typeof value.type !== 'string') return undefined
  return value.type.slice(value.type.lastIndexOf('/') + 1)
}
