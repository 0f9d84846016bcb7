/**
 * What another country, or the line to it, answered instead of what was asked: one refusal for both wires. For submissions
 * it also says what is known of their fate, and never more than is known.
 */
import type { Log } from '#platform/log/log.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { type EhdsiGroup, ehdsiError, readIheError, readWireCode } from '#wire/errors/ehdsi-errors.ts'
import type { NcpehFailure, NcpehProblemCode } from '#wire/fhir/ncpeh-client.ts'
import type { IheError, IheProblemCode } from '#wire/ihe/exchange.ts'
import type { BorderRefusal } from '../../border/border-service.ts'
import type { CareProblemCode } from '../../context/care-context.ts'
import { careFailure, type Step } from '../failures.ts'

/** What was asked of whom. */
export interface Asked {
  readonly country: string
  readonly step: Step
  readonly service: ServiceKind
  readonly log: Log
}

type Outcome = BorderRefusal['outcome']
export type Refused = { readonly ok: false; readonly refusal: BorderRefusal }

const GROUPS: Readonly<Partial<Record<ServiceKind, EhdsiGroup>>> = {
  'patient-identification': 'PI',
  'patient-summary': 'PS',
  eprescription: 'EP',
  edispensation: 'ED',
}

function groupOf(service: ServiceKind): EhdsiGroup {
  return GROUPS[service] ?? 'ORCD'
}

/** That there is nothing; also what is told when a patient does not let it be seen. */
export function nothingFound({ step, service }: Pick<Asked, 'step' | 'service'>): CareProblemCode {
  if (step === 'identify') return 'ERROR_PI_NO_MATCH'
  if (step === 'retrieve') return 'ERROR_GENERIC_DOCUMENT_MISSING'
  if (step === 'submit') return 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE'
  if (service === 'patient-summary') return 'ERROR_PS_NOT_FOUND'
  return service === 'eprescription' ? 'ERROR_EP_NOT_FOUND' : 'ERROR_ORCD_NOT_FOUND'
}

export function refusal(code: CareProblemCode, country: string, outcome: Outcome, detail?: string): Refused {
  const { sentence, next } = careFailure(code, country).problem
  return { ok: false, refusal: { code, sentence, next, outcome, ...(detail === undefined ? {} : { detail }) } }
}

const FHIR_PROBLEMS: Readonly<Record<Exclude<NcpehProblemCode, 'peer-refused'>, CareProblemCode>> = {
  'peer-unreachable': 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'peer-timeout': 'ERROR_GENERIC_TIMEOUT',
  'peer-untrusted': 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
  'peer-altered': 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
  'peer-too-large': 'ERROR_GENERIC',
  'peer-malformed': 'ERROR_GENERIC',
}

/** Logs what the operator can act on, e.g. `token-clock`: our clock is wrong. */
export function fhirRefusal(failure: NcpehFailure, asked: Asked): Refused {
  const { problem, detail, ehdsiCode, status = 0 } = failure
  const finer = detail ?? ehdsiCode ?? problem.code
  asked.log.warn('peer-failed', { country: asked.country, kind: asked.step, code: finer, status })
  if (problem.code !== 'peer-refused') {
    return refusal(FHIR_PROBLEMS[problem.code], asked.country, fateOf(asked, failure.arrived), finer)
  }
  const code = fhirCode(failure, asked)
  const certain = status < 500 || (ehdsiCode !== undefined && saysNotStored(code))
  const outcome = status === 429 ? 'failed' : certain || asked.step !== 'submit' ? 'refused' : 'unknown'
  return refusal(code, asked.country, outcome, finer)
}

function fhirCode({ ehdsiCode, status = 0 }: NcpehFailure, asked: Asked): CareProblemCode {
  const known = shown(readWireCode(ehdsiCode ?? '', groupOf(asked.service)), asked)
  if (known !== undefined && known !== 'ERROR_GENERIC') return known
  if (status === 401) return 'ERROR_HPI_GENERIC'
  if (status === 403) return 'ERROR_SEC_INSUFFICIENT_RIGHTS'
  if (status === 404) return nothingFound(asked)
  if (status === 410) return 'ERROR_GENERIC_DOCUMENT_MISSING'
  return 'ERROR_GENERIC'
}

