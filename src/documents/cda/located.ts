/**
 * An element together with where it stands. Paths are XPath with positions and without prefixes, e.g.
 * `/ClinicalDocument/component/structuredBody/component[3]/section/entry[2]/act`; a position is written only where
 * the parent has several children of the name.
 */
import { isElement } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

/** A class, because most places are visited and never named: the path is made when first asked for. */
export class Located {
  readonly element: XmlElement
  readonly #parent: Located | undefined
  #path: string | undefined

  constructor(element: XmlElement, parent: Located | undefined) {
    this.element = element
    this.#parent = parent
  }

  get path(): string {
    this.#path ??= `${this.#parent?.path ?? ''}/${stepName(this.element, this.#parent?.element)}`
    return this.#path
  }
}

/** The last step of an element's path: its name, with its position when it has siblings of the name. */
export function stepName(element: XmlElement, parent: XmlElement | undefined): string {
  let position = 0
  let total = 0
  for (const node of parent?.children ?? []) {
    if (typeof node === 'string' || node.name !== element.name) continue
    total++
    if (node === element) position = total
  }
  return total > 1 ? `${element.name}[${position}]` : element.name
}

export function rootOf(element: XmlElement): Located {
  return new Located(element, undefined)
}

/** Every child element with this name. */
export function each(at: Located | undefined, name: string): Located[] {
  const found: Located[] = []
  if (at === undefined) return found
  for (const node of at.element.children) if (isElement(node) && node.name === name) found.push(new Located(node, at))
  return found
}

/** The first child element at the end of a chain of names. */
export function first(at: Located | undefined, ...names: readonly string[]): Located | undefined {
  let here = at
  for (const name of names) {
    if (here === undefined) return undefined
    const found: XmlElement | undefined = firstChild(here.element, name)
    here = found === undefined ? undefined : new Located(found, here)
  }
  return here
}

function firstChild(element: XmlElement, name: string): XmlElement | undefined {
  for (const node of element.children) if (typeof node !== 'string' && node.name === name) return node
  return undefined
}

/** Every child element, whatever its name, in document order. */
export function every(at: Located): Located[] {
  const found: Located[] = []
  for (const node of at.element.children) if (isElement(node)) found.push(new Located(node, at))
  return found
}
