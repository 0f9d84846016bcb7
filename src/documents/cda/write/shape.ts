/**
 * Some systems write one value where FHIR has a list, or a number where it has words. They are read as a list of one and
 * as the digits, so that no writer passes them over.
 */
import type { Bundle } from 'fhir/r4'

/** Fields that are lists in every type of resource that has them. */
const LISTS = new Set([
  'attester', 'bodySite', 'category', 'coding', 'communication', 'component', 'contact', 'deviceName', 'dosage', 'dosageInstruction', 'doseAndRate',
  'given', 'hasMember', 'ingredient', 'interpretation', 'line', 'manifestation', 'note', 'participant', 'prefix', 'protocolApplied',
  'reaction', 'referenceRange', 'relatesTo', 'relationship', 'section', 'suffix', 'telecom',
]) // biome-ignore format: a list
/** Fields of the resource itself that are lists in these types, and single values elsewhere. */
const LISTS_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  Composition: new Set(['author', 'event']),
  Patient: new Set(['address', 'generalPractitioner', 'identifier', 'name']),
  Practitioner: new Set(['address', 'identifier', 'name', 'qualification']),
  Organization: new Set(['address', 'alias', 'identifier']),
  PractitionerRole: new Set(['code', 'identifier', 'specialty']),
}
/** Single values in the types named, although others have a list of the name. */
const SINGLE_IN: Readonly<Record<string, ReadonlySet<string>>> = {
  Observation: new Set(['bodySite']),
  DeviceUseStatement: new Set(['bodySite']),
  MedicationDispense: new Set(['category']),
  Procedure: new Set(['category']),
  MedicationStatement: new Set(['category']),
  MedicationAdministration: new Set(['category', 'dosage']),
  FamilyMemberHistory: new Set(['relationship']),
}

/** Fields that are words in every type of resource when they are no object. */
const WORDS = new Set([
  'city', 'code', 'country', 'description', 'display', 'family', 'given', 'line', 'lotNumber', 'postalCode', 'prefix', 'reference', 'status',
  'suffix', 'system', 'text', 'title', 'unit', 'valueCode', 'valueString', 'version',
]) // biome-ignore format: a list

/** The same bundle when its lists are lists; else a copy in which they are. */
export function wellShaped(bundle: Bundle): Bundle {
  const entry = bundle.entry?.map((one) => {
    const { resource } = one
    if (resource === undefined) return one
    const shaped = shape(resource, resource.resourceType, true)
    return shaped === resource ? one : { ...one, resource: shaped }
  })
  return entry === undefined || entry.every((one, at) => one === bundle.entry?.[at]) ? bundle : { ...bundle, entry }
}

function shape<T extends object>(holder: T, type: string, isWhole = false): T {
  let copy: Record<string, unknown> | undefined
  const fields = holder as Readonly<Record<string, unknown>>
  for (const key in fields) {
    const value = fields[key]
    const shaped = Array.isArray(value)
      ? shapeList(flat(value), key, type)
      : listed(shapeOne(value, key, type), isList(key, type, isWhole))
    if (shaped !== value) copy = { ...(copy ?? holder), [key]: shaped }
  }
  return (copy as T | undefined) ?? holder
}

function shapeList(values: readonly unknown[], key: string, type: string): readonly unknown[] {
  const shaped = values.map((value) => shapeOne(value, key, type))
  return shaped.every((value, at) => value === values[at]) ? values : shaped
}

function shapeOne(value: unknown, key: string, type: string): unknown {
  if (isObject(value)) return shape(value, type)
  return WORDS.has(key) && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value
}

/** FHIR has no list in a list. */
function flat(values: readonly unknown[]): readonly unknown[] {
  return values.some(Array.isArray) ? values.flat(3) : values
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function listed(value: unknown, isList: boolean): unknown {
  return isList && (isObject(value) || typeof value === 'string') ? [value] : value
}

function isList(key: string, type: string, isWhole: boolean): boolean {
  if (isWhole && LISTS_OF[type]?.has(key)) return true
  return LISTS.has(key) && SINGLE_IN[type]?.has(key) !== true
}
