/**
 * A dumb count from outside, for tests: every amount, unit, time and code that the entries of a CDA document state, as often as
 * it states them. It shares nothing with the reader or the writer.
 */
import { DOMParser, type Element, type Node } from '@xmldom/xmldom'

/** Elements whose attributes are the amounts and times of medicines, in the names of both pharmacy extensions. */
const SAME: Readonly<Record<string, string>> = { capacityQuantity: 'quantity', ingredientSubstance: 'ingredient' }
const AMOUNTS = new Set([
  'quantity', 'numerator', 'denominator', 'doseQuantity', 'rateQuantity', 'period', 'low', 'high', 'effectiveTime',
  'repeatNumber', 'event', 'routeCode', 'formCode', 'code', 'translation', 'id', 'name', 'desc', 'lotNumberText',
]) // biome-ignore format: a list

/** `numerator value=500 unit=mg` → how often. */
export function medicineAmounts(xml: string): ReadonlyMap<string, number> {
  const document = new DOMParser({ onError: () => {} }).parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml')
  const found = new Map<string, number>()
  for (const product of document.getElementsByTagNameNS('*', 'substanceAdministration')) collect(product, found)
  for (const product of document.getElementsByTagNameNS('*', 'supply')) collect(product, found)
  return found
}

/** What one statement says, without the statements inside it: those are counted by themselves. */
function collect(element: Element, found: Map<string, number>): void {
  for (let node: Node | null = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType !== 1) continue
    const child = node as Element
    const name = child.localName ?? ''
    if (['entryRelationship', 'author', 'performer', 'templateId', 'participant'].includes(name)) continue
    const said = AMOUNTS.has(name) ? wordsOf(child, SAME[name] ?? name) : undefined
    if (said !== undefined) found.set(said, (found.get(said) ?? 0) + 1)
    collect(child, found)
  }
}

function wordsOf(element: Element, name: string): string | undefined {
  const attributes = ['value', 'unit', 'code', 'extension'].flatMap((key) => {
    const held = element.getAttribute(key)?.trim()
    return held ? [`${key}=${key === 'value' ? digitsOf(held) : held}`] : []
  })
  const text = ['name', 'desc', 'lotNumberText'].includes(name)
    ? (element.textContent ?? '').replace(/\s+/g, ' ').trim()
    : ''
  if (attributes.length === 0 && text === '') return undefined
  return [name, ...attributes, text].join(' ').trim()
}

/** Digits beyond what any computer number holds are noise of the source's own. */
function digitsOf(value: string): string {
  return /^\d+\.\d{18,}$/.test(value) ? String(Number(value)) : value
}
