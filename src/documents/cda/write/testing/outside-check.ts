/**
 * A dumb check from outside, for tests: is every literal of one CDA document somewhere in another? It shares nothing
 * with the reader or the writer (another XML parser, sets of strings), so that their errors cannot hide each other.
 */
import { DOMParser, type Element, type Node } from '@xmldom/xmldom'

export interface Missing {
  readonly element: string
  readonly attribute: string
  readonly literal: string
}

/** A code system may have several OIDs; this gives one name to all. */
export type Canonical = (oid: string) => string

interface Said {
  /** `code|codeSystem`. */
  readonly pairs: Set<string>
  /** Attribute values and runs of text, tidied. */
  readonly literals: Set<string>
  readonly numbers: Set<number>
  readonly moments: Set<string>
  /** All text of the document without white space. */
  readonly words: string
  /** Runs of text as they stand. */
  readonly negations: number
}

const CHECKED = ['code', 'displayName', 'value', 'unit', 'extension', 'root', 'nullFlavor']
/** What says how a document is built. */
const FORM = new Set(['templateId', 'typeId'])
/** A null flavour says something where a value could stand. */
const NULLS = new Set(['value', 'effectiveTime', 'doseQuantity', 'low', 'high', 'numerator', 'denominator', 'period'])

/** Every code, value, time, identifier and word of the source that the written document does not hold and nobody listed. */
export function missingInCda(
  source: string,
  written: string,
  listed: readonly string[] = [],
  canonical: Canonical = (oid) => oid,
): Missing[] {
  const said = saidIn(documentOf(written), canonical)
  const missing: Missing[] = []
  const known = listed.join('\n')
  for (const element of elementsOf(documentOf(source))) {
    for (const found of literalsOf(element)) {
      if (!holds(said, found, element, canonical) && !known.includes(found.literal)) missing.push(found)
    }
  }
  return missing
}

function documentOf(xml: string): Element | undefined {
  const document = new DOMParser({ onError: () => {} }).parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml')
  return document.getElementsByTagNameNS('urn:hl7-org:v3', 'ClinicalDocument')[0]
}

function* elementsOf(root: Element | undefined): Generator<Element> {
  if (root === undefined || FORM.has(root.localName ?? '')) return
  yield root
  for (let node: Node | null = root.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 1) yield* elementsOf(node as Element)
  }
}

function* literalsOf(element: Element): Generator<Missing> {
  const name = element.localName ?? ''
  const narrative = inNarrative(element)
  for (const attribute of narrative ? [] : CHECKED) {
    const literal = tidy(element.getAttribute(attribute) ?? '')
    if (literal === '' || literal === '#' || (attribute === 'nullFlavor' && !NULLS.has(name))) continue
    if (attribute === 'root' && element.getAttribute('extension')) continue
    yield { element: name, attribute, literal }
  }
  if (element.getAttribute('negationInd') === 'true') yield { element: name, attribute: 'negationInd', literal: 'true' }
  for (let node: Node | null = element.firstChild; node !== null; node = node.nextSibling) {
    const literal = node.nodeType === 3 || node.nodeType === 4 ? tidy(node.nodeValue ?? '') : ''
    if (literal !== '') yield { element: name, attribute: '', literal }
  }
}

/** Inside section/text, where only the words count. */
function inNarrative(element: Element): boolean {
  let at: Node | null = element
  while (at !== null && at.nodeType === 1) {
    if (at.localName === 'text' && at.parentNode?.localName === 'section') return true
    at = at.parentNode
  }
  return false
}

function holds(
  said: Said,
  { element: name, attribute, literal }: Missing,
  element: Element,
  canonical: Canonical,
): boolean {
  switch (attribute) {
    case 'code': {
      const system = element.getAttribute('codeSystem')
      return system !== null && /^[0-2](\.(0|[1-9]\d*))+$/.test(system)
        ? said.pairs.has(`${literal}|${canonical(system)}`)
        : said.literals.has(literal)
    }
    case 'negationInd':
      return said.negations > 0
    case 'root':
      return (
        ['', 'urn:oid:'].some((form) => said.literals.has(form + literal)) || said.literals.has(literal.toLowerCase())
      )
    case 'value':
      return name === 'reference' ? refers(element, literal, said) : valued(said, literal, name)
    case '':
      return (
        said.words.includes(squeeze(literal)) ||
        said.literals.has(literal) ||
        [...said.literals].some((one) => squeeze(one) === squeeze(literal))
      )
    default:
      return said.literals.has(literal)
  }
}

function valued(said: Said, literal: string, name: string): boolean {
  if (said.literals.has(literal) || (Number.isFinite(Number(literal)) && said.numbers.has(Number(literal)))) return true
  if (name === 'telecom')
    return (
      said.literals.has(literal.replace(/^([a-z]+:)\s+/i, '$1')) ||
      said.literals.has(`tel:${literal}`) ||
      said.literals.has(`mailto:${literal}`)
    )
  return said.moments.has(momentOf(literal))
}

/** A reference into the narrative is kept when the words that it leads to are in the document. */
function refers(element: Element, literal: string, said: Said): boolean {
  if (said.literals.has(literal)) return true
  const id = literal.replace(/^#/, '')
  for (const target of element.ownerDocument?.getElementsByTagName('*') ?? []) {
    if (target.getAttribute('ID') === id) return said.words.includes(squeeze(target.textContent ?? ''))
  }
  return false
}

function saidIn(root: Element | undefined, canonical: Canonical): Said {
  const pairs = new Set<string>()
  const literals = new Set<string>()
  const numbers = new Set<number>()
  const moments = new Set<string>()
  let negations = 0
  for (const element of elementsOf(root)) {
    pairs.add(`${tidy(element.getAttribute('code') ?? '')}|${canonical(element.getAttribute('codeSystem') ?? '')}`)
    for (const name of ['codeSystemName', 'assigningAuthorityName'])
      literals.add((element.getAttribute(name) ?? '').replace(/^urn:(?:oid|uuid):/, ''))
    for (const { literal, attribute } of literalsOf(element)) {
      literals.add(literal)
      if (attribute === 'negationInd') negations++
      if (Number.isFinite(Number(literal))) numbers.add(Number(literal))
      const moment = momentOf(literal)
      if (moment !== '') moments.add(moment)
    }
  }
  return { pairs, literals, numbers, moments, words: squeeze(root?.textContent ?? ''), negations }
}

/** A time stamp with seconds and a plain offset, so that two ways to write the same are one. */
function momentOf(stamp: string): string {
  const parts = /^(\d{4}(?:\d\d){0,2})(?:(\d\d)(\d\d)?(\d\d)?(\.\d+)?)?(?:([+-]\d\d):?(\d\d)?|(Z))?$/.exec(stamp)
  if (parts === null) return ''
  const [, date = '', hour, minute = '00', second = '00', fraction = '', offset, minutes = '00', zulu] = parts
  const zone = zulu === undefined ? (offset === undefined ? '' : `${offset}${minutes}`) : '+0000'
  return hour === undefined ? date : `${date}${hour}${minute}${second}${fraction}${zone}`
}

function tidy(text: string): string {
  return text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}
