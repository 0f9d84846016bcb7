/** Some systems write one value where FHIR has a list. It is read as a list of one, so that no writer passes it over. */
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
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'string' && isList(key, type, isWhole)) copy = { ...(copy ?? holder), [key]: [value] }
      continue
    }
    const shaped = Array.isArray(value)
      ? shapeList(flat(value), type)
      : listed(shape(value, type), isList(key, type, isWhole))
    if (shaped !== value) copy = { ...(copy ?? holder), [key]: shaped }
  }
  return (copy as T | undefined) ?? holder
}

function shapeList(values: readonly unknown[], type: string): readonly unknown[] {
  const shaped = values.map((value) => (isObject(value) ? shape(value, type) : value))
  return shaped.every((value, at) => value === values[at]) ? values : shaped
}

/** FHIR has no list in a list. */
function flat(values: readonly unknown[]): readonly unknown[] {
  return values.some(Array.isArray) ? values.flat(3) : values
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function listed(value: object, isList: boolean): object {
  return isList ? [value] : value
}

function isList(key: string, type: string, isWhole: boolean): boolean {
  if (isWhole && LISTS_OF[type]?.has(key)) return true
  return LISTS.has(key) && SINGLE_IN[type]?.has(key) !== true
}
