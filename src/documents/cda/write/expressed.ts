/** Facts that the written statement expresses without their literal: by an element's name, an attribute, another code. */
import { STATUS_CODES } from './statuses.ts'

/** Codes of FHIR that have an equal in v3 and come back when they are read. */
const CODES: Readonly<Record<string, ReadonlySet<string>>> = {
  gender: new Set(['male', 'female', 'other', 'unknown']),
  use: new Set(['home', 'work', 'temp', 'old', 'mobile', 'usual', 'official', 'nickname', 'anonymous', 'secondary']),
  mode: new Set(['legal', 'professional']),
  system: new Set(['phone', 'fax', 'email', 'url', 'sms', 'pager', 'other']),
  comparator: new Set(['<', '<=', '>', '>=']),
  confidentiality: new Set(['L', 'M', 'N', 'R', 'U', 'V']),
}

/** Fields whose meaning the kind of statement or an attribute of it says. */
const BY_SHAPE: Readonly<Record<string, ReadonlySet<string>>> = {
  Composition: new Set(['status', 'relatesTo.code', 'section']),
  Patient: new Set(['communication.preferred']),
  ServiceRequest: new Set(['intent', 'doNotPerform']),
  Device: new Set(['deviceName.type']),
  Medication: new Set(['ingredient.isActive']),
  Reference: new Set(['type']),
}

/** Whether a field needs no looking for. `label` is the way to the field, `key` its name. */
export function isExpressed(resourceType: string, label: string, key: string, held: unknown): boolean {
  if (key === 'reference') return true
  // Canonical names of systems stand as OIDs beside their codes and identifiers.
  if (key === 'system') return true
  if (key === 'status' && label === '') return comesBack(resourceType, held)
  if (key === 'type' && typeof held === 'string' && /^[A-Z]/.test(held)) return true
  const field = label === '' ? key : `${label}.${key}`
  if (BY_SHAPE[resourceType]?.has(field)) return true
  // Amounts are told for one package: asContent says so by its form.
  if (resourceType === 'Medication' && field === 'amount.denominator') return isOne(held)
  return typeof held === 'string' && Object.hasOwn(CODES, key) && CODES[key]?.has(held) === true
}

function isOne(held: unknown): boolean {
  return typeof held === 'object' && held !== null && 'value' in held && held.value === 1 && !('unit' in held)
}

function comesBack(resourceType: string, status: unknown): boolean {
  const codes = STATUS_CODES[resourceType]
  return codes === undefined
    ? status === 'completed' || status === 'final'
    : typeof status === 'string' && status in codes
}
