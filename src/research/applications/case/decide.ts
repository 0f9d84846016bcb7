/**
 * May this be done, and what has then happened? Pure: state and wish in, events or a reasoned refusal out. Who, where and
 * when are decided by the table for all commands alike; what the law asks of single commands stands in `decide-*.ts`.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Procedure } from '../procedure.ts'
import { type Command, isPartCommand, type PartCommand } from './commands.ts'
import { decideApplication } from './decide-application.ts'
import { decideAssessment } from './decide-assessment.ts'
import { decidePermit } from './decide-permit.ts'
import { decideSupervision } from './decide-supervision.ts'
import { decideUse } from './decide-use.ts'
import { type Actor, type CaseEvent, readEvent } from './events.ts'
import { personsOf } from './evolve.ts'
import { type CaseProblemCode, type Fact, refusal, type Situation, situationOf } from './situation.ts'
import { type CaseState, holdersOf, type Part } from './state.ts'
import { APPLICANT_ROLES, type PartRow, TABLE } from './table.ts'

/**
 * The events that a command leads to.
 * @param state undefined for `draft`, which begins a case
 */
export function decide(
  state: CaseState | undefined,
  command: Command,
  procedure: Procedure,
): Result<readonly CaseEvent[], CaseProblemCode> {
  const row = TABLE[command.kind]
  if (!row.by.includes(command.by.role)) {
    return refusal('role-not-allowed', `The role ${command.by.role} may not do this.`, 'Ask a person whose task it is.')
  }
  if (isPartCommand(command)) return decidePart(state, command, procedure)
  if (row.level === 'case' && row.from === 'new') {
    if (state) return refusal('case-exists', 'This case has begun already.', 'Use another number for a new one.')
  } else {
    if (!state) return noCase()
    if (state.stage !== (row.level === 'case' ? row.from : undefined)) return wrongState(state.stage)
    const entitled = checkPerson(command.by, state, undefined, procedure)
    if (entitled) return entitled
  }
  return eventsOf(decideApplication(command, state, procedure), command, procedure)
}

function decidePart(
  state: CaseState | undefined,
  command: PartCommand,
  procedure: Procedure,
): Result<readonly CaseEvent[], CaseProblemCode> {
  if (!state) return noCase()
  const part = state.parts[command.memberState]
  if (!part) return refusal('not-competent', 'No data of this Member State are asked for.', 'Choose another one.')
  const row = TABLE[command.kind]
  const guarded =
    checkPerson(command.by, state, part, procedure) ??
    checkRow(row, part) ??
    checkSeparation(command.by, state, procedure)
  if (guarded) return guarded
  const situation = situationOf(state, part, procedure, command.at)
  return eventsOf(decideDetails(command, situation) ?? ok([{ ...command, kind: row.makes }]), command, procedure)
}

function decideDetails(command: PartCommand, situation: Situation) {
  return (
    decideAssessment(command, situation) ??
    decidePermit(command, situation) ??
    decideUse(command, situation) ??
    decideSupervision(command, situation)
  )
}

type Refusal = Result<never, CaseProblemCode> | undefined

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
function checkSeparation(by: Actor, state: CaseState, { rules }: Procedure): Refusal {
  const held = state.hands[by.person] ?? []
  const apart = rules.separation.find(
    ([a, b]) =>
      (a === by.role && held.some((role) => role === b)) || (b === by.role && held.some((role) => role === a)),
  )
  if (!apart) return undefined
  const sentence = `Who was ${apart[0] === by.role ? apart[1] : apart[0]} in this case may not be ${by.role} in it.`
  return refusal('duties-separated', sentence, 'Hand it to a colleague.')
}

/** Adds who, when and where, and makes sure that the facts are complete: reasons that were left empty end here. */
function eventsOf(
  facts: Result<readonly Fact[], CaseProblemCode>,
  command: Command,
  { body }: Procedure,
): Result<readonly CaseEvent[], CaseProblemCode> {
  if (!facts.ok) return facts
  const events: CaseEvent[] = []
  for (const fact of facts.value) {
    const where = isPartCommand(command) ? { memberState: command.memberState } : {}
    const read = readEvent({ ...where, ...fact, at: command.at, by: command.by, country: body.country })
    if (!read.ok) {
      const { place } = read.problem
      return failed('command-incomplete', 'Something is missing or too long.', 'Complete what is asked for.', place)
    }
    events.push(read.value)
  }
  return ok(events)
}

function noCase(): Result<never, CaseProblemCode> {
  return refusal('case-unknown', 'There is no such case.', 'Check its number.')
}

function wrongState(state: string): Result<never, CaseProblemCode> {
  return refusal('not-in-this-state', `This cannot be done while the case is: ${state}.`, 'Look at what is open now.')
}
