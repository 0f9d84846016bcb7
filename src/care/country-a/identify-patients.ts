/** `GET /Patient`: who is this? Only the minimal traits of one person leave, and only when exactly one matches. */
import type { Patient } from 'fhir/r4'
import type { NationalPatient, PatientQuery } from '#national/connector.ts'
import type { NcpehHandlers } from '#wire/fhir/ncpeh-server.ts'
import type { PatientSearch } from '#wire/fhir/search-parameters.ts'
import { callerOf, type Desk, type Done, receive, refused } from './desk.ts'
import { minimalPatient } from './minimal-patient.ts'
import { nationalRefusal, SEVERAL_MATCHES } from './refusals.ts'

export function identification(desk: Desk): NcpehHandlers['searchPatients'] {
  return (search, call) =>
    receive<readonly Patient[]>(
      desk,
      {
        step: 'identify',
        scope: 'user/Patient.search',
        service: 'patient-identification',
        patients: search.identifiers,
        needsRelationship: false,
      },
      call,
      async (access): Promise<Done<readonly Patient[]>> => {
        const found = await desk.connector.findPatients(queryOf(search), callerOf(access))
        if (!found.ok) {
          // Nobody found is an empty searchset (FHIR R4 §3.1.1.2), not an error.
          if (found.problem.code === 'national-no-match') return nobody()
          return refused(nationalRefusal(found.problem), { detail: found.problem.code })
        }
        const people = found.value.filter((person) => hasNames(person, search.names))
        if (people.length > 1) return refused(SEVERAL_MATCHES, { detail: 'several-matches' })
        const [person] = people
        if (!person) return nobody()
        const patient = person.identifiers[0] ?? access.patient
        return {
          answer: { ok: true, value: [minimalPatient(person, desk.ids.of('patient', access.issuer, patient))] },
          outcome: 'success',
          patient,
          disclosed: true,
        }
      },
    )
}

function nobody(): Done<readonly Patient[]> {
  return { answer: { ok: true, value: [] }, outcome: 'nothing', detail: 'no-match' }
}

function queryOf({ identifiers, family, given, birthDate, gender }: PatientSearch): PatientQuery {
  return {
    identifiers,
    ...(family === undefined ? {} : { family }),
    ...(given === undefined ? {} : { given }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(gender === undefined ? {} : { gender }),
  }
}

/** FHIR string search: each word begins some part of the name, without regard to case and accents. */
function hasNames({ family, given }: NationalPatient, wanted: readonly string[]): boolean {
  const parts = [family, ...given].flatMap((part) => [plain(part), ...plain(part).split(/[\s-]+/)])
  return wanted.every((name) => parts.some((part) => part.startsWith(plain(name))))
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
