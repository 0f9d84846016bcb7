/** What may be worked on under an application: the permits and approvals that are in force. */
import { LIVE, type Part } from '#research/applications/case/state.ts'
import type { Permit, PurposeCode } from '#research/permits/permit.ts'
import type { Html } from '../../ui/markup.ts'
import { html } from '../../ui/markup.ts'
import { type CaseVisit, caseAddress } from '../visit.ts'

export interface LivePermit {
  readonly part: Part
  readonly permit: Permit
}

/** In force now, not suspended, and this person is named in it. */
export function livePermits({
  state,
  now,
  person,
}: Pick<CaseVisit, 'state' | 'now' | 'person'>): readonly LivePermit[] {
  return Object.values(state.parts).flatMap((part) => {
    const { permit, status, suspendedAt } = part
    const isLive = permit && LIVE.includes(status) && suspendedAt === undefined && isNow(permit, now)
    const isNamed = permit?.persons.some(({ identifier }) => identifier === person.identifier)
    return isLive && isNamed ? [{ part, permit }] : []
  })
}

function isNow({ from, until }: Permit, now: Date): boolean {
  return Date.parse(from) <= now.getTime() && now.getTime() < Date.parse(until)
}

/** Purposes that every one of these permits has. */
export function sharedPurposes(permits: readonly LivePermit[]): readonly PurposeCode[] {
  const [first, ...others] = permits.map(({ permit }) => permit.purposes)
  return (first ?? []).filter((purpose) => others.every((purposes) => purposes.includes(purpose)))
}

/** The way back: applications, this one, its study. */
export function studyCrumbs(visit: CaseVisit, within = true): Html {
  const { words, state } = visit
  return html`<p class="crumbs"><a href="${caseAddress(visit)}">${state.application?.title ?? words('research.untitled')}</a>${
    within && html` · <a href="${caseAddress(visit, '/study')}">${words('research.study.title')}</a>`
  }</p>`
}
