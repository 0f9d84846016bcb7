/** One request to the authority's pages. */
import type { PersonVisit, Site, Visit as SiteVisit } from '../../ui/site.ts'
import type { AuthorityPageOptions, AuthorityPerson } from './authority-pages.ts'

export type AuthoritySite = Site<AuthorityPageOptions>
export type Visit = SiteVisit<AuthorityPageOptions>
export type AuthorityVisit = PersonVisit<AuthorityPageOptions, AuthorityPerson>

export function siteName({ words }: Visit): string {
  return words.messages.text('terminology.release.portal')
}

export function navigation(visit: Visit) {
  const entry = { href: visit.address(''), label: visit.words('terminology.release.title'), current: true }
  return { label: siteName(visit), entries: [entry] }
}
