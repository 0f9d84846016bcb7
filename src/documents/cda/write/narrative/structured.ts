/**
 * XHTML of a FHIR narrative → the narrative block of CDA (R2 §4.3.5). Ids stay, for the entries refer to them; what the
 * block does not know (headings, definition lists, images) becomes paragraphs and words. No word is left out.
 */
import { attribute, isBlank, isElement, oneLine } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement, XmlNode } from '#platform/xml/tree.ts'
import { element, escaped } from '../element.ts'
import { fits } from '../schema/simple-types.ts'
import type { Writing } from '../writing.ts'
import { table } from './table.ts'

/** What may stand where the writer is: `flow` everything, `cell` no tables, `phrase` no blocks, `plain` words alone. */
export type Mode = 'flow' | 'cell' | 'phrase' | 'plain'

const BLOCKS = new Set([
  'p', 'div', 'ul', 'ol', 'li', 'table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre', 'blockquote', 'dl', 'dt', 'dd', 'hr', 'section', 'address',
]) // biome-ignore format: a list
const PARTS_OF_TABLE = new Set(['caption', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'col', 'colgroup'])
const STYLES: Readonly<Record<string, string>> = {
  b: 'Bold',
  strong: 'Bold',
  i: 'Italics',
  em: 'Italics',
  u: 'Underline',
}

/** Content of section/text; undefined when the narrative has no words. */
export function structuredText(div: string | undefined, writing: Writing): string | undefined {
  if (div === undefined) return undefined
  const parsed = parseXml(Buffer.from(div.replaceAll('&nbsp;', '&#160;')), {})
  if (!parsed.ok) return plainWords(div)
  const content = nodes(parsed.value.root.children, 'flow', writing)
  return /(?:^|>)\s*[^\s<]/.test(content) ? content : undefined
}

/** A narrative that is no XHTML is kept by its words. */
function plainWords(div: string): string | undefined {
  const words = oneLine(div.replace(/<[^>]*>/g, ' '))
  return words === '' ? undefined : element('paragraph', {}, escaped(words)).xml
}

export function nodes(children: readonly XmlNode[], mode: Mode, writing: Writing): string {
  let whole = ''
  for (const node of children) {
    if (!isElement(node)) whole += isBlank(node) ? ' ' : escaped(node.replace(/[ \t\r\n]+/g, ' '))
    else whole += one(node, mode, writing)
  }
  return whole
}

function one(node: XmlElement, mode: Mode, writing: Writing): string {
  const name = node.name.toLowerCase()
  if (name === 'br' || name === 'hr') return mode === 'plain' ? ' ' : '<br/>'
  if (name === 'img') return escaped(attribute(node, 'alt') ?? '')
  if (mode === 'plain') return spaced(name, nodes(node.children, 'plain', writing))
  if (name === 'table') return mode === 'flow' ? table(node, writing) : broken(node, mode, writing)
  if (name === 'ul' || name === 'ol') return mode === 'phrase' ? broken(node, mode, writing) : list(node, name, writing)
  if (name === 'a') return link(node, writing)
  if (name === 'sub' || name === 'sup') return `<${name}>${nodes(node.children, 'plain', writing)}</${name}>`
  if (BLOCKS.has(name) || PARTS_OF_TABLE.has(name)) return block(node, mode, writing)
  return content(node, writing, STYLES[name])
}

function spaced(name: string, words: string): string {
  return BLOCKS.has(name) || PARTS_OF_TABLE.has(name) ? ` ${words} ` : words
}

/** A paragraph; when it holds blocks itself, those instead. Where no paragraph may stand, its words on a line. */
function block(node: XmlElement, mode: Mode, writing: Writing): string {
  if (mode === 'phrase') return broken(node, mode, writing)
  if (holdsBlock(node)) return nodes(node.children, mode, writing)
  const attributes = attributesOf(node, writing)
  const inner = nodes(node.children, 'phrase', writing)
  return inner.trim() === '' && attributes.ID === undefined ? ' ' : element('paragraph', attributes, inner).xml
}

function holdsBlock(node: XmlElement): boolean {
  return node.children.some(
    (inner) =>
      isElement(inner) && (BLOCKS.has(inner.name.toLowerCase()) || holdsBlock(inner) || PARTS_OF_TABLE.has(inner.name)),
  )
}

/** A block where none may stand: its words, set apart by line breaks. */
function broken(node: XmlElement, mode: Mode, writing: Writing): string {
  const inner = nodes(node.children, mode === 'cell' ? 'cell' : 'phrase', writing)
  if (mode === 'cell') return inner
  return inner.trim() === '' ? ' ' : `${element('content', attributesOf(node, writing), inner).xml}<br/>`
}

/** Inline markup. A phrase cannot hold blocks: they become lines. */
function content(node: XmlElement, writing: Writing, style: string | undefined): string {
  const attributes = attributesOf(node, writing, style)
  const inner = nodes(node.children, 'phrase', writing)
  return Object.values(attributes).every((value) => value === undefined)
    ? inner
    : element('content', attributes, inner).xml
}

function list(node: XmlElement, name: string, writing: Writing): string {
  const items = node.children.flatMap((inner) => {
    if (!isElement(inner)) return isBlank(inner) ? [] : [element('item', {}, escaped(inner)).xml]
    return [element('item', attributesOf(inner, writing), nodes(inner.children, 'flow', writing)).xml]
  })
  if (items.length === 0) return ''
  const attributes = { listType: name === 'ol' ? 'ordered' : undefined, ...attributesOf(node, writing) }
  return element('list', attributes, items.join('')).xml
}

function link(node: XmlElement, writing: Writing): string {
  const inner = nodes(node.children, 'plain', writing)
  return element('linkHtml', { href: attribute(node, 'href'), ...attributesOf(node, writing) }, inner).xml
}

/** ID, language and styles of an element. An id is used once in a document, and must be a name. */
export function attributesOf(
  node: XmlElement,
  writing: Writing,
  style?: string,
): {
  readonly ID?: string | undefined
  readonly language?: string | undefined
  readonly styleCode?: string | undefined
} {
  const id = attribute(node, 'id')
  const language = attribute(node, 'lang')
  const names = (attribute(node, 'class') ?? '').split(/\s+/).filter((name) => /^[A-Za-z][\w-]*$/.test(name))
  const styles = style === undefined ? names : [...names, style]
  return {
    ID: id !== undefined && takeId(id, node, writing) ? id : undefined,
    language: language !== undefined && /^[\w-]+$/.test(language) ? language : undefined,
    styleCode: styles.length === 0 ? undefined : styles.join(' '),
  }
}

function takeId(id: string, node: XmlElement, writing: Writing): boolean {
  if (!fits('ID', id) || writing.ids.has(id)) return false
  writing.ids.add(id)
  const words = oneLine(apart(node))
  if (words !== '' && !writing.narrative.has(words)) writing.narrative.set(words, id)
  return true
}

/** The words of an element as the reader of CDA reads them: blocks and breaks separate. */
function apart(node: XmlElement): string {
  let whole = ''
  for (const inner of node.children) {
    if (!isElement(inner)) whole += inner
    else whole += spaced(inner.name === 'br' ? 'hr' : inner.name, apart(inner))
  }
  return whole
}
