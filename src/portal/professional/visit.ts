/** One request to the portal: who, in which language, and how the answer leaves the house. */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Professional } from '#trust/people/professional.ts'
import { formToken, isFormToken } from '#trust/people/seal.ts'
import type { Session, Sessions } from '#trust/people/sessions.ts'
import { type Assets, acceptedEncoding, compress } from '../ui/assets.ts'
import { type FrameSession, page } from '../ui/layout.ts'
import { type Html, type Words, wordsOf } from '../ui/markup.ts'
import type { Journeys } from './journey-store.ts'
import type { Notices } from './notices.ts'
import type { PortalOptions } from './portal-options.ts'

/** The portal with its stores opened. */
export interface Portal {
  readonly options: PortalOptions
  readonly sessions: Sessions
  readonly journeys: Journeys
  readonly assets: Assets
  readonly notices: Notices
  readonly secure: boolean
}

export interface Visit {
  readonly portal: Portal
  readonly context: Context
  readonly words: Words
  readonly path: string
}

/** A visit of somebody who signed in. */
export interface SignedInVisit extends Visit {
  readonly session: Session
  /** Undefined until an exercise was chosen. */
  readonly professional: Professional | undefined
}

/** A visit of somebody who chose in which capacity he works. */
export interface ProfessionalVisit extends SignedInVisit {
  readonly professional: Professional
}

export interface PageContent {
  readonly title: string
  readonly content: Html
  readonly above?: Html
  /** The page shows a file of this portal in a frame. */
  readonly framed?: boolean
  readonly status?: 200 | 400 | 401 | 403 | 404 | 409 | 422 | 500 | 502 | 503 | 504
}

export type CookieKind = 'session' | 'sign-in' | 'language'

/** Cookies are shared by all ports of a host, so each node has its own names. */
function cookieName({ options }: Portal, kind: CookieKind): string {
  return cookieNameOf(options.country, kind)
}

export function cookieNameOf(country: string, kind: CookieKind): string {
  return `tessera-${country.toLowerCase()}-${kind}`
}

export function readCookie(portal: Portal, context: Context, kind: CookieKind): string | undefined {
  return getCookie(context, cookieName(portal, kind), portal.secure ? 'host' : undefined) || undefined
}

/** Without `seconds` the cookie ends with the browser; 0 deletes it. */
export function writeCookie(portal: Portal, context: Context, kind: CookieKind, value: string, seconds?: number): void {
  setCookie(context, cookieName(portal, kind), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: portal.secure,
    ...(portal.secure ? { prefix: 'host' } : {}),
    ...(seconds === undefined ? {} : { maxAge: seconds }),
  })
}

export function openVisit(portal: Portal, context: Context): Visit {
  const { languages, messages } = portal.options
  const wished = readCookie(portal, context, 'language')
  const language = languages.find((one) => one === wished) ?? languages[0] ?? 'en'
  return { portal, context, words: wordsOf(messages(language)), path: new URL(context.req.url).pathname }
}

export function professionalOf(session: Session): Professional | undefined {
  const { exercise, person } = session.data
  return exercise === undefined ? undefined : person.exercises[exercise]
}

export function tokenOf({ session }: SignedInVisit): string {
  return formToken(session.secret)
}

/** The submitted form, or undefined when it did not come from this session. */
export async function readForm({ context, session }: SignedInVisit): Promise<URLSearchParams | undefined> {
  const form = new URLSearchParams(await context.req.text())
  return isFormToken(session.secret, form.get('form-token') ?? '') ? form : undefined
}

/** A whole page, compressed, with the headers of the portal. */
export function show(
  visit: Visit | SignedInVisit,
  { title, content, above, status = 200, framed = false }: PageContent,
): Response {
  const { portal, words, path, context } = visit
  const { options, assets } = portal
  const country = words.messages.formats.countryName(options.country) ?? options.country
  const markup = page({
    words,
    title,
    stylesheet: assets.stylesheet,
    script: assets.script,
    path,
    languages: options.languages,
    portal: words.messages.text('portal.name', { country }),
    helpLine: options.helpLine,
    session: 'session' in visit ? sessionOf(visit.session, options) : undefined,
    content,
    above,
  })
  const encoding = acceptedEncoding(context.req.header('accept-encoding'))
  return context.body(compress(String(markup), encoding), status, {
    'content-type': 'text/html; charset=utf-8',
    'content-language': words.language,
    vary: 'accept-encoding, cookie',
    ...(encoding ? { 'content-encoding': encoding } : {}),
    ...pageHeaders(portal, framed),
  })
}

/** Strict: nothing but this origin, no inline script or style; forms may lead on to the identity provider (sign-out). */
export function pageHeaders({ options }: Portal, framed = false): Readonly<Record<string, string>> {
  const forms = ["'self'", ...options.people.origins].join(' ')
  return {
    'content-security-policy': `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';${framed ? " frame-src 'self';" : ''} form-action ${forms}; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  }
}

function sessionOf(session: Session, options: PortalOptions): FrameSession {
  const professional = professionalOf(session)
  const dispenses = professional !== undefined && options.mayUse('edispensation', professional)
  return { ...frameSessionOf(session, options.now()), dispenses }
}

export function frameSessionOf(session: Session, now: Date): FrameSession {
  const professional = professionalOf(session)
  const { person } = session.data
  return {
    name: `${professional?.given ?? person.given} ${professional?.family ?? person.family}`.trim(),
    profession: professional?.profession ?? '',
    place: professional?.organisation.name ?? '',
    changeable: professional !== undefined && person.exercises.length > 1,
    secondsLeft: Math.round((session.endsWhenIdle - now.getTime()) / 1000),
    endsAt: clockTime(session.endsWhenIdle),
    token: formToken(session.secret),
  }
}

/** Hours and minutes of the node's clock, e.g. `14:32`. */
export function clockTime(time: number | string): string {
  const date = new Date(time)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}

export function redirect({ context }: Visit, path: string): Response {
  return context.redirect(path, 303)
}
