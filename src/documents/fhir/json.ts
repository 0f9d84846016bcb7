/**
 * JSON of unknown origin → a tree, with what a plain `JSON.parse` would lose silently: digits of decimals (FHIR: the
 * precision of a decimal is significant) and fields that are written twice. The structure is measured first, in one
 * pass over the bytes, so that size and depth are bounded before anything is built.
 */
import { failed, ok, type Place, type Result } from '#platform/result/result.ts'
import { jsonFault } from './json-fault.ts'
import { isNode } from './node.ts'
import type { FhirProblemCode } from './problem.ts'
import { type Repeated, repeatedFields } from './repeated-fields.ts'

export interface JsonLimits {
  /** Bytes of the input. */
  readonly bytes: number
  /** Nesting of objects and arrays. */
  readonly depth: number
}

export const JSON_LIMITS: JsonLimits = { bytes: 64 * 1024 * 1024, depth: 256 }

export interface JsonDocument {
  readonly root: unknown
  /** Decimals whose literal a number cannot hold: parent object → field → literal. */
  readonly decimals: ReadonlyMap<object, ReadonlyMap<string, string>>
  /** Fields that one object states twice, of which only the last is in the tree. */
  readonly repeated: readonly Repeated[]
}

interface Measure {
  readonly depth: number
  readonly open: number
  readonly fields: number
  readonly inString: boolean
  /** Byte at which the depth limit was passed. */
  readonly tooDeepAt: number
}

function measure(bytes: Uint8Array, limit: number): Measure {
  let depth = 0
  let deepest = 0
  let fields = 0
  let inString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (inString) {
      if (byte === 0x5c) index++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > deepest) deepest = depth
      if (depth > limit) return { depth, open: depth, fields, inString, tooDeepAt: index }
    } else if (byte === 0x7d || byte === 0x5d) depth--
    else if (byte === 0x3a) fields++
  }
  return { depth: deepest, open: depth, fields, inString, tooDeepAt: -1 }
}

function placeAt(text: string, position: number, file: string | undefined): Place {
  const before = text.slice(0, position)
  const line = before.split('\n').length
  const column = position - before.lastIndexOf('\n')
  return { ...(file === undefined ? {} : { file }), line, column }
}

function countFields(root: unknown): number {
  let count = 0
  const stack: unknown[] = [root]
  while (stack.length > 0) {
    const value = stack.pop()
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object' && item !== null) stack.push(item)
    } else if (isNode(value)) {
      for (const key in value) {
        count++
        const item = value[key]
        if (typeof item === 'object' && item !== null) stack.push(item)
      }
    }
  }
  return count
}

const LITERAL_AT_RISK = /\d\.\d*0[\s,}\]eE]|\d\.\d{16}|\d{16}|\d[eE][+-]?\d/

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown

/** JSON.parse that also gives the literals of numbers that `String(number)` would not give back. */
function parseKeepingDigits(text: string): { root: unknown; decimals: Map<object, Map<string, string>> } {
  const decimals = new Map<object, Map<string, string>>()
  if (!LITERAL_AT_RISK.test(text)) return { root: JSON.parse(text), decimals }
  const keep: Reviver = function (key, value, context) {
    const source = context?.source
    if (typeof value === 'number' && source !== undefined && String(value) !== source && isNode(this)) {
      const fields = decimals.get(this) ?? new Map<string, string>()
      fields.set(key, source)
      decimals.set(this, fields)
    }
    return value
  }
  return { root: JSON.parse(text, keep), decimals }
}

function decode(bytes: Uint8Array, file: string | undefined): Result<string, FhirProblemCode> {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || second === 0) {
    return failed(
      'fhir-encoding',
      'The JSON is written in UTF-16; FHIR documents are UTF-8.',
      'Ask for the document in UTF-8, or convert it.',
      { ...(file === undefined ? {} : { file }), line: 1, column: 1, byte: 0 },
    )
  }
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    const loose = new TextDecoder('utf-8').decode(bytes)
    const position = Math.max(0, loose.indexOf('\ufffd'))
    return failed(
      'fhir-encoding',
      'The document holds bytes that are not UTF-8, perhaps of a Latin-1 or Windows-1252 file.',
      'Ask for the document in UTF-8, or convert it.',
      { ...placeAt(loose, position, file), byte: Buffer.byteLength(loose.slice(0, position)) },
    )
  }
}

/**
 * Parses JSON within limits.
 * @returns the tree and what it could not hold; a problem with line and column when it is no whole JSON text.
 */
export function parseJson(
  bytes: Uint8Array,
  file: string | undefined,
  limits: JsonLimits = JSON_LIMITS,
): Result<JsonDocument, FhirProblemCode> {
  if (bytes.length > limits.bytes) {
    return failed(
      'fhir-too-large',
      `The document has ${Math.round(bytes.length / 1048576)} MiB; at most ${limits.bytes / 1048576} MiB are read.`,
      'Ask for a smaller document, or for its large attachments separately.',
      file === undefined ? undefined : { file },
    )
  }
  const structure = measure(bytes, limits.depth)
  if (structure.tooDeepAt >= 0) {
    const before = new TextDecoder().decode(bytes.subarray(0, structure.tooDeepAt))
    return failed(
      'fhir-too-deep',
      `The document nests more than ${limits.depth} levels deep.`,
      'No clinical document needs that; ask its author for a correct one.',
      placeAt(before, before.length, file),
    )
  }
  const decoded = decode(bytes, file)
  if (!decoded.ok) return decoded
  const text = decoded.value
  if (structure.inString || structure.open > 0) {
    return failed(
      'fhir-truncated',
      structure.inString
        ? 'The document ends inside a text: its end is missing.'
        : `The document ends with ${structure.open} brackets left open: its end is missing.`,
      'Fetch the document again, whole.',
      placeAt(text, text.length, file),
    )
  }
  try {
    const { root, decimals } = parseKeepingDigits(text)
    const repeated = countFields(root) < structure.fields ? repeatedFields(text) : []
    return ok({ root, decimals, repeated })
  } catch {
    return failed(
      'fhir-json',
      'The document is not correct JSON.',
      'Look at this place, correct it at the source, and send the document again.',
      placeAt(text, jsonFault(text), file),
    )
  }
}
