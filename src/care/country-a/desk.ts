/**
 * The desk at which every request of another country is received, whichever door it came through: who is it, may he, write
 * it down, answer. The steps (identify, list, retrieve, submit) only say what they do once a request is accepted.
 */
import type { Caller } from '#national/connector.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { VerifiedCaller } from '../border/border-service.ts'
import type { AccessOutcome, AccessRecord } from '../context/access-record.ts'
import type { BorderRecorder } from '../context/recorder.ts'
import { decide, policyFor } from '../policy/policy.ts'
import type { AuthenticatedCall } from './authenticated-call.ts'
import type { CountryAOptions } from './country-a.ts'
import type { EvenAnswers } from './even-answers.ts'
import type { OpaqueIds } from './opaque-id.ts'
import {
  ANOTHER_PATIENT,
  type CareRefusal,
  LEDGER_DOWN,
  NO_RELATIONSHIP,
  NOT_ALLOWED,
  OWN_ERROR,
  TOO_MANY_REQUESTS,
} from './refusals.ts'

export interface Desk extends CountryAOptions {
  readonly ids: OpaqueIds
  readonly even: EvenAnswers
  readonly recorder: BorderRecorder
  /** Which service the name of a document belongs to, where names are not this node's own (a bridge's). */
  readonly serviceOf?: (documentId: string) => ServiceKind | undefined
}

interface CommonErrand {
  readonly service: ServiceKind
  /** Identifiers that the request names; undefined when it names a document only. */
  readonly patients: readonly string[] | undefined
}

export type Errand =
  | (CommonErrand & { readonly step: 'identify' | 'list' })
  /** `document`: the opaque id that is asked for. */
  | (CommonErrand & { readonly step: 'retrieve'; readonly document: string })
  | (CommonErrand & {
      readonly step: 'dispense' | 'discard'
      readonly document: string
      readonly prescription: string
      readonly submission: string
    })

export type DeskAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: CareRefusal }

/** What a step answers, and what the ledger shall say about it. */
export interface Done<T> {
  readonly answer: DeskAnswer<T>
  readonly outcome: AccessOutcome['kind']
  /** The patient as the documents are kept, when known. */
  readonly patient?: string
  /** Only for the ledger, e.g. `consent`. */
  readonly detail?: string
  readonly documents?: readonly string[]
  /** The document was transcoded on its way out (EHDSI-94). */
  readonly transformed?: boolean
  /** Data about the patient leave: the national side is told. */
  readonly disclosed?: boolean
}

export function refused<T>(refusal: CareRefusal, more: Partial<Omit<Done<T>, 'answer'>> = {}): Done<T> {
  return { answer: { ok: false, refusal }, outcome: refusal.status >= 500 ? 'failed' : 'refused', ...more }
}

/** Decides, lets the step work, records durably, and only then answers. Nothing goes on after a refusal. */
export async function receive<T>(
  desk: Desk,
  errand: Errand,
  call: AuthenticatedCall,
  work: (caller: VerifiedCaller) => Promise<Done<T>>,
): Promise<DeskAnswer<T>> {
  const recorded = desk.clock()
  const admitted = await admit(desk, errand, call, recorded)
  const done = admitted.refusal
    ? refused<T>(admitted.refusal, { detail: admitted.detail })
    : await working(desk, admitted.caller, work)
  const { answer } = done
  try {
    await desk.recorder.record(recordOf(desk, errand, call, recorded, done), call.exchanged)
  } catch (error) {
    desk.log.failure('access-not-recorded', error, { kind: errand.step })
    return { ok: false, refusal: LEDGER_DOWN }
  }
  if (answer.ok && done.disclosed && !admitted.refusal) tell(desk, admitted.caller, done, recorded)
  return answer
}

type Admission =
  | { readonly caller: VerifiedCaller; readonly refusal?: undefined }
  | { readonly refusal: CareRefusal; readonly detail: string }

/** In this order: credentials, policy, patient, relationship, number of requests. The patient's choice comes with his file. */
async function admit(desk: Desk, errand: Errand, call: AuthenticatedCall, now: Date): Promise<Admission> {
  const { credentials } = call
  if (!credentials.ok) {
    const country = call.connection.certificate?.country ?? 'unknown'
    desk.log.warn('access-refused', { kind: errand.step, code: credentials.detail, country })
    return { refusal: credentials.refusal, detail: credentials.detail }
  }
  const { caller } = credentials
  const { professional, purpose, nextOfKin } = caller
  const allowed = decide(
    {
      service: errand.service,
      role: professional.role.code,
      purpose,
      onBehalfOf: professional.onBehalfOf,
      nextOfKin: nextOfKin !== undefined,
    },
    policyFor(desk.policies, errand.service, caller.country),
    true,
  )
  if (!allowed.permit) return { refusal: NOT_ALLOWED, detail: allowed.reason }
  if (!isAboutCaller(errand, caller)) return { refusal: ANOTHER_PATIENT, detail: 'another-patient' }
  if (errand.step !== 'identify' && !hasRelationship(call, caller, now, desk.relationshipHours ?? 24)) {
    return { refusal: NO_RELATIONSHIP, detail: 'relationship' }
  }
  return (await isTooMuch(desk, errand, caller, now))
    ? { refusal: TOO_MANY_REQUESTS, detail: 'too-many-requests' }
    : { caller }
}

