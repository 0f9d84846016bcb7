/** FHIR JSON → FHIR XML (R4 and R5 §2.1.3). */

import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { type ElementRule, type FhirVersion, isPrimitive, isResourceType, rulesOf } from './elements.ts'
import { ExactNumber } from './exact-number.ts'

export type WriteProblemCode = 'fhir-type-unknown' | 'fhir-element-unknown' | 'fhir-value-wrong'

type JsonObject = Readonly<Record<string, unknown>>

/** Inside this file only: stops the walk with its place. */
class WriteFault extends Error {
  readonly code: WriteProblemCode
  readonly path: string

  constructor(code: WriteProblemCode, path: string, what: string) {
    super(what)
    this.code = code
    this.path = path
  }
}

/** Problems: a resource or element that the tables do not have, a value that does not fit its type; with its path. */
export function writeXml(resource: JsonObject, version: FhirVersion): Result<string, WriteProblemCode> {
  try {
    const body = writeResource(resource, { version, path: String(resource.resourceType), root: true })
    return ok(`<?xml version="1.0" encoding="UTF-8"?>${body}`)
  } catch (fault) {
    if (!(fault instanceof WriteFault)) throw fault
    return failed(fault.code, `${fault.message}`, 'Ask for JSON.', { path: fault.path })
  }
}

interface Writing {
  readonly version: FhirVersion
  readonly path: string
  readonly root?: boolean
}

function writeResource(resource: JsonObject, { version, path, root }: Writing): string {
  const { resourceType: type } = resource
  if (typeof type !== 'string' || !isResourceType(type, version)) {
    throw new WriteFault('fhir-type-unknown', path, `A resource of type ${String(type)} cannot be written as XML here.`)
  }
  const namespace = root ? ' xmlns="http://hl7.org/fhir"' : ''
  return `<${type}${namespace}>${writeChildren(resource, type, { version, path })}</${type}>`
}

function writeChildren(object: JsonObject, type: string, { version, path }: Writing): string {
  const rules = rulesOf(type, version)
  if (!rules) throw new WriteFault('fhir-type-unknown', path, `The type ${type} cannot be written as XML here.`)
  const found = new Map<string, ElementRule>()
  const isResource = isResourceType(type, version)
  for (const key of Object.keys(object)) {
    if (key === 'resourceType' || (!isResource && (key === 'id' || (key === 'url' && type === 'Extension')))) continue
    const name = key.startsWith('_') ? key.slice(1) : key
    const rule = rules.get(name)
    if (!rule) throw new WriteFault('fhir-element-unknown', `${path}.${key}`, `${type} has no element ${name}.`)
    found.set(name, rule)
  }
  let xml = ''
  for (const rule of [...found.values()].sort((a, b) => a.position - b.position)) {
    xml += writeProperty(object, rule, { version, path: `${path}.${rule.name}` })
  }
  return xml
}

function writeProperty(object: JsonObject, rule: ElementRule, writing: Writing): string {
  const [value, extra] = [object[rule.name], object[`_${rule.name}`]]
  if (!Array.isArray(value) && !Array.isArray(extra)) return writeItem(value, extra, rule, writing)
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  const extras: readonly unknown[] = Array.isArray(extra) ? extra : []
  let xml = ''
  for (let index = 0; index < Math.max(values.length, extras.length); index++) {
    xml += writeItem(values[index], extras[index], rule, { ...writing, path: `${writing.path}[${index}]` })
  }
  return xml
}

function writeItem(value: unknown, extra: unknown, { name, type }: ElementRule, writing: Writing): string {
  const { version, path } = writing
  if (type === 'xhtml') return writeNarrative(value, path)
  if (isPrimitive(type)) return writePrimitive(value, extra, name, writing)
  if (!isObject(value)) throw new WriteFault('fhir-value-wrong', path, `${name} is no object.`)
  if (type === 'Resource') return `<${name}>${writeResource(value, { version, path })}</${name}>`
  const children = writeChildren(value, type, writing)
  const opening = `${name}${attribute('id', value.id)}${type === 'Extension' ? attribute('url', value.url) : ''}`
  return children === '' ? `<${opening}/>` : `<${opening}>${children}</${name}>`
}

function writePrimitive(value: unknown, extra: unknown, name: string, writing: Writing): string {
  if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    throw new WriteFault('fhir-value-wrong', writing.path, `${name} is an object where a value belongs.`)
  }
  if (typeof value === 'string' && (UNWRITABLE.test(value) || !value.isWellFormed())) {
    throw new WriteFault('fhir-value-wrong', writing.path, `${name} holds a character that XML cannot carry.`)
  }
  const more = isObject(extra) ? extra : {}
  const text = value === undefined || value === null ? undefined : String(value)
  const children = more.extension === undefined ? '' : writeChildren({ extension: more.extension }, 'Coding', writing)
  const opening = `${name}${attribute('id', more.id)}${text === undefined ? '' : attribute('value', text)}`
  if (text === undefined && children === '' && more.id === undefined) return ''
  return children === '' ? `<${opening}/>` : `<${opening}>${children}</${name}>`
}

function writeNarrative(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new WriteFault('fhir-value-wrong', path, 'The narrative is no text.')
  const withNamespace = /^\s*<div[^>]*\sxmlns\s*=/.test(value)
    ? value.trim()
    : value.trim().replace(/^<div/, '<div xmlns="http://www.w3.org/1999/xhtml"')
  const parsed = parseXml(Buffer.from(withNamespace))
  if (!parsed.ok) throw new WriteFault('fhir-value-wrong', path, 'The narrative is not well-formed XHTML.')
  return withNamespace.replace(/^<\?xml[^>]*\?>/, '')
}

function attribute(name: string, value: unknown): string {
  return value === undefined ? '' : ` ${name}="${escaped(String(value))}"`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // White space in attributes is normalised by readers unless it is written as a reference (XML 1.0 §3.3.3).
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 §2.2 has no way to write them
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/

function escaped(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (sign) => ESCAPES[sign] ?? sign)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
