/** fixed[x] and pattern[x] (R4 elementdefinition.html). */
import { isDeepStrictEqual } from 'node:util'
import { isObject } from '../compile/json.ts'

/** fixed: exactly this value. */
export function equalsFixed(value: unknown, fixed: unknown): boolean {
  return value === fixed || isDeepStrictEqual(value, fixed)
}

/** pattern: everything the pattern says is found in the value; in lists, each item of the pattern once. */
export function matchesPattern(value: unknown, pattern: unknown): boolean {
  if (value === pattern) return true
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((wanted) => value.some((item) => matchesPattern(item, wanted)))
  if (!isObject(pattern) || !isObject(value)) return false
  for (const key in pattern) if (!matchesPattern(value[key], pattern[key])) return false
  return true
}

/** A short form of a fixed or pattern value for messages: codes and URLs, cut. */
export function shown(value: unknown): string {
  const json = typeof value === 'string' ? value : JSON.stringify(value)
  return json.length > 120 ? `${json.slice(0, 117)}…` : json
}
