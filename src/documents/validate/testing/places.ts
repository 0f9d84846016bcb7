/** Finds places in a resource where a mutation can be made. */
import { isObject } from '../compile/json.ts'

/** A JSON object that may be changed. */
export interface Loose {
  [key: string]: unknown
}

export interface Place {
  readonly path: string
  /** Object or array that holds the value. */
  readonly parent: Loose
  readonly key: string
  readonly value: unknown
  /** Type of the resource around it. */
  readonly resourceType: string
}

/** Every property of every object, with arrays opened. */
export function placesOf(resource: Loose): readonly Place[] {
  const found: Place[] = []
  const visit = (holder: Loose, path: string, type: string): void => {
    for (const [key, value] of Object.entries(holder)) {
      const at = `${path}.${key}`
      found.push({ path: at, parent: holder, key, value, resourceType: type })
      const items = Array.isArray(value) ? value : [value]
      for (const [index, item] of items.entries()) {
        if (!isLoose(item)) continue
        const inner = typeof item.resourceType === 'string' ? item.resourceType : type
        visit(item, Array.isArray(value) ? `${at}[${index}]` : at, inner)
      }
    }
  }
  visit(resource, String(resource.resourceType), String(resource.resourceType))
  return found
}

export function isLoose(value: unknown): value is Loose {
  return isObject(value)
}

export function looseItems(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.filter(isLoose) : []
}

/** Resources of a bundle, of one type if asked; a resource that is no bundle stands for itself. */
export function resourcesOf(root: Loose, type?: string): readonly Loose[] {
  const all =
    root.resourceType === 'Bundle'
      ? looseItems(root.entry).flatMap((entry) => (isLoose(entry.resource) ? [entry.resource] : []))
      : [root]
  return type === undefined ? all : all.filter((resource) => resource.resourceType === type)
}
