/** Attributes that any reader of a message might take for an identifier: they must not be ambiguous about what is signed. */
import type { XmlElement } from '#platform/xml/tree.ts'

const XML = 'http://www.w3.org/XML/1998/namespace'
const SECURITY_UTILITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

/** Does one of its identifiers (`ID`, `Id`, `xml:id`, `wsu:Id`) have this value? */
export function hasId(element: XmlElement, id: string): boolean {
  return element.attributes.some(({ name, namespace, value }) => value === id && isIdentifier(name, namespace))
}

function isIdentifier(name: string, namespace: string): boolean {
  if (namespace === '') return name === 'ID' || name === 'Id'
  return (namespace === XML && name === 'id') || (namespace === SECURITY_UTILITY && name === 'Id')
}

/** Every element with that identifier, in document order. */
export function elementsWithId(root: XmlElement, id: string): readonly XmlElement[] {
  const found: XmlElement[] = []
  const visit = (element: XmlElement) => {
    if (hasId(element, id)) found.push(element)
    for (const node of element.children) if (typeof node !== 'string') visit(node)
  }
  visit(root)
  return found
}
