/**
 * The constraints that stand on every resource or nearly every element, written in TypeScript: evaluating them as
 * FHIRPath would cost more than all the rest. A rule is used only for the exact expression it stands for; the tests
 * compare each with fhirpath.js.
 */
import { isObject, type JsonObject, objects } from '../compile/json.ts'
import type { CompiledConstraint } from '../definitions/compiled.ts'
import type { Scope } from '../run.ts'
import type { Verdict } from './invariant.ts'
import { judgeNarrative, type NarrativeVerdict } from './narrative.ts'

type Rule = (value: unknown, scope: Scope) => Verdict

/** By expression, white space made single. */
const RULES: Readonly<Record<string, Rule>> = {
  'extension.exists() != value.exists()': (value) =>
    isObject(value) && has(value, 'extension') !== hasChoice(value, 'value'),
  'code.empty() or system.exists()': (value) =>
    isObject(value) && (!hasPrimitive(value, 'code') || hasPrimitive(value, 'system')),
  'value.empty() or system.exists()': (value) =>
    isObject(value) && (!hasPrimitive(value, 'value') || hasPrimitive(value, 'system')),
  'start.hasValue().not() or end.hasValue().not() or (start <= end)': periodInOrder,
  "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))":
    localReference,
  'contained.contained.empty()': (value) => contained(value).every((inner) => !has(inner, 'contained')),
  'contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()': (value) =>
    contained(value).every(
      ({ meta }) => !isObject(meta) || (!hasPrimitive(meta, 'versionId') && !hasPrimitive(meta, 'lastUpdated')),
    ),
  'contained.meta.security.empty()': (value) =>
    contained(value).every(({ meta }) => !isObject(meta) || !has(meta, 'security')),
  'text.`div`.exists()': (value) => isObject(value) && isObject(value.text) && hasPrimitive(value.text, 'div'),
  "fullUrl.exists() implies fullUrl.contains('/_history/').not()": noHistory,
  "fullUrl.contains('/_history/').not()": (value) => noHistory(value),
  'resource.exists() or request.exists() or response.exists()': (value) =>
    isObject(value) && (has(value, 'resource') || has(value, 'request') || has(value, 'response')),
}

const CONTAINED_REFERRED = 'dom-3'

/** The TypeScript rule for a constraint, if there is one. */
export function knownRule({ key, expression }: CompiledConstraint): Rule | undefined {
  // dom-3 is published in several wordings of one rule, some of which FHIRPath engines cannot evaluate.
  if (key === CONTAINED_REFERRED) return containedAreReferred
  // txt-1 and txt-2 have one expression; each is judged by what it says to people.
  if (key === 'txt-1' && expression === 'htmlChecks()') return (value) => judged(value)?.allowed
  if (key === 'txt-2' && expression === 'htmlChecks()') return (value) => judged(value)?.says
  const normal = expression.replace(/\s+/g, ' ').trim()
  return Object.hasOwn(RULES, normal) ? RULES[normal] : undefined
}

function judged(value: unknown): NarrativeVerdict | undefined {
  return typeof value === 'string' ? judgeNarrative(value) : undefined
}

function has(value: JsonObject, name: string): boolean {
  const own = value[name]
  return Array.isArray(own) ? own.length > 0 : own !== undefined
}

function hasPrimitive(value: JsonObject, name: string): boolean {
  return value[name] !== undefined || value[`_${name}`] !== undefined
}

function hasChoice(value: JsonObject, name: string): boolean {
  for (const key in value) {
    const plain = key.charCodeAt(0) === 95 ? key.slice(1) : key
    if (
      plain.length > name.length &&
      plain.startsWith(name) &&
      plain.charAt(name.length) !== plain.charAt(name.length).toLowerCase()
    )
      return true
  }
  return false
}

function contained(value: unknown): readonly JsonObject[] {
  return isObject(value) ? objects(value.contained) : []
}

function noHistory(value: unknown): boolean {
  return !isObject(value) || typeof value.fullUrl !== 'string' || !value.fullUrl.includes('/_history/')
}

/**
 * per-1. Where the two have different precision and the common part is equal, FHIRPath answers nothing; R5 made clear
 * (`lowBoundary() <= highBoundary()`) that this is meant to hold.
 */
function periodInOrder(value: unknown): boolean {
  if (!isObject(value)) return true
  const { start, end } = value
  if (typeof start !== 'string' || typeof end !== 'string') return true
  if (start.length > 10 && end.length > 10) {
    const from = Date.parse(start)
    const to = Date.parse(end)
    return Number.isNaN(from) || Number.isNaN(to) || from <= to
  }
  const common = Math.min(start.length, end.length, 10)
  return start.slice(0, common) <= end.slice(0, common)
}

/** ref-1. Without `reference` there is nothing to check; a lone `#` means the container (R4 references.html#contained). */
function localReference(value: unknown, scope: Scope): boolean {
  if (!isObject(value) || typeof value.reference !== 'string' || !value.reference.startsWith('#')) return true
  const root = scope.container?.resource ?? scope.resource
  if (value.reference === '#') return true
  const id = value.reference.slice(1)
  return contained(root).some((resource) => resource.id === id)
}

/** dom-3: each contained resource is referred to from the resource, or refers to it itself. */
function containedAreReferred(value: unknown): boolean {
  const inner = contained(value)
  if (inner.length === 0) return true
  const named = new Set<string>()
  collectStrings(value, named)
  return inner.every(
    (resource) => (typeof resource.id === 'string' && named.has(`#${resource.id}`)) || refersToContainer(resource),
  )
}

function collectStrings(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.startsWith('#')) into.add(value)
  } else if (Array.isArray(value)) for (const item of value) collectStrings(item, into)
  else if (isObject(value)) for (const key in value) collectStrings(value[key], into)
}

function refersToContainer(resource: JsonObject): boolean {
  const named = new Set<string>()
  collectStrings(resource, named)
  return named.has('#')
}
