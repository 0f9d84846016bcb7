/** Refusals on the FHIR wire: an HTTP status and an OperationOutcome with the eHDSI code, never a stack trace. */
import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4'
import { ehdsiError, isEhdsiCode } from '../errors/ehdsi-errors.ts'

/** System of the eHDSI error codes; eHDSI publishes the list of codes without a canonical for it. */
export const EHDSI_ERROR_SYSTEM = 'urn:tessera:ehdsi-error-codes'

export const FHIR_JSON = 'application/fhir+json'

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 406 | 409 | 410 | 413 | 415 | 429 | 500 | 503

export interface NcpehRefusal {
  readonly status: RefusalStatus
  /** eHDSI code, e.g. `ERROR_PI_NO_MATCH`. */
  readonly code: string
  readonly sentence: string
  readonly next: string
  /** A finer code for the operator of the other side, e.g. `token-clock`. */
  readonly detail?: string
}

/** System of the finer codes. */
export const DETAIL_SYSTEM = 'urn:tessera:refusals'

export type NcpehAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: NcpehRefusal }

export function refuse(status: RefusalStatus, code: string, sentence: string, next: string): NcpehAnswer<never> {
  return { ok: false, refusal: { status, code, sentence, next } }
}

/** FHIR issue types (required binding) for each status. */
const ISSUE_TYPE: Readonly<Record<RefusalStatus, OperationOutcomeIssue['code']>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  409: 'conflict',
  410: 'deleted',
  413: 'too-long',
  415: 'not-supported',
  429: 'throttled',
  500: 'exception',
  503: 'transient',
}

/** What the table of errors says of the code, unless the refusal is of another kind than the code. */
function issueType({ status, code }: NcpehRefusal): OperationOutcomeIssue['code'] {
  const known = isEhdsiCode(code) ? ehdsiError(code) : undefined
  return known?.status === status ? known.issue : ISSUE_TYPE[status]
}

export function outcomeOf(refusal: NcpehRefusal): OperationOutcome {
  const { code, sentence, next, detail } = refusal
  return {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: issueType(refusal),
        details: {
          coding: [{ system: EHDSI_ERROR_SYSTEM, code }, ...(detail ? [{ system: DETAIL_SYSTEM, code: detail }] : [])],
          text: sentence,
        },
        diagnostics: next,
      },
    ],
  }
}

/** Says in a searchset which parameters had no effect (FHIR R4 search §3.1.1.1, lenient handling). */
export function ignoredOutcome(parameters: readonly string[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: parameters.map((name) => ({
      severity: 'warning',
      code: 'not-supported',
      details: { text: `The search parameter "${name}" is not supported and had no effect.` },
    })),
  }
}

export function fhirResponse(resource: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(resource), {
    status,
    headers: { 'content-type': `${FHIR_JSON}; charset=utf-8`, ...headers },
  })
}

/** A resource that is already written. */
export function fhirBytes(bytes: Uint8Array): Response {
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': `${FHIR_JSON}; charset=utf-8` } })
}

export function refusalResponse(refusal: NcpehRefusal): Response {
  // RFC 6750 §3
  const headers: Record<string, string> = refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  return fhirResponse(outcomeOf(refusal), refusal.status, headers)
}
