/** How the measures of an audit stand, in words with their day: on the list of audits and on the page of their follow-up. */
import type { MeasuresState } from '#research/applications/register/audit-follow-up.ts'
import { tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment } from '../../ui/site.ts'
import type { BodyVisit } from '../body-visit.ts'

/** Nothing for an audit that demands nothing. */
export function measuresMark(visit: BodyVisit, state: MeasuresState): Html | undefined {
  const { words } = visit
  switch (state.kind) {
    case 'none':
      return undefined
    case 'carried-out':
      return state.inTime
        ? html`${tag(words('access-body.audits.state.in-time'), 'good')} ${moment(visit, state.on)}`
        : html`${tag(words('access-body.audits.state.late'))} ${moment(visit, state.on)}`
    case 'overdue':
      return html`${tag(words('access-body.audits.state.overdue'), 'warn')} ${moment(visit, state.until)} · ${words('access-body.clock.past', { count: -state.daysLeft })}`
    case 'open':
      return html`${tag(words('access-body.audits.state.open'))} ${moment(visit, state.until)} ${words('access-body.clock.left', { count: state.daysLeft })}`
  }
}

export function followUpAddress(visit: BodyVisit, audit: number, query: Readonly<Record<string, string>> = {}): string {
  return visit.address(`/audits/${audit}/measures`, query)
}

/** A number of an audit, or of a record about one, in an address or a form. */
export function auditNumberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
