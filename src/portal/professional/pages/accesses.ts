import { alert, table, tag } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import type { Access } from '../accesses.ts'
import { clockTime } from '../visit.ts'

/** The professional's own last accesses, as the ledger has them: the same rows that the patient can ask for. */
export function accessesPage(words: Words, accesses: readonly Access[]): Html {
  const { formats } = words.messages
  const text = (key: string): string => words.messages.text(key)
  const labels = [
    text('portal.accesses.column.time'),
    text('portal.accesses.column.what'),
    text('portal.accesses.column.patient'),
    text('portal.accesses.column.country'),
    text('portal.accesses.column.purpose'),
    text('portal.accesses.column.outcome'),
  ]
  return html`<h1>${words('portal.accesses.title')}</h1><p class="lead">${words('portal.accesses.lead')}</p>${
    accesses.length === 0
      ? alert('information', words('portal.accesses.none.title'), html`<p>${words('portal.accesses.none.text')}</p>`)
      : html`<div class="framed stacked">${table({
          caption: words('portal.accesses.caption', { count: accesses.length }),
          columns: labels.map((label) => html`${label}`),
          labels,
          rows: accesses.map((access) => [
            html`<time datetime="${access.recorded}">${formats.date(access.recorded.slice(0, 10))} ${clockTime(access.recorded)}</time>`,
            words(`portal.accesses.what.${access.what}`),
            html`${access.patient ?? '–'}`,
            html`${access.country ? (formats.countryName(access.country) ?? access.country) : '–'}`,
            access.purpose ? words(`portal.accesses.purpose.${access.purpose}`) : html`–`,
            tag(words(`portal.accesses.outcome.${access.outcome}`), access.outcome === 'success' ? 'good' : 'warn'),
          ]),
        })}</div><p class="quiet small">${words('portal.accesses.sequence')}</p>`
  }`
}
