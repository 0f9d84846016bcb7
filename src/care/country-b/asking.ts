/**
 * One question to another country: may the professional ask at all, whom to ask, over which wire, in whose name, and what
 * the ledger of this country says about it before the result is handed out.
 */
import { randomUUID } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { Participant, ServiceKind } from '#wire/discovery/directory.ts'
import type { VerifiedCaller, Wire } from '../border/border-service.ts'
import type { CareContext, CareProblemCode, Purpose } from '../context/care-context.ts'
import type { ExchangedEnvelopes } from '../context/recorder.ts'
import { decide } from '../policy/policy.ts'
import { accessRecord } from './asking-record.ts'
import type { AskingCall, OpenChannel } from './channels/channel.ts'
import { careFailure, directoryFailure } from './failures.ts'
import type { Asking } from './options.ts'
import type { PrescriptionSearch } from './questions.ts'

export interface Question {
  readonly step: 'identify' | 'list' | 'retrieve'
  /** What is asked, for searches; the document's name, for retrieval. */
  readonly asked: string
  readonly service: ServiceKind
  readonly professional: Professional
  /** Country asked. */
  readonly country: string
  readonly patient: string
  readonly purpose: Purpose
  /** Absent while the patient is being identified. */
  readonly context?: CareContext
  readonly search?: PrescriptionSearch
}

export interface Answered<T> {
  readonly result: Result<T, CareProblemCode>
  /** National identifiers of the documents, for the ledger. */
  readonly documents?: readonly string[]
  /** What came was read, to be shown in the reader's language (EHDSI-94). */
  readonly transformed?: boolean
}

export interface Line extends OpenChannel {
  readonly call: AskingCall
  readonly participant: Participant
}

/** Asks and records. What is refused here never leaves the country, and is recorded too. */
export async function ask<T>(
  asking: Asking,
  question: Question,
  work: (line: Line) => Promise<Answered<T>>,
): Promise<Result<T, CareProblemCode>> {
  const { log, clock, recorder } = asking
  const { step: kind, country } = question
  const recorded = clock()
  const requestId = randomUUID()
  const exchanged: ExchangedEnvelopes[] = []
  const line = await openLine(asking, question, { requestId, heard: (one) => exchanged.push(one) })
  let answered: Answered<T>
  try {
    answered = line.ok ? await work(line.value) : { result: line }
  } catch (error) {
    log.failure('asking-failed', error, { kind, country })
    answered = { result: careFailure('ERROR_GENERIC', country) }
  }
  const { result } = answered
  if (!result.ok) log.warn('asking-without-result', { kind, country, code: result.problem.code })
  try {
    const record = accessRecord(asking, question, answered, {
      recorded,
      requestId,
      line: line.ok ? line.value : undefined,
    })
    const [first, ...more] = exchanged
    const transformed = answered.transformed && record.step === 'retrieve'
    await recorder.record(transformed ? { ...record, transformed } : record, first)
    // Over IHE each message is a transaction of its own, with its own audit message and evidence.
    for (const one of more) if (one.wire === 'ihe') await recorder.record(record, one)
  } catch (error) {
    log.failure('access-not-recorded', error, { kind, country })
    return notRecorded()
  }
  return result
}

export function notRecorded(): Result<never, CareProblemCode> {
  return failed(
    'ERROR_GENERIC',
    'The access could not be recorded here, so its result is not shown.',
    'Try again; if it fails again, tell the national contact point.',
  )
}

/** The way to the other country, for who may ask; `wire`: only over this one. */
export async function openLine(
  asking: Asking,
  question: Omit<Question, 'step' | 'asked'>,
  frame: Pick<AskingCall, 'requestId' | 'heard'>,
  wire?: Wire,
): Promise<Result<Line, CareProblemCode>> {
  const { country, service } = question
  const caller = callerOf(asking, question)
  if (!caller.ok) return caller
  const found = await asking.directory.participant(country)
  if (!found.ok) return directoryFailure(found.problem.code, country)
  const participant = found.value
  const channel = participant.services.includes(service) ? asking.channels.open(participant, wire) : undefined
  if (!channel) return careFailure('ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN', country)
  const call = { ...frame, caller: caller.value, emergencyReasonGiven: question.purpose === 'EMERGENCY' }
  return ok({ ...channel, call, participant })
}

/** Who asks, as this country vouches for him; a problem when its own rules do not let him ask. */
function callerOf(
  { country: own, homeCommunityId, policies }: Asking,
  { professional, service, purpose, patient, context, country, search }: Omit<Question, 'step' | 'asked'>,
): Result<VerifiedCaller, CareProblemCode> {
  const { role, organisation, identifier, given, family } = professional
  const incomplete = !role || identifier === '' || organisation.identifier === '' || organisation.name === ''
  const reasonless = purpose === 'EMERGENCY' && !context?.reason?.trim()
  if (incomplete || reasonless) return careFailure('ERROR_HPI_INSUFFICIENT_INFORMATION', country)
  const policy = policies.find((one) => one.service === service)
  // The patient's choice is country A's to look up; here only role and purpose are decided.
  if (!decide({ service, role: role.code, purpose }, policy, true).permit) {
    return careFailure('ERROR_SEC_INSUFFICIENT_RIGHTS', country)
  }
  return ok({
    country: own,
    homeCommunityId,
    professional: {
      identifier,
      name: `${given} ${family}`.trim(),
      role,
      organisation: { identifier: organisation.identifier, name: organisation.name },
      facilityType: organisation.kind,
    },
    purpose,
    patient,
    ...(context ? { relationship: context.relationship, notice: context.notice } : {}),
    ...(context?.nextOfKin ? { nextOfKin: context.nextOfKin } : {}),
    ...(search?.pin === undefined ? {} : { dispensationPin: search.pin }),
    ...(search?.prescriptionId === undefined ? {} : { prescriptionId: search.prescriptionId }),
  })
}
