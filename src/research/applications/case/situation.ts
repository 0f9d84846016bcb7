/** What a decision is made on, and the words of its refusals. */
import { failed, type Result } from '#platform/result/result.ts'
import type { Day } from '../calendar/civil-day.ts'
import type { Clock } from '../clocks/clocks.ts'
import { clocksOf } from '../clocks/clocks.ts'
import { calendarOf, type Procedure } from '../procedure.ts'
import type { ClockId } from '../rules/rule-set.ts'
import type { EventKind } from './events.ts'
import type { CaseState, Part } from './state.ts'

export type CaseProblemCode =
  | 'case-unknown'
  | 'case-exists'
  | 'role-not-allowed'
  | 'person-not-entitled'
  | 'not-competent'
  | 'not-in-this-state'
  | 'duties-separated'
  | 'permit-suspended'
  | 'command-incomplete'
  | 'application-incomplete'
  | 'applicant-excluded'
  | 'datasets-fixed'
  | 'not-yet-due'
  | 'too-late'
  | 'no-extension'
  | 'limit-exceeded'
  | 'criteria-open'
  | 'criteria-not-met'
  | 'fee-open'
  | 'question-open'
  | 'nothing-asked'
  | 'already-done'
  | 'holder-unknown'
  | 'not-a-trusted-holder'
  | 'permit-invalid'
  | 'scope-exceeded'
  | 'finding-unknown'
  | 'views-awaited'
  | 'obligations-open'

/** Facts of an event; who, when and where are added to it. */
export type Fact = { readonly kind: EventKind; readonly [field: string]: unknown }

/** `undefined`: the wish becomes its event as it is. */
export type Decided = Result<readonly Fact[], CaseProblemCode> | undefined

export interface Situation {
  readonly state: CaseState
  readonly part: Part
  readonly procedure: Procedure
  /** Now, ISO 8601. */
  readonly at: string
  /** The day of it where the part's body sits. */
  readonly today: Day
}

export function situationOf(state: CaseState, part: Part, procedure: Procedure, at: string): Situation {
  return { state, part, procedure, at, today: calendarOf(procedure, part.memberState).dayOf(at) }
}

/** The last day of a clock that runs in this part. */
export function dueDay({ state, part, procedure }: Situation, id: ClockId, about?: string): Day | undefined {
  return clocksOf(state, procedure).find((clock) => isClock(clock, part, id, about))?.due
}

function isClock(clock: Clock, part: Part, id: ClockId, about: string | undefined): boolean {
  return clock.id === id && clock.memberState === part.memberState && (about === undefined || clock.about === about)
}

export function refusal(code: CaseProblemCode, sentence: string, next: string): Result<never, CaseProblemCode> {
  return failed(code, sentence, next)
}

export const alreadyDone = (what: string) => refusal('already-done', `${what} already.`, 'Nothing is left to do here.')
