/** Coming and going: the way to the identity provider and back, the choice of exercise, the session, signing out. */
import type { Context } from 'hono'
import type { Professional } from '#trust/people/professional.ts'
import { linkButton } from '../../ui/components.ts'
import { recordAct } from '../act-record.ts'
import { exercisePage } from '../pages/exercise.ts'
import { sessionPage } from '../pages/session.ts'
import {
  clockTime,
  openVisit,
  type Portal,
  professionalOf,
  readCookie,
  readForm,
  redirect,
  type SignedInVisit,
  show,
  tokenOf,
  type Visit,
  writeCookie,
} from '../visit.ts'
import { foreignForm, refused } from './guards.ts'

const FIFTEEN_MINUTES = 900

/** Remembers state, nonce and verifier for this browser and leads to the provider. */
export async function beginSignIn(visit: Visit): Promise<Response> {
  const { portal, context, words } = visit
  // The redirect URI is exact, so the sign-in must start on the same host, or its cookie would not be there on return.
  const canonical = new URL(portal.options.origin)
  const asked = new URL(context.req.url)
  if (isLoopback(asked.hostname) && isLoopback(canonical.hostname) && asked.hostname !== canonical.hostname) {
    return context.redirect(`${portal.options.origin}${asked.pathname}${asked.search}`, 303)
  }
  const begun = await portal.options.people.begin(words.language)
  if (!begun.ok) return signInRefused(visit, begun.problem.code)
  const { address, pending } = begun.value
  const secret = await portal.sessions.rememberSignIn({ ...pending, returnTo: localPath(context.req.query('to')) })
  writeCookie(portal, context, 'sign-in', secret, FIFTEEN_MINUTES)
  return context.redirect(address.href, 303)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

/** Only addresses inside the portal; anything else leads to the patients. */
function localPath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\w\-./?=&%]*$/.test(path) ? path : '/patients'
}

/** Back from the provider: every check, then a new session under a new secret. */
export async function completeSignIn(visit: Visit): Promise<Response> {
  const { portal, context } = visit
  const address = new URL(context.req.url)
  const secret = readCookie(portal, context, 'sign-in')
  const state = address.searchParams.get('state')
  const pending = secret && state ? await portal.sessions.takeSignIn(state, secret) : undefined
  writeCookie(portal, context, 'sign-in', '', 0)
  if (!pending) return signInRefused(visit, 'sign-in-expired')
  const signedIn = await portal.options.people.complete(address, pending)
  if (!signedIn.ok) return signInRefused(visit, signedIn.problem.code)
  const { person, idToken } = signedIn.value
  const earlier = readCookie(portal, context, 'session')
  if (earlier) await endSession(portal, earlier)
  const only = person.exercises.length === 1 ? { exercise: 0 } : {}
  const exercises = person.exercises.map((exercise) => ({ ...exercise }))
  const session = await portal.sessions.begin({ person: { ...person, exercises }, idToken, ...only })
  const professional = professionalOf(session) ?? person.exercises[0]
  if (professional) await record(portal, 'sign-in', professional)
  writeCookie(portal, context, 'session', session.secret)
  return redirect(visit, 'exercise' in only ? pending.returnTo : '/exercise')
}

function record(portal: Portal, kind: 'sign-in' | 'sign-out', professional: Professional): Promise<void> {
  return recordAct(portal.options, professional, { kind }, portal.options.now())
}

function signInRefused(visit: Visit, code: string): Response {
  const { words, portal } = visit
  portal.options.onSignInRefused?.(code)
  return refused(visit, code, code === 'sign-in-unavailable' ? 503 : code === 'sign-in-too-weak' ? 403 : 400, {
    parameters: { provider: portal.options.people.name },
    actions: linkButton('/sign-in', words('portal.home.sign-in', { provider: portal.options.people.name }), 'main'),
  })
}

export function showExercise(visit: SignedInVisit): Response {
  const { session, words, context } = visit
  return show(visit, {
    title: words.messages.text('portal.exercise.title'),
    content: exercisePage(words, {
      exercises: session.data.person.exercises.map((exercise) => ({ ...exercise, role: exercise.role })),
      chosen: session.data.exercise,
      token: tokenOf(visit),
      missing: context.req.query('missing') !== undefined,
    }),
  })
}

/** Another capacity is another journey: what was under way in the former one ends. */
export async function chooseExercise(visit: SignedInVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, session } = visit
  const chosen = Number(form.get('exercise') ?? Number.NaN)
  if (!session.data.person.exercises[chosen]) return redirect(visit, '/exercise?missing')
  if (chosen !== session.data.exercise) {
    await portal.journeys.endAll(session.secret)
    await portal.sessions.update(session, { ...session.data, exercise: chosen })
  }
  return redirect(visit, '/patients')
}

export function showSession(visit: SignedInVisit): Response {
  const { session, words, context } = visit
  const endsAt = clockTime(session.endsWhenIdle)
  return show(visit, {
    title: words.messages.text('portal.session.title', { time: endsAt }),
    content: sessionPage(words, {
      endsAt,
      latestAt: clockTime(session.endsAtLatest),
      token: tokenOf(visit),
      extended: context.req.query('extended') !== undefined,
    }),
  })
}

/** Having been asked for is enough: every loud look at a session prolongs it. */
export async function extendSession(visit: SignedInVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { context, session, portal } = visit
  if (context.req.header('accept') !== 'application/json') return redirect(visit, '/session?extended')
  return context.json({ left: Math.round((session.endsWhenIdle - portal.options.now().getTime()) / 1000) })
}

/** Ends session and journeys here, then at the provider (RP-initiated logout). */
export async function signOut(visit: SignedInVisit): Promise<Response> {
  const form = await readForm(visit)
  if (!form) return foreignForm(visit)
  const { portal, session, context } = visit
  const professional = visit.professional ?? professionalOf({ ...session, data: { ...session.data, exercise: 0 } })
  await endSession(portal, session.secret)
  writeCookie(portal, context, 'session', '', 0)
  if (professional) await record(portal, 'sign-out', professional)
  const elsewhere = await portal.options.people.signOutAddress(session.data.idToken)
  return context.redirect(elsewhere?.href ?? '/signed-out', 303)
}

async function endSession(portal: Portal, secret: string): Promise<void> {
  await portal.journeys.endAll(secret)
  await portal.sessions.end(secret)
}

export function openSignIn(portal: Portal, work: (visit: Visit) => Promise<Response>) {
  return (context: Context): Promise<Response> => work(openVisit(portal, context))
}
