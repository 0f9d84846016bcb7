/** The building blocks of ebRIM: slots, classifications, external identifiers, names; read and written. */
import { attribute, child, children, text } from '#platform/xml/access.ts'
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { RIM } from './schemes.ts'

/** A coded value: the code, its scheme and how it is displayed. */
export interface Coded {
  readonly code: string
  readonly scheme: string
  readonly display: string
}

/** Values of the slots of this name, in order, without empty ones. */
export function slotValues(object: XmlElement | undefined, name: string): string[] {
  return children(object, 'Slot', RIM)
    .filter((slot) => attribute(slot, 'name')?.trim() === name)
    .flatMap((slot) => children(child(slot, 'ValueList', RIM), 'Value', RIM))
    .map((value) => text(value).trim())
    .filter((value) => value !== '')
}

export function slotValue(object: XmlElement | undefined, name: string): string | undefined {
  return slotValues(object, name)[0]
}

/** Classifications of an object in one scheme. */
export function classifications(object: XmlElement, scheme: string): XmlElement[] {
  return children(object, 'Classification', RIM).filter((one) => sameId(attribute(one, 'classificationScheme'), scheme))
}

export function coded(classification: XmlElement | undefined): Coded | undefined {
  const code = attribute(classification, 'nodeRepresentation')?.trim()
  if (code === undefined || code === '') return undefined
  const scheme = (slotValue(classification, 'codingScheme') ?? '').replace(/^urn:oid:/, '')
  return { code, scheme, display: localName(classification, 'Name') }
}

export function externalIdentifier(object: XmlElement, scheme: string): string | undefined {
  const found = children(object, 'ExternalIdentifier', RIM).find((one) =>
    sameId(attribute(one, 'identificationScheme'), scheme),
  )
  return attribute(found, 'value')?.trim() || undefined
}

/** The first words of `Name` or `Description`. */
export function localName(object: XmlElement | undefined, name: 'Name' | 'Description'): string {
  return attribute(child(child(object, name, RIM), 'LocalizedString', RIM), 'value')?.trim() ?? ''
}

/** URNs of UUIDs are compared without regard to case (RFC 4122 §3). */
export function sameId(left: string | undefined, right: string): boolean {
  return left?.trim().toLowerCase() === right.toLowerCase()
}

/** What XML 1.0 cannot hold becomes the replacement character: a message must not break on a word in it. */
function printable(value: string): string {
  return value.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}

/** A value between double quotes. */
export function quoted(value: string): string {
  return escapeAttribute(printable(value))
}

export function content(value: string): string {
  return escapeText(printable(value))
}

/** Nothing at all when there is no value. */
export function slot(name: string, values: readonly (string | undefined)[]): string {
  const held = values.filter((value) => value !== undefined && value !== '')
  if (held.length === 0) return ''
  const list = held.map((value) => `<Value>${content(value ?? '')}</Value>`).join('')
  return `<Slot name="${quoted(name)}"><ValueList>${list}</ValueList></Slot>`
}

export function named(element: 'Name' | 'Description', value: string | undefined): string {
  return value === undefined || value === ''
    ? ''
    : `<${element}><LocalizedString value="${quoted(value)}"/></${element}>`
}

/** Writes what belongs to one object: its parts need ids of their own that point back to it. */
export class ObjectParts {
  readonly #object: string
  readonly #newId: () => string

  /** @param newId a new UUID at each call */
  constructor(object: string, newId: () => string) {
    this.#object = object
    this.#newId = newId
  }

  classification(scheme: string, { code, scheme: codingScheme, display }: Coded): string {
    return this.#classified(scheme, code, `${slot('codingScheme', [codingScheme])}${named('Name', display)}`)
  }

  /** An author has no code, only slots. */
  author(scheme: string, slots: string): string {
    return this.#classified(scheme, '', slots)
  }

  #classified(scheme: string, code: string, inner: string): string {
    return `<Classification classificationScheme="${scheme}" classifiedObject="${this.#object}" id="urn:uuid:${this.#newId()}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Classification" nodeRepresentation="${quoted(code)}">${inner}</Classification>`
  }

  identifier(scheme: string, name: string, value: string): string {
    return `<ExternalIdentifier id="urn:uuid:${this.#newId()}" identificationScheme="${scheme}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:ExternalIdentifier" registryObject="${this.#object}" value="${quoted(value)}">${named('Name', name)}</ExternalIdentifier>`
  }
}

export function association(type: string, source: string, target: string, id: string, slots = ''): string {
  const inner = slots === '' ? '/>' : `>${slots}</Association>`
  return `<Association associationType="${type}" id="urn:uuid:${id}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association" sourceObject="${source}" targetObject="${target}"${inner}`
}
