/** Who may see which page: session first, then the exercise, then the profession, then the steps of the journey. */
import type { Context } from 'hono'
import type { Office } from '#trust/people/professional.ts'
import { linkButton } from '../../ui/components.ts'
import { furthestStep, mayShow, type StepName } from '../journey.ts'
import type { Journey } from '../journey-store.ts'
import { refusalPage } from '../pages/refusal.ts'
import {
  openVisit,
  type Portal,
  type ProfessionalVisit,
  professionalOf,
  readCookie,
  redirect,
  type SignedInVisit,
  show,
  type Visit,
  writeCookie,
} from '../visit.ts'

export interface JourneyVisit extends ProfessionalVisit {
  readonly journey: Journey
}

type Answer = Response | Promise<Response>

/** A page for everybody; the frame still shows who is signed in. */
export function anybody(portal: Portal, work: (visit: Visit | SignedInVisit) => Answer) {
  return async (context: Context): Promise<Response> => {
    const visit = openVisit(portal, context)
    return work((await signedIn(visit)) ?? visit)
  }
}

/** `quiet`: looking at the page does not prolong the session. */
export function withSession(portal: Portal, work: (visit: SignedInVisit) => Answer, quiet?: 'quiet') {
  return async (context: Context): Promise<Response> => {
    const visit = openVisit(portal, context)
    const inside = await signedIn(visit, quiet)
    return inside ? work(inside) : signInFirst(visit)
  }
}

/** A page for somebody who chose in which capacity he works. */
export function withProfessional(portal: Portal, work: (visit: ProfessionalVisit) => Answer) {
  return withSession(portal, (visit) => {
    const { professional } = visit
    return professional ? work({ ...visit, professional }) : redirect(visit, '/exercise')
  })
}

/** Where those who hold an office work. */
const OFFICE_PAGES: Readonly<Record<Office, string>> = {
  'terminology-authority': '/authority/terminology',
  'node-operator': '/operator',
  'data-user': '/research',
  'data-holder': '/holder',
  'access-body-intake': '/access-body',
  'access-body-assessor': '/access-body',
  'access-body-coordinator': '/access-body',
  'access-body-data-preparer': '/access-body',
  'access-body-output-checker': '/access-body',
  'access-body-auditor': '/access-body',
}

/** A page on the way to patients: only for professions that have a European role. */
export function withRole(portal: Portal, work: (visit: ProfessionalVisit) => Answer) {
  return withProfessional(portal, (visit) => {
    const { role, office } = visit.professional
    if (role) return work(visit)
    return office ? redirect(visit, OFFICE_PAGES[office]) : noRole(visit)
  })
}

/** A step of a journey of this session. A step that was not reached leads back to the one that comes first. */
export function withJourney(portal: Portal, step: StepName, work: (visit: JourneyVisit) => Answer) {
  return withRole(portal, async (visit) => {
    const journey = await portal.journeys.find(visit.session.secret, visit.context.req.param('journey') ?? '')
    if (!journey) return journeyGone(visit)
    if (!mayShow(journey.state, step)) {
      const why = visit.context.req.query('elsewhere') === undefined ? 'earlier' : 'elsewhere'
      return redirect(visit, `/patients/${journey.id}/${furthestStep(journey.state)}?${why}`)
    }
    return work({ ...visit, journey })
  })
}

async function signedIn(visit: Visit, quiet?: 'quiet'): Promise<SignedInVisit | undefined> {
  const secret = readCookie(visit.portal, visit.context, 'session')
  const session = secret ? await visit.portal.sessions.find(secret, quiet) : undefined
  return session && { ...visit, session, professional: professionalOf(session) }
}

/** Never signed in, or signed in too long ago: two different sentences. */
function signInFirst(visit: Visit): Response {
  const { portal, context, words, path } = visit
  const ended = readCookie(portal, context, 'session') !== undefined
  if (ended) writeCookie(portal, context, 'session', '', 0)
  const code = ended ? 'session-ended' : 'sign-in-first'
  const target = context.req.method === 'GET' && !path.startsWith('/patients/') ? path : '/patients'
  return show(visit, {
    title: words.messages.text(`problem.${code}.title`),
    status: 401,
    content: refusalPage(words, {
      code,
      helpLine: portal.options.helpLine,
      actions: linkButton(
        `/sign-in?to=${encodeURIComponent(target)}`,
        words('portal.home.sign-in', { provider: portal.options.people.name }),
        'main',
      ),
    }),
  })
}

export function noRole(visit: ProfessionalVisit): Response {
  const { words, portal, session } = visit
  const several = session.data.person.exercises.length > 1
  return refused(visit, 'profession-without-role', 403, {
    parameters: { profession: visit.professional.profession },
    actions: several
      ? linkButton('/exercise', words('portal.who.change'), 'main')
      : linkButton('/help', words('portal.nav.help')),
    helpLine: portal.options.helpLine,
  })
}

export function journeyGone(visit: SignedInVisit): Response {
  return refused(visit, 'journey-gone', 404, {
    actions: linkButton('/patients', visit.words('portal.new-patient'), 'main'),
    helpLine: visit.portal.options.helpLine,
  })
}

/** The form was not made for this session (or its session is another one by now). */
export function foreignForm(visit: SignedInVisit): Response {
  return refused(visit, 'foreign-form', 403, {
    actions: linkButton('/patients', visit.words('portal.nav.patients'), 'main'),
    helpLine: visit.portal.options.helpLine,
  })
}

export function refused(
  visit: Visit | SignedInVisit,
  code: string,
  status: Parameters<typeof show>[1]['status'],
  rest: Omit<Parameters<typeof refusalPage>[1], 'code' | 'helpLine'> & {
    readonly helpLine?: Parameters<typeof refusalPage>[1]['helpLine']
  } = {},
): Response {
  const { words, portal } = visit
  return show(visit, {
    title: words.messages.text(`problem.${code}.title`, rest.parameters),
    ...(status ? { status } : {}),
    content: refusalPage(words, { code, helpLine: portal.options.helpLine, ...rest }),
  })
}
