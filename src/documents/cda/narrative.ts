/**
 * Narrative blocks (CDA R2 §4.3.5) → XHTML as FHIR allows it (R4 §2.4.0.1): tables, lists, captions, ids for
 * highlighting; no scripts, no styles with effects, no foreign links but plain web and mail addresses.
 */
import { attribute, isBlank, isElement } from '#platform/xml/access.ts'
import type { XmlElement, XmlNode } from '#platform/xml/tree.ts'

const TAGS: Readonly<Record<string, string>> = {
  paragraph: 'p',
  content: 'span',
  item: 'li',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
  colgroup: 'colgroup',
  col: 'col',
  br: 'br',
  sub: 'sub',
  sup: 'sup',
  caption: 'caption',
  linkHtml: 'a',
  renderMultiMedia: 'span',
  renderMultimedia: 'span',
  footnote: 'span',
  footnoteRef: 'a',
}

const BLOCKS = new Set(['paragraph', 'list', 'table', 'item'])
const EMPTY_TAGS = new Set(['br', 'col'])
const SAFE_LINK = /^(?:https?:\/\/|mailto:|tel:|#)\S*$/i
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/

/** The narrative of one section as a div, or undefined when it has no words. `seen` holds the ids used so far. */
export function narrativeDiv(
  text: XmlElement | undefined,
  language: string | undefined,
  seen: Set<string>,
): string | undefined {
  if (text === undefined) return undefined
  const inner = nodes(text.children, seen)
  if (!/(?:^|>)\s*[^\s<]/.test(inner)) return undefined
  const lang = language === undefined ? '' : ` lang="${escaped(language)}" xml:lang="${escaped(language)}"`
  return `<div xmlns="http://www.w3.org/1999/xhtml"${lang}${attributesOf(text, 'div', seen)}>${inner}</div>`
}

/** A div for words that come from outside a narrative block. */
export function wordsDiv(words: string): string {
  return `<div xmlns="http://www.w3.org/1999/xhtml">${escaped(words)}</div>`
}

function nodes(children: readonly XmlNode[], seen: Set<string>): string {
  let html = ''
  for (const node of children) html += isElement(node) ? element(node, seen) : run(node)
  return html
}

function run(words: string): string {
  return isBlank(words) ? ' ' : escaped(words.replace(/\s+/g, ' '))
}

function element(node: XmlElement, seen: Set<string>): string {
  if (node.name === 'list') return list(node, seen)
  const tag = tagOf(node)
  const attributes = attributesOf(node, tag, seen)
  if (EMPTY_TAGS.has(tag)) return `<${tag}${attributes}/>`
  const inner = nodes(node.children, seen)
  if (tag === 'span' && attributes === '') return inner
  return `<${tag}${attributes}>${inner}</${tag}>`
}

function tagOf(node: XmlElement): string {
  const tag = Object.hasOwn(TAGS, node.name) ? TAGS[node.name] : undefined
  if (tag === undefined) return holdsBlock(node) ? 'div' : 'span'
  if ((tag === 'p' || tag === 'span') && holdsBlock(node)) return 'div'
  if (tag === 'a') return linkOf(node) === undefined ? 'span' : 'a'
  return tag
}

function holdsBlock(node: XmlElement): boolean {
  return node.children.some((child) => isElement(child) && (BLOCKS.has(child.name) || holdsBlock(child)))
}

function list(node: XmlElement, seen: Set<string>): string {
  const tag = attribute(node, 'listType')?.toLowerCase() === 'ordered' ? 'ol' : 'ul'
  let caption = ''
  let items = ''
  for (const child of node.children) {
    if (!isElement(child)) items += escaped(child.trim())
    else if (child.name === 'caption')
      caption += `<p${attributesOf(child, 'p', seen)}>${nodes(child.children, seen)}</p>`
    else if (child.name === 'item') items += element(child, seen)
    else items += `<li>${element(child, seen)}</li>`
  }
  return `${caption}<${tag}${attributesOf(node, tag, seen)}>${items}</${tag}>`
}

function linkOf(node: XmlElement): string | undefined {
  const href =
    attribute(node, 'href') ?? (attribute(node, 'IDREF') === undefined ? undefined : `#${attribute(node, 'IDREF')}`)
  return href !== undefined && SAFE_LINK.test(href) ? href : undefined
}

function attributesOf(node: XmlElement, tag: string, seen: Set<string>): string {
  let html = ''
  for (const { name, value } of node.attributes) {
    if (name === 'ID' || name === 'id') html += idOf(value, seen)
    else if (name === 'styleCode') html += classOf(value)
    else if ((name === 'colspan' || name === 'rowspan') && /^\d{1,4}$/.test(value)) html += ` ${name}="${value}"`
    else if (name === 'span' && tag.startsWith('col') && /^\d{1,4}$/.test(value)) html += ` span="${value}"`
    else if ((name === 'align' || name === 'valign') && /^(?:t|col)/.test(tag) && /^[a-z]+$/.test(value))
      html += ` ${name}="${value}"`
    else if (name === 'language' && LANGUAGE.test(value) && !value.startsWith('xx'))
      html += ` lang="${value}" xml:lang="${value}"`
  }
  const href = tag === 'a' ? linkOf(node) : undefined
  return href === undefined ? html : `${html} href="${escaped(href)}"`
}

/** Ids stay as they are, for the entries refer to them; a second use of one is left out, for it would be invalid. */
function idOf(value: string, seen: Set<string>): string {
  const id = value.trim().replace(/\s+/g, '_')
  if (id === '' || seen.has(id)) return ''
  seen.add(id)
  return ` id="${escaped(id)}"`
}

function classOf(styleCode: string): string {
  const names = styleCode.split(/\s+/).filter((name) => /^[A-Za-z][\w-]*$/.test(name))
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(value: string): string {
  return /[&<>"]/.test(value) ? value.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character) : value
}
