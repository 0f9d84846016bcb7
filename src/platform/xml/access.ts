/** Reading the tree: first child by name, children by name, attributes, text. All in document order. */
import type { XmlElement, XmlNode } from './tree.ts'

export function isElement(node: XmlNode): node is XmlElement {
  return typeof node !== 'string'
}

/** The first child element with this local name (in any namespace unless one is given). */
export function child(element: XmlElement | undefined, name: string, namespace?: string): XmlElement | undefined {
  if (element === undefined) return undefined
  for (const node of element.children) {
    if (typeof node === 'string' || node.name !== name) continue
    if (namespace === undefined || node.namespace === namespace) return node
  }
  return undefined
}

/** All child elements with this local name (in any namespace unless one is given). */
export function children(element: XmlElement | undefined, name: string, namespace?: string): XmlElement[] {
  const found: XmlElement[] = []
  if (element === undefined) return found
  for (const node of element.children) {
    if (typeof node === 'string' || node.name !== name) continue
    if (namespace === undefined || node.namespace === namespace) found.push(node)
  }
  return found
}

/** All child elements. */
export function elements(element: XmlElement | undefined): XmlElement[] {
  const found: XmlElement[] = []
  if (element === undefined) return found
  for (const node of element.children) if (typeof node !== 'string') found.push(node)
  return found
}

/** The first element at the end of a chain of child names. */
export function descend(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let at = element
  for (const name of names) at = child(at, name)
  return at
}

/** The value of an attribute, in no namespace unless one is given. */
export function attribute(element: XmlElement | undefined, name: string, namespace = ''): string | undefined {
  if (element === undefined) return undefined
  for (const held of element.attributes) {
    if (held.name === name && held.namespace === namespace) return held.value
  }
  return undefined
}

/** All text inside an element, its descendants included, as it stands. */
export function text(element: XmlElement | undefined): string {
  if (element === undefined) return ''
  const { children: nodes } = element
  if (nodes.length === 1 && typeof nodes[0] === 'string') return nodes[0]
  let whole = ''
  for (const node of nodes) whole += typeof node === 'string' ? node : text(node)
  return whole
}

/** Text with runs of white space made one space and the ends trimmed; what a person reads. */
export function words(element: XmlElement | undefined): string {
  return oneLine(text(element))
}

const UNTIDY = /[\t\r\n]| {2}|^ | $/
const SOLID = /[^ \t\r\n]/

/** XML white space only: a no-break space is a character that its author chose. */
export function oneLine(value: string): string {
  if (!UNTIDY.test(value)) return value
  return isBlank(value) ? '' : value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}

/** Nothing but XML white space, as most text between elements is. (A pattern scans slices of a source faster than a loop.) */
export function isBlank(value: string): boolean {
  return !SOLID.test(value)
}
