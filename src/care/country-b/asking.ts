/**
 * One question to another country: may the professional ask at all, whom to ask, with which token, and what the ledger
 * of this country says about it before the result is handed out.
 */
import { randomUUID } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { AccessGrant, AccessScope } from '#trust/tokens/access-grant.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import type { Participant, ServiceKind } from '#wire/discovery/directory.ts'
import { type NcpehClient, ncpehClient } from '#wire/fhir/ncpeh-client.ts'
import type { AccessOutcome, AccessRecord } from '../context/access-record.ts'
import type { CareContext, CareProblemCode, Purpose } from '../context/care-context.ts'
import { recordAccess } from '../context/record-access.ts'
import { decide } from '../policy/policy.ts'
import type { CountryBOptions } from './country-b.ts'
import { careFailure, directoryFailure, type Step } from './failures.ts'

export interface Question {
  readonly step: Step
  /** As it goes over the wire, for searches; the document's name, for retrieval. */
  readonly asked: string
  readonly service: ServiceKind
  readonly professional: Professional
  /** Country asked. */
  readonly country: string
  readonly patient: string
  readonly purpose: Purpose
  readonly scopes: readonly AccessScope[]
  /** Absent while the patient is being identified. */
  readonly context?: CareContext
}

export interface Answered<T> {
  readonly result: Result<T, CareProblemCode>
  /** National identifiers of the documents, for the ledger. */
  readonly documents?: readonly string[]
}

export interface Line {
  readonly client: NcpehClient
  readonly token: string
  readonly participant: Participant
}

/** Asks and records. What is refused here never leaves the country, and is recorded too. */
export async function ask<T>(
  options: CountryBOptions,
  question: Question,
  asking: (line: Line) => Promise<Answered<T>>,
): Promise<Result<T, CareProblemCode>> {
  const recorded = options.clock()
  const requestId = randomUUID()
  const line = await openLine(options, question, recorded, requestId)
  let answered: Answered<T>
  try {
    answered = line.ok ? await asking(line.value) : { result: line }
  } catch (error) {
    options.log.failure('asking-failed', error, { kind: question.step, country: question.country })
    answered = { result: careFailure('ERROR_GENERIC', question.country) }
  }
  const { result } = answered
  if (!result.ok) {
    options.log.warn('asking-without-result', {
      kind: question.step,
      country: question.country,
      code: result.problem.code,
    })
  }
  try {
    await recordAccess(
      options.ledger,
      recordOf(options, question, answered, {
        recorded,
        requestId,
        server: line.ok ? line.value.participant : undefined,
      }),
    )
  } catch (error) {
    options.log.failure('access-not-recorded', error, { kind: question.step, country: question.country })
    return failed(
      'ERROR_GENERIC',
      'The access could not be recorded here, so its result is not shown.',
      'Try again; if it fails again, tell the national contact point.',
    )
  }
  return result
}

async function openLine(
  options: CountryBOptions,
  question: Question,
  now: Date,
  requestId: string,
): Promise<Result<Line, CareProblemCode>> {
  const { country, service } = question
  const grant = grantOf(options, question)
  if (!grant.ok) return grant
  const found = await options.directory.participant(country)
  if (!found.ok) return directoryFailure(found.problem.code, country)
  const participant = found.value
  if (!participant.services.includes(service)) return careFailure('ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN', country)
  const token = await issueAccessToken({ ...grant.value, audience: participant.homeCommunityId }, options.signer, now)
  return ok({ client: clientOf(options, participant, requestId), token, participant })
}

function clientOf(options: CountryBOptions, participant: Participant, requestId: string): NcpehClient {
  return ncpehClient({
    fetch: options.fetch,
    base: participant.fhirBase ?? '',
    fingerprints: participant.certificates,
    timeoutMs: options.timeoutMs ?? 10_000,
    requestId,
    ...(options.maxDocumentBytes === undefined ? {} : { maxDocumentBytes: options.maxDocumentBytes }),
  })
}

/** What the token will say; a problem when this country's own rules do not let the professional ask. */
function grantOf(
  options: CountryBOptions,
  { professional, service, purpose, patient, scopes, context, country }: Question,
): Result<Omit<AccessGrant, 'audience'>, CareProblemCode> {
  const { role, organisation } = professional
  const incomplete =
    !role || professional.identifier === '' || organisation.identifier === '' || organisation.name === ''
  const reasonless = purpose === 'EMERGENCY' && !context?.reason?.trim()
  if (incomplete || reasonless) return careFailure('ERROR_HPI_INSUFFICIENT_INFORMATION', country)
  const policy = options.policies.find((one) => one.service === service)
  // The patient's choice is country A's to look up; here only role and purpose are decided.
  if (!decide({ service, role: role.code, purpose }, policy, true).permit) {
    return careFailure('ERROR_SEC_INSUFFICIENT_RIGHTS', country)
  }
  return ok({
    issuer: options.country,
    homeCommunityId: options.homeCommunityId,
    professional: {
      identifier: professional.identifier,
      name: `${professional.given} ${professional.family}`.trim(),
      role,
      organisation: { identifier: organisation.identifier, name: organisation.name },
    },
    purpose,
    emergencyReasonGiven: purpose === 'EMERGENCY',
    patient,
    scopes,
    ...(context ? { relationship: context.relationship, notice: context.notice } : {}),
  })
}

function recordOf(
  options: CountryBOptions,
  { step, asked, professional, country, patient, purpose }: Question,
  { result, documents }: Answered<unknown>,
  frame: { readonly recorded: Date; readonly requestId: string; readonly server: Participant | undefined },
): AccessRecord {
  const { recorded, requestId, server } = frame
  const { identifier, given, family, role, organisation } = professional
  const common = {
    side: 'B',
    recorded,
    requestId,
    client: { country: options.country, homeCommunityId: options.homeCommunityId, address: options.address },
    server: { country, homeCommunityId: server?.homeCommunityId, address: server?.fhirBase ?? 'not asked' },
    professional: { identifier, name: `${given} ${family}`.trim(), organisation, role },
    patient,
    purpose,
    outcome: outcomeOf(result),
  } as const
  switch (step) {
    case 'identify':
      return { ...common, step: 'identify', query: asked }
    case 'list':
      return { ...common, step: 'list', query: asked, documents: documents ?? [] }
    case 'retrieve':
      return { ...common, step: 'retrieve', document: asked }
  }
}

function outcomeOf(result: Result<unknown, CareProblemCode>): AccessOutcome {
  if (result.ok) return { kind: 'success' }
  const { code } = result.problem
  return { kind: KINDS[code] ?? 'failed', code }
}

/** Codes that mean "nothing there" or "no" rather than "it did not work". */
const KINDS: Readonly<Partial<Record<CareProblemCode, AccessOutcome['kind']>>> = {
  ERROR_PI_NO_MATCH: 'nothing',
  ERROR_PS_NOT_FOUND: 'nothing',
  ERROR_PI_MULTIPLE_MATCHES: 'nothing',
  ERROR_HPI_GENERIC: 'refused',
  ERROR_HPI_INSUFFICIENT_INFORMATION: 'refused',
  ERROR_HPI_AUTHENTICATION_NOT_RECEIVED: 'refused',
  ERROR_SEC_INSUFFICIENT_RIGHTS: 'refused',
  ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED: 'refused',
}
