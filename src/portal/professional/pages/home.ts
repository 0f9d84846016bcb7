import { alert, linkButton } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

const PROMISES = ['beside', 'nothing-lost', 'visible'] as const

/** Before sign-in: what this is for, and the one button. */
export function homePage(words: Words, options: { readonly provider: string; readonly signedOut: boolean }): Html {
  return html`${
    options.signedOut &&
    alert('success', words('portal.signed-out.title'), html`<p>${words('portal.signed-out.text')}</p>`)
  }<div class="hero"><div><h1>${words('portal.home.title')}</h1><p class="lead">${words('portal.home.lead')}</p>
<p class="actions">${linkButton('/sign-in', words('portal.home.sign-in', { provider: options.provider }), 'main')}</p>
<p class="quiet small">${words('portal.home.who')}</p></div>
<ul class="promises">${PROMISES.map(
    (promise) =>
      html`<li><strong>${words(`portal.home.${promise}.title`)}</strong>${words(`portal.home.${promise}.text`)}</li>`,
  )}</ul></div>`
}