/** Counting that does not work is told, and holds nobody's care back. */
async function isTooMuch(desk: Desk, errand: Errand, caller: VerifiedCaller, at: Date): Promise<boolean> {
  const { country, professional, purpose } = caller
  try {
    const counted = await desk.watch?.observe({
      country,
      pointOfCare: professional.organisation.identifier || professional.organisation.name,
      patient: caller.patient ?? errand.patients?.[0],
      service: errand.service,
      purpose,
      at,
    })
    return counted?.limited ?? false
  } catch (error) {
    desk.log.failure('requests-not-counted', error)
    return false
  }
}

/** Over IHE a patient is being identified without credentials about him; everything else is about one patient. */
function isAboutCaller({ step, patients }: Errand, { patient }: VerifiedCaller): boolean {
  if (patient === undefined) return step === 'identify'
  return patients === undefined || patients.includes(patient)
}

const SKEW_MS = 60_000

/**
 * Tokens say when the patient got the notice; assertions have no place for it (eHDSI SAML Profile), so only a TRC counts,
 * also when the own bridge has turned it into a token.
 */
function hasRelationship(
  { wire }: AuthenticatedCall,
  { relationship, notice, throughBridge }: VerifiedCaller,
  now: Date,
  hours: number,
): boolean {
  if (!relationship || (wire === 'fhir' && !notice && !throughBridge)) return false
  const age = now.getTime() - Date.parse(relationship.declaredAt)
  return age >= -SKEW_MS && age <= hours * 3_600_000
}

async function working<T>(
  desk: Desk,
  caller: VerifiedCaller,
  work: (caller: VerifiedCaller) => Promise<Done<T>>,
): Promise<Done<T>> {
  try {
    return await work(caller)
  } catch (error) {
    desk.log.failure('answer-failed', error)
    return refused(OWN_ERROR, { detail: 'internal' })
  }
}

function recordOf(
  desk: Desk,
  errand: Errand,
  { connection, credentials, requestId, query, wire }: AuthenticatedCall,
  recorded: Date,
  { answer, outcome, detail, documents, patient, transformed }: Done<unknown>,
): AccessRecord {
  const { caller } = credentials
  const told = [...(detail === undefined ? [] : [detail]), ...(caller ? flagsOf(caller) : [])].join(' ')
  const common = {
    side: 'A',
    recorded,
    client: {
      country: caller?.country ?? connection.certificate?.country ?? 'unknown',
      homeCommunityId: caller?.homeCommunityId,
      address: connection.remoteAddress ?? 'unknown',
    },
    server: { country: desk.country, homeCommunityId: desk.homeCommunityId, address: desk.base },
    professional: caller?.professional,
    purpose: caller?.purpose,
    patient: patient ?? caller?.patient,
    requestId,
    service: errand.service,
    wire,
    outcome: {
      kind: outcome,
      ...(answer.ok ? {} : { code: answer.refusal.code }),
      ...(told === '' ? {} : { detail: told }),
    },
  } as const
  switch (errand.step) {
    case 'identify':
      return { ...common, step: 'identify', query }
    case 'list':
      return { ...common, step: 'list', query, documents: documents ?? [] }
    case 'retrieve':
      return {
        ...common,
        step: 'retrieve',
        document: documents?.[0] ?? errand.document,
        ...(transformed ? { transformed: true } : {}),
      }
    case 'dispense':
    case 'discard': {
      const { step, document, prescription, submission } = errand
      return { ...common, step, document, prescription, submission }
    }
  }
}

/** What makes an access unusual, for whoever reads the ledger: the patient, a controller, the operator. */
function flagsOf({ purpose, nextOfKin, professional }: VerifiedCaller): readonly string[] {
  return [
    ...(purpose === 'EMERGENCY' ? ['emergency'] : []),
    ...(nextOfKin ? ['next-of-kin-speaks'] : []),
    ...(professional.onBehalfOf === undefined ? [] : [`on-behalf-of-${professional.onBehalfOf}`]),
  ]
}

/** The national side is told after the ledger; it must not hold the answer back. */
function tell<T>(desk: Desk, caller: VerifiedCaller, done: Done<T>, recorded: Date): void {
  const patient = done.patient ?? caller.patient
  if (patient === undefined) return
  const documents = done.documents?.length ? done.documents : [undefined]
  for (const documentId of documents) {
    const told = { patient, recorded: recorded.toISOString(), ...(documentId === undefined ? {} : { documentId }) }
    desk.connector.notifyAccess(told, nationalCaller(caller)).then(
      (result) => {
        if (!result.ok) desk.log.warn('access-not-notified', { code: result.problem.code })
      },
      (error) => desk.log.failure('access-not-notified', error),
    )
  }
}

/** The professional as the national side is told of him. */
export function nationalCaller({ country, professional, purpose }: VerifiedCaller): Caller {
  return {
    country,
    professional: {
      identifier: professional.identifier,
      name: professional.name,
      role: professional.role.code,
      organisation: professional.organisation.name,
      organisationIdentifier: professional.organisation.identifier,
    },
    purpose,
  }
}
