/** Inline values → HTML: machine values stay in `data` and `time`, foreign words carry their language. */
import { escapeHtml } from '#platform/html/escape.ts'
import type { Phrase } from '#platform/i18n/messages.ts'
import type { Detail, Inline, Line, Tag } from './summary-view.ts'

/** What the writer needs to know of the page. */
export interface Page {
  readonly language: string
  /** Address of an attachment by its anchor; by default the anchor itself. */
  readonly link?: (href: string) => string
}

function lang(language: string | undefined): string {
  return language === undefined ? '' : ` lang="${escapeHtml(language)}"`
}

export function inlineHtml(inline: Inline): string {
  if (typeof inline === 'string') return escapeHtml(inline)
  switch (inline.kind) {
    case 'words':
      return `<span lang="${escapeHtml(inline.language)}">${escapeHtml(inline.text)}</span>`
    case 'time':
      return `<time datetime="${escapeHtml(inline.iso)}">${escapeHtml(inline.text)}</time>`
    case 'number':
      return inline.value === inline.text
        ? escapeHtml(inline.text)
        : `<data value="${escapeHtml(inline.value)}">${escapeHtml(inline.text)}</data>`
    case 'coding': {
      let html = inline.systemName === '' ? '' : `${escapeHtml(inline.systemName)} `
      if (inline.code !== '') html += `<code>${escapeHtml(inline.code)}</code>`
      if (inline.display !== undefined) {
        html +=
          inline.language === undefined
            ? ` ${escapeHtml(inline.display)}`
            : ` <span lang="${escapeHtml(inline.language)}">${escapeHtml(inline.display)}</span>`
      }
      return html
    }
    case 'literal':
      return escapeHtml(inline.text)
    case 'link':
      return `<a href="${escapeHtml(inline.href)}"${lang(inline.language)}>${escapeHtml(inline.text)}</a>`
    case 'mark':
      return ` <span class="tag warn">${escapeHtml(inline.text)}</span>`
    case 'narrative':
      return `<div class="told" lang="${escapeHtml(inline.language)}">${inline.html}</div>`
  }
}

export function lineHtml(line: Line): string {
  let html = ''
  for (const inline of line) html += inlineHtml(inline)
  return html
}

export function linesHtml(lines: readonly Line[], className: string): string {
  let html = ''
  for (const line of lines) html += `<span class="${className}">${lineHtml(line)}</span>`
  return html
}

export function tagsHtml(tags: readonly Tag[]): string {
  let html = ''
  for (const { text, tone } of tags) {
    html += tone === 'plain' ? ' <span class="tag">' : ` <span class="tag ${tone}">`
    html += `${inlineHtml(text)}</span>`
  }
  return html
}

/** Labels are few and the same objects each time; their markup is made once. */
const LABELS = new WeakMap<Phrase, { readonly reader: string; readonly html: string }>()

function labelHtml(label: Phrase, reader: string): string {
  const known = LABELS.get(label)
  if (known?.reader === reader) return known.html
  const html = phraseHtml(label, reader)
  LABELS.set(label, { reader, html })
  return html
}

export function phraseHtml(phrase: Phrase, reader: string): string {
  const text = escapeHtml(phrase.text)
  return phrase.language === reader || reader.startsWith(`${phrase.language}-`)
    ? text
    : `<span lang="${escapeHtml(phrase.language)}">${text}</span>`
}

/** The list of facts of a row. End tags of `dt` and `dd` are optional in HTML, and there are thousands. */
export function factsHtml(details: readonly Detail[], reader: string): string {
  let html = '<dl class="facts">'
  for (const { id, label, content } of details) {
    html += id === undefined ? '<dt>' : `<dt id="${id}">`
    html += `${labelHtml(label, reader)}<dd>${lineHtml(content)}`
  }
  return `${html}</dl>`
}
