import { button, form, linkButton } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

/** When the session ends and how to go on working (WCAG 2.2.1); may be opened in a second window beside a form. */
export function sessionPage(
  words: Words,
  view: { readonly endsAt: string; readonly latestAt: string; readonly token: string; readonly extended: boolean },
): Html {
  return html`<h1>${words('portal.session.title', { time: view.endsAt })}</h1><div class="text"><p class="lead">${
    view.extended ? words('portal.session.extended', { time: view.endsAt }) : words('portal.session.lead')
  }</p><p>${words('portal.session.latest', { time: view.latestAt })}</p></div>${form({
    action: '/session',
    token: view.token,
    content: html`<div class="actions">${button(words('portal.session.extend'))}${linkButton(
      '/patients',
      words('portal.session.back'),
    )}</div>`,
  })}`
}
