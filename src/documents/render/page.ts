/** The summary as one file that needs nothing else: no script, no request, fit to be saved, sent and printed. */
import { escapeHtml } from '#platform/html/escape.ts'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { renderSummary, summaryStylesheet } from './summary.ts'
import type { SummaryView } from './summary-view.ts'

let stylesheet: string | undefined

/** A standalone HTML page of a summary. */
export function renderPage(view: SummaryView): string {
  stylesheet ??= `${tokensStylesheet()}${summaryStylesheet()}`
  const skip = escapeHtml(view.messages.text('summary.skip'))
  return `<!doctype html><html lang="${escapeHtml(view.language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="generator" content="Tessera"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>${escapeHtml(view.title)}</title><style>${stylesheet}</style></head><body><a class="skip" href="#main">${skip}</a><main class="page" id="main">${renderSummary(view)}</main></body></html>`
}
