/** Pages that are not there, forms that are not ours, errors, and the page of somebody who is not signed in. */
import type { Problem } from '#platform/result/result.ts'
import { alert, linkButton } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { inTongue, refusal, show } from '../ui/site.ts'
import { problemWords } from './problem-words.ts'
import type { ResearcherVisit, Visit } from './visit.ts'

const STATUS = { 'not-found': 404, 'foreign-form': 403, 'server-error': 500 } as const

export function refused(visit: Visit | ResearcherVisit, why: keyof typeof STATUS): Response {
  const { words } = visit
  const title = words(`research.refused.${why}.title`)
  const way = linkButton(visit.address(''), words('research.nav.applications'), 'main')
  return show(visit, {
    title: words.messages.text(`research.refused.${why}.title`),
    status: STATUS[why],
    content: refusal(title, words(`research.refused.${why}.text`), way),
  })
}

/** What these pages are for, and where to sign in. */
export function welcome(visit: Visit): Response {
  const { words, options } = visit
  const { signIn } = options
  const title = words.messages.text('research.welcome.title')
  return show(visit, {
    title,
    status: 403,
    content: html`<div class="refusal"><h1>${title}</h1><p class="lead">${words('research.welcome.text')}</p><ol><li>${words(
      'research.welcome.find',
    )}</li><li>${words('research.welcome.apply')}</li><li>${words('research.welcome.work')}</li></ol><div class="actions">${
      signIn && linkButton(signIn.href, words('research.welcome.sign-in', { provider: signIn.provider }), 'main')
    }${linkButton('/catalogue', words('research.nav.catalogue'))}</div></div>`,
  })
}

/** What a room below said, in the reader's words where there are some; else its sentence and the next step, in English. */
export function problemAlert(visit: Pick<Visit, 'words'>, problem: Problem<string>): Html {
  const { sentence, next, place } = problem
  const where = place?.path !== undefined && place.path !== '' && html` <code>${place.path}</code>`
  const told = problemWords(visit, problem)
  if (!told) {
    const title = visit.words('research.problem')
    return alert('warning', title, html`<p>${inTongue(visit, 'en', `${sentence} ${next}`)}${where}</p>`)
  }
  const { original } = told
  return alert(
    'warning',
    told.what,
    html`<p>${told.next}${where}</p>${original && html`<p class="small">${original}</p>`}`,
  )
}
