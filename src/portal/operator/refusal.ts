/** Pages that are not there, forms that are not ours, errors. Somebody without the office sees only that there is nothing. */
import { linkButton } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { type OperatorVisit, show, type Visit } from './visit.ts'

const STATUS = { 'not-found': 404, 'foreign-form': 403, 'server-error': 500 } as const

export function refused(visit: Visit | OperatorVisit, why: keyof typeof STATUS): Response {
  const title = visit.words.messages.text(`operator.refused.${why}.title`)
  return show(visit, { title, status: STATUS[why], content: refusalPage(visit, why) })
}

function refusalPage(visit: Visit | OperatorVisit, why: keyof typeof STATUS): Html {
  const { words, options } = visit
  const { signIn } = options
  const way =
    'operator' in visit
      ? linkButton(visit.address(''), words('operator.area.overview'), 'main')
      : signIn && linkButton(signIn.href, words('portal.home.sign-in', { provider: signIn.provider }), 'main')
  return html`<div class="refusal"><h1>${words(`operator.refused.${why}.title`)}</h1>
<p>${words(`operator.refused.${why}.text`)}</p>${way && html`<div class="actions">${way}</div>`}</div>`
}
