import { linkButton } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

/** What can be taken away of a summary; stands beside the patient's name. */
export function summaryActions(words: Words, view: { readonly here: string; readonly original: boolean }): Html {
  return html`${linkButton(`${view.here}/summary.pdf`, words('portal.summary.pdf'), 'main')}${
    view.original && linkButton(`${view.here}/original.pdf`, words('portal.summary.original'))
  }${linkButton(`${view.here}/document.json`, words('portal.summary.json'))}`
}

/** The summary component between the way back and nothing else: the document speaks. */
export function summaryPage(
  words: Words,
  view: { readonly fragment: Html; readonly back: string; readonly country: string; readonly label?: Html },
): Html {
  return html`<p class="crumbs noprint"><a href="${view.back}">${view.label ?? words('portal.summary.back')}</a> · ${view.country}</p>${view.fragment}`
}
