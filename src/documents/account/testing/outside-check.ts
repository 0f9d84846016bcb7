/**
 * A dumb check from outside, for tests: is every literal of the source somewhere in the output? It shares nothing with
 * the reader or the account (another XML parser, plain string search), so that their errors cannot hide each other.
 */
import { DOMParser, type Element, type Node } from '@xmldom/xmldom'
import type { Bundle } from 'fhir/r4'
import type { NotCarried } from '../../model/account.ts'

export interface Missing {
  readonly element: string
  readonly attribute: string
  readonly literal: string
}

interface Output {
  /** Everything that the output says, as one string. */
  readonly json: string
  /** The text of all narratives without white space. */
  readonly narrative: string
  readonly listed: string
}

/** Every code, value, date, identifier and word of the source that is neither in the bundle nor on the list. */
export function missingLiterals(xml: string, bundle: Bundle, notCarried: readonly NotCarried[]): Missing[] {
  const document = new DOMParser({ onError: () => {} }).parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml')
  const json = JSON.stringify(bundle)
  const output: Output = {
    json,
    narrative: squeeze(narrativesOf(bundle)),
    listed: notCarried.map(({ what }) => what).join('\n'),
  }
  const missing: Missing[] = []
  const root = document.getElementsByTagNameNS('urn:hl7-org:v3', 'ClinicalDocument')[0]
  if (root) search(root, output, missing, false)
  return missing
}

/**
 * Stricter: the words that `reference/@value` leads to. Those of a code's original text must be a string of the bundle
 * by themselves, others may stand in a narrative as well. What leads nowhere must be on the list. An id that is used
 * twice means its place in the section of the reference, else the first.
 */
