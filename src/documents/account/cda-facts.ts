/** The facts that one element of a CDA document states by its own attributes and its own words. */
import { attribute } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { NarrativeLookup } from './cda.ts'
import { normal } from './cda-model.ts'

export type Fact =
  | { readonly kind: 'code'; readonly value: string; readonly system: string | undefined; readonly what: string }
  | {
      readonly kind: 'text' | 'number' | 'null' | 'negation' | 'dangling'
      readonly value: string
      readonly what: string
    }
  | {
      readonly kind: 'date' | 'identifier'
      readonly value: string
      readonly forms: readonly string[]
      readonly what: string
    }

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const STAMP = /^(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})?(\d{2})?(\.\d+)?)?([+-]\d{2}:?\d{0,2}|Z)?$/
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
  'signatureTime',
])
/** A missing id, telecom or address part says nothing about the patient's health. */
const NULLS_WITHOUT_MEANING = new Set([
  'id',
  'setId',
  'translation',
  'templateId',
  'text',
  'title',
  'originalText',
  'country',
  'state',
  'county',
  'precinct',
  'city',
  'postalCode',
  'streetAddressLine',
  'streetName',
  'houseNumber',
  'unitID',
  'family',
  'given',
  'prefix',
  'suffix',
])
const STATEMENTS = new Set([
  'observation',
  'act',
  'substanceAdministration',
  'supply',
  'procedure',
  'encounter',
  'organizer',
])
const OIDS = new Set(['root'])

/** Every fact of one element, without those of its children. */
export function factsOf(element: XmlElement, lookup: NarrativeLookup): Fact[] {
  const facts: Fact[] = []
  const { name, attributes } = element
  if (name === 'reference') return referenceFacts(element, lookup)
  for (const held of attributes) {
    if (held.namespace !== '' || held.value.trim() === '') continue
    const value = normal(held.value)
    if (held.name === 'code') facts.push({ kind: 'code', value, system: systemOf(element), what: literally(element) })
    else if (held.name === 'displayName' || held.name === 'unit')
      facts.push({ kind: 'text', value, what: literally(element) })
    else if (held.name === 'value') facts.push(valueFact(element, value))
    else if (held.name === 'extension') facts.push({ kind: 'identifier', value, forms: [], what: literally(element) })
    else if (OIDS.has(held.name) && attribute(element, 'extension') === undefined) facts.push(rootFact(element, value))
    else if (held.name === 'nullFlavor' && !NULLS_WITHOUT_MEANING.has(name))
      facts.push({ kind: 'null', value, what: literally(element) })
    else if (held.name === 'negationInd' && value === 'true')
      facts.push({ kind: 'negation', value, what: literally(element) })
    else if (held.name === 'moodCode' && value !== 'EVN' && STATEMENTS.has(name))
      facts.push({ kind: 'code', value, system: undefined, what: literally(element) })
  }
  for (const node of element.children) {
    if (typeof node !== 'string') continue
    const words = normal(node)
    if (words !== '' && words !== ' ') facts.push(wordsFact(element, words))
  }
  return facts
}

function systemOf(element: XmlElement): string | undefined {
  const system = attribute(element, 'codeSystem')?.trim()
  return system !== undefined && /^(?:[0-9]+(?:\.[0-9]+)+|[a-z][a-z0-9+.-]*:\S+)$/i.test(system) ? system : undefined
}

/** Original text that stands in the narrative must be with the code; one that stands nowhere is lost at the source. */
function referenceFacts(element: XmlElement, lookup: NarrativeLookup): Fact[] {
  const value = attribute(element, 'value')
  const id = value?.replace(/^#/, '').trim()
  if (value === undefined || id === undefined || id === '' || lookup.words(value) !== undefined) return []
  const kind = value.startsWith('#') ? 'dangling' : 'text'
  return [{ kind, value: normal(value), what: literally(element) }]
}

function valueFact(element: XmlElement, value: string): Fact {
  const what = literally(element)
  if (element.name === 'telecom') return { kind: 'identifier', value, forms: [value.replace(/^[a-z]+:\s*/i, '')], what }
  if (TIMES.has(element.name) && STAMP.test(value) && attribute(element, 'unit') === undefined && value.length >= 4) {
    const forms = dateForms(value)
    if (element.name !== 'value' || value.length >= 8) return { kind: 'date', value, forms, what }
  }
  return { kind: NUMBER.test(value) ? 'number' : 'text', value, what }
}

/** The FHIR forms that say the same as a v3 time stamp. */
function dateForms(stamp: string): string[] {
  const found = STAMP.exec(stamp)
  if (found === null) return []
  const [, year, month, day, hour, minute = '00', second = '00', fraction = '', zone] = found
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  if (hour === undefined) return zone === undefined ? [date] : []
  if (zone === undefined) return []
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '').padEnd(2, '0')}`
  return [`${date}T${hour}:${minute}:${second}${fraction}${offset}`]
}

function rootFact(element: XmlElement, value: string): Fact {
  return {
    kind: 'identifier',
    value,
    forms: [`urn:oid:${value}`, `urn:uuid:${value.toLowerCase()}`],
    what: literally(element),
  }
}

function wordsFact(element: XmlElement, words: string): Fact {
  const what = words.length > 200 ? `${words.slice(0, 200)}…` : words
  const encoded = attribute(element, 'representation') === 'B64'
  return encoded
    ? { kind: 'null', value: attribute(element, 'mediaType') ?? '', what }
    : { kind: 'text', value: words, what }
}

/** The start tag as the source has it, without namespace declarations. */
function literally(element: XmlElement): string {
  const attributes = element.attributes
    .map(({ name, value, namespace }) => ` ${namespace === '' ? '' : 'xsi:'}${name}="${value}"`)
    .join('')
  return `<${element.name}${attributes}>`
}
