/**
 * Nothing is lost on the way back either, and that is computed: every fact of the resources that a statement was written
 * from is looked for in its text. What is not there is named, so that it can be written beside the statement.
 */
import type { CodeableConcept, Coding, Extension, Identifier, Quantity, Reference, Resource } from 'fhir/r4'
import { oneLine } from '#platform/xml/access.ts'
import { NOT_CARRIED_EXTENSION } from '../../account/fhir.ts'
import { SOURCE_EXTENSION } from '../../model/clinical-document.ts'
import {
  ACT_CLASS,
  ACT_MOOD,
  ACT_STATUS,
  DATA_ABSENT_EXTENSION,
  DETAIL_EXTENSION,
  NULL_FLAVOR,
  NULL_FLAVOR_EXTENSION,
  ORIGINAL_TEXT_EXTENSION,
  PARTICIPATION_TYPE,
  PQ_TRANSLATION_EXTENSION,
  PRECISION_EXTENSION,
  QUALIFIER_EXTENSION,
  RELATED_EXTENSION,
  RELATIONSHIP_TYPE,
  ROLE_CLASS,
  SOURCE_VALUE_EXTENSION,
  SYSTEM_NAME_EXTENSION,
} from '../tables/urls.ts'
import { idAttributes } from './datatypes/identity.ts'
import { flavorOfReason } from './datatypes/nulls.ts'
import { digits } from './datatypes/quantity.ts'
import { stampOf } from './datatypes/time.ts'
import type { Valued } from './datatypes/value.ts'
import { escaped } from './element.ts'
import { isExpressed } from './expressed.ts'
import { isResource, resolve, rootOf, type Writing } from './writing.ts'

/** A fact that a text does not hold. */
export interface Leftover {
  readonly path: string
  /** The field, for people: `reaction.exposureRoute`. */
  readonly label: string
  readonly valued: Valued
}

/** Fields of a resource that say how it is built, or that other parts of the document express. */
const FORM = new Set([
  'resourceType', 'meta', 'implicitRules', 'text', 'contained', 'url', 'subject', 'patient', 'language', 'section',
]) // biome-ignore format: a list
/** The same at any depth: names of elements, and bytes. */
const FORM_ANYWHERE = new Set(['id', 'div', 'data'])

interface Search {
  readonly xml: string
  readonly writing: Writing
  readonly resource: Resource
  readonly expressed: ReadonlySet<string>
  readonly found: Leftover[]
}

/** Every fact of a resource that the text does not hold; `expressed` names fields that it says in another way. */
export function leftovers(
  resource: Resource,
  xml: string,
  writing: Writing,
  expressed: readonly string[] = [],
): Leftover[] {
  const search: Search = { xml, writing, resource, expressed: new Set(expressed), found: [] }
  const name = `${resource.resourceType}/${resource.id ?? ''}`
  visitFields(resource, search, name, '')
  return search.found
}

function visitFields(holder: object, search: Search, path: string, label: string): void {
  const fields = holder as Readonly<Record<string, unknown>>
  for (const key in fields) {
    const held = fields[key]
    const field = label === '' ? key : `${label}.${key}`
    if (
      FORM_ANYWHERE.has(key) ||
      (label === '' && FORM.has(key)) ||
      search.expressed.has(field) ||
      isInParts(key, holder)
    )
      continue
    if (isExpressed(search.resource.resourceType, label, key, held)) continue
    if (key === 'extension' || key === 'modifierExtension') visitExtensions(held, search, `${path}.${key}`, label)
    else visit(held, search, `${path}.${key}`, field.replace(/(^|\.)_/g, '$1'))
  }
}

/** Several family names are one string in FHIR; the parts beside it are what is written. */
function isInParts(key: string, holder: object): boolean {
  if (key !== 'family' || !('_family' in holder)) return false
  const { extension = [] } = holder._family as { extension?: Extension[] }
  return extension.some(({ url }) => url === SOURCE_VALUE_EXTENSION)
}

function visit(held: unknown, search: Search, path: string, label: string): void {
  if (held === null || held === undefined) return
  if (Array.isArray(held)) {
    for (const [at, one] of held.entries()) visit(one, search, `${path}[${at}]`, label)
    return
  }
  if (typeof held !== 'object') visitPrimitive(held, search, path, label)
  else visitObject(held, search, path, label)
}

