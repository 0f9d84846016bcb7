/** Drafting, submitting, withdrawing: what the applicant does with the whole application (Art. 67, 69(2), 62(5)). */
import { ok, type Result } from '#platform/result/result.ts'
import { calendarOf, type Procedure } from '../procedure.ts'
import { readApplication } from '../rules/check-answers.ts'
import type { CaseCommand } from './commands.ts'
import { personsOf } from './evolve.ts'
import { alreadyDone, type CaseProblemCode, type Fact, refusal } from './situation.ts'
import { type CaseState, UNDECIDED } from './state.ts'

export function decideApplication(
  command: CaseCommand,
  state: CaseState | undefined,
  procedure: Procedure,
): Result<readonly Fact[], CaseProblemCode> {
  switch (command.kind) {
    case 'draft': {
      const { caseId, applicationKind, answers } = command
      const { rules, body } = procedure
      return ok([
        { kind: 'drafted', caseId, applicationKind, answers, ruleSet: rules.version, homeCountry: body.country },
      ])
    }
    case 'edit':
      return ok([{ kind: 'edited', answers: command.answers }])
    case 'add-member': {
      const { person } = command
      const isThere = state && personsOf(state).some(({ identifier }) => identifier === person.identifier)
      return isThere ? alreadyDone('This person is named') : ok([{ kind: 'member-added', person }])
    }
    case 'remove-member': {
      const { identifier } = command
      if (state && personsOf(state).some((person) => person.identifier === identifier)) {
        return ok([{ kind: 'member-removed', identifier }])
      }
      return refusal('nothing-asked', 'This person is not named in the application.', 'Choose another one.')
    }
    case 'submit':
      return submit(command, state, procedure)
    case 'withdraw': {
      // Art. 62(5): until the permit is issued or the answer given; what is decided stays decided.
      const isOpen = Object.values(state?.parts ?? {}).some(({ status }) => UNDECIDED.includes(status))
      if (isOpen) return ok([{ kind: 'withdrawn' }])
      return refusal('too-late', 'Every body has decided already.', 'Give the permit back instead.')
    }
  }
}

function submit(
  command: CaseCommand,
  state: CaseState | undefined,
  procedure: Procedure,
): Result<readonly Fact[], CaseProblemCode> {
  const { rules, body, exclusions } = procedure
  const today = calendarOf(procedure, body.country).dayOf(command.at)
  const read = readApplication(state?.kind ?? 'data-permit', state?.answers ?? {}, rules, today)
  if (!read.ok) return read
  const until = exclusions?.get(read.value.applicant.identifier)
  if (until !== undefined && today <= until) {
    return refusal(
      'applicant-excluded',
      `This applicant is excluded until ${until} (Art. 63).`,
      'Apply after that day.',
    )
  }
  // Art. 67(3): forwarded to the bodies of the other Member States without anybody asking for it.
  const others = new Set(read.value.datasets.map(({ memberState }) => memberState))
  others.delete(body.country)
  const forwarded = [...others].map((memberState): Fact => ({ kind: 'forwarded', memberState }))
  return ok([{ kind: 'submitted', application: read.value }, ...forwarded])
}
