/** Reads a FHIR resource from JSON text; a fault is told with line and column. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseKeepingDigits } from './exact-number.ts'

export interface JsonResource {
  readonly resourceType: string
  readonly [key: string]: unknown
}

export type JsonProblemCode = 'json-not-well-formed' | 'json-too-deep' | 'json-not-a-resource'

/** FHIR's own nesting stays far below; code system hierarchies are the deepest. */
const DEEPEST = 400

/** Problems: not JSON, nested deeper than any resource, no `resourceType`. */
export function parseJsonResource(text: string): Result<JsonResource, JsonProblemCode> {
  const deep = text.length > 2 * DEEPEST ? tooDeepAt(text) : undefined
  if (deep !== undefined) {
    return failed(
      'json-too-deep',
      `The JSON is nested deeper than ${DEEPEST} levels.`,
      'Send a FHIR resource.',
      placeAt(text, deep),
    )
  }
  let value: unknown
  try {
    value = parseKeepingDigits(text)
  } catch (error) {
    const place = placeAt(text, positionIn(error instanceof Error ? error.message : '', text))
    return failed(
      'json-not-well-formed',
      `The text is not JSON: ${place.line}:${place.column}.`,
      'Correct it there.',
      place,
    )
  }
  if (isResource(value)) return ok(value)
  return failed('json-not-a-resource', 'The JSON is no FHIR resource.', 'Send an object with a resourceType.', {
    line: 1,
    column: 1,
  })
}

function isResource(value: unknown): value is JsonResource {
  return (
    typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string'
  )
}

function positionIn(message: string, text: string): number {
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  const token = /^Unexpected token '(.)'/.exec(message)?.[1]
  // Short texts are quoted in the message instead of a position.
  return token === undefined ? text.length : Math.max(0, text.indexOf(token))
}

function placeAt(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: position - lineStart + 1 }
}

function tooDeepAt(text: string): number | undefined {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      depth++
      if (depth > DEEPEST) return at
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return undefined
}
