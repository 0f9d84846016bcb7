/** One request to the pages of a data holder. */
import type { Actor } from '#research/applications/case/events.ts'
import type { PersonVisit } from '../ui/site.ts'
import type { HolderOfficer, HolderPageOptions } from './holder-options.ts'

export type HolderVisit = PersonVisit<HolderPageOptions, HolderOfficer>

export function holderActors({ identifier, organisation }: HolderOfficer): readonly Actor[] {
  return [{ person: identifier, role: 'data-holder', organisation: organisation.identifier }]
}
