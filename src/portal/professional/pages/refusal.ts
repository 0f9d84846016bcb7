import { type Html, html, type Words } from '../../ui/markup.ts'

export interface Refusal {
  /** Stem of the message keys: `problem.<code>.title`, `.meaning`, `.next`. */
  readonly code: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly helpLine: { readonly phone: string; readonly hours: string }
  /** Buttons for what to do next. */
  readonly actions?: Html
  /** Shown small at the end, for the person who answers the telephone. */
  readonly reference?: string
}

/** A refusal is a page: what happened, what it means for care, what to do next, whom to call. The code comes last. */
export function refusalPage(words: Words, refusal: Refusal): Html {
  const { code, parameters, helpLine } = refusal
  const part = (name: string): Html => words(`problem.${code}.${name}`, parameters)
  return html`<div class="refusal"><h1>${part('title')}</h1>
<section><h2>${words('portal.refusal.meaning')}</h2><p>${part('meaning')}</p></section>
<section><h2>${words('portal.refusal.next')}</h2><p>${part('next')}</p>${
    refusal.actions && html`<div class="actions">${refusal.actions}</div>`
  }</section>
<section><h2>${words('portal.refusal.call')}</h2><p>${words('portal.refusal.line', helpLine)}</p></section>
<p class="reference">${words('portal.refusal.reference')} <code>${refusal.reference ?? code}</code></p></div>`
}
