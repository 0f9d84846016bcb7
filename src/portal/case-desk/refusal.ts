/** Pages that are not there, forms that are not ours, errors. Somebody without the office sees only that there is nothing. */
import { linkButton } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { type DeskOptions, type DeskPerson, type PersonVisit, show, type Visit } from './desk.ts'

const STATUS = { 'not-found': 404, 'foreign-form': 403, 'server-error': 500 } as const

type AnyVisit = Visit<DeskOptions<DeskPerson>> | PersonVisit<DeskOptions<DeskPerson>, DeskPerson>

export function refused(visit: AnyVisit, why: keyof typeof STATUS): Response {
  const title = visit.words.messages.text(`access-body.refused.${why}.title`)
  return show(visit, { title, status: STATUS[why], content: refusalPage(visit, why) })
}

function refusalPage(visit: AnyVisit, why: keyof typeof STATUS): Html {
  const { words, options } = visit
  const { signIn } = options
  const way =
    'person' in visit
      ? linkButton(visit.address(''), words('access-body.refused.back'), 'main')
      : signIn && linkButton(signIn.href, words('portal.home.sign-in', { provider: signIn.provider }), 'main')
  return html`<div class="refusal"><h1>${words(`access-body.refused.${why}.title`)}</h1>
<p>${words(`access-body.refused.${why}.text`)}</p>${way && html`<div class="actions">${way}</div>`}</div>`
}
