/** Who is this? Only the minimal traits of one person leave, and only when exactly one matches. */
import type { NationalPatient, PatientQuery } from '#national/connector.ts'
import type { FoundPatient, IdentifyQuestion } from '../border/border-service.ts'
import type { AuthenticatedCall } from './authenticated-call.ts'
import { type Desk, type DeskAnswer, type Done, nationalCaller, receive, refused } from './desk.ts'
import { foundPatient } from './listed-document.ts'
import { nationalRefusal, SEVERAL_MATCHES } from './refusals.ts'

export interface Identification extends IdentifyQuestion {
  /** Words that must begin some part of the name (FHIR `name`). */
  readonly names?: readonly string[]
}

export function identifyPatients(
  desk: Desk,
  question: Identification,
  call: AuthenticatedCall,
): Promise<DeskAnswer<readonly FoundPatient[]>> {
  return receive<readonly FoundPatient[]>(
    desk,
    { step: 'identify', service: 'patient-identification', patients: question.identifiers },
    call,
    async (caller): Promise<Done<readonly FoundPatient[]>> => {
      const found = await desk.connector.findPatients(queryOf(question), nationalCaller(caller))
      if (!found.ok) {
        // Nobody found is an empty answer (FHIR R4 §3.1.1.2), not an error.
        if (found.problem.code === 'national-no-match') return nobody()
        return refused(nationalRefusal(found.problem), { detail: found.problem.code })
      }
      const people = found.value.filter((person) => hasNames(person, question.names ?? []))
      if (people.length > 1) return refused(SEVERAL_MATCHES, { detail: 'several-matches' })
      const [person] = people
      if (!person) return nobody()
      const patient = person.identifiers[0] ?? caller.patient ?? question.identifiers[0] ?? ''
      return { answer: { ok: true, value: [foundPatient(person)] }, outcome: 'success', patient, disclosed: true }
    },
  )
}

function nobody(): Done<readonly FoundPatient[]> {
  return { answer: { ok: true, value: [] }, outcome: 'nothing', detail: 'no-match' }
}

function queryOf({ identifiers, family, given, birthDate, gender }: IdentifyQuestion): PatientQuery {
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