export function missingReferred(xml: string, bundle: Bundle, notCarried: readonly NotCarried[]): Missing[] {
  const document = new DOMParser({ onError: () => {} }).parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml')
  const strings = stringsOf(bundle)
  const narrative = squeeze(narrativesOf(bundle))
  const targets = new Map<string, Element[]>()
  for (const element of document.getElementsByTagName('*')) {
    const id = element.getAttribute('ID') || element.getAttribute('id')
    if (id) targets.set(id, [...(targets.get(id) ?? []), element])
  }
  const missing: Missing[] = []
  for (const reference of document.getElementsByTagNameNS('urn:hl7-org:v3', 'reference')) {
    const literal = (reference.getAttribute('value') ?? '').trim()
    if (literal.replace(/^#/, '') === '') continue
    const found = targets.get(literal.replace(/^#/, ''))
    const target = found?.find((element) => sectionOf(element) === sectionOf(reference)) ?? found?.[0]
    const words = target === undefined ? undefined : squeeze(target.textContent ?? '')
    const alone = isOriginalTextOfCode(reference)
    const held =
      words === undefined
        ? strings.has(squeeze(literal)) || notCarried.some(({ what }) => what.includes(literal))
        : words === '' || strings.has(words) || (!alone && narrative.includes(words))
    if (!held) missing.push({ element: parentName(reference), attribute: 'reference', literal: words ?? literal })
  }
  return missing
}

function sectionOf(element: Element): Node | null {
  let at: Node | null = element
  while (at !== null && at.localName !== 'section') at = at.parentNode
  return at
}

/** Whether the reference is all that an original text says, and not the wording of a quantity's unit. */
function isOriginalTextOfCode(reference: Element): boolean {
  const text = reference.parentNode
  if (text?.localName !== 'originalText' || squeeze(text.textContent ?? '') !== '') return false
  const measured = text.parentNode?.parentNode
  return !(measured?.nodeType === 1 && (measured as Element).hasAttribute('unit'))
}

/** Every string of a bundle without white space. */
function stringsOf(bundle: Bundle): ReadonlySet<string> {
  const strings = new Set<string>()
  JSON.stringify(bundle, (_, value: unknown) => {
    if (typeof value === 'string') strings.add(squeeze(value))
    return value
  })
  return strings
}

function narrativesOf(bundle: Bundle): string {
  const divs: string[] = []
  JSON.stringify(bundle, (key: string, value: unknown) => {
    if (key === 'div' && typeof value === 'string') divs.push(value)
    return value
  })
  return divs
    .map((div) => new DOMParser().parseFromString(div, 'text/xml').documentElement?.textContent ?? '')
    .join(' ')
}

const CHECKED = ['code', 'displayName', 'value', 'unit', 'extension', 'root', 'nullFlavor']
/** Header attributes and form that carry no fact. */
const FORM = new Set(['templateId', 'typeId', 'realmCode'])
const NULLS = new Set(['value', 'effectiveTime', 'doseQuantity', 'low', 'high', 'numerator', 'denominator', 'period'])

function search(element: Element, output: Output, missing: Missing[], narrative: boolean): void {
  const name = element.localName ?? element.nodeName
  if (FORM.has(name)) return
  const inNarrative = narrative || (name === 'text' && parentName(element) === 'section')
  if (!inNarrative) checkAttributes(element, name, output, missing)
  for (let node: Node | null = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 1) search(node as Element, output, missing, inNarrative)
    else if (node.nodeType === 3 || node.nodeType === 4) checkWords(name, node.nodeValue ?? '', output, missing)
  }
}

function parentName(element: Element): string {
  return element.parentNode?.localName ?? ''
}

function checkAttributes(element: Element, name: string, output: Output, missing: Missing[]): void {
  for (const attribute of CHECKED) {
    const literal = tidy(element.getAttribute(attribute) ?? '')
    if (!literal || literal === '#') continue
    if (attribute === 'nullFlavor' && !NULLS.has(name)) continue
    if (attribute === 'root' && (element.getAttribute('extension') || rootFound(literal, output))) continue
    if (!found(literal, name, output)) missing.push({ element: name, attribute, literal })
  }
  if (
    element.getAttribute('negationInd') === 'true' &&
    !/not-done|not-taken|refuted|negationInd|no-known|716186003|160244002/.test(output.json)
  ) {
    missing.push({ element: name, attribute: 'negationInd', literal: 'true' })
  }
}

function checkWords(name: string, words: string, output: Output, missing: Missing[]): void {
  const literal = tidy(words)
  if (literal === '') return
  const bare = squeeze(literal)
  const known =
    output.narrative.includes(bare) || quoted(literal, output) || output.listed.includes(literal.slice(0, 200))
  if (!known && !quoted(bare, output)) missing.push({ element: name, attribute: '', literal: literal.slice(0, 120) })
}

function found(literal: string, name: string, output: Output): boolean {
  if (quoted(literal, output) || output.listed.includes(literal)) return true
  if (name === 'reference') {
    const id = literal.replace(/^#/, '')
    return output.json.includes(`id=\\"${id}\\"`) || quoted(id, output)
  }
  if (literal === 'true' || literal === 'false') return output.json.includes(`:${literal}`)
  if (name === 'telecom') return quoted(literal.replace(/^[a-z]+:\s*/i, ''), output)
  if (
    Number.isFinite(Number(literal)) &&
    new RegExp(`[:\\[]${escaped(String(Number(literal)))}[,}\\]]`).test(output.json)
  )
    return true
  return datesOf(literal).some((date) => quoted(date, output))
}

/** An identifier that is only an OID or UUID is a URI in FHIR. */
function rootFound(literal: string, output: Output): boolean {
  return quoted(`urn:oid:${literal}`, output) || quoted(`urn:uuid:${literal.toLowerCase()}`, output)
}

/** Whether a literal is the whole of some string of the JSON. */
function quoted(literal: string, output: Output): boolean {
  return output.json.includes(JSON.stringify(literal))
}

/** The ISO form of a v3 time stamp, with seconds filled in. */
function datesOf(stamp: string): string[] {
  const parts = /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\.\d+)?(?:([+-]\d\d):?(\d\d)?|(Z))?$/.exec(stamp)
  if (parts === null) return []
  const [, year, month, day, hour, minute = '00', second = '00', fraction = '', offset, minutes = '00', zulu] = parts
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  return hour === undefined
    ? [date]
    : [`${date}T${hour}:${minute}:${second}${fraction}${zulu ?? `${offset}:${minutes}`}`]
}

function tidy(text: string): string {
  return text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}

function escaped(text: string): string {
  return text.replace(/[.+*?^$()[\]{}|\\-]/g, '\\$&')
}
