/** Pages that anybody may read, and the professional's own accesses. */
import { linkButton } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { readAccess } from '../accesses.ts'
import { accessesPage } from '../pages/accesses.ts'
import { homePage } from '../pages/home.ts'
import { noticeText } from '../pages/notice.ts'
import { accessibilityPage, helpPage } from '../pages/texts.ts'
import { type ProfessionalVisit, redirect, type SignedInVisit, show, type Visit } from '../visit.ts'
import { refused } from './guards.ts'

const SHOWN = 50

export function showHome(visit: Visit | SignedInVisit): Response {
  if ('session' in visit) return redirect(visit, '/patients')
  return home(visit, false)
}

export function showSignedOut(visit: Visit | SignedInVisit): Response {
  return 'session' in visit ? redirect(visit, '/patients') : home(visit, true)
}

function home(visit: Visit, signedOut: boolean): Response {
  const { words, portal } = visit
  return show(visit, {
    title: words.messages.text(signedOut ? 'portal.signed-out.title' : 'portal.home.title'),
    content: homePage(words, { provider: portal.options.people.name, signedOut }),
  })
}

export function showHelp(visit: Visit): Response {
  const { words, portal } = visit
  return show(visit, {
    title: words.messages.text('portal.help.title'),
    content: helpPage(words, portal.options.helpLine),
  })
}

export function showAccessibility(visit: Visit): Response {
  const { words, portal } = visit
  return show(visit, {
    title: words.messages.text('portal.accessibility.title'),
    content: accessibilityPage(words, portal.options.helpLine),
  })
}

/** One notice alone, to be printed and handed over; older versions stay readable for looking up. */
export function showNoticeAlone(visit: Visit): Response {
  const { words, portal, context } = visit
  const notice = portal.notices.find(context.req.param('version') ?? '', context.req.param('language') ?? '')
  if (!notice) return notFound(visit)
  return show(visit, {
    title: notice.title,
    content: html`<p class="actions noprint"><button class="btn main" type="button" data-print hidden>${words(
      'portal.notice.print',
    )}</button></p><div class="text alone">${noticeText(words, notice)}</div>`,
  })
}

export async function showAccesses(visit: ProfessionalVisit): Promise<Response> {
  const { words, portal, professional } = visit
  const entries = await portal.options.ledger.list({ professional: professional.identifier, limit: SHOWN })
  const accesses = [...entries].sort((a, b) => b.sequence - a.sequence).map(readAccess)
  return show(visit, {
    title: words.messages.text('portal.accesses.title'),
    content: accessesPage(words, accesses),
  })
}

export function notFound(visit: Visit | SignedInVisit): Response {
  return refused(visit, 'page-not-found', 404, { actions: linkButton('/', visit.words('portal.to-start'), 'main') })
}

export function serverError(visit: Visit | SignedInVisit): Response {
  return refused(visit, 'server-error', 500, { actions: linkButton('/', visit.words('portal.to-start'), 'main') })
}
