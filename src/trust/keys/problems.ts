import { ProblemError } from '#platform/result/problem-error.ts'

export type KeyProblemCode =
  | 'keys-missing'
  | 'keys-damaged'
  | 'keys-folder-in-use'
  | 'keys-expired'
  | 'keys-not-yet-valid'
  | 'keys-other-authority'

export function keyError(code: KeyProblemCode, sentence: string, next: string, file: string, cause?: unknown) {
  return new ProblemError<KeyProblemCode>({ code, sentence, next, place: { file } }, cause)
}

/** Rejects a certificate outside its time, with the day in words. */
export function checkValidity(
  what: string,
  certificate: { readonly validFromDate: Date; readonly validToDate: Date },
  now: Date,
  file: string,
): void {
  if (now > certificate.validToDate) {
    const day = certificate.validToDate.toISOString().slice(0, 10)
    throw keyError('keys-expired', `${what} expired on ${day}.`, 'Have a new one made: remove this folder.', file)
  }
  if (now < certificate.validFromDate) {
    const day = certificate.validFromDate.toISOString().slice(0, 10)
    throw keyError('keys-not-yet-valid', `${what} is valid only from ${day}.`, "Correct the machine's clock.", file)
  }
}
