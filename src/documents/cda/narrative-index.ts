/** Words of the narrative by id (CDA R2 §4.3.5.1: entries refer to what the reader reads). */
import { attribute, oneLine } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

export interface Narratives {
  /** The words that `#id` or `id` names; undefined when nothing in the document has this id. */
  words(reference: string): string | undefined
  /** Whether anything in the document has this id. */
  has(reference: string): boolean
}

/** Elements whose ends separate words even when the markup has no white space between them. */
const SEPARATES = new Set(['br', 'paragraph', 'item', 'td', 'th', 'tr', 'list', 'table', 'caption'])
const NOTHING: ReadonlySet<string> = new Set()
const ENTRIES: ReadonlySet<string> = new Set(['entry'])

/** Indexes the ids below an element, when first asked. */
export function narrativesOf(root: XmlElement): Narratives {
  let index: ReadonlyMap<string, XmlElement> | undefined
  let wider: ReadonlyMap<string, XmlElement> | undefined
  const find = (id: string): XmlElement | undefined => {
    // Nearly all ids stand in narrative blocks; only for others is the whole document searched.
    index ??= idsBelow(root, ENTRIES)
    const found = index.get(id)
    if (found !== undefined) return found
    wider ??= idsBelow(root, NOTHING)
    return wider.get(id)
  }
  const known = new Map<string, string | undefined>()
  return {
    words: (reference) => remembered(known, idOf(reference), () => wordsOf(find(idOf(reference)))),
    has: (reference) => find(idOf(reference)) !== undefined,
  }
}

/** Some documents use an id twice: in a section, it means the one in the section's own narrative. */
export function narrativesOfSection(block: XmlElement | undefined, document: Narratives): Narratives {
  if (block === undefined) return document
  let index: ReadonlyMap<string, XmlElement> | undefined
  const find = (id: string): XmlElement | undefined => {
    index ??= idsBelow(block, NOTHING)
    return index.get(id)
  }
  const known = new Map<string, string | undefined>()
  return {
    words: (reference) =>
      remembered(known, idOf(reference), () => wordsOf(find(idOf(reference))) ?? document.words(reference)),
    has: (reference) => find(idOf(reference)) !== undefined || document.has(reference),
  }
}

function idOf(reference: string): string {
  return reference.startsWith('#') ? reference.slice(1) : reference
}

function wordsOf(element: XmlElement | undefined): string | undefined {
  return element === undefined ? undefined : narrativeWords(element)
}

function remembered(
  known: Map<string, string | undefined>,
  id: string,
  make: () => string | undefined,
): string | undefined {
  const held = known.get(id)
  if (held !== undefined || known.has(id)) return held
  const made = make()
  known.set(id, made)
  return made
}

/** The elements that have an id; of several with the same id, the first in the document. */
function idsBelow(root: XmlElement, without: ReadonlySet<string>): ReadonlyMap<string, XmlElement> {
  const index = new Map<string, XmlElement>()
  const follow = (element: XmlElement): void => {
    const id = element.attributes.length === 0 ? undefined : (attribute(element, 'ID') ?? attribute(element, 'id'))
    if (id !== undefined && !index.has(id)) index.set(id, element)
    for (const node of element.children) if (typeof node !== 'string' && !without.has(node.name)) follow(node)
  }
  follow(root)
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