const IHE_PROBLEMS: Readonly<Record<IheProblemCode, CareProblemCode>> = {
  'peer-unreachable': 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'peer-timeout': 'ERROR_GENERIC_TIMEOUT',
  'peer-untrusted': 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
  'peer-too-large': 'ERROR_GENERIC',
  'peer-malformed': 'ERROR_GENERIC',
  'peer-fault': 'ERROR_GENERIC',
  'peer-outcome-unknown': 'ERROR_GENERIC_TIMEOUT',
}

export function iheProblem(code: IheProblemCode, asked: Asked): Refused {
  asked.log.warn('peer-failed', { country: asked.country, kind: asked.step, code, status: 0 })
  const arrived = code === 'peer-unreachable' || code === 'peer-untrusted' ? 'no' : 'perhaps'
  return refusal(IHE_PROBLEMS[code], asked.country, fateOf(asked, arrived), code)
}

/** The errors of an answer; the gravest first. An answer without any is not one of these. */
export function iheRefusal(errors: readonly IheError[], asked: Asked): Refused {
  const gravest = errors.find(({ severity }) => severity === 'error') ?? errors[0]
  const code = gravest
    ? (shown(readIheError(gravest, groupOf(asked.service)), asked) ?? 'ERROR_GENERIC')
    : nothingFound(asked)
  asked.log.warn('peer-failed', {
    country: asked.country,
    kind: asked.step,
    code: plain(gravest?.code) ?? code,
    status: 0,
  })
  const outcome =
    asked.step !== 'submit' ? 'refused' : isUncertain(code) ? 'unknown' : NOT_NOW.has(code) ? 'failed' : 'refused'
  return refusal(code, asked.country, outcome)
}

/** A code may stand in a log; words of another country may not, because they could hold anything. */
function plain(code: string | undefined): string | undefined {
  return code !== undefined && /^[\w-]{1,80}$/.test(code) ? code : undefined
}

/** A patient's objection is never told apart from there being nothing, not even when the other country does (EHDS Art. 8). */
function shown(code: CareProblemCode | undefined, asked: Asked): CareProblemCode | undefined {
  return code !== undefined && ehdsiError(code).shownAs !== undefined ? nothingFound(asked) : code
}

/** When the line failed: before anything arrived, or perhaps after. Only for submissions does it matter which. */
function fateOf({ step }: Asked, arrived: NcpehFailure['arrived']): Outcome {
  return step === 'submit' && arrived !== 'no' ? 'unknown' : 'failed'
}

/** Country A failed in the middle, or took part of it: what it did cannot be told. */
const UNCERTAIN: ReadonlySet<CareProblemCode> = new Set<CareProblemCode>([
  'ERROR_GENERIC',
  'ERROR_ED_GENERIC',
  'ERROR_ED_INTERNAL_ERROR',
  'ERROR_ED_EDISPENSATION_ACK_NOT_RECEIVED',
  'ERROR_ED_EPRESCRIPTION_NOT_UPDATED',
])

/** Country A could not look, so it took nothing; the same may succeed later. */
const NOT_NOW: ReadonlySet<CareProblemCode> = new Set<CareProblemCode>([
  'ERROR_ED_REGISTRY_NOT_AVAILABLE',
  'ERROR_EP_REGISTRY_NOT_AVAILABLE',
  'ERROR_ED_DISCARD_SERVICE_NOT_AVAILABLE',
])

function isUncertain(code: CareProblemCode): boolean {
  return UNCERTAIN.has(code)
}

/** A code of dispensing, said in words that leave no doubt, whatever the status beside it. */
function saysNotStored(code: CareProblemCode): boolean {
  return !isUncertain(code) && ehdsiError(code).group === 'ED'
}
