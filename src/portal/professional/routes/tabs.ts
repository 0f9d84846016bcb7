/** Which pages of a patient this professional may open, and the links between them. */
import type { Html } from '../../ui/markup.ts'
import { type PatientTab, patientTabs, TAB_SERVICES } from '../pages/tabs.ts'
import type { JourneyVisit } from './guards.ts'

const TABS: readonly PatientTab[] = ['documents', 'prescriptions', 'originals']

export function tabsFor({
  portal,
  professional,
}: Pick<JourneyVisit, 'portal' | 'professional'>): readonly PatientTab[] {
  return TABS.filter((tab) => TAB_SERVICES[tab].some((service) => portal.options.mayUse(service, professional)))
}

export function tabsOf(visit: JourneyVisit, current: PatientTab): Html {
  return patientTabs(visit.words, `/patients/${visit.journey.id}`, tabsFor(visit), current)
}

/** Where the way leads once the relationship is declared: what this profession needs first. */
export function firstTab(visit: Pick<JourneyVisit, 'portal' | 'professional'>): PatientTab {
  const tabs = tabsFor(visit)
  return visit.portal.options.mayUse('edispensation', visit.professional) ? 'prescriptions' : (tabs[0] ?? 'documents')
}
