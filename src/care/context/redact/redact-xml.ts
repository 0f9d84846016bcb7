/** A tree with everything masked that is not protocol. */
import { isBlank } from '#platform/xml/access.ts'
import type { XmlAttribute, XmlElement, XmlNode } from '#platform/xml/tree.ts'
import { FAULT_CODE, HARMLESS, KEPT_ATTRIBUTES, KEPT_SLOTS, KEPT_TEXT, PROTOCOL_CODES } from './kept-xml.ts'
import { MASK } from './mask.ts'

const XML_SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'

/** Comments are not in a tree, so they are gone, too. */
export function redactXml(element: XmlElement, slot?: string): XmlElement {
  const inside = element.name === 'Slot' ? slotName(element) : element.name === 'Code' ? FAULT_CODE : slot
  return {
    ...element,
    attributes: element.attributes.map((attribute) => redactAttribute(element, attribute)),
    children: element.children.map((node) => redactNode(element, node, inside)),
  }
}

function redactNode(parent: XmlElement, node: XmlNode, slot: string | undefined): XmlNode {
  if (typeof node !== 'string') return redactXml(node, slot)
  if (isBlank(node)) return node
  const kept = KEPT_TEXT.has(parent.name) || (slot !== undefined && KEPT_SLOTS.has(slot) && parent.name === 'Value')
  return kept && HARMLESS.test(node.trim()) ? node : MASK
}

function redactAttribute(element: XmlElement, attribute: XmlAttribute): XmlAttribute {
  const kept = isProtocol(element, attribute) && HARMLESS.test(attribute.value.trim())
  return kept || attribute.value === '' ? attribute : { ...attribute, value: MASK }
}

function isProtocol(element: XmlElement, { name, namespace }: XmlAttribute): boolean {
  switch (name) {
    case 'URI':
      // A reference to an assertion's id; the digest method's address.
      return element.namespace === XML_SIGNATURE
    case 'root':
      // The domain of an identifier; alone it may be the identifier.
      return element.attributes.some((other) => other.name === 'extension')
    case 'extension':
      return element.name === 'interactionId'
    case 'code':
      return PROTOCOL_CODES.has(element.name)
    case 'name':
      return element.name === 'Slot'
    case 'Name':
      // Of a SAML attribute.
      return element.name === 'Attribute'
    default:
      return KEPT_ATTRIBUTES.has(name) || (namespace !== '' && name === 'type')
  }
}

function slotName(element: XmlElement): string | undefined {
  return element.attributes.find(({ name }) => name === 'name')?.value
}
