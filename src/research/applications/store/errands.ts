/** What must happen outside the database because of events: computed here, done by the worker until it succeeds. Pure. */
import type { Permit } from '../../permits/permit.ts'
import type { CaseEvent } from '../case/events.ts'
import { isPartEvent } from '../case/events.ts'
import type { CaseState } from '../case/state.ts'
import { tellingsOf } from '../exchange/tellings.ts'

/** As lists of revocations know it; `revoked` is final. */
export type PermitStanding = 'in-force' | 'suspended' | 'revoked'

export type Errand =
  | { readonly kind: 'issue-permit'; readonly permit: Permit }
  | { readonly kind: 'set-standing'; readonly permit: Permit['id']; readonly standing: PermitStanding }
  | { readonly kind: 'tell'; readonly to: string; readonly events: readonly CaseEvent[] }

/** Errands of one case and target are done one after another. */
export function targetOf(errand: Errand): string {
  return errand.kind === 'tell' ? errand.to : 'permit'
}

/** @param before the state before the events, to know which permit another one replaces */
export function errandsOf(
  before: CaseState | undefined,
  after: CaseState,
  events: readonly CaseEvent[],
  country: string,
): readonly Errand[] {
  // Also what the user did at another body, such as giving the permit back.
  const own = events.filter((event) => isPartEvent(event) && event.memberState === country)
  const errands = own.flatMap((event) => permitErrands(before?.parts[country]?.permit, event))
  return [...errands, ...tellingsOf(after, events, country).map((telling): Errand => ({ kind: 'tell', ...telling }))]
}

function permitErrands(current: Permit | undefined, event: CaseEvent): readonly Errand[] {
  const standing = (to: PermitStanding): readonly Errand[] =>
    current ? [{ kind: 'set-standing', permit: current.id, standing: to }] : []
  switch (event.kind) {
    case 'granted':
      return [{ kind: 'issue-permit', permit: event.permit }]
    case 'amendment-decided':
    case 'extension-decided':
      return event.permit ? [{ kind: 'issue-permit', permit: event.permit }, ...standing('revoked')] : []
    case 'suspended':
      return standing('suspended')
    case 'resumed':
      return standing('in-force')
    case 'ended':
      // One that has expired ends by itself.
      return event.why === 'expired' ? [] : standing('revoked')
    default:
      return []
  }
}
