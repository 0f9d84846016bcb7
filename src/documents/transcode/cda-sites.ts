/** Where a CDA document has coded elements: those of a list for its kind of document, or all. One walk over the tree. */
import { attribute, child, elements } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { CodedElementList, ListedElement, Usage } from './coded-element-list.ts'
import { isAt } from './coded-path.ts'

/** Every element with a code and a code system is converted (OpenNCP's default configuration), or those of a list. */
export type Selection = { readonly list: CodedElementList; readonly kind: string } | 'all'

export interface CodedSite {
  readonly element: XmlElement
  /** From the root to the element's parent. */
  readonly ancestors: readonly XmlElement[]
  /** The code is this attribute's value (a unit), not `@code`. */
  readonly attribute?: string
  /** What the list says; absent when all elements are converted. */
  readonly listed?: ListedElement
  readonly usage: Usage
}

/** A required element that is not there, and where it should be. */
export interface MissingElement {
  readonly parent: XmlElement
  readonly ancestors: readonly XmlElement[]
  readonly listed: ListedElement
}

export interface Narrative {
  readonly sections: number
  readonly characters: number
  /** Sections in which the narrative is all there is. */
  readonly withoutEntries: number
}

export interface CdaSites {
  readonly coded: readonly CodedSite[]
  readonly missing: readonly MissingElement[]
  readonly narrative: Narrative
}

export function findSites(root: XmlElement, selection: Selection): CdaSites {
  const search = selection === 'all' ? everything : listSearch(selection)
  const found: Found = { coded: [], missing: [], sections: 0, characters: 0, withoutEntries: 0 }
  walk([root], [], search, found)
  const { coded, missing, ...narrative } = found
  return { coded, missing, narrative }
}

interface Found {
  readonly coded: CodedSite[]
  readonly missing: MissingElement[]
  sections: number
  characters: number
  withoutEntries: number
}

/** @param sections the LOINC codes of the open sections, the innermost last */
type Search = (open: readonly XmlElement[], sections: readonly string[], found: Found) => void

function walk(open: XmlElement[], sections: readonly string[], search: Search, found: Found): void {
  const element = open[open.length - 1]
  // What stands in a translation is what stood here before: it is history.
  if (element === undefined || element.name === 'translation') return
  let inside = sections
  if (element.name === 'section') {
    inside = [...sections, attribute(child(element, 'code'), 'code') ?? '']
    noteNarrative(element, found)
  }
  search(open, inside, found)
  for (const node of element.children) {
    if (typeof node === 'string' || (node.name === 'text' && element.name === 'section')) continue
    open.push(node)
    walk(open, inside, search, found)
    open.pop()
  }
}

function noteNarrative(section: XmlElement, found: Found): void {
  const text = child(section, 'text')
  const length = text === undefined ? 0 : written(text)
  if (length === 0) return
  found.sections++
  found.characters += length
  if (!child(section, 'entry')) found.withoutEntries++
}

function written(element: XmlElement): number {
  let length = 0
  for (const node of element.children) length += typeof node === 'string' ? node.trim().length : written(node)
  return length
}

/** Units are not among all elements with a code system, and are looked at all the same: they are codes too. */
const everything: Search = (open, _sections, found) => {
  const element = open[open.length - 1]
  if (element === undefined) return
  const ancestors = () => open.slice(0, -1)
  if (attribute(element, 'code') !== undefined && attribute(element, 'codeSystem') !== undefined) {
    found.coded.push({ element, ancestors: ancestors(), usage: 'O' })
  } else if (attribute(element, 'unit') !== undefined && attribute(element, 'nullFlavor') === undefined) {
    found.coded.push({ element, ancestors: ancestors(), attribute: 'unit', usage: 'O' })
  }
}

function listSearch({ list, kind }: Exclude<Selection, 'all'>): Search {
  const byName = new Map<string, ListedElement[]>()
  const byParent = new Map<string, ListedElement[]>()
  for (const listed of list.elements) {
    const usage = listed.usage.get(kind)
    if (usage === undefined) continue
    add(byName, listed.path.steps.at(-1)?.name, listed)
    const required = usage !== 'O' && listed.path.attribute === undefined
    if (required) add(byParent, listed.path.steps.at(-2)?.name, listed)
  }
  return (open, sections, found) => {
    const element = open[open.length - 1]
    if (element === undefined) return
    const here = byName.get(element.name)?.filter((one) => isIn(one, sections) && isAt(one.path, open)) ?? []
    const [listed] = here
    if (listed) {
      const usage = here.map((one) => one.usage.get(kind) ?? 'O').sort(strictestFirst)[0] ?? 'O'
      const site = { element, ancestors: open.slice(0, -1), listed, usage }
      const unit = listed.path.attribute
      if (unit === undefined) found.coded.push(site)
      else if (attribute(element, unit) !== undefined) found.coded.push({ ...site, attribute: unit })
    }
    for (const one of byParent.get(element.name) ?? []) {
      const name = one.path.steps.at(-1)?.name ?? ''
      // A parent that is itself said to be unknown owes nothing.
      if (child(element, name) || attribute(element, 'nullFlavor') !== undefined) continue
      if (isIn(one, sections) && isAt(one.path, open, 1)) {
        found.missing.push({ parent: element, ancestors: open.slice(0, -1), listed: one })
      }
    }
  }
}

function add(index: Map<string, ListedElement[]>, name: string | undefined, listed: ListedElement): void {
  if (name === undefined) return
  const others = index.get(name)
  if (others) others.push(listed)
  else index.set(name, [listed])
}

/** The innermost section decides. */
function isIn({ sections, exceptSections }: ListedElement, open: readonly string[]): boolean {
  const section = open.at(-1) ?? ''
  return (sections?.includes(section) ?? true) && !exceptSections?.includes(section)
}

const STRICTNESS: readonly Usage[] = ['R', 'RNFA', 'O']

function strictestFirst(left: Usage, right: Usage): number {
  return STRICTNESS.indexOf(left) - STRICTNESS.indexOf(right)
}

/** Tells paths: `/ClinicalDocument/component/…/code`, with a position where there are several of a name. */
export function createPaths(): (site: Pick<CodedSite, 'ancestors' | 'element' | 'attribute'>) => string {
  // Once for each parent: a hostile document has tens of thousands of children in one.
  const positions = new Map<XmlElement, ReadonlyMap<XmlElement, string>>()
  const stepIn = (parent: XmlElement | undefined, element: XmlElement): string => {
    if (parent === undefined) return `/${element.name}`
    let steps = positions.get(parent)
    if (!steps) {
      steps = namesWithPosition(parent)
      positions.set(parent, steps)
    }
    return steps.get(element) ?? `/${element.name}`
  }
  return ({ ancestors, element, attribute: name }) => {
    let path = ''
    let parent: XmlElement | undefined
    for (const step of [...ancestors, element]) {
      path += stepIn(parent, step)
      parent = step
    }
    return name === undefined ? path : `${path}/@${name}`
  }
}

function namesWithPosition(parent: XmlElement): ReadonlyMap<XmlElement, string> {
  const inner = elements(parent)
  const counts = new Map<string, number>()
  for (const { name } of inner) counts.set(name, (counts.get(name) ?? 0) + 1)
  const seen = new Map<string, number>()
  return new Map(
    inner.map((element) => {
      const position = (seen.get(element.name) ?? 0) + 1
      seen.set(element.name, position)
      return [element, `/${element.name}${(counts.get(element.name) ?? 0) > 1 ? `[${position}]` : ''}`]
    }),
  )
}
