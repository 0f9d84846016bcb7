/** Tables of a narrative (StrucDoc.Table): caption, columns, head, foot, bodies, each row with at least one cell. */
import { attribute, isBlank, isElement } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { type Attributes, element, escaped } from '../element.ts'
import type { Writing } from '../writing.ts'
import { attributesOf, nodes } from './structured.ts'

/** A table in the order that the schema wants. */
export function table(node: XmlElement, writing: Writing): string {
  const attributes = attributesOf(node, writing)
  const parts = new Map<string, string[]>()
  const add = (name: string, xml: string): void => {
    if (xml !== '') parts.set(name, [...(parts.get(name) ?? []), xml])
  }
  let loose = ''
  for (const inner of node.children) {
    if (!isElement(inner)) loose += isBlank(inner) ? '' : escaped(inner)
    else if (inner.name === 'tr') add('rows', row(inner, writing))
    else if (ROW_GROUPS.has(inner.name)) add(inner.name, group(inner, writing))
    else if (inner.name === 'col' || inner.name === 'colgroup') add(inner.name, columns(inner, writing))
    else if (inner.name === 'caption') add('caption', captionOf(inner, writing))
    else loose += nodes([inner], 'phrase', writing)
  }
  const part = (name: string): string => (parts.get(name) ?? []).join('')
  const rows = part('rows')
  const bodies = `${part('tbody')}${rows === '' ? '' : `<tbody>${rows}</tbody>`}`
  const before = loose === '' ? '' : element('paragraph', {}, loose).xml
  const [head = '', ...heads] = parts.get('thead') ?? []
  const [foot = '', ...feet] = parts.get('tfoot') ?? []
  const more = [...heads, ...feet].map(asBody).join('')
  const body = bodies + more === '' ? asBody(head) : bodies + more
  if (body === '') return before
  const cols = part('col') === '' ? part('colgroup') : part('col')
  const caption = (parts.get('caption') ?? [''])[0] ?? ''
  const headShown = bodies + more === '' ? '' : head
  return `${before}${element('table', attributes, `${caption}${cols}${headShown}${foot}${body}`).xml}`
}

const ROW_GROUPS = new Set(['thead', 'tbody', 'tfoot'])

/** A head or foot as a body, where another stands already or where there is nothing but it. */
function asBody(group: string): string {
  return group.replace(/^<t(?:head|foot)/, '<tbody').replace(/<\/t(?:head|foot)>$/, '</tbody>')
}

function group(node: XmlElement, writing: Writing): string {
  const rows = node.children.flatMap((inner) => (isElement(inner) ? [row(inner, writing)] : words(inner))).join('')
  return rows === '' ? '' : element(node.name, attributesOf(node, writing), rows).xml
}

/** Words between rows or cells, which XHTML does not know but some write. */
function words(text: string): string[] {
  return isBlank(text) ? [] : [`<tr><td>${escaped(text)}</td></tr>`]
}

function row(node: XmlElement, writing: Writing): string {
  const attributes = attributesOf(node, writing)
  const cells = node.children
    .flatMap((inner) =>
      isElement(inner) ? [cell(inner, writing)] : isBlank(inner) ? [] : [`<td>${escaped(inner)}</td>`],
    )
    .join('')
  if (cells !== '') return element('tr', attributes, cells).xml
  return attributes.ID === undefined ? '' : element('tr', attributes, '<td/>').xml
}

const ALIGN = new Set(['left', 'center', 'right', 'justify', 'char'])
const VALIGN = new Set(['top', 'middle', 'bottom', 'baseline'])

function cell(node: XmlElement, writing: Writing): string {
  const isHead = node.name === 'th'
  const one = (name: string, allowed: (value: string) => boolean): string | undefined => {
    const value = attribute(node, name)
    return value !== undefined && allowed(value) ? value : undefined
  }
  const attributes: Attributes = {
    ...attributesOf(node, writing),
    rowspan: one('rowspan', (value) => /^\d{1,4}$/.test(value)),
    colspan: one('colspan', (value) => /^\d{1,4}$/.test(value)),
    align: one('align', (value) => ALIGN.has(value)),
    valign: one('valign', (value) => VALIGN.has(value)),
  }
  return element(isHead ? 'th' : 'td', attributes, nodes(node.children, isHead ? 'phrase' : 'cell', writing)).xml
}

function columns(node: XmlElement, writing: Writing): string {
  const span = attribute(node, 'span')
  const attributes = {
    ...attributesOf(node, writing),
    span: span !== undefined && /^\d{1,4}$/.test(span) ? span : undefined,
  }
  const inner = node.children.flatMap((one) => (isElement(one) && one.name === 'col' ? [columns(one, writing)] : []))
  return element(node.name, attributes, inner.join('')).xml
}

function captionOf(node: XmlElement, writing: Writing): string {
  return element('caption', attributesOf(node, writing), nodes(node.children, 'plain', writing)).xml
}
