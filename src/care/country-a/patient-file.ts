/** Everything that must be known before a document is touched: whose it would be, and whether he lets this country read it. */
import type { NationalPatient } from '#national/connector.ts'
import { defaultDecision } from '#trust/consent/consent-default.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { VerifiedCaller } from '../border/border-service.ts'
import { type Decision, decide, policyFor } from '../policy/policy.ts'
import { type Desk, nationalCaller } from './desk.ts'
import { type CareRefusal, nationalRefusal } from './refusals.ts'

/** The patient behind an identifier, and whether his documents of each class may be shown to this caller. */
export type Opening =
  | { readonly refusal: CareRefusal }
  | {
      readonly refusal?: undefined
      /** Undefined when the country does not know him: then nothing is permitted. */
      readonly person: NationalPatient | undefined
      /** The identifier that documents and choices are kept under. */
      readonly patient: string
      /** Document class → decision. */
      readonly decisions: ReadonlyMap<string, Decision>
    }

/**
 * The classes that are open. When none is: why, and `consent` only when nothing but the patient's own choice stands in the
 * way. That choice is kept secret (EHDS Art. 8); what the policy forbids is said.
 */
export function openClasses(
  decisions: ReadonlyMap<string, Decision>,
): { readonly open: readonly string[] } | { readonly open?: undefined; readonly reason: string } {
  const open = [...decisions].flatMap(([documentClass, { permit }]) => (permit ? [documentClass] : []))
  if (open.length > 0) return { open }
  const reasons = [...decisions.values()].flatMap((decision) => (decision.permit ? [] : [decision.reason]))
  return { reason: reasons.find((reason) => reason !== 'consent') ?? reasons[0] ?? 'document-class' }
}

/** The same steps whatever the decisions will be. */
export async function openFile(
  desk: Desk,
  caller: VerifiedCaller,
  service: ServiceKind,
  documentClasses: readonly string[],
): Promise<Opening> {
  const asked = caller.patient ?? ''
  const found = await desk.connector.findPatients({ identifiers: [asked] }, nationalCaller(caller))
  if (!found.ok && found.problem.code !== 'national-no-match') return { refusal: nationalRefusal(found.problem) }
  const people = found.ok ? found.value : []
  // Documents of one patient only; an identifier that two people share opens neither file.
  const person = people.length === 1 ? people[0] : undefined
  const patient = person?.identifiers[0] ?? asked
  const decisions = new Map<string, Decision>()
  for (const documentClass of documentClasses) {
    const decided = await decisionOn(desk, caller, service, documentClass, { person, patient })
    if ('status' in decided) return { refusal: decided }
    decisions.set(documentClass, decided)
  }
  return { person, patient, decisions }
}

async function decisionOn(
  desk: Desk,
  caller: VerifiedCaller,
  service: ServiceKind,
  documentClass: string,
  { person, patient }: { readonly person: NationalPatient | undefined; readonly patient: string },
): Promise<Decision | CareRefusal> {
  const { country, purpose, professional, nextOfKin } = caller
  const chosen = await ownChoice(desk, country, person?.identifiers ?? [patient], documentClass)
  const national = await desk.connector.consents(patient, country, purpose, documentClass)
  if (
    !national.ok &&
    national.problem.code !== 'national-not-offered' &&
    national.problem.code !== 'national-no-match'
  ) {
    return nationalRefusal(national.problem)
  }
  const decision = decide(
    {
      service,
      role: professional.role.code,
      onBehalfOf: professional.onBehalfOf,
      nextOfKin: nextOfKin !== undefined,
      purpose,
      documentClass,
    },
    policyFor(desk.policies, service, country),
    chosen && (national.ok ? national.value : true),
  )
  return person || !decision.permit ? decision : { permit: false, reason: 'no-policy' }
}

/**
 * A patient has several identifiers and chose under one of them. Where silence permits, one objection under any of them
 * counts; where silence denies, one permission does.
 */
async function ownChoice(
  desk: Desk,
  country: string,
  identifiers: readonly string[],
  documentClass: string,
): Promise<boolean> {
  const answers = await Promise.all(
    identifiers.map((identifier) => desk.consents.permits(identifier, country, documentClass)),
  )
  const silence = defaultDecision(desk.consentDefault, country, documentClass)
  return silence === 'permit' ? answers.every(Boolean) : answers.some(Boolean)
}
