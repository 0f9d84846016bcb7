import { raw } from '#platform/html/html.ts'
import { linkButton } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

export interface SummaryPage {
  /** The summary component's own markup. */
  readonly fragment: string
  readonly context: Html
  readonly country: string
  readonly here: string
  readonly back: string
  readonly original: boolean
}

/** The translated summary beside its original, with what can be taken away and who sees this access. */
export function summaryPage(words: Words, view: SummaryPage): Html {
  return html`<div class="top no-print"><p class="eyebrow"><a href="${view.back}">${words('portal.summary.back')}</a></p><div class="actions">${linkButton(
    `${view.here}/summary.pdf`,
    words('portal.summary.pdf'),
    'main',
  )}${view.original && linkButton(`${view.here}/original.pdf`, words('portal.summary.original'))}${linkButton(
    `${view.here}/document.json`,
    words('portal.summary.json'),
  )}</div></div>${view.context}${raw(view.fragment)}`
}
