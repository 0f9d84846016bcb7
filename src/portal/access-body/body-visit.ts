/** One request to the pages of the body, and the ways in which its officer can act. */
import type { Day } from '#research/applications/calendar/civil-day.ts'
import type { Actor, Role } from '#research/applications/case/events.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import { AUDIT_RECORDERS } from '#research/applications/register/environment-audit.ts'
import type { PersonVisit } from '../ui/site.ts'
import type { AccessBodyPageOptions, BodyOfficer } from './access-body-options.ts'

export type BodyVisit = PersonVisit<AccessBodyPageOptions, BodyOfficer>

/** The officer, once for each of his roles. */
export function actorsOf(officer: BodyOfficer, body: string): readonly Actor[] {
  return officer.roles.map((role) => ({ person: officer.identifier, role, organisation: body }))
}

/** In which of his roles this officer records audits and what became of their measures, if in any. */
export function recorderOf({ person, options }: BodyVisit): Actor | undefined {
  return actorsOf(person, options.procedures.body.id).find(({ role }) => AUDIT_RECORDERS.includes(role))
}

/** Roles that record what persons say about secondary use of their data (Art. 71). */
const OPT_OUT_CLERKS: readonly Role[] = ['intake', 'coordinator']

/** In which of his roles this officer looks persons up in the register of opt-outs and records there, if in any. */
export function optOutClerkOf({ person, options }: BodyVisit): Actor | undefined {
  return actorsOf(person, options.procedures.body.id).find(({ role }) => OPT_OUT_CLERKS.includes(role))
}

/** Where the body sits. */
export function todayOf({ options, now }: BodyVisit): Day {
  return calendarOf(options.procedures, options.country).dayOf(now.toISOString())
}
