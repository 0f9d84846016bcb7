/** A value inside a resource, with its type: what profile rules are applied to. */
import { isObject, type JsonObject } from './compile/json.ts'
import type { TypePlan } from './walk/type-plan.ts'

export interface Node {
  readonly value: unknown
  /** The `_property` object that carries id and extensions of a primitive. */
  readonly sibling?: unknown
  /** FHIR type: `HumanName`, `dateTime`, `Patient`, `BackboneElement`. */
  readonly type: string
  readonly plan: TypePlan | undefined
  readonly path: string
}

/** The object that holds a node's child properties: itself, or the sibling of a primitive. */
export function holderOf(node: Node): JsonObject | undefined {
  if (isObject(node.value)) return node.value
  return isObject(node.sibling) ? node.sibling : undefined
}

/** The children called `name` (choices by their name without type). */
export function childNodes(node: Node, name: string): Node[] {
  const holder = holderOf(node)
  const properties = node.plan?.byName.get(name)
  if (!holder || !properties) return []
  const found: Node[] = []
  for (const property of properties) {
    const value = holder[property.key]
    const sibling = property.primitive ? holder[property.siblingKey] : undefined
    if (value === undefined && sibling === undefined) continue
    const path = node.path + property.suffix
    if (!property.repeats) {
      found.push(typed({ value, sibling, type: property.type, plan: property.plan(), path }))
      continue
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : []
    const siblings: readonly unknown[] = Array.isArray(sibling) ? sibling : []
    const length = Math.max(values.length, siblings.length)
    for (let index = 0; index < length; index++)
      found.push(
        typed({
          value: values[index] ?? undefined,
          sibling: siblings[index] ?? undefined,
          type: property.type,
          plan: property.plan(),
          path: `${path}[${index}]`,
        }),
      )
  }
  return found

  function typed(child: Node): Node {
    const { value } = child
    if (!isObject(value) || typeof value.resourceType !== 'string' || child.plan?.kind !== 'any-resource') return child
    const type = value.resourceType
    return { ...child, type, plan: child.plan.resourcePlan(type) }
  }
}
