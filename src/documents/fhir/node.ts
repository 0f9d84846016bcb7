/**
 * Tolerant access to FHIR JSON. Real documents hold arrays where one object belongs, one object where an array
 * belongs, strings where a CodeableConcept belongs; these functions never throw and never guess beyond that.
 */
export type Node = Readonly<Record<string, unknown>>

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const NONE: readonly Node[] = []

/** All objects in a value: itself, or the items of an array at any depth of arrays. */
export function nodes(value: unknown): readonly Node[] {
  if (Array.isArray(value)) {
    if (value.every(isNode)) return value
    return value.flatMap((item: unknown) => nodes(item))
  }
  return isNode(value) ? [value] : NONE
}

/** The first object in a value. */
export function node(value: unknown): Node | undefined {
  if (Array.isArray(value)) return nodes(value)[0]
  return isNode(value) ? value : undefined
}

/** A non-empty string (numbers and booleans as their literal), or undefined. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return text(value[0])
  return undefined
}

/** All non-empty strings of a value or array. */
export function texts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => texts(item))
  const single = text(value)
  return single === undefined ? [] : [single]
}

export interface Coding {
  readonly system: string
  readonly code: string
  readonly display?: string
  readonly userSelected?: boolean
}

export interface Concept {
  readonly codings: readonly Coding[]
  readonly text?: string
}

function coding(value: Node): Coding {
  const display = text(value.display)
  return {
    system: text(value.system) ?? '',
    code: text(value.code) ?? '',
    ...(display === undefined ? {} : { display }),
    ...(value.userSelected === true ? { userSelected: true } : {}),
  }
}

/**
 * A CodeableConcept, a Coding, a CodeableReference of R5 (`concept`), or a bare code as older versions have it.
 * Undefined when there is neither a code nor words.
 */
export function concept(value: unknown): Concept | undefined {
  if (typeof value === 'string') return value.trim() ? { codings: [], text: value } : undefined
  const item = node(value)
  if (!item) return undefined
  if (item.concept !== undefined) return concept(item.concept)
  const codings = nodes(item.coding).map(coding)
  const words = text(item.text)
  if (codings.length > 0 || words !== undefined) return words === undefined ? { codings } : { codings, text: words }
  if (item.code !== undefined && typeof item.code !== 'object') return { codings: [coding(item)] }
  const display = text(item.display)
  return display === undefined ? undefined : { codings: [], text: display }
}

/** Every concept of an array of CodeableConcepts. */
export function concepts(value: unknown): readonly Concept[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.flatMap((item) => {
    if (Array.isArray(item)) return concepts(item)
    const found = concept(item)
    return found ? [found] : []
  })
}

/** The value and type suffix of a choice element, e.g. `choice(resource, 'onset')` → `{ type: 'DateTime', value }`. */
export function choice(parent: Node, prefix: string): { readonly type: string; readonly value: unknown } | undefined {
  for (const key in parent) {
    if (key.length > prefix.length && key.startsWith(prefix)) {
      const type = key.slice(prefix.length)
      const first = type.charCodeAt(0)
      if (first >= 65 && first <= 90) return { type, value: parent[key] }
    }
  }
  return undefined
}

/** Extensions with a URL. */
export function extensions(parent: Node, url: string): readonly Node[] {
  return nodes(parent.extension).filter((extension) => extension.url === url)
}
