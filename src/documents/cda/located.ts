/**
 * An element together with where it stands. Paths are XPath with positions and without prefixes, e.g.
 * `/ClinicalDocument/component/structuredBody/component[3]/section/entry[2]/act`; a position is written only where
 * the parent has several children of the name.
 */
import { isElement } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

export interface Located {
  readonly element: XmlElement
  readonly path: string
}

export function rootOf(element: XmlElement): Located {
  return { element, path: `/${element.name}` }
}

/** Every child element with this name. */
export function each(at: Located | undefined, name: string): Located[] {
  if (at === undefined) return []
  const found: XmlElement[] = []
  for (const node of at.element.children) if (typeof node !== 'string' && node.name === name) found.push(node)
  const [single] = found
  if (single !== undefined && found.length === 1) return [{ element: single, path: `${at.path}/${name}` }]
  return found.map((element, index) => ({ element, path: `${at.path}/${name}[${index + 1}]` }))
}

/** The first child element at the end of a chain of names. */
export function first(at: Located | undefined, ...names: readonly string[]): Located | undefined {
  let here = at
  for (const name of names) {
    if (here === undefined) return undefined
    here = step(here, name)
  }
  return here
}

function step(at: Located, name: string): Located | undefined {
  let found: XmlElement | undefined
  let several = false
  for (const node of at.element.children) {
    if (typeof node === 'string' || node.name !== name) continue
    if (found !== undefined) {
      several = true
      break
    }
    found = node
  }
  return found === undefined ? undefined : { element: found, path: `${at.path}/${name}${several ? '[1]' : ''}` }
}

/** Every child element, whatever its name, in document order. */
export function every(at: Located): Located[] {
  const totals = new Map<string, number>()
  for (const node of at.element.children) if (isElement(node)) totals.set(node.name, (totals.get(node.name) ?? 0) + 1)
  const seen = new Map<string, number>()
  const found: Located[] = []
  for (const node of at.element.children) {
    if (!isElement(node)) continue
    const position = (seen.get(node.name) ?? 0) + 1
    seen.set(node.name, position)
    const place = (totals.get(node.name) ?? 0) > 1 ? `[${position}]` : ''
    found.push({ element: node, path: `${at.path}/${node.name}${place}` })
  }
  return found
}
