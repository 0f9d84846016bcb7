/** One request to the pages of the body, and the ways in which its officer can act. */
import type { Actor } from '#research/applications/case/events.ts'
import type { PersonVisit } from '../ui/site.ts'
import type { AccessBodyPageOptions, BodyOfficer } from './access-body-options.ts'

export type BodyVisit = PersonVisit<AccessBodyPageOptions, BodyOfficer>

/** The officer, once for each of his roles. */
export function actorsOf(officer: BodyOfficer, body: string): readonly Actor[] {
  return officer.roles.map((role) => ({ person: officer.identifier, role, organisation: body }))
}
