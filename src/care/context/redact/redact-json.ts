/** FHIR as JSON with everything masked that is not protocol: member names stay, values only where FHIR fixes them. */

import { MASK } from './mask.ts'

/** Members whose values are words of FHIR or addresses of its definitions. */
const KEPT = /^(resourceType|system|profile|use|status|mode|contentType|version|fhirVersion|severity)$/
const HARMLESS = /^(?:urn:[\w:.-]{1,160}|https?:\/\/[\w.:/-]{1,160}|[A-Za-z][\w./+-]{0,60})$/
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,60}$/

export function redactJson(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => redactJson(item, name))
  if (typeof value !== 'object' || value === null) return isKept(name, value) ? value : MASK
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [
      NAME.test(member) ? member : MASK,
      member === 'url' && isExtension(value) && isHarmless(inner) ? inner : redactJson(inner, member),
    ]),
  )
}

function isKept(name: string, value: unknown): boolean {
  return value === null || (KEPT.test(name) && isHarmless(value))
}

function isHarmless(value: unknown): boolean {
  return typeof value === 'string' && HARMLESS.test(value)
}

/** The address of an extension says what it is; that of a link or an attachment says whose. */
function isExtension(value: object): boolean {
  return Object.keys(value).some((member) => member === 'extension' || /^value[A-Z]/.test(member))
}
