/** The concepts of a CodeSystem resource laid flat: ordinals in the order of the resource, parents before children. */
import { isObject, type JsonObject, objects } from '../load/json.ts'
import type { FhirProperty } from '../operations/fhir.ts'

export interface FlatConcepts {
  readonly codes: readonly string[]
  /** The `concept` element of each, with its children still inside. */
  readonly elements: readonly JsonObject[]
  /** Concept that holds it in the resource; -1 at the top. */
  readonly holder: readonly number[]
  /** By code; the first wins where a code is defined twice. */
  readonly byCode: ReadonlyMap<string, number>
}

const MOST_DEPTH = 500

export function flattenConcepts(concepts: unknown): FlatConcepts {
  const codes: string[] = []
  const elements: JsonObject[] = []
  const holder: number[] = []
  const byCode = new Map<string, number>()
  walkConcepts(concepts, (element, code, parent) => {
    const ordinal = codes.length
    codes.push(code)
    elements.push(element)
    holder.push(parent)
    if (!byCode.has(code)) byCode.set(code, ordinal)
    return ordinal
  })
  return { codes, elements, holder, byCode }
}

/**
 * Visits the `concept` elements that have a code, those inside others too.
 *
 * @param visit gives the ordinal of the element, which those inside it get as their parent; -1 is the parent at the top
 */
export function walkConcepts(
  list: unknown,
  visit: (element: JsonObject, code: string, parent: number) => number,
  parent = -1,
  depth = 0,
): void {
  for (const element of objects(list)) {
    const code = element.code
    if (typeof code !== 'string' || code === '') continue
    const ordinal = visit(element, code, parent)
    if (element.concept !== undefined && depth < MOST_DEPTH) walkConcepts(element.concept, visit, ordinal, depth + 1)
  }
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

const VALUE_TYPES: ReadonlySet<string> = new Set([
  'valueCode',
  'valueCoding',
  'valueString',
  'valueInteger',
  'valueBoolean',
  'valueDateTime',
  'valueDecimal',
])

export function isValueType(key: string): key is FhirProperty['type'] {
  return VALUE_TYPES.has(key)
}

/** The `property` elements of a concept. */
export function propertiesOf(element: JsonObject): readonly FhirProperty[] {
  if (!Array.isArray(element.property)) return []
  const found: FhirProperty[] = []
  for (const property of objects(element.property)) {
    if (typeof property.code !== 'string') continue
    for (const [key, value] of Object.entries(property)) {
      if (isValueType(key)) found.push({ code: property.code, type: key, value })
    }
  }
  return found
}

/** A property value as the text that a filter compares with. */
export function propertyText({ value }: FhirProperty): string {
  if (isObject(value)) return typeof value.code === 'string' ? value.code : ''
  return String(value)
}

/** The first extension with this URL, its value whatever its type. */
export function extensionValue(element: unknown, url: string): unknown {
  if (!isObject(element)) return undefined
  const extension = objects(element.extension).find((each) => each.url === url)
  if (!extension) return undefined
  return Object.entries(extension).find(([key]) => key.startsWith('value'))?.[1]
}

export const STANDARDS_STATUS = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status'

const OLD_STATUS: ReadonlySet<unknown> = new Set(['deprecated', 'withdrawn'])

/** A `designation` that is no longer to be used. */
export function isWithdrawn(designation: JsonObject): boolean {
  return designation.extension !== undefined && OLD_STATUS.has(extensionValue(designation, STANDARDS_STATUS))
}
