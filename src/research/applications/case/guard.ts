/** Who may give a command, where, and in which state: one answer for `decide` and for pages that show what can be done. */
import type { Result } from '#platform/result/result.ts'
import type { Procedure } from '../procedure.ts'
import type { CaseCommand, PartCommand } from './commands.ts'
import type { Actor, Role } from './events.ts'
import { personsOf } from './evolve.ts'
import { type CaseProblemCode, refusal } from './situation.ts'
import { type CaseState, holdersOf, type Part } from './state.ts'
import { APPLICANT_ROLES, type PartRow, TABLE } from './table.ts'

/** Undefined: nothing stands against it. */
export type Refusal = Result<never, CaseProblemCode> | undefined

/** A command about the whole application. */
export function guardCase(
  kind: CaseCommand['kind'],
  by: Actor,
  state: CaseState | undefined,
  procedure: Procedure,
): Refusal {
  const row = TABLE[kind]
  if (!row.by.includes(by.role)) return wrongRole(by)
  if (row.from === 'new') {
    return state && refusal('case-exists', 'This case has begun already.', 'Use another number for a new one.')
  }
  if (!state) return noCase()
  if (state.stage !== row.from) return wrongState(state.stage)
  return checkPerson(by, state, undefined, procedure)
}

/** A command about what one Member State decides. */
export function guardPart(
  kind: PartCommand['kind'],
  by: Actor,
  state: CaseState | undefined,
  part: Part | undefined,
  procedure: Procedure,
): Refusal {
  const row = TABLE[kind]
  if (!row.by.includes(by.role)) return wrongRole(by)
  if (!state) return noCase()
  if (!part) return refusal('not-competent', 'No data of this Member State are asked for.', 'Choose another one.')
  return checkPerson(by, state, part, procedure) ?? checkRow(row, part) ?? checkSeparation(by, state, procedure)
}

/** Is this the person, at the right body? Art. 55, 67(3), 68(5). */
function checkPerson(by: Actor, state: CaseState, part: Part | undefined, { body }: Procedure): Refusal {
  const isApplicantSide = APPLICANT_ROLES.includes(by.role)
  const competent = isApplicantSide || !part ? state.homeCountry : part.memberState
  if (competent !== body.country) {
    const sentence = `This is for the body of ${competent}, not for that of ${body.country}.`
    return refusal('not-competent', sentence, 'Do it there.')
  }
  const isKnown =
    by.role === 'applicant'
      ? state.owner === by.person
      : by.role === 'member'
        ? personsOf(state).some(({ identifier }) => identifier === by.person)
        : by.role !== 'data-holder' || (part !== undefined && holdersOf(part).includes(by.organisation ?? ''))
  if (isKnown) return undefined
  return refusal('person-not-entitled', 'This person has no part in this case.', 'Ask somebody who has.')
}

function checkRow(row: PartRow, part: Part): Refusal {
  if (!row.from.includes(part.status)) return wrongState(part.status)
  if (row.only !== undefined && row.only !== part.kind) return wrongState(part.kind)
  if (row.restsWhenSuspended && part.suspendedAt !== undefined) {
    return refusal('permit-suspended', 'The permit is suspended.', 'Wait until the body resumes it.')
  }
  return undefined
}

/** Art. 55(2): who has acted in one role of a case may not act in a role that is kept apart from it. */
export function checkSeparation(by: Actor, state: CaseState, { rules }: Procedure): Refusal {
  const held = rolesHeld(by.person, state)
  const apart = rules.separation.find(
    ([a, b]) =>
      (a === by.role && held.some((role) => role === b)) || (b === by.role && held.some((role) => role === a)),
  )
  if (!apart) return undefined
  const sentence = `Who was ${apart[0] === by.role ? apart[1] : apart[0]} in this case may not be ${by.role} in it.`
  return refusal('duties-separated', sentence, 'Hand it to a colleague.')
}

/** Also who is named in the application has a role in it, though he may never have acted. */
function rolesHeld(person: string, state: CaseState): readonly Role[] {
  const isNamed = personsOf(state).some(({ identifier }) => identifier === person)
  return [...(state.hands[person] ?? []), ...(isNamed ? (['member'] as const) : [])]
}

function wrongRole(by: Actor): Refusal {
  return refusal('role-not-allowed', `The role ${by.role} may not do this.`, 'Ask a person whose task it is.')
}

export function noCase(): Result<never, CaseProblemCode> {
  return refusal('case-unknown', 'There is no such case.', 'Check its number.')
}

function wrongState(state: string): Result<never, CaseProblemCode> {
  return refusal('not-in-this-state', `This cannot be done while the case is: ${state}.`, 'Look at what is open now.')
}
