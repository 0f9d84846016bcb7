/** The rows that are derived from a case: what lists, boards and the register read. Pure. */

import { personsOf } from '../case/evolve.ts'
import { type CaseState, holdersOf } from '../case/state.ts'
import { type Clock, clocksOf } from '../clocks/clocks.ts'
import type { Procedure } from '../procedure.ts'
import { publicEntry } from '../register/register.ts'
import type { CaseTables } from './migrations.ts'

/** Raised when `CaseState`, clocks or rows change their meaning: older rows are then rebuilt from the events. */
export const STATE_FORMAT = 1

export interface DerivedRows {
  readonly case: CaseTables['research_case']
  readonly parties: readonly CaseTables['research_case_party'][]
  readonly clocks: readonly CaseTables['research_case_clock'][]
  readonly exclusions: readonly CaseTables['research_exclusion'][]
}

export function rowsOf(state: CaseState, changedAt: string, procedure: Procedure): DerivedRows {
  const body = procedure.body.country
  const key = { body, case_id: state.caseId }
  const clocks = clocksOf(state, procedure)
  const entry = publicEntry(state)
  const parts = Object.values(state.parts)
  const { application, answers } = state
  return {
    case: {
      ...key,
      version: state.version,
      state_format: STATE_FORMAT,
      state: JSON.stringify(state),
      kind: state.kind,
      stage: state.stage,
      own_status: state.parts[body]?.status ?? '',
      title: application?.title ?? (typeof answers.title === 'string' ? answers.title : ''),
      applicant: application?.applicant.name ?? '',
      submitted_at: state.submittedAt ?? null,
      changed_at: changedAt,
      next_due: clocks.find(({ due }) => due !== undefined)?.due ?? null,
      public_entry: entry ? JSON.stringify(entry) : null,
      public_since: entry ? (state.submittedAt ?? null) : null,
    },
    parties: partiesOf(state).map((party) => ({ ...key, party })),
    clocks: clocks.map((clock) => clockRow(key, clock)),
    exclusions: parts.flatMap(({ exclusions }) =>
      exclusions.map(({ party, until }) => ({ ...key, party, until_day: until })),
    ),
  }
}

function clockRow(key: { readonly body: string; readonly case_id: string }, clock: Clock) {
  return {
    ...key,
    clock: clock.id,
    member_state: clock.memberState,
    about: clock.about ?? '',
    due: clock.due ?? null,
    detail: JSON.stringify(clock),
  }
}

function partiesOf(state: CaseState): readonly string[] {
  const holders = Object.values(state.parts).flatMap(holdersOf)
  const persons = personsOf(state).map(({ identifier }) => identifier)
  return [...new Set([...(state.owner === undefined ? [] : [state.owner]), ...persons, ...holders])]
}
