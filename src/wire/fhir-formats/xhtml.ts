/** Writes an XHTML element as the string that FHIR JSON holds in `Narrative.div`. */
import type { XmlElement } from '#platform/xml/tree.ts'

/** Prefixes are dropped: everything below the `div` is in the one namespace that it declares. */
export function writeXhtml(element: XmlElement, root = true): string {
  const attributes = element.attributes.map(({ name, namespace, value }) => {
    const prefix = namespace === 'http://www.w3.org/XML/1998/namespace' ? 'xml:' : ''
    return ` ${prefix}${name}="${escaped(value).replaceAll('"', '&quot;')}"`
  })
  const opening = `<${element.name}${root ? ` xmlns="${element.namespace}"` : ''}${attributes.join('')}`
  if (element.children.length === 0) return `${opening}/>`
  const content = element.children.map((child) =>
    typeof child === 'string' ? escaped(child) : writeXhtml(child, false),
  )
  return `${opening}>${content.join('')}</${element.name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
