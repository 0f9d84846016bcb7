/** Elements that R4 does not have, as cross-version extensions and back. */
import { type ElementRule, isPrimitive, rulesOf } from '../fhir-formats/elements.ts'
import { isObject, type JsonObject, listOf } from './json.ts'

const PREFIX = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-'

/** One extension for each repetition. */
export function toExtensions(owner: string, rule: ElementRule, value: unknown): readonly JsonObject[] {
  const url = `${PREFIX}${pathOf(owner, rule)}`
  return (Array.isArray(value) ? value : [value]).map((item) => extension(url, rule.type, item))
}

function extension(url: string, type: string, value: unknown): JsonObject {
  const name = `value${type.slice(0, 1).toUpperCase()}${type.slice(1)}`
  if (rulesOf('Extension', 'R4')?.has(name)) return { url, [name]: value }
  const rules = rulesOf(type, 'R5')
  const parts = isObject(value) && rules ? Object.entries(value) : []
  return {
    url,
    extension: parts.flatMap(([key, part]) => {
      const rule = rules?.get(key)
      if (!rule) return []
      return (Array.isArray(part) ? part : [part]).map((item) => extension(stemOf(rule), rule.type, item))
    }),
  }
}

/** Whether an extension stands for an R5 element of this type. */
export function isCarried(candidate: unknown, owner: string): candidate is JsonObject {
  if (!isObject(candidate) || typeof candidate.url !== 'string' || !candidate.url.startsWith(PREFIX)) return false
  return ruleFor(candidate, owner) !== undefined
}

export interface Carried {
  readonly name: string
  readonly value: unknown
  readonly repeats: boolean
}

export function fromExtension(candidate: JsonObject, owner: string): Carried | undefined {
  const rule = ruleFor(candidate, owner)
  return rule && { name: rule.name, value: valueIn(candidate, rule.type), repeats: rule.repeats }
}

function ruleFor(candidate: JsonObject, owner: string): ElementRule | undefined {
  const path = String(candidate.url)
    .slice(PREFIX.length)
    .replace(/\[x\]$/, '')
  const [r5, r4] = [rulesOf(owner, 'R5'), rulesOf(owner, 'R4')]
  if (!r5) return undefined
  for (const rule of r5.values()) {
    if (r4?.has(rule.name) || pathOf(owner, rule) !== path) continue
    if (stemOf(rule) === rule.name || valueNameOf(rule) in candidate) return rule
  }
  return undefined
}

function valueIn(candidate: JsonObject, type: string): unknown {
  const simple = Object.keys(candidate).find((key) => /^value[A-Z]/.test(key))
  if (simple !== undefined) return candidate[simple]
  const rules = rulesOf(type, 'R5')
  const object: Record<string, unknown> = {}
  for (const part of listOf(candidate.extension)) {
    if (!isObject(part) || !rules) continue
    // Both forms are in use: the bare name, and the whole address of the part.
    const stem = String(part.url).split(/[/.]/).at(-1) ?? ''
    for (const rule of rules.values()) {
      if (stemOf(rule) !== stem || (stem !== rule.name && !(valueNameOf(rule) in part))) continue
      const value = valueIn(part, rule.type)
      object[rule.name] = rule.repeats ? [...listOf(object[rule.name]), value] : value
      break
    }
  }
  return object
}

/** `extension-CanonicalResource.versionAlgorithm` is shared by all resources; the others are named after their path. */
function pathOf(owner: string, rule: ElementRule): string {
  const stem = stemOf(rule)
  return stem === 'versionAlgorithm' ? 'CanonicalResource.versionAlgorithm' : `${owner}.${stem}`
}

/** `value` of `valueString`; the name itself where the type is no part of it. */
function stemOf({ name, type }: ElementRule): string {
  const suffix = type.slice(0, 1).toUpperCase() + type.slice(1)
  return name.endsWith(suffix) &&
    (isPrimitive(type) || !type.includes('.')) &&
    CHOICES.has(name.slice(0, -suffix.length))
    ? name.slice(0, -suffix.length)
    : name
}

const CHOICES = new Set(['value', 'versionAlgorithm', 'sourceScope', 'targetScope'])

function valueNameOf({ type }: ElementRule): string {
  return `value${type.slice(0, 1).toUpperCase()}${type.slice(1)}`
}
