/**
 * What is known of a submission, and nothing more than that. Pure. Several attempts of one submission can be on their way
 * at once (one that a crash cut off, one that a slow line still holds); each that may have arrived counts as open until its
 * own answer says otherwise.
 */
import type { SubmissionState } from './dispensing.ts'

export interface Standing {
  readonly state: SubmissionState
  readonly attempts: number
  /** Attempts that may have arrived and whose answer is not known. */
  readonly open: number
  /** Asking again cannot find out any more. */
  readonly needsPerson: boolean
}

export type Answer =
  | { readonly kind: 'accepted' }
  /** `repeatable`: country A promises to answer a repetition as it answered the first (docs/BORDER.md). */
  | { readonly kind: 'refused'; readonly repeatable: boolean }
  /** Certainly without effect: it never arrived, or country A says that it took nothing for now. */
  | { readonly kind: 'without-effect' }
  | { readonly kind: 'unknown' }

/** After this many attempts, more than a day, asking again is no plan any more. */
export const MOST_ATTEMPTS = 40

export function isSettled({ state }: Pick<Standing, 'state'>): boolean {
  return state === 'accepted' || state === 'refused'
}

/** Before anything leaves: from now on the submission may be there. */
export function begun(standing: Standing): Standing {
  const { state, attempts, open } = standing
  return { ...standing, state: open > 0 ? 'unknown' : state, attempts: attempts + 1, open: open + 1 }
}

/** After an answer, or after patience ended. Answers may come late and in any order. */
export function answered(standing: Standing, answer: Answer): Standing {
  // That country A has it is proof, whatever was believed before.
  if (answer.kind === 'accepted') return { ...standing, state: 'accepted', open: 0, needsPerson: false }
  if (isSettled(standing)) return standing
  switch (answer.kind) {
    case 'refused': {
      // Of several attempts an earlier one may be the reason for the refusal ("dispensed already": by this very one).
      const certain = answer.repeatable || standing.open <= 1
      return certain
        ? { ...standing, state: 'refused', open: 0, needsPerson: false }
        : { ...standing, state: 'unknown', needsPerson: true }
    }
    case 'without-effect': {
      const open = Math.max(0, standing.open - 1)
      return patient({ ...standing, state: open > 0 ? 'unknown' : 'sending', open })
    }
    case 'unknown':
      return patient({ ...standing, state: 'unknown' })
  }
}

function patient(standing: Standing): Standing {
  return { ...standing, needsPerson: standing.needsPerson || standing.attempts >= MOST_ATTEMPTS }
}

/** Milliseconds until the next attempt: doubling from the first pause to an hour. */
export function pauseAfter(attempts: number, firstMs = 30_000): number {
  return Math.min(3_600_000, firstMs * 2 ** Math.min(Math.max(attempts - 1, 0), 10))
}
