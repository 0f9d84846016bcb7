/**
 * The desk at which every request of another country is received: who is it, may he, write it down, answer. The three
 * steps (identify, list, retrieve) only say what they do once a request is accepted.
 */
import type { Caller, NationalPatient } from '#national/connector.ts'
import type { AccessGrant, AccessScope } from '#trust/tokens/access-grant.ts'
import { type VerifiedAccess, verifyAccessToken } from '#trust/tokens/verify.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { NcpehCall } from '#wire/fhir/ncpeh-server.ts'
import type { NcpehAnswer } from '#wire/fhir/outcome.ts'
import type { AccessOutcome, AccessRecord } from '../context/access-record.ts'
import { recordAccess } from '../context/record-access.ts'
import { type Decision, decide } from '../policy/policy.ts'
import type { CountryAOptions } from './country-a.ts'
import type { EvenAnswers } from './even-answers.ts'
import type { OpaqueIds } from './opaque-id.ts'
import { type CareRefusal, LEDGER_DOWN, NO_RELATIONSHIP, nationalRefusal, OWN_ERROR, tokenRefusal } from './refusals.ts'

export interface Desk extends CountryAOptions {
  readonly ids: OpaqueIds
  readonly even: EvenAnswers
}

export interface Errand {
  readonly step: 'identify' | 'list' | 'retrieve'
  /** The opaque id that is asked for, when one is. */
  readonly document?: string
  readonly scope: AccessScope
  readonly service: ServiceKind
  /** Identifiers that the request names; undefined when it names a document. */
  readonly patients: readonly string[] | undefined
  /** Identification comes before the relationship; documents come after. */
  readonly needsRelationship: boolean
}

/** What a step answers, and what the ledger shall say about it. */
export interface Done<T> {
  readonly answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: CareRefusal }
  readonly outcome: AccessOutcome['kind']
  /** The patient as the documents are kept, when known. */
  readonly patient?: string
  /** Only for the ledger, e.g. `consent`. */
  readonly detail?: string
  readonly documents?: readonly string[]
  /** Data about the patient leave: the national side is told. */
  readonly disclosed?: boolean
}

export function refused<T>(refusal: CareRefusal, more: Partial<Omit<Done<T>, 'answer'>> = {}): Done<T> {
  return { answer: { ok: false, refusal }, outcome: refusal.status >= 500 ? 'failed' : 'refused', ...more }
}

/** Verifies, lets the step work, records durably, and only then answers. */
export async function receive<T>(
  desk: Desk,
  errand: Errand,
  call: NcpehCall,
  work: (access: VerifiedAccess) => Promise<Done<T>>,
): Promise<NcpehAnswer<T>> {
  const recorded = desk.clock()
  const admitted = await admit(desk, errand, call, recorded)
  const done = admitted.refusal
    ? refused<T>(admitted.refusal, { detail: admitted.detail })
    : await working(desk, admitted.access, work)
  const { answer } = done
  const record = recordOf(desk, errand, call, recorded, admitted.access, done)
  try {
    await recordAccess(desk.ledger, record)
  } catch (error) {
    desk.log.failure('access-not-recorded', error, { kind: errand.step })
    return { ok: false, refusal: LEDGER_DOWN }
  }
  if (answer.ok && done.disclosed && !admitted.refusal) tell(desk, admitted.access, done, recorded)
  return answer
}

type Admission =
  | { readonly access: VerifiedAccess; readonly refusal?: undefined }
  | { readonly access?: AccessGrant; readonly refusal: CareRefusal; readonly detail: string }

async function admit(desk: Desk, errand: Errand, call: NcpehCall, now: Date): Promise<Admission> {
  const policy = desk.policies.find(({ service }) => service === errand.service)
  const verified = await verifyAccessToken(call.bearer, {
    now,
    certificate: call.connection.certificate,
    issuer: (country) => desk.trust(country),
    audience: desk.homeCommunityId,
    scope: errand.scope,
    patients: errand.patients,
    roles: policy?.roles ?? [],
    purposes: policy?.purposes ?? [],
    replay: desk.replay,
  })
  if (!verified.ok) {
    const { code } = verified.problem
    desk.log.warn('access-refused', {
      kind: errand.step,
      code,
      country: call.connection.certificate?.country ?? 'unknown',
    })
    return {
      refusal: tokenRefusal(verified.problem),
      detail: code,
      ...('grant' in verified && verified.grant ? { access: verified.grant } : {}),
    }
  }
  const access = verified.value
  if (errand.needsRelationship && !hasRelationship(access, now, desk.relationshipHours ?? 24)) {
    return { refusal: NO_RELATIONSHIP, detail: 'relationship', access }
  }
  return { access }
}

const SKEW_MS = 60_000

function hasRelationship({ relationship, notice }: VerifiedAccess, now: Date, hours: number): boolean {
  if (!relationship || !notice) return false
  const age = now.getTime() - Date.parse(relationship.declaredAt)
  return age >= -SKEW_MS && age <= hours * 3_600_000
}

