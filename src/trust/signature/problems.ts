/** Why a signature does not count. Every refusal is one of these; none says more to the sender than it must. */
import { type Failed, failed } from '#platform/result/result.ts'

export const SIGNATURE_PROBLEMS = [
  'signature-missing',
  'signature-malformed',
  'signature-algorithm',
  'signature-reference',
  'signature-transform',
  'signature-certificate',
  'signature-digest',
  'signature-value',
] as const
export type SignatureProblemCode = (typeof SIGNATURE_PROBLEMS)[number]

export function signatureProblem(code: SignatureProblemCode, sentence: string): Failed<SignatureProblemCode> {
  return failed(code, sentence, 'Sign it again as the profile of XML signatures demands, and send it again.')
}
