/** Words of the narrative by id (CDA R2 §4.3.5.1: entries refer to what the reader reads). */
import { attribute, oneLine } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

export interface Narratives {
  /** The words that `#id` or `id` names; undefined when nothing in the document has this id. */
  words(reference: string): string | undefined
}

/** Elements whose ends separate words even when the markup has no white space between them. */
const SEPARATES = new Set(['br', 'paragraph', 'item', 'td', 'th', 'tr', 'list', 'table', 'caption'])

/** Indexes the ids below an element, when first asked. */
export function narrativesOf(root: XmlElement): Narratives {
  let index: Map<string, XmlElement> | undefined
  let wider: Map<string, XmlElement> | undefined
  const known = new Map<string, string | undefined>()
  return {
    words(reference) {
      const id = reference.startsWith('#') ? reference.slice(1) : reference
      if (known.has(id)) return known.get(id)
      // Nearly all ids stand in narrative blocks; only for others is the whole document searched.
      index ??= idsBelow(root, new Set(['entry']))
      let element = index.get(id)
      if (element === undefined) {
        wider ??= idsBelow(root, new Set())
        element = wider.get(id)
      }
      const words = element === undefined ? undefined : narrativeWords(element)
      known.set(id, words)
      return words
    },
  }
}

function idsBelow(root: XmlElement, without: ReadonlySet<string>): Map<string, XmlElement> {
  const index = new Map<string, XmlElement>()
  const waiting: XmlElement[] = [root]
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    const id = element.attributes.length === 0 ? undefined : (attribute(element, 'ID') ?? attribute(element, 'id'))
    if (id !== undefined && !index.has(id)) index.set(id, element)
    for (const node of element.children) if (typeof node !== 'string' && !without.has(node.name)) waiting.push(node)
  }
  return index
}

/** What a person reads in a piece of narrative, on one line. */
export function narrativeWords(element: XmlElement): string {
  return oneLine(spaced(element))
}

function spaced(element: XmlElement): string {
  let whole = ''
  for (const node of element.children) {
    if (typeof node === 'string') whole += node
    else if (SEPARATES.has(node.name)) whole += ` ${spaced(node)} `
    else whole += spaced(node)
  }
  return whole
}
