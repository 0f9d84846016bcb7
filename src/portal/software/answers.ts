/** How this door answers: results as JSON, refusals as OperationOutcomes with a status that a program understands. */
import type { Context } from 'hono'
import type { z } from 'zod'
import type { CareContext } from '#care/context/care-context.ts'
import type { Problem, Result } from '#platform/result/result.ts'
import { fhirResponse, outcomeOf, type RefusalStatus } from '#wire/fhir/outcome.ts'
import type { DocumentsRequest } from './requests.ts'

/** Answers a request that states a care context. */
export type WithCare = <Schema extends typeof DocumentsRequest>(
  context: Context,
  schema: Schema,
  work: (request: z.infer<Schema>, care: CareContext) => Promise<Response>,
) => Promise<Response>

/** Statuses of refusals; whatever is not here lies in the question. */
const STATUS: Readonly<Record<string, RefusalStatus>> = {
  ERROR_PI_NO_MATCH: 404,
  ERROR_PS_NOT_FOUND: 404,
  ERROR_GENERIC_DOCUMENT_MISSING: 404,
  ERROR_GENERIC_CONNECTION_NOT_POSSIBLE: 503,
  ERROR_GENERIC_TIMEOUT: 503,
  ERROR_GENERIC: 500,
  ERROR_HPI_GENERIC: 403,
  ERROR_HPI_INSUFFICIENT_INFORMATION: 403,
  ERROR_SEC_INSUFFICIENT_RIGHTS: 403,
  ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED: 500,
}

export function answer(result: Result<unknown>): Response {
  if (!result.ok) return refusal(STATUS[result.problem.code] ?? 400, result.problem)
  return Response.json(result.value, { headers: { 'cache-control': 'no-store' } })
}

export function refusal(status: RefusalStatus, { code, sentence, next }: Problem): Response {
  // RFC 6750 §3
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  if (status === 429) headers['retry-after'] = '60'
  return fhirResponse(outcomeOf({ status, code, sentence, next }), status, headers)
}