async function working<T>(
  desk: Desk,
  access: VerifiedAccess,
  work: (access: VerifiedAccess) => Promise<Done<T>>,
): Promise<Done<T>> {
  try {
    return await work(access)
  } catch (error) {
    desk.log.failure('answer-failed', error)
    return refused(OWN_ERROR, { detail: 'internal' })
  }
}

function recordOf(
  desk: Desk,
  errand: Errand,
  call: NcpehCall,
  recorded: Date,
  access: AccessGrant | undefined,
  { answer, outcome, detail, documents, patient }: Done<unknown>,
): AccessRecord {
  const { certificate, remoteAddress } = call.connection
  const common = {
    side: 'A',
    recorded,
    client: {
      country: certificate?.country ?? 'unknown',
      homeCommunityId: access?.homeCommunityId,
      address: remoteAddress ?? 'unknown',
    },
    server: { country: desk.country, homeCommunityId: desk.homeCommunityId, address: desk.base },
    professional: access?.professional,
    purpose: access?.purpose,
    patient: patient ?? access?.patient,
    requestId: call.requestId,
    outcome: {
      kind: outcome,
      ...(answer.ok ? {} : { code: answer.refusal.code }),
      ...(detail === undefined ? {} : { detail }),
    },
  } as const
  switch (errand.step) {
    case 'identify':
      return { ...common, step: 'identify', query: call.query }
    case 'list':
      return { ...common, step: 'list', query: call.query, documents: documents ?? [] }
    case 'retrieve':
      return { ...common, step: 'retrieve', document: documents?.[0] ?? errand.document ?? 'unknown' }
  }
}

/** The national side is told after the ledger; it must not hold the answer back. */
function tell<T>(desk: Desk, access: VerifiedAccess, done: Done<T>, recorded: Date): void {
  const patient = done.patient ?? access.patient
  const documents = done.documents?.length ? done.documents : [undefined]
  for (const documentId of documents) {
    const told = { patient, recorded: recorded.toISOString(), ...(documentId === undefined ? {} : { documentId }) }
    desk.connector.notifyAccess(told, callerOf(access)).then(
      (result) => {
        if (!result.ok) desk.log.warn('access-not-notified', { code: result.problem.code })
      },
      (error) => desk.log.failure('access-not-notified', error),
    )
  }
}

export function callerOf({ issuer, professional, purpose }: VerifiedAccess): Caller {
  return {
    country: issuer,
    professional: {
      identifier: professional.identifier,
      name: professional.name,
      role: professional.role.code,
      organisation: professional.organisation.name,
    },
    purpose,
  }
}

/** The patient behind an identifier, and whether his documents of a class may be shown to this caller. */
export type Opening =
  | { readonly refusal: CareRefusal }
  | {
      readonly refusal?: undefined
      /** Undefined when the country does not know him: then nothing is permitted. */
      readonly person: NationalPatient | undefined
      /** The identifier that documents and choices are kept under. */
      readonly patient: string
      readonly decision: Decision
    }

/** Everything that must be known before a document is touched, the same steps whatever the decision will be. */
export async function openFile(desk: Desk, access: VerifiedAccess, documentClass: string): Promise<Opening> {
  const caller = callerOf(access)
  const found = await desk.connector.findPatients({ identifiers: [access.patient] }, caller)
  if (!found.ok && found.problem.code !== 'national-no-match') return { refusal: nationalRefusal(found.problem) }
  const people = found.ok ? found.value : []
  // Documents of one patient only; an identifier that two people share opens neither file.
  const person = people.length === 1 ? people[0] : undefined
  const patient = person?.identifiers[0] ?? access.patient
  const chosen = await ownChoice(desk, access, person?.identifiers ?? [patient], documentClass)
  const national = await desk.connector.consents(patient, access.issuer, access.purpose, documentClass)
  if (
    !national.ok &&
    national.problem.code !== 'national-not-offered' &&
    national.problem.code !== 'national-no-match'
  ) {
    return { refusal: nationalRefusal(national.problem) }
  }
  const consent = chosen && (national.ok ? national.value : true)
  const decision = decide(
    { service: 'patient-summary', role: access.professional.role.code, purpose: access.purpose, documentClass },
    desk.policies.find(({ service }) => service === 'patient-summary'),
    consent,
  )
  return { person, patient, decision: person || !decision.permit ? decision : { permit: false, reason: 'no-policy' } }
}

/**
 * A patient has several identifiers and chose under one of them. Where silence permits, one objection under any of them
 * counts; where silence denies, one permission does.
 */
async function ownChoice(
  desk: Desk,
  access: VerifiedAccess,
  identifiers: readonly string[],
  documentClass: string,
): Promise<boolean> {
  const answers = await Promise.all(
    identifiers.map((identifier) => desk.consents.permits(identifier, access.issuer, documentClass)),
  )
  return desk.consentDefault === 'permit' ? answers.every(Boolean) : answers.some(Boolean)
}
