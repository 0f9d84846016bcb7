/** Finds every resource inside what is validated, and what references may call it. */
import { isObject, type JsonObject } from '../compile/json.ts'
import { coreUrl } from '../definitions/compiled.ts'
import type { Scope } from '../run.ts'

export interface Found {
  readonly root: Scope
  readonly scopes: Map<object, Scope>
  readonly targets: Map<Scope, ReadonlyMap<string, Scope>>
}

const DEEPEST_BUNDLE = 10

export function findScopes(resource: JsonObject, type: string): Found {
  const scopes = new Map<object, Scope>()
  const targets = new Map<Scope, ReadonlyMap<string, Scope>>()

  const enter = (scope: Scope, depth: number): void => {
    scopes.set(scope.resource, scope)
    if (depth > DEEPEST_BUNDLE) return
    for (const [index, contained] of items(scope.resource.contained)) {
      const inner = typed(contained)
      if (inner) enter(made(contained, inner, `${scope.path}.contained[${index}]`, scope, scope.bundle), depth + 1)
    }
    if (scope.type === 'Bundle') enterBundle(scope, depth)
    else if (scope.type === 'Parameters')
      enterParameters(scope, scope.resource.parameter, `${scope.path}.parameter`, depth)
  }

  const enterBundle = (bundle: Scope, depth: number): void => {
    const byName = new Map<string, Scope>()
    const entries: Scope[] = []
    for (const [index, entry] of items(bundle.resource.entry)) {
      const { resource: inner, fullUrl } = entry
      const response = isObject(entry.response) ? entry.response.outcome : undefined
      if (isObject(response) && typed(response))
        enter(
          made(response, typed(response) ?? '', `${bundle.path}.entry[${index}].response.outcome`, bundle, bundle),
          depth + 1,
        )
      if (!isObject(inner)) continue
      const innerType = typed(inner)
      if (!innerType) continue
      const path = `${bundle.path}.entry[${index}].resource`
      const url = typeof fullUrl === 'string' ? fullUrl : undefined
      const scope: Scope = {
        ...made(inner, innerType, path, undefined, undefined),
        ...(url ? { fullUrl: url, ...baseOf(url) } : {}),
        bundle,
      }
      entries.push(scope)
      enter(scope, depth + 1)
    }
    for (const scope of entries)
      if (scope.fullUrl !== undefined && !byName.has(scope.fullUrl)) byName.set(scope.fullUrl, scope)
    // A relative reference may also be meant by type and id, whatever the fullUrl looks like.
    for (const scope of entries) {
      const { id } = scope.resource
      const local = `${scope.type}/${String(id)}`
      if (typeof id === 'string' && !byName.has(local)) byName.set(local, scope)
      const tail = /\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(scope.fullUrl ?? '')?.[1]
      if (tail && !byName.has(tail)) byName.set(tail, scope)
    }
    targets.set(bundle, byName)
  }

  const enterParameters = (scope: Scope, parameters: unknown, path: string, depth: number): void => {
    if (depth > DEEPEST_BUNDLE) return
    for (const [index, parameter] of items(parameters)) {
      const inner = parameter.resource
      const innerType = isObject(inner) ? typed(inner) : undefined
      if (isObject(inner) && innerType)
        enter(made(inner, innerType, `${path}[${index}].resource`, undefined, undefined), depth + 1)
      if (parameter.part) enterParameters(scope, parameter.part, `${path}[${index}].part`, depth + 1)
    }
  }

  const root = made(resource, type, type, undefined, undefined)
  enter(root, 0)
  return { root, scopes, targets }
}

function made(
  resource: JsonObject,
  type: string,
  path: string,
  container: Scope | undefined,
  bundle: Scope | undefined,
): Scope {
  return {
    resource,
    type,
    path,
    typeUrl: coreUrl(type),
    ...(container ? { container } : {}),
    ...(bundle ? { bundle } : {}),
  }
}

/** `http://server/fhir/` of `http://server/fhir/Patient/1`. */
function baseOf(fullUrl: string): { readonly base?: string } {
  const base = /^(https?:.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/.*)?$/.exec(fullUrl)?.[1]
  return base === undefined ? {} : { base }
}

function typed(resource: JsonObject): string | undefined {
  return typeof resource.resourceType === 'string' ? resource.resourceType : undefined
}

function* items(value: unknown): Generator<[number, JsonObject]> {
  if (!Array.isArray(value)) return
  for (const [index, item] of value.entries()) if (isObject(item)) yield [index, item]
}
