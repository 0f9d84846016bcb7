/** Who of those signed in holds an office: for pages of authorities, which stand beside the portal and share its sessions. */
import { parse } from 'hono/utils/cookie'
import type { Database } from '#platform/database/database.ts'
import type { Office, Professional } from '#trust/people/professional.ts'
import { formToken, isFormToken } from '#trust/people/seal.ts'
import { openSessions } from '#trust/people/sessions.ts'
import type { FrameSession } from '../ui/layout.ts'
import type { SignedIn } from '../ui/site.ts'
import { cookieNameOf, frameSessionOf, professionalOf } from './visit.ts'

export interface OfficeHolder extends SignedIn {
  /** In the capacity that the office is held in: for the ledger. */
  readonly professional: Professional
  readonly session: FrameSession
}

export interface OfficeOptions {
  readonly country: string
  /** Of the portal. */
  readonly origin: string
  readonly database: Database
  readonly now: () => Date
}

/** Undefined for somebody who is not signed in, or who chose to work in another capacity. @param offices one of them is enough */
export function officeHolder(
  { country, origin, database, now }: OfficeOptions,
  ...offices: readonly Office[]
): (request: Request) => Promise<OfficeHolder | undefined> {
  const sessions = openSessions(database, { country, now: () => now().getTime() })
  const prefix = new URL(origin).protocol === 'https:' ? '__Host-' : ''
  const cookie = `${prefix}${cookieNameOf(country, 'session')}`
  return async (request) => {
    const secret = parse(request.headers.get('cookie') ?? '', cookie)[cookie]
    const session = secret ? await sessions.find(secret) : undefined
    const professional = session && professionalOf(session)
    if (!session || !professional?.office || !offices.includes(professional.office)) return undefined
    return {
      name: `${professional.given} ${professional.family}`.trim(),
      professional,
      token: formToken(session.secret),
      isToken: (token) => isFormToken(session.secret, token),
      session: frameSessionOf(session, now()),
    }
  }
}
