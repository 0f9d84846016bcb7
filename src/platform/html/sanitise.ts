/**
 * XHTML from anywhere → HTML that can stand in our page. An allow-list: what is not named here is dropped, its text
 * kept. No scripts, styles, event handlers, ids, classes, forms or remote images; links only to the web, mail and
 * telephone. Output is always balanced, whatever came in.
 */
import { escapeHtml } from './escape.ts'

/** Elements that stay, with the element that they become: headings must not break the outline of the page. */
const ELEMENTS: Readonly<Record<string, string>> = {
  a: 'a', abbr: 'abbr', acronym: 'abbr', b: 'b', bdo: 'bdo', big: 'span', blockquote: 'blockquote', br: 'br',
  caption: 'caption', cite: 'cite', code: 'code', col: 'col', colgroup: 'colgroup', dd: 'dd', dfn: 'dfn', div: 'div',
  dl: 'dl', dt: 'dt', em: 'em', h1: 'p', h2: 'p', h3: 'p', h4: 'p', h5: 'p', h6: 'p', hr: 'hr', i: 'i', img: 'img',
  kbd: 'kbd', li: 'li', ol: 'ol', p: 'p', pre: 'pre', q: 'q', samp: 'samp', small: 'small', span: 'span',
  strong: 'strong', sub: 'sub', sup: 'sup', table: 'table', tbody: 'tbody', td: 'td', tfoot: 'tfoot', th: 'th',
  thead: 'thead', tr: 'tr', tt: 'code', u: 'u', ul: 'ul', var: 'var', ins: 'ins', del: 'del',
} // biome-ignore format: a table

const KEPT: ReadonlyMap<string, string> = new Map(Object.entries(ELEMENTS))

const VOID = new Set(['br', 'col', 'hr', 'img'])

/** Elements whose content is no text for people. */
const WITHOUT_CONTENT = new Set([
  'script',
  'style',
  'iframe',
  'object',
  'embed',
  'template',
  'noscript',
  'head',
  'title',
])

const ATTRIBUTES = new Set([
  'colspan',
  'rowspan',
  'span',
  'lang',
  'title',
  'abbr',
  'scope',
  'alt',
  'dir',
  'start',
  'datetime',
])

