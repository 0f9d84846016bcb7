/** One request to the operator's pages: who asks, and what these pages have in common. */
import { tag } from '../ui/components.ts'
import type { Html } from '../ui/markup.ts'
import { countryName, type PersonVisit, type Site, type Visit as SiteVisit, type WithWords } from '../ui/site.ts'
import type { Operator, OperatorPageOptions } from './operator-options.ts'

export type OperatorSite = Site<OperatorPageOptions>
export type Visit = SiteVisit<OperatorPageOptions>
export type OperatorVisit = PersonVisit<OperatorPageOptions, Operator>

/** The entries of the header, each a page of its own. */
export const AREAS = ['', 'peers', 'certificates', 'transactions', 'deliveries', 'masks', 'alerts', 'figures'] as const
export type Area = (typeof AREAS)[number]

export function siteName(visit: Visit): string {
  return visit.words.messages.text('operator.portal', { country: countryName(visit, visit.options.country) })
}

/** For somebody without the office there are no entries. */
export function navigation(visit: Visit) {
  const { words, path, address } = visit
  const [within = ''] = path.replace(/^\//, '').split(/[/.]/, 1)
  const entries = AREAS.map((area) => ({
    href: address(area === '' ? '' : `/${area}`),
    label: words(`operator.area.${area === '' ? 'overview' : area}`),
    current: within === area,
  }))
  return { label: siteName(visit), entries: 'person' in visit ? entries : [] }
}

/** A state in words; those that need somebody stand out. */
export function stateTag({ words }: WithWords, state: string, isGood: boolean): Html {
  return tag(words(`operator.state.${state}`), isGood ? 'good' : 'warn')
}