function visitObject(held: object, search: Search, path: string, label: string): void {
  if (isWhole(held)) visitBeside(held, search, path, label)
  if (isConcept(held)) {
    for (const coding of held.coding ?? []) visitBeside(coding, search, `${path}.coding`, label)
    const whole = (held.coding ?? []).every((coding) => holdsCoding(coding, search)) && holdsText(held.text, search)
    if (!whole) search.found.push({ path, label, valued: { valueCodeableConcept: held } })
  } else if (isCoding(held)) {
    if (!holdsCoding(held, search))
      search.found.push({ path, label, valued: { valueCodeableConcept: { coding: [held] } } })
  } else if (isIdentifier(held)) {
    if (!holdsIdentifier(held, search)) search.found.push({ path, label, valued: { valueIdentifier: held } })
    visitFields({ type: held.type, period: held.period, assigner: held.assigner }, search, path, label)
  } else if (isQuantity(held)) {
    if (!holdsQuantity(held, search)) search.found.push({ path, label, valued: { valueQuantity: held } })
  } else if ('reference' in held && resolve(held as Reference, search.writing, search.resource) !== undefined) return
  else visitFields(held, search, path, label)
}

/** Values that are looked for, and written, as one. */
function isWhole(held: object): boolean {
  return isConcept(held) || isCoding(held) || isIdentifier(held) || isQuantity(held)
}

/** Extensions of such a value, and of its parts, that the data types do not write with it. */
function visitBeside(held: object, search: Search, path: string, label: string): void {
  for (const [key, beside] of Object.entries(held)) {
    const extensions: unknown = key === 'extension' ? beside : key.startsWith('_') ? beside?.extension : undefined
    if (!Array.isArray(extensions)) continue
    const foreign = extensions.filter(({ url }: Extension) => !WITH_THE_VALUE.has(url))
    visitExtensions(foreign, search, `${path}.${key}`, label)
  }
}

const WITH_THE_VALUE = new Set([
  ...[NULL_FLAVOR_EXTENSION, DATA_ABSENT_EXTENSION, ORIGINAL_TEXT_EXTENSION, PQ_TRANSLATION_EXTENSION],
  ...[QUALIFIER_EXTENSION, SOURCE_VALUE_EXTENSION, SYSTEM_NAME_EXTENSION],
])

function visitPrimitive(held: unknown, search: Search, path: string, label: string): void {
  if (typeof held === 'boolean') search.found.push({ path, label, valued: { valueBoolean: held } })
  else if (typeof held === 'number') {
    if (!search.xml.includes(`"${held}"`)) search.found.push({ path, label, valued: numberOf(held) })
  } else if (typeof held === 'string' && !holdsText(held, search) && !holdsTime(held, search)) {
    const stamp = stampOf(held)
    search.found.push({ path, label, valued: stamp === undefined ? { valueString: held } : { valueDateTime: held } })
  }
}

function numberOf(held: number): Valued {
  return Number.isInteger(held) && Math.abs(held) <= 2_147_483_647 ? { valueInteger: held } : { valueDecimal: held }
}

function visitExtensions(held: unknown, search: Search, path: string, label: string): void {
  if (!Array.isArray(held)) return
  for (const [at, one] of held.entries()) visitExtension(one as Extension, search, `${path}[${at}]`, label)
}

function visitExtension(extension: Extension, search: Search, path: string, label: string): void {
  const { url, ...rest } = extension
  switch (url) {
    case RELATED_EXTENSION:
    case NOT_CARRIED_EXTENSION:
    case PRECISION_EXTENSION:
      return
    case SOURCE_EXTENSION:
      visitStructural(extension, search, path)
      return
    case DETAIL_EXTENSION:
      visitExtensions(extension.extension, search, path, label)
      return
    case NULL_FLAVOR_EXTENSION:
    case DATA_ABSENT_EXTENSION:
      visitAbsence(extension, search, path, label)
      return
    default:
      visitFields(rest, search, path, label === '' ? url : `${label}.${url}`)
  }
}

/** Systems whose codes stand in attributes of their own (`typeCode`, `classCode`, `moodCode`, `nullFlavor`, `languageCode`). */
const IN_ATTRIBUTES = new Set([
  ...[ACT_STATUS, ACT_MOOD, ACT_CLASS, NULL_FLAVOR, PARTICIPATION_TYPE, ROLE_CLASS, RELATIONSHIP_TYPE],
  'urn:ietf:bcp:47',
])

/** A structural code without a system, or with one that stands in an attribute of its own, is found by the code alone. */
function visitStructural(extension: Extension, search: Search, path: string): void {
  for (const { valueCoding: coding } of extension.extension ?? []) {
    if (coding === undefined) continue
    const isPair = coding.system !== undefined && !IN_ATTRIBUTES.has(coding.system)
    const alone = coding.code === undefined || search.xml.includes(`="${escaped(coding.code)}"`)
    if (isPair ? holdsCoding(coding, search) : alone && holdsText(coding.display, search)) continue
    search.found.push({ path, label: 'code', valued: { valueCodeableConcept: { coding: [coding] } } })
  }
}

