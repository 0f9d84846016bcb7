/** The variables of a dataset (CSV on the Web), table by table. */
import type { DatasetRecord } from '#research/catalogue/record/dataset-record.ts'
import { type Html, html } from '../../ui/markup.ts'
import { textOf } from '../dataset-words.ts'
import type { Visit } from '../visit.ts'

/** Columns that a page shows; the whole list is in the description that can be downloaded. */
const MOST = 300

export function variableTables(visit: Visit, record: DatasetRecord): Html {
  const { words } = visit
  const tables = (record.variables ?? []).flatMap(({ table }) => table ?? [])
  const count = tables.reduce((sum, { column }) => sum + (column ?? []).length, 0)
  if (count === 0) return html`<p>${words('catalogue.page.variables.none')}</p>`
  let left = MOST
  return html`<p>${words('catalogue.page.variables.count', { count })}</p>${tables.map((table, index) => {
    const columns = (table.column ?? []).slice(0, Math.max(0, left))
    left -= columns.length
    if (columns.length === 0) return undefined
    const name =
      textOf(visit, table.title) ?? html`${table.url ?? words('catalogue.page.variables.table', { number: index + 1 })}`
    return html`<details${index === 0 && html` open`}><summary>${name}</summary><table class="variables"><thead><tr><th scope="col">${words(
      'catalogue.page.variables.name',
    )}</th><th scope="col">${words('catalogue.page.variables.meaning')}</th><th scope="col">${words(
      'catalogue.page.variables.type',
    )}</th></tr></thead><tbody>${columns.map(
      (column) =>
        html`<tr><th scope="row"><code>${column.name?.value ?? ''}</code></th><td>${textOf(visit, column.title)}${
          column.description && html`<span class="sub">${textOf(visit, column.description)}</span>`
        }</td><td>${column.datatype?.value ?? ''}</td></tr>`,
    )}</tbody></table></details>`
  })}${count > MOST && html`<p>${words('catalogue.page.variables.more', { number: String(MOST) })}</p>`}`
}
