/** Who of those signed in has a part in secondary use: the office of the session says which. */
import type { BodyOfficer, BodyRole } from '#portal/access-body/access-body-options.ts'
import type { HolderOfficer } from '#portal/holder/holder-options.ts'
import { type OfficeHolder, type OfficeOptions, officeHolder } from '#portal/professional/office-holder.ts'
import type { Researcher } from '#portal/researcher/researcher-options.ts'
import type { Office } from '#trust/people/professional.ts'
import { withoutSystem } from '#trust/people/sessions.ts'

/** One session, one role: duties that the law keeps apart are not held in one sitting (EHDS Art. 55(2)). */
const BODY_OFFICES: Readonly<Partial<Record<Office, BodyRole>>> = {
  'access-body-intake': 'intake',
  'access-body-assessor': 'assessor',
  'access-body-coordinator': 'coordinator',
  'access-body-data-preparer': 'data-preparer',
  'access-body-output-checker': 'output-checker',
  'access-body-auditor': 'auditor',
}

export interface ResearchPeople {
  readonly researcher: (request: Request) => Promise<Researcher | undefined>
  readonly bodyOfficer: (request: Request) => Promise<BodyOfficer | undefined>
  readonly holderOfficer: (request: Request) => Promise<HolderOfficer | undefined>
}

/** @param organisation the body, as the identity provider names it: who holds an office of another one is nobody here */
export function researchPeople(options: OfficeOptions, organisation: string): ResearchPeople {
  const user = officeHolder(options, 'data-user')
  const officer = officeHolder(
    options,
    ...Object.keys(BODY_OFFICES).filter((office): office is Office => office in BODY_OFFICES),
  )
  const holder = officeHolder(options, 'data-holder')
  return {
    async researcher(request) {
      const found = await user(request)
      return found && deskPerson(found)
    },
    async bodyOfficer(request) {
      const found = await officer(request)
      const role = found?.professional.office && BODY_OFFICES[found.professional.office]
      const isHere = withoutSystem(found?.professional.organisation.identifier ?? '') === organisation
      return found && role && isHere ? { ...deskPerson(found), roles: [role] } : undefined
    },
    async holderOfficer(request) {
      const found = await holder(request)
      if (!found) return undefined
      const { identifier, name } = found.professional.organisation
      // Descriptions of datasets name their holder by its address.
      return { ...deskPerson(found), organisation: { identifier: withoutSystem(identifier), name } }
    },
  }
}

function deskPerson({ professional, name, token, isToken, session }: OfficeHolder) {
  return { identifier: professional.identifier, name, token, isToken, session }
}
