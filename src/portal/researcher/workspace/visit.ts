/** A visit to the workspace of this node's own permit: who may enter, and the session that only his browser holds. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { WorkspaceSession } from '#research/workspace/session-store.ts'
import type { SessionHolder } from '#research/workspace/workspace.ts'
import { type LivePermit, livePermits } from '../studies/study-visit.ts'
import { type CaseVisit, caseAddress } from '../visit.ts'
import type { WorkspacePageOptions } from './workspace-options.ts'

export interface WorkspaceVisit extends CaseVisit {
  readonly workspace: WorkspacePageOptions
  readonly live: LivePermit
}

/** A visit of somebody who is inside. */
export interface InsideVisit extends WorkspaceVisit {
  readonly holder: SessionHolder
  readonly session: WorkspaceSession
}

/** Undefined where there is no workspace, or no permit for data of persons that is held here (Art. 68). */
export function workspaceVisit(visit: CaseVisit): WorkspaceVisit | undefined {
  const { workspace, country } = visit.options
  const live = livePermits(visit).find(({ permit }) => permit.memberState === country && permit.kind === 'data-permit')
  return workspace && live && { ...visit, workspace, live }
}

/** Undefined: the code of the second factor is needed first. */
export async function insideVisit(visit: WorkspaceVisit): Promise<InsideVisit | undefined> {
  const session = getCookie(visit.context, cookieName(visit))
  if (!session) return undefined
  const holder = { session, person: visit.person.identifier }
  const looked = await visit.workspace.look(holder)
  if (!looked.ok) return undefined
  const { permit, memberState } = looked.value
  const isThis = permit === visit.live.permit.id && memberState === visit.live.permit.memberState
  return isThis ? { ...visit, holder, session: looked.value } : undefined
}

/** Until the browser is closed; when it ends before, the node knows. */
export function keepSession(visit: WorkspaceVisit, session: string): void {
  setCookie(visit.context, cookieName(visit), session, {
    ...{ path: visit.site.base, httpOnly: true, sameSite: 'Strict' },
    secure:
      new URL(visit.context.req.url).protocol === 'https:' || visit.context.req.header('x-forwarded-proto') === 'https',
  })
}

export function forgetSession(visit: WorkspaceVisit): void {
  deleteCookie(visit.context, cookieName(visit), { path: visit.site.base })
}

function cookieName({ options }: CaseVisit): string {
  return `tessera-${options.country.toLowerCase()}-workspace`
}

export function workspaceAddress(visit: CaseVisit, path = ''): string {
  return caseAddress(visit, `/workspace${path}`)
}
