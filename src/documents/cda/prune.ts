/** FHIR JSON has no empty objects, empty arrays or empty strings (R4 §2.6.2): they are taken out. */

/**
 * The same value without undefined, empty strings, empty arrays and empty objects. What holds none of these stays the
 * same object; others are copied, because an object that lost a field is slow for everyone who reads it later.
 */
export function prune<T extends object>(value: T): T
export function prune(value: object): object {
  return isRecord(value) ? (prunedRecord(value) ?? {}) : value
}

/** What is left of a value, undefined when nothing is. */
function pruned(value: unknown): unknown {
  if (typeof value !== 'object') return value === '' ? undefined : value
  if (Array.isArray(value)) return prunedArray(value)
  return isRecord(value) ? prunedRecord(value) : undefined
}

function prunedRecord(value: Readonly<Record<string, unknown>>): object | undefined {
  let kept: Record<string, unknown> | undefined
  let held = false
  for (const key in value) {
    const member = value[key]
    const left = pruned(member)
    if (left !== undefined) held = true
    if (kept === undefined && (left === undefined || left !== member)) kept = fieldsBefore(key, value)
    if (kept !== undefined && left !== undefined) kept[key] = left
  }
  return held ? (kept ?? value) : undefined
}

function fieldsBefore(end: string, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const key in value) {
    if (key === end) break
    fields[key] = value[key]
  }
  return fields
}

function prunedArray(items: readonly unknown[]): readonly unknown[] | undefined {
  let kept: unknown[] | undefined
  for (let at = 0; at < items.length; at++) {
    const left = pruned(items[at])
    if (kept === undefined && (left === undefined || left !== items[at])) kept = items.slice(0, at)
    if (kept !== undefined && left !== undefined) kept.push(left)
  }
  const whole = kept ?? items
  return whole.length === 0 ? undefined : whole
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
