/** The narrative of documents that Tessera makes: a table, as safe XHTML. */
import { escapeHtml } from '#platform/html/escape.ts'

const XHTML = 'http://www.w3.org/1999/xhtml'

/** Rows of words as a narrative; the first row is the head. */
export function tableDiv(head: readonly string[], rows: readonly (readonly string[])[], language: string): string {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  const lang = escapeHtml(language)
  return `<div xmlns="${XHTML}" xml:lang="${lang}" lang="${lang}"><table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table></div>`
}
