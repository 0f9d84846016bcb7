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

const TRUTH: ReadonlySet<unknown> = new Set([true, false])
/** Fields whose meaning the kind of statement or an attribute of it says, with the values that it says. */
const BY_SHAPE: Readonly<Record<string, Readonly<Record<string, ReadonlySet<unknown>>>>> = {
  Composition: { 'relatesTo.code': new Set(['transforms', 'replaces', 'appends']) },
  Patient: { 'communication.preferred': TRUTH },
  ServiceRequest: { intent: new Set(['proposal', 'plan', 'order']), doNotPerform: TRUTH },
  Device: { 'deviceName.type': new Set(['model-name', 'user-friendly-name', 'other']) },
  Medication: { 'ingredient.isActive': TRUTH },
}

/** Whether a field needs no looking for. `label` is the way to the field, `key` its name. */
export function isExpressed(resourceType: string, label: string, key: string, held: unknown): boolean {
  if (key === 'reference') return true
  // Canonical names of systems stand as OIDs beside their codes and identifiers.
  if (key === 'system') return true
  if (key === 'status' && label === '') return comesBack(resourceType, held)
  if (key === 'type' && typeof held === 'string' && /^[A-Z]/.test(held)) return true
  const field = label === '' ? key : `${label}.${key}`
  if (BY_SHAPE[resourceType]?.[field]?.has(held) === true) return true
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
    : typeof status === 'string' && Object.hasOwn(codes, status)
}
