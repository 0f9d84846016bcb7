/**
 * FHIR R4 ⇄ R5 of what a terminology server says and hears, as pure functions. What R4 does not have travels as
 * cross-version extensions (`http://hl7.org/fhir/5.0/StructureDefinition/extension-<path>`), as the ecosystem's R4 page says.
 * A resource in which nothing differs comes back as the same object.
 */
import { isResourceType, rulesOf, type TypeRules } from '../fhir-formats/elements.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { mapDown, mapUp } from './r4-differences.ts'
import { fromExtension, isCarried, toExtensions } from './r4-extensions.ts'

/** An R5 resource as an R4 client understands it. */
export function toR4(resource: JsonObject): JsonObject {
  if (isPlainParameters(resource)) return resource
  return typeof resource.resourceType === 'string' ? down(resource, resource.resourceType) : resource
}

/** An R4 resource as R5. */
export function toR5(resource: JsonObject): JsonObject {
  if (isPlainParameters(resource)) return resource
  return typeof resource.resourceType === 'string' ? up(resource, resource.resourceType) : resource
}

/** Values of Parameters are the same in both versions: only resources among them can differ. Most answers are such. */
function isPlainParameters({ resourceType, parameter }: JsonObject): boolean {
  return resourceType === 'Parameters' && !holdsResource(parameter)
}

function holdsResource(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false
  for (const entry of entries as readonly JsonObject[]) {
    if (entry?.resource !== undefined || (entry?.part !== undefined && holdsResource(entry.part))) return true
  }
  return false
}

function down(object: JsonObject, type: string): JsonObject {
  const rules = bothRules(type)
  if (!rules) return object
  const { r5, r4 } = rules
  const changes = new Changes(object)
  const extensions: JsonObject[] = []
  const mapped = mapDown(type, object)
  for (const key of Object.keys(object)) {
    const rule = r5.get(key.startsWith('_') ? key.slice(1) : key)
    if (!rule) continue
    const value = object[key]
    if (mapped?.taken.has(key)) changes.drop(key)
    else if (!r4.has(rule.name)) {
      changes.drop(key)
      if (!key.startsWith('_')) extensions.push(...toExtensions(type, rule, value))
    } else if (!rule.isPrimitive)
      changes.set(
        key,
        eachObject(value, (item) => down(item, typeIn(item, rule.type))),
      )
  }
  for (const [key, value] of Object.entries(mapped?.put ?? {})) {
    changes.set(
      key,
      eachObject(value, (item) => down(item, r5.get(key)?.type ?? r4.get(key)?.type ?? '')),
    )
  }
  if (extensions.length > 0) changes.set('extension', [...listOf(changes.get('extension')), ...extensions])
  return changes.result()
}

function up(object: JsonObject, type: string): JsonObject {
  const rules = bothRules(type)
  if (!rules) return object
  const { r4 } = rules
  const changes = new Changes(object)
  for (const key of Object.keys(object)) {
    const rule = r4.get(key)
    if (!rule || rule.isPrimitive || key === 'extension') continue
    changes.set(
      key,
      eachObject(object[key], (item) => up(item, typeIn(item, rule.type))),
    )
  }
  const mapped = mapUp(type, changes.result())
  for (const key of mapped?.taken ?? []) changes.drop(key)
  for (const [key, value] of Object.entries(mapped?.put ?? {})) changes.set(key, value)
  restore(type, changes)
  return changes.result()
}

/** Cross-version extensions become the R5 elements that they carry. */
function restore(type: string, changes: Changes): void {
  const extensions = changes.get('extension')
  if (!Array.isArray(extensions) || !extensions.some((extension) => isCarried(extension, type))) return
  const rest: unknown[] = []
  for (const extension of extensions) {
    const carried = isCarried(extension, type) ? fromExtension(extension, type) : undefined
    if (!carried) rest.push(extension)
    else if (carried.repeats) changes.set(carried.name, [...listOf(changes.get(carried.name)), carried.value])
    else changes.set(carried.name, carried.value)
  }
  if (rest.length > 0) changes.set('extension', rest)
  else changes.drop('extension')
}

interface BothRules {
  readonly r5: TypeRules
  readonly r4: TypeRules
}

const known = new Map<string, BothRules>()

/** Data types are the same where terminology uses them; resources and their parts may differ. */
function bothRules(type: string): BothRules | undefined {
  const found = known.get(type)
  if (found) return found
  const mayDiffer = type.includes('.') || isResourceType(type, 'R5')
  const [r5, r4] = mayDiffer ? [rulesOf(type, 'R5'), rulesOf(type, 'R4')] : []
  const both = r5 && r4 ? { r5, r4 } : undefined
  // Types come from the tables, and from resources that somebody sent: those are not kept.
  if (both) known.set(type, both)
  return both
}

function typeIn(item: JsonObject, type: string): string {
  return type === 'Resource' && typeof item.resourceType === 'string' ? item.resourceType : type
}

/** The same value when nothing changed. */
function eachObject(value: unknown, change: (item: JsonObject) => JsonObject): unknown {
  if (!Array.isArray(value)) return isObject(value) ? change(value) : value
  let changed: unknown[] | undefined
  for (let index = 0; index < value.length; index++) {
    const item: unknown = value[index]
    const made = isObject(item) ? change(item) : item
    if (made !== item) {
      changed ??= [...value]
      changed[index] = made
    }
  }
  return changed ?? value
}

/** Copies an object only when something in it changes. */
class Changes {
  readonly #original: JsonObject
  #copy: Record<string, unknown> | undefined

  constructor(original: JsonObject) {
    this.#original = original
  }

  get(key: string): unknown {
    return (this.#copy ?? this.#original)[key]
  }

  set(key: string, value: unknown): void {
    if (this.get(key) === value) return
    this.#copy ??= { ...this.#original }
    this.#copy[key] = value
  }

  drop(key: string): void {
    if (!(key in (this.#copy ?? this.#original))) return
    this.#copy ??= { ...this.#original }
    delete this.#copy[key]
  }

  result(): JsonObject {
    return this.#copy ?? this.#original
  }
}
