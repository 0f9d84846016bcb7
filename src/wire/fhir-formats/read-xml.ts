/** FHIR XML → FHIR JSON (R4 and R5 §2.1.3); strict about names and values, lenient about order. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement, XmlLimits, XmlProblemCode } from '#platform/xml/tree.ts'
import { type ElementRule, type FhirVersion, isPrimitive, isResourceType, rulesOf } from './elements.ts'
import { numberOf } from './exact-number.ts'
import type { JsonResource } from './parse-json.ts'
import { writeXhtml } from './xhtml.ts'

export type ReadProblemCode = XmlProblemCode | 'fhir-type-unknown' | 'fhir-element-unknown' | 'fhir-value-wrong'

const FHIR = 'http://hl7.org/fhir'
const XHTML = 'http://www.w3.org/1999/xhtml'

/** Inside this file only: stops the walk with its line. */
class ReadFault extends Error {
  readonly code: ReadProblemCode
  readonly line: number

  constructor(code: ReadProblemCode, { line }: XmlElement, what: string) {
    super(what)
    this.code = code
    this.line = line
  }
}

type Written = Record<string, unknown>

/** Problems: those of the XML reader with line and column; an element or value that FHIR does not have, with its line. */
export function readXml(
  bytes: Uint8Array,
  version: FhirVersion,
  limits: Partial<XmlLimits> = {},
): Result<JsonResource, ReadProblemCode> {
  const parsed = parseXml(bytes, { limits: { depth: 400, ...limits } })
  if (!parsed.ok) return parsed
  try {
    return ok(readResource(parsed.value.root, version))
  } catch (fault) {
    if (!(fault instanceof ReadFault)) throw fault
    const sentence = `Line ${fault.line}: ${fault.message}`
    return failed(fault.code, sentence, 'Correct it there.', { line: fault.line })
  }
}

function readResource(element: XmlElement, version: FhirVersion): JsonResource {
  const { name } = element
  if (element.namespace !== FHIR || !isResourceType(name, version)) {
    throw new ReadFault('fhir-type-unknown', element, `<${name}> is no resource that can be read as XML here.`)
  }
  const resource: Written & { resourceType: string } = { resourceType: name }
  readChildren(element, name, version, resource)
  return resource
}

function readChildren(element: XmlElement, type: string, version: FhirVersion, into: Written): void {
  const rules = rulesOf(type, version)
  if (!rules) throw new ReadFault('fhir-type-unknown', element, `The type ${type} cannot be read as XML here.`)
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (child.trim() === '') continue
      throw new ReadFault('fhir-value-wrong', element, `<${element.name}> holds text; values belong into attributes.`)
    }
    const rule = rules.get(child.name)
    if (!rule || child.namespace !== (rule.type === 'xhtml' ? XHTML : FHIR)) {
      throw new ReadFault('fhir-element-unknown', child, `${type} has no element <${child.name}>.`)
    }
    readElement(child, rule, version, into)
  }
}

function readElement(child: XmlElement, rule: ElementRule, version: FhirVersion, into: Written): void {
  const { name, type, repeats } = rule
  if (!repeats && (name in into || `_${name}` in into)) {
    throw new ReadFault('fhir-value-wrong', child, `<${name}> stands twice where it may stand once.`)
  }
  if (type === 'xhtml') put(into, name, writeXhtml(child), repeats)
  else if (isPrimitive(type)) readPrimitive(child, rule, version, into)
  else put(into, name, readComplex(child, type, version), repeats)
}

function readComplex(element: XmlElement, type: string, version: FhirVersion): unknown {
  if (type === 'Resource') {
    const inner = element.children.filter((child) => typeof child !== 'string')
    const [only] = inner
    if (!only || inner.length > 1)
      throw new ReadFault('fhir-value-wrong', element, `<${element.name}> holds one resource.`)
    return readResource(only, version)
  }
  const object: Written = {}
  for (const attribute of element.attributes) {
    if (attribute.name === 'id' || (attribute.name === 'url' && type === 'Extension'))
      object[attribute.name] = attribute.value
    else throw new ReadFault('fhir-element-unknown', element, `<${element.name}> has no attribute ${attribute.name}.`)
  }
  readChildren(element, type, version, object)
  return object
}

function put(into: Written, name: string, value: unknown, repeats: boolean): void {
  if (!repeats) into[name] = value
  else {
    const list = into[name]
    if (Array.isArray(list)) list.push(value)
    else into[name] = [value]
  }
}

/** JSON keeps the value in `name` and its id and extensions in `_name`; in lists the places correspond (§2.6.2.3). */
function readPrimitive(
  child: XmlElement,
  { name, type, repeats }: ElementRule,
  version: FhirVersion,
  into: Written,
): void {
  const extra: Written = {}
  let value: unknown = null
  for (const attribute of child.attributes) {
    if (attribute.name === 'value') value = primitiveOf(attribute.value, type, child)
    else if (attribute.name === 'id') extra.id = attribute.value
    else throw new ReadFault('fhir-element-unknown', child, `<${name}> has no attribute ${attribute.name}.`)
  }
  readChildren(child, 'Coding', version, extra)
  if (Object.keys(extra).some((key) => key !== 'id' && key !== 'extension')) {
    throw new ReadFault('fhir-element-unknown', child, `<${name}> may hold extensions only.`)
  }
  const hasExtra = Object.keys(extra).length > 0
  if (value === null && !hasExtra) throw new ReadFault('fhir-value-wrong', child, `<${name}> has no value.`)
  if (!repeats) {
    if (value !== null) into[name] = value
    if (hasExtra) into[`_${name}`] = extra
    return
  }
  const values = listIn(into, name)
  const extras = into[`_${name}`]
  if (hasExtra && !Array.isArray(extras)) into[`_${name}`] = [...values.map(() => null), extra]
  else if (Array.isArray(extras)) extras.push(hasExtra ? extra : null)
  values.push(value)
}

function listIn(into: Written, name: string): unknown[] {
  const list = into[name]
  if (Array.isArray(list)) return list
  const made: unknown[] = []
  into[name] = made
  return made
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^[+-]?\d+$/

function primitiveOf(text: string, type: string, element: XmlElement): unknown {
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw new ReadFault('fhir-value-wrong', element, `<${element.name}> is true or false, not "${text}".`)
  }
  if (type === 'decimal') {
    if (NUMBER.test(text)) return numberOf(text)
    throw new ReadFault('fhir-value-wrong', element, `<${element.name}> is no decimal number.`)
  }
  if (type === 'integer' || type === 'unsignedInt' || type === 'positiveInt') {
    if (INTEGER.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
    throw new ReadFault('fhir-value-wrong', element, `<${element.name}> is no whole number.`)
  }
  if (text === '') throw new ReadFault('fhir-value-wrong', element, `<${element.name}> is empty.`)
  return text
}
