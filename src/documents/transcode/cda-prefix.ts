/** How `translation` must be written at a place, so that it is in the namespace of CDA: extensions have their own. */
import type { EditableXml } from '#platform/xml/edit.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { CodedSite } from './cda-sites.ts'

const V3 = 'urn:hl7-org:v3'

export interface TranslationName {
  readonly name: string
  /** A namespace declaration with a blank before it, or nothing. */
  readonly declaration: string
}

export function translationName(xml: EditableXml, { element, ancestors }: CodedSite): TranslationName {
  const prefix = boundPrefix(xml, [...ancestors, element])
  if (prefix === undefined) return { name: 'v3:translation', declaration: ` xmlns:v3="${V3}"` }
  return { name: prefix === '' ? 'translation' : `${prefix}:translation`, declaration: '' }
}

/** From inside out: an element's own prefix says what the prefix means, until a tag further in says otherwise. */
function boundPrefix(xml: EditableXml, open: readonly XmlElement[]): string | undefined {
  const hidden = new Set<string>()
  for (const element of [...open].reverse()) {
    if (element.namespace === V3 && !hidden.has(element.prefix)) return element.prefix
    hidden.add(element.prefix)
    const { start, content } = xml.span(element)
    for (const [, prefix = ''] of xml.slice(start, content).matchAll(/\sxmlns(?::([^\s=]+))?\s*=/g)) hidden.add(prefix)
  }
  return undefined
}
