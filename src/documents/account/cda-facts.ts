/** The facts that one element of a CDA document states by its own attributes and its own words. */
import { attribute, isBlank, oneLine } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

/** Knows whether anything in the document has the id that `#id` names. */
export interface NarrativeLookup {
  has(reference: string): boolean
}

export type FactKind = 'code' | 'text' | 'number' | 'date' | 'identifier' | 'null' | 'negation' | 'dangling'

/** Called with each fact: its kind, its literal, and for codes the OID of their system. */
export type FactVisitor = (kind: FactKind, value: string, system?: string) => void

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const STAMP = /^\d{4}(?:\d{2}){0,2}(?:\d{2}){0,3}(?:\.\d+)?(?:[+-]\d{2}:?\d{0,2}|Z)?$/
const TIMES = new Set([
  'effectiveTime',
  'low',
  'high',
  'center',
  'time',
  'birthTime',
  'expirationTime',
  'deceasedTime',
  'value',
  'phase',
])
/** A missing id or part of an address or name says nothing about the patient's health. */
const NULLS_WITHOUT_MEANING = new Set([
  'id', 'reference', 'setId', 'translation', 'templateId', 'text', 'title', 'originalText', 'country', 'state', 'county', 'precinct', 'city', 'postalCode',
  'streetAddressLine', 'streetName', 'houseNumber', 'unitID', 'family', 'given', 'prefix', 'suffix',
]) // biome-ignore format: a list
const MOODED = new Set([
  'observation',
  'act',
  'substanceAdministration',
  'supply',
  'procedure',
  'encounter',
  'organizer',
])
const OID_OR_URI = /^(?:[0-9]+(?:\.[0-9]+)+|[a-z][a-z0-9+.-]*:\S+)$/i

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** Visits every fact of one element, without those of its children. */
export function visitFacts(element: XmlElement, lookup: NarrativeLookup, found: FactVisitor): void {
  const { name, attributes } = element
  const refers = name === 'reference'
  if (refers) visitReference(attribute(element, 'value'), lookup, found)
  for (const held of attributes) {
    if (refers && held.name === 'value') continue
    if (held.namespace === '') visitAttribute(element, held.name, held.value, found)
  }
  for (const node of element.children) {
    if (typeof node !== 'string' || isBlank(node)) continue
    if (attribute(element, 'representation') === 'B64') found('text', attribute(element, 'mediaType') ?? '')
    else found('text', oneLine(node))
  }
}

/** Attributes that state something; the others say how the document is built. */
const STATING = new Set([
  'code',
  'displayName',
  'unit',
  'value',
  'extension',
  'root',
  'nullFlavor',
  'negationInd',
  'moodCode',
])

function visitAttribute(element: XmlElement, attributeName: string, literal: string, found: FactVisitor): void {
  if (!STATING.has(attributeName)) return
  const value = oneLine(literal)
  if (value === '') return
  switch (attributeName) {
    case 'code':
      found('code', value, systemOf(element))
      return
    case 'displayName':
    case 'unit':
      found('text', value)
      return
    case 'value':
      found(kindOfValue(element, value), value)
      return
    case 'extension':
      found('identifier', value)
      return
    case 'root':
      if (attribute(element, 'extension') === undefined) found('identifier', value)
      return
    case 'nullFlavor':
      if (!NULLS_WITHOUT_MEANING.has(element.name)) found('null', value)
      return
    case 'negationInd':
      if (value === 'true') found('negation', value)
      return
    case 'moodCode':
      if (value !== 'EVN' && MOODED.has(element.name)) found('code', value)
  }
}

function systemOf(element: XmlElement): string | undefined {
  const system = attribute(element, 'codeSystem')?.trim()
  return system !== undefined && OID_OR_URI.test(system) ? system : undefined
}

/** A reference to narrative that does not exist is a loss, but one that happened at the source. */
function visitReference(value: string | undefined, lookup: NarrativeLookup, found: FactVisitor): void {
  const id = value?.replace(/^#/, '').trim()
  if (value === undefined || !id || lookup.has(value)) return
  found(value.startsWith('#') ? 'dangling' : 'text', oneLine(value))
}

function kindOfValue(element: XmlElement, value: string): FactKind {
  if (element.name === 'telecom') return 'identifier'
  const timely = TIMES.has(element.name) && attribute(element, 'unit') === undefined && STAMP.test(value)
  const said = attribute(element, 'type', XSI)?.endsWith('TS')
  if (timely && (element.name !== 'value' || said || value.length >= 8)) return 'date'
  return NUMBER.test(value) ? 'number' : 'text'
}

/** The start tag as the source has it, without namespace declarations. */
export function literally(element: XmlElement): string {
  const attributes = element.attributes.map(
    ({ name, value, namespace }) => ` ${namespace === '' ? '' : 'xsi:'}${name}="${value}"`,
  )
  return `<${element.name}${attributes.join('')}>`
}