function visitAbsence({ url, valueCode }: Extension, search: Search, path: string, label: string): void {
  if (valueCode === undefined) return
  const flavor = url === NULL_FLAVOR_EXTENSION ? valueCode : flavorOfReason(valueCode)
  // FHIR's own reason says no more than the field's absence; the exact flavour is what the source stated.
  if (url === DATA_ABSENT_EXTENSION || search.xml.includes(`nullFlavor="${escaped(flavor ?? '')}"`)) return
  search.found.push({ path, label: label === '' ? 'nullFlavor' : label, valued: { valueString: valueCode } })
}

function isConcept(held: object): held is CodeableConcept {
  return Object.keys(held).every((key) => CONCEPT_KEYS.has(key)) && ('coding' in held || 'text' in held)
}

const CONCEPT_KEYS = new Set(['id', 'extension', 'coding', 'text', '_text'])

function isCoding(held: object): held is Coding {
  return 'code' in held && 'system' in held && !('value' in held)
}

const CONTACT_SYSTEMS = new Set(['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'])
const IDENTIFIER_KEYS = new Set(['id', 'extension', 'use', 'type', 'system', 'value', 'period', 'assigner'])

function isIdentifier(held: object): held is Identifier {
  if (!('value' in held) || typeof held.value !== 'string') return false
  const isContact = 'system' in held && CONTACT_SYSTEMS.has(String(held.system))
  return !isContact && Object.keys(held).every((key) => IDENTIFIER_KEYS.has(key))
}

function holdsIdentifier(held: Identifier, { xml, writing }: Search): boolean {
  const { root, extension } = idAttributes(held, writing) ?? {}
  return xml.includes(extension === undefined ? `root="${root}"` : `root="${root}" extension="${escaped(extension)}"`)
}

function isQuantity(held: object): held is Quantity {
  return 'value' in held && typeof held.value === 'number'
}

function holdsCoding(coding: Coding, { xml, writing }: Search): boolean {
  const { code, system, display } = coding
  if (system !== undefined && IN_ATTRIBUTES.has(system)) return xml.includes(`="${escaped(code ?? '')}"`)
  const root = system === undefined ? undefined : rootOf(system, writing).root
  const pair =
    root === undefined ? `code="${escaped(code ?? '')}"` : `code="${escaped(code ?? '')}" codeSystem="${root}"`
  const held = code === undefined || xml.includes(pair)
  return held && (display === undefined || xml.includes(`"${escaped(oneLine(display))}"`) || holds(display, xml))
}

function holdsText(text: string | undefined, { xml, writing }: Search): boolean {
  return text === undefined || text.trim() === '' || writing.narrative.has(oneLine(text)) || holds(text, xml)
}

/** Whether some attribute or run of text says this, whole. */
function holds(text: string, xml: string): boolean {
  const form = escaped(text)
  return (
    xml.includes(`"${form}"`) ||
    xml.includes(`>${form}<`) ||
    (/^\s|\s$/.test(text) && holds(text.trim(), xml)) ||
    holdsAddress(form, xml)
  )
}

/** Telecommunication addresses have their scheme in front; OIDs and UUIDs of identifiers lose theirs. */
function holdsAddress(form: string, xml: string): boolean {
  if (/^urn:(?:oid|uuid):/.test(form)) return xml.includes(`"${form.replace(/^urn:(?:oid|uuid):/, '')}"`)
  return xml.includes(`:${form}"`)
}

function holdsTime(text: string, { xml }: Search): boolean {
  const stamp = stampOf(text)
  return stamp !== undefined && xml.includes(`value="${stamp}"`)
}

function holdsQuantity(held: Quantity, search: Search): boolean {
  const number = digits(held)
  if (number !== undefined && !search.xml.includes(`value="${number}"`)) return false
  return [held.unit, held.code].every((unit) => holdsText(unit, search))
}

/** Resources that any field of a resource leads to, but the patient, whom the document is about. */
export function referencesIn(resource: Resource, writing: Writing): Resource[] {
  const found: Resource[] = []
  const follow = (held: unknown): void => {
    if (typeof held !== 'object' || held === null) return
    if ('reference' in held && typeof held.reference === 'string') {
      const target = resolve(held as Reference, writing, resource)
      if (target !== undefined && !ABOUT.has(target.resourceType)) found.push(target)
    }
    for (const [key, value] of Object.entries(held)) if (key !== 'contained') follow(value)
  }
  follow(resource)
  const inside = 'contained' in resource && Array.isArray(resource.contained) ? resource.contained : []
  return [...found, ...inside.filter(isResource)]
}

/** The patient and the document itself stand in the header, a file's bytes stand where the file is named. */
const ABOUT = new Set(['Patient', 'Composition', 'Bundle', 'Binary'])
