/**
 * Errors are values. A function that can fail for a reason a person must understand returns a `Result`;
 * only programming errors are thrown.
 */

/** Where in an input something is wrong. Lines and columns count from 1, bytes from 0. */
export interface Place {
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly byte?: number
  /** A path inside the document: XPath-like for XML, FHIRPath-like for FHIR. */
  readonly path?: string
}

/** A failure with a stable code, a sentence that a person understands, and the next step. Never holds personal data. */
export interface Problem<Code extends string = string> {
  readonly code: Code
  readonly sentence: string
  readonly next: string
  readonly place?: Place
}

export interface Ok<T> {
  readonly ok: true
  readonly value: T
}

export interface Failed<Code extends string = string> {
  readonly ok: false
  readonly problem: Problem<Code>
}

export type Result<T, Code extends string = string> = Ok<T> | Failed<Code>

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value }
}

export function failed<Code extends string>(code: Code, sentence: string, next: string, place?: Place): Failed<Code> {
  return { ok: false, problem: place ? { code, sentence, next, place } : { code, sentence, next } }
}

/** One line for terminals and logs: `file:line:column: sentence Next step. [code]`. */
export function describeProblem(problem: Problem): string {
  const { place } = problem
  const where = place
    ? [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') +
      (place.path ? ` (${place.path})` : '')
    : ''
  return `${where ? `${where}: ` : ''}${problem.sentence} ${problem.next} [${problem.code}]`
}
