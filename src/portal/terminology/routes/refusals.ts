/** What could not be shown, as a page: what happened, what it means, what to do next. */
import type { Problem } from '#platform/result/result.ts'
import { linkButton } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import type { BrowseRefusal } from '../browser.ts'
import { show, type Visit } from '../visit.ts'

type Refusal = BrowseRefusal | 'not-found' | 'server-error' | 'nothing-asked'

const STATUS: Readonly<Record<Refusal, 400 | 404 | 422 | 500>> = {
  'unknown-system': 404,
  'unknown-version': 404,
  'unknown-code': 404,
  'unknown-value-set': 404,
  'unknown-map': 404,
  'not-expandable': 422,
  'too-costly': 422,
  'not-found': 404,
  'nothing-asked': 400,
  'server-error': 500,
}

export interface RefusalDetails {
  /** What was asked for, as it was written. */
  readonly text?: string
  /** Name of the code system or value set in which it was looked for. */
  readonly within?: string
}

export function refused(visit: Visit, problem: Problem<BrowseRefusal>, details: RefusalDetails = {}): Response {
  return refusal(visit, problem.code, details, problem.sentence)
}

/** @param sentence what the server said about it, in English */
export function refusal(visit: Visit, code: Refusal, details: RefusalDetails = {}, sentence?: string): Response {
  const { words } = visit
  const { text = '', within = '' } = details
  return show(visit, {
    title: words.messages.text(`terminology.refused.${code}.title`),
    status: STATUS[code],
    content: html`<div class="refusal"><h1>${words(`terminology.refused.${code}.title`)}</h1>
${(text || within) && html`<p class="asked"><code>${text}</code>${within && html`<span class="sub">${within}</span>`}</p>`}
<section><h2>${words('terminology.refused.meaning')}</h2><p>${words(`terminology.refused.${code}.meaning`)}</p>${
      sentence && html`<p class="small quiet"><span lang="en">${sentence}</span></p>`
    }</section>
<section><h2>${words('terminology.refused.next')}</h2><p>${words(`terminology.refused.${code}.next`)}</p><div class="actions">${linkButton(
      visit.address(''),
      words('terminology.refused.search'),
      'main',
    )}${linkButton(visit.address('/systems'), words('terminology.nav.systems'))}</div></section></div>`,
  })
}
