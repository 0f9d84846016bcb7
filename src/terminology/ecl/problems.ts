/** What can be wrong with an expression constraint: stable codes, the place, what was found and what was expected. */
import type { Place, Problem } from '#platform/result/result.ts'

export type EclCode =
  | 'ecl-syntax'
  | 'ecl-too-long'
  | 'ecl-too-deep'
  | 'ecl-too-large'
  | 'ecl-unknown-concept'
  | 'ecl-unknown-dialect'
  | 'ecl-unknown-field'
  | 'ecl-field-not-concept'
  | 'ecl-alternate-identifier'
  | 'ecl-mixed-group'
  | 'ecl-budget'

export interface EclProblem extends Problem<EclCode> {
  readonly place: Place
  /** UTF-16 units from the start of the text, from 0. */
  readonly offset: number
  /** The piece of text that stands there; `end` at the end. Absent where no text is to blame. */
  readonly found?: string
  /** Names of what could have stood there, as the grammar's readers call them: `concept identifier`, `"="`, … */
  readonly expected?: readonly string[]
  /** The line of the text, and below it a caret. */
  readonly excerpt: string
}

export type EclResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: EclProblem }

/** Carries a problem to the border of this folder, where it becomes a value. Never leaves it. */
export class EclSignal extends Error {
  readonly problem: EclProblem
  constructor(problem: EclProblem) {
    super(problem.code)
    this.problem = problem
  }
}

/** Runs work that may stop with an {@link EclSignal}; other errors are programming errors and pass. */
export function captured<T>(work: () => T): EclResult<T> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    if (error instanceof EclSignal) return { ok: false, problem: error.problem }
    throw error
  }
}

export interface ProblemDetails {
  readonly code: EclCode
  readonly text: string
  readonly offset: number
  readonly sentence: string
  readonly next: string
  readonly found?: string
  readonly expected?: readonly string[]
}

export function eclProblem(details: ProblemDetails): EclProblem {
  const { code, text, offset, sentence, next, found, expected } = details
  const { line, column } = placeOf(text, offset)
  return {
    code,
    sentence: `Line ${line}, character ${column}: ${sentence}`,
    next,
    place: { line, column },
    offset,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    excerpt: excerptOf(text, offset),
  }
}

/** Line and column from 1. CR LF is one end of line. */
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let start = 0
  for (let end = lineEnd(text, 0); end < offset; end = lineEnd(text, start)) {
    line += 1
    start = end + (text.startsWith('\r\n', end) ? 2 : 1)
  }
  return { line, column: Math.max(1, offset - start + 1) }
}

function lineEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\n' || text[index] === '\r') return index
  }
  return text.length
}

const BEFORE = 40
const AFTER = 30

/** At most seventy characters around the place, and a caret below it. Tabs become spaces so that the caret stands right. */
function excerptOf(text: string, offset: number): string {
  let start = Math.max(0, offset - BEFORE)
  for (let index = offset - 1; index >= start; index -= 1) {
    if (text[index] === '\n' || text[index] === '\r') {
      start = index + 1
      break
    }
  }
  const end = Math.min(lineEnd(text, Math.min(offset, text.length)), offset + AFTER)
  const before = start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r' ? '…' : ''
  const line = before + text.slice(start, end).replaceAll('\t', ' ') + (end < lineEnd(text, end) ? '…' : '')
  return `${line}\n${' '.repeat(before.length + offset - start)}^`
}
