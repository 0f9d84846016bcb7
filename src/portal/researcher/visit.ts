/** One request to the researcher's pages: who asks, in which case he has a part, and the forms that he sends. */
import type { Actor } from '#research/applications/case/events.ts'
import { personsOf } from '#research/applications/case/evolve.ts'
import type { CaseState } from '#research/applications/case/state.ts'
import { countryName, type PersonVisit, type Site, type Visit as SiteVisit } from '../ui/site.ts'
import type { Researcher, ResearcherPageOptions } from './researcher-options.ts'

export type Visit = SiteVisit<ResearcherPageOptions>
export type ResearcherSite = Site<ResearcherPageOptions>

export type ResearcherVisit = PersonVisit<ResearcherPageOptions, Researcher>

/** A visit to a case in which the person has a part. */
export interface CaseVisit extends ResearcherVisit {
  readonly state: CaseState
  readonly actor: Actor
}

export function siteName(visit: Visit): string {
  return visit.words.messages.text('research.portal', { country: countryName(visit, visit.options.country) })
}

export function navigation(visit: Visit | ResearcherVisit) {
  const { words, path } = visit
  const entries = [
    {
      href: visit.address(''),
      label: words('research.nav.applications'),
      current: path === '' || path.startsWith('/applications'),
    },
    { href: '/catalogue', label: words('research.nav.catalogue'), current: false },
    { href: '/register', label: words('research.nav.register'), current: false },
  ]
  return { label: siteName(visit), entries }
}

/** After a form was taken: a page of its own address, so that reloading sends nothing twice. */
export function goTo({ context }: Visit, address: string): Response {
  return context.redirect(address, 303)
}

/** Applicant or member (Art. 67(2)(a)); undefined for everybody else. */
export function actorIn(state: CaseState, { identifier }: Pick<Researcher, 'identifier'>): Actor | undefined {
  if (state.owner === identifier) return { person: identifier, role: 'applicant' }
  const isNamed = personsOf(state).some((person) => person.identifier === identifier)
  return isNamed ? { person: identifier, role: 'member' } : undefined
}

export function caseAddress({ address, state }: Pick<CaseVisit, 'address' | 'state'>, path = ''): string {
  return address(`/applications/${state.caseId}${path}`)
}

export type Answering<V extends Visit> = (visit: V) => Response | Promise<Response>

/** The version of the case that the form was made from: what somebody else did since then is not overwritten. */
export function seenVersion(sent: URLSearchParams): number | undefined {
  const version = Number(sent.get('version') ?? '')
  return Number.isSafeInteger(version) && version > 0 ? version : undefined
}
