/** ITI-41, the answer: whether the document was taken (ebRS RegistryResponse). */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { IheProfile, SubmissionAnswer } from '../exchange.ts'
import { readErrors, readStatus, statusUri, writeErrors } from '../registry/registry-response.ts'
import { RS } from '../registry/schemes.ts'

export function writeSubmissionResponse({ status, errors }: SubmissionAnswer, profile: IheProfile): string {
  return `<rs:RegistryResponse xmlns:rs="${RS}" status="${statusUri(status)}">${writeErrors(errors, profile)}</rs:RegistryResponse>`
}

export type SubmissionResponseProblemCode = 'submission-response-malformed'

/** A document is taken or it is not: what is not said to be a success is none. */
export function readSubmissionResponse(body: XmlElement): Result<SubmissionAnswer, SubmissionResponseProblemCode> {
  const status = readStatus(body)
  if (body.name !== 'RegistryResponse' || body.namespace !== RS || status === undefined) {
    return failed(
      'submission-response-malformed',
      'The answer is not a RegistryResponse with a status.',
      'Tell the operator of that national contact point.',
    )
  }
  const errors = readErrors(body, status === 'success' ? 'success' : 'failure')
  return ok({ status: status === 'success' ? 'success' : 'failure', errors })
}