const SAFE_LINK = /^(?:https?:|mailto:|tel:)/i
const SAFE_IMAGE = /^data:image\/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+$/i
const ENTITY = /&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/g
const ATTRIBUTE = /([A-Za-z_][\w:.-]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g

function text(raw: string): string {
  let out = raw
  if (out.includes('&')) out = out.replace(ENTITY, '&amp;')
  if (out.includes('<')) out = out.replaceAll('<', '&lt;')
  return out.includes('>') ? out.replaceAll('>', '&gt;') : out
}

function decoded(value: string): string {
  if (!value.includes('&')) return value
  return value
    .replace(/&#(\d{1,7});/g, (_, code: string) => String.fromCodePoint(Math.min(Number(code), 0x10ffff)))
    .replace(/&#x([0-9A-Fa-f]{1,6});/g, (_, code: string) =>
      String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff)),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&colon;', ':')
    .replaceAll('&Tab;', '\t')
    .replaceAll('&NewLine;', '\n')
    .replaceAll('&amp;', '&')
}

function attributes(element: string, raw: string): { html: string; image: boolean; alternative: string } {
  let html = ''
  let image = false
  let alternative = ''
  ATTRIBUTE.lastIndex = 0
  for (let match = ATTRIBUTE.exec(raw); match; match = ATTRIBUTE.exec(raw)) {
    const written = match[1]?.toLowerCase() ?? ''
    const name = written === 'xml:lang' ? 'lang' : written
    if (name !== 'href' && name !== 'src' && !ATTRIBUTES.has(name)) continue
    const value = decoded(match[2] ?? match[3] ?? match[4] ?? '')
    if (name === 'href' && element === 'a' && SAFE_LINK.test(value.trim())) {
      html += ` href="${escapeHtml(value.trim())}" rel="noopener noreferrer"`
    } else if (name === 'src' && element === 'img' && SAFE_IMAGE.test(value)) {
      html += ` src="${escapeHtml(value)}"`
      image = true
    } else if (ATTRIBUTES.has(name) && value !== '' && !html.includes(` ${name}=`)) {
      if (name === 'lang' && !/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.test(value)) continue
      html += ` ${name}="${escapeHtml(name === 'lang' ? value.replaceAll('_', '-') : value)}"`
      if (name === 'alt') alternative = value
    } else if (name === 'src') alternative ||= value.slice(0, 200)
  }
  return { html, image, alternative }
}

/** End of a tag, minding quoted attribute values. */
function tagEnd(source: string, from: number): number {
  let quote = 0
  for (let at = from; at < source.length; at++) {
    const character = source.charCodeAt(at)
    if (quote !== 0) {
      if (character === quote) quote = 0
    } else if (character === 0x22 || character === 0x27) quote = character
    else if (character === 0x3e) return at
  }
  return -1
}

/** Longest nesting that is kept; deeper elements are dropped and their text kept. */
const DEPTH = 64

/** A fragment of XHTML or HTML → safe, balanced HTML. */
export function sanitiseHtml(source: string): string {
  let out = ''
  const open: string[] = []
  let at = 0
  while (at < source.length) {
    const start = source.indexOf('<', at)
    if (start < 0) return closeAll(out + text(source.slice(at)), open)
    if (start > at) out += text(source.slice(at, start))
    const next = source.charCodeAt(start + 1)
    if (source.startsWith('<!--', start)) {
      const end = source.indexOf('-->', start + 4)
      at = end < 0 ? source.length : end + 3
    } else if (source.startsWith('<![CDATA[', start)) {
      const end = source.indexOf(']]>', start)
      out += escapeHtml(source.slice(start + 9, end < 0 ? source.length : end))
      at = end < 0 ? source.length : end + 3
    } else if (
      next === 0x2f ||
      next === 0x21 ||
      next === 0x3f ||
      ((next | 0x20) - 0x61 < 26 && (next | 0x20) >= 0x61)
    ) {
      const end = tagEnd(source, start + 1)
      if (end < 0) return closeAll(out + text(source.slice(start)), open)
      at = end + 1
      const inside = source.slice(start + 1, end)
      if (next === 0x2f) out += closing(inside.slice(1).trim().toLowerCase(), open)
      else if (next !== 0x21 && next !== 0x3f) {
        const name = (KEPT.has(inside) ? inside : /^[^\s/>]+/.exec(inside)?.[0].toLowerCase()) ?? ''
        if (WITHOUT_CONTENT.has(name) && !inside.endsWith('/')) {
          const stop = source.toLowerCase().indexOf(`</${name}`, at)
          at = stop < 0 ? source.length : tagEnd(source, stop) + 1 || source.length
        } else out += opening(name, inside.slice(name.length), open)
      }
    } else {
      out += '&lt;'
      at = start + 1
    }
  }
  return closeAll(out, open)
}

const BARE = { html: '', image: false, alternative: '' }

function opening(written: string, rest: string, open: string[]): string {
  const name = written.includes(':') ? written.slice(written.indexOf(':') + 1) : written
  const element = KEPT.get(name)
  const closed = rest.endsWith('/')
  if (element === undefined) {
    if (!closed && open.length < DEPTH) open.push(`-${written}`)
    return ''
  }
  const raw = closed ? rest.slice(0, -1) : rest
  const { html, image, alternative } = raw === '' || raw.trim() === '' ? BARE : attributes(element, raw)
  if (element === 'img' && !image) return alternative ? `<em>[${escapeHtml(alternative)}]</em>` : ''
  if (VOID.has(element))
    return element === 'img' && !html.includes(' alt=') ? `<img${html} alt="">` : `<${element}${html}>`
  const heading = element === 'p' && name !== 'p'
  if (closed) return heading ? '' : `<${element}${html}></${element}>`
  if (open.length >= DEPTH) return ''
  open.push(heading ? `h${name}` : written)
  return heading ? `<p${html}><b>` : `<${element}${html}>`
}

function endTag(entry: string): string {
  if (entry.startsWith('-')) return ''
  if (entry.length === 3 && /^hh[1-6]$/.test(entry)) return '</b></p>'
  const name = entry.includes(':') ? entry.slice(entry.indexOf(':') + 1) : entry
  return `</${KEPT.get(name) ?? 'span'}>`
}

function closing(name: string, open: string[]): string {
  if (open.at(-1) === name) return endTag(open.pop() ?? '-')
  const position = open.findLastIndex((entry) => entry === name || entry === `-${name}` || entry === `h${name}`)
  if (position < 0) return ''
  let out = ''
  while (open.length > position) out += endTag(open.pop() ?? '-')
  return out
}

function closeAll(out: string, open: string[]): string {
  let html = out
  while (open.length > 0) html += endTag(open.pop() ?? '-')
  return html
}

const TAG = /<[^>]*>/g
const BLOCK_END = /<(?:\/(?:p|div|tr|li|table|ul|ol|dd|dt|caption)|br)[^>]*>/g

/** Plain text of safe HTML (as `sanitiseHtml` makes it), blocks on their own lines. */
export function plainText(html: string): string {
  return decoded(
    html
      .replace(/<\/t[dh]>\s*(?=<t[dh])/g, ' \u00b7 ')
      .replace(BLOCK_END, '\n')
      .replace(TAG, ''),
  )
    .replaceAll('&nbsp;', '\u00a0')
    .replaceAll('&#39;', "'")
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
}
