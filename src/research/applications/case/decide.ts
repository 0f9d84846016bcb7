/**
 * May this be done, and what has then happened? Pure: state and wish in, events or a reasoned refusal out. Who, where and
 * when are decided for all commands alike (`guard.ts`); what the law asks of single commands stands in `obstacles.ts` where
 * it does not depend on their details, and in `decide-*.ts` where it does.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Procedure } from '../procedure.ts'
import { type Command, isPartCommand, type PartCommand } from './commands.ts'
import { decideApplication } from './decide-application.ts'
import { decideAssessment } from './decide-assessment.ts'
import { decidePermit } from './decide-permit.ts'
import { decideSupervision } from './decide-supervision.ts'
import { decideUse } from './decide-use.ts'
import { type CaseEvent, readEvent } from './events.ts'
import { guardCase, guardPart, noCase } from './guard.ts'
import { obstacleTo } from './obstacles.ts'
import { type CaseProblemCode, type Fact, type Situation, situationOf } from './situation.ts'
import type { CaseState } from './state.ts'
import { TABLE } from './table.ts'

/**
 * The events that a command leads to.
 * @param state undefined for `draft`, which begins a case
 */
export function decide(
  state: CaseState | undefined,
  command: Command,
  procedure: Procedure,
): Result<readonly CaseEvent[], CaseProblemCode> {
  if (isPartCommand(command)) return decidePart(state, command, procedure)
  const guarded = guardCase(command.kind, command.by, state, procedure)
  return guarded ?? eventsOf(decideApplication(command, state, procedure), command, procedure)
}

function decidePart(
  state: CaseState | undefined,
  command: PartCommand,
  procedure: Procedure,
): Result<readonly CaseEvent[], CaseProblemCode> {
  const part = state?.parts[command.memberState]
  const guarded = guardPart(command.kind, command.by, state, part, procedure)
  if (guarded) return guarded
  if (!state || !part) return noCase()
  const situation = situationOf(state, part, procedure, command.at)
  const obstacle = obstacleTo(command.kind, command.by, situation)
  if (obstacle) return obstacle
  const wished: readonly Fact[] = [{ ...command, kind: TABLE[command.kind].makes }]
  return eventsOf(decideDetails(command, situation) ?? ok(wished), command, procedure)
}

function decideDetails(command: PartCommand, situation: Situation) {
  return (
    decideAssessment(command, situation) ??
    decidePermit(command, situation) ??
    decideUse(command, situation) ??
    decideSupervision(command, situation)
  )
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
