/** Key figures of today and of this week, and the same as CSV with the columns of eADC. */
import { csvHeader, csvRow } from '#care/key-figures/figures-csv.ts'
import { linkButton, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, show } from '../../ui/site.ts'
import { type FigureRow, PERIODS, type PeriodName, periodStart, summarise } from '../figures-summary.ts'
import type { OperatorVisit } from '../visit.ts'

const COLUMNS = [
  'country',
  'direction',
  'transaction',
  'service',
  'all',
  'refused',
  'failed',
  'mean',
  'longest',
] as const

export async function showFigures(visit: OperatorVisit): Promise<Response> {
  const { words } = visit
  const blocks = await Promise.all(PERIODS.map((period) => periodBlock(visit, period)))
  const content = html`<h1>${words('operator.area.figures')}</h1><p class="lead">${words('operator.figures.lead')}</p>${blocks}
<p class="quiet">${words('operator.figures.metrics')} <a href="/metrics"><code>/metrics</code></a></p>`
  return show(visit, { title: words.messages.text('operator.area.figures'), content })
}

async function periodBlock(visit: OperatorVisit, period: PeriodName): Promise<Html> {
  const { words, options, now } = visit
  const rows = await summarise(options.keyFigures.pages({ from: periodStart(period, now) }))
  return html`<section><h2>${words(`operator.figures.${period}`)}</h2>${
    rows.length === 0
      ? html`<p>${words('operator.figures.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words(`operator.figures.${period}`),
          columns: COLUMNS.map((column) => words(`operator.column.${column}`)),
          labels: COLUMNS.map((column) => words.messages.text(`operator.column.${column}`)),
          rows: rows.map((row) => cellsOf(visit, row)),
        })}</div>`
  }<div class="actions">${linkButton(visit.address('/figures.csv', { period }), words(`operator.figures.csv.${period}`))}</div></section>`
}

function cellsOf(visit: OperatorVisit, row: FigureRow): readonly Html[] {
  const { number } = visit.words.messages.formats
  return [
    html`${countryName(visit, row.peer)}`,
    visit.words(`operator.direction.${row.side}`),
    html`${row.transaction}`,
    html`${row.service}`,
    ...[row.all, row.refused, row.failed].map((count) => html`${number(count)}`),
    ...[row.meanMs, row.longestMs].map((time) => html`${number(Math.round(time))} ms`),
  ]
}

/** Written page by page, so that a busy week does not stand in memory. */
export async function downloadFigures(visit: OperatorVisit): Promise<Response> {
  const { options, context, now } = visit
  const period = PERIODS.find((one) => one === context.req.query('period')) ?? 'today'
  const from = periodStart(period, now)
  const pages = options.keyFigures.pages({ from })
  async function* lines(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder()
    yield encoder.encode(csvHeader())
    for await (const page of pages) yield encoder.encode(page.map(csvRow).join(''))
  }
  const name = `key-figures-${options.country}-${from.slice(0, 10)}.csv`
  return new Response(ReadableStream.from(lines()), {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  })
}
