/** Granting, amending, extending: every way in which a permit comes to be (Art. 68(1), 68(10), 68(12), 69). */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Permit } from '../../permits/permit.ts'
import { readPermit } from '../../permits/read-permit.ts'
import { limitOf } from '../calendar/period.ts'
import { calendarOf } from '../procedure.ts'
import { type ClockRule, clockRule } from '../rules/rule-set.ts'
import type { CommandOf, PartCommand } from './commands.ts'
import { type CaseProblemCode, type Decided, refusal, type Situation } from './situation.ts'

export function decidePermit(command: PartCommand, situation: Situation): Decided {
  switch (command.kind) {
    case 'grant':
      return grant(command, situation)
    case 'decide-amendment':
      return decideAmendment(command, situation)
    case 'ask-extension':
      return askExtension(command, situation)
    case 'decide-extension':
      return decideExtension(command, situation)
    default:
      return undefined
  }
}

function grant({ terms, at }: CommandOf<'grant'>, situation: Situation): Decided {
  const { state, part, procedure } = situation
  const { application } = state
  if (!application) return refusal('case-unknown', 'There is no application.', 'Check the number of the case.')
  const isRequest = part.kind === 'data-request'
  return made(
    'granted',
    {
      ...terms,
      kind: part.kind,
      format: 1,
      caseId: state.caseId,
      ruleSet: state.ruleSet,
      memberState: part.memberState,
      body: { id: procedure.body.id, name: procedure.body.name },
      issued: at,
      purposes: application.purposes,
      persons: application.persons,
      // Art. 71(3): who opts out from now on is inside, who had opted out is not.
      optOutAsOf: at,
      ...(application.optOutException === undefined ? {} : { optOutException: application.optOutException }),
      data: isRequest ? 'anonymised' : application.data,
    },
    situation,
  )
}

function decideAmendment(command: CommandOf<'decide-amendment'>, situation: Situation): Decided {
  const { part } = situation
  const { granted, reasons, terms, at } = command
  if (!granted) return ok([{ kind: 'amendment-decided', granted, reasons }])
  if (!terms || !part.permit) return refusal('command-incomplete', 'The new permit is missing.', 'State its terms.')
  // What it is for, and until when, stay.
  const facts = { ...part.permit, ...terms, issued: at }
  return made('amendment-decided', facts, situation, { granted, reasons })
}

/** Art. 68(12): by at most ten years. */
function askExtension({ until }: CommandOf<'ask-extension'>, situation: Situation): Decided {
  const before = situation.part.permit?.until ?? ''
  const rule = clockRule(situation.procedure.rules, 'permitMax')
  const wrong = checkEnd(until, before, situation, rule.extension?.length)
  if (wrong) return wrong
  return until > before ? undefined : refusal('limit-exceeded', 'It would not last longer.', 'Choose a later day.')
}

function decideExtension(command: CommandOf<'decide-extension'>, situation: Situation): Decided {
  const { extensionAsked, permit } = situation.part
  const { granted, reasons, permitId, at } = command
  if (!extensionAsked || !permit)
    return refusal('nothing-asked', 'No extension is asked for.', 'Nothing is to be done.')
  if (!granted) return ok([{ kind: 'extension-decided', granted, reasons }])
  if (permitId === undefined) return refusal('command-incomplete', 'The new permit has no number.', 'Give it one.')
  const facts = { ...permit, id: permitId, issued: at, until: extensionAsked.until }
  return made('extension-decided', facts, situation, { granted, reasons })
}

/** The event with its permit, when the permit says nothing unlawful and nothing that was not asked for. */
function made(
  kind: 'granted' | 'amendment-decided' | 'extension-decided',
  facts: Permit,
  situation: Situation,
  others: { readonly granted?: boolean; readonly reasons?: string } = {},
): Decided {
  const read = readPermit(facts)
  if (!read.ok) {
    const { sentence, place } = read.problem
    return failed('permit-invalid', sentence, 'Correct the terms of the permit.', place)
  }
  const permit = read.value
  const wrong = checkScope(permit, situation) ?? (kind === 'granted' ? checkDuration(permit, situation) : undefined)
  return wrong ?? ok([{ kind, permit, ...others }])
}

function checkScope(permit: Permit, { part }: Situation): Result<never, CaseProblemCode> | undefined {
  const asked = new Set(part.datasets.map(({ dataset }) => dataset))
  const outside = permit.datasets.find(({ dataset }) => !asked.has(dataset))
  if (!outside) return undefined
  return refusal('scope-exceeded', `The dataset ${outside.dataset} was not asked for here.`, 'Remove it.')
}

/** Art. 68(12): ten years at most, from the day the permit is issued. */
function checkDuration(permit: Permit, situation: Situation): Result<never, CaseProblemCode> | undefined {
  const rule = clockRule(situation.procedure.rules, 'permitMax')
  return checkEnd(permit.until, permit.issued, situation, rule.length)
}

function checkEnd(
  until: string,
  from: string,
  { part, procedure }: Situation,
  length: ClockRule['length'] | 'stated' | undefined,
): Result<never, CaseProblemCode> | undefined {
  if (typeof length !== 'object' || 'workingDays' in length) return undefined
  const calendar = calendarOf(procedure, part.memberState)
  const limit = limitOf(calendar.dayOf(from), length)
  const last = calendar.dayOf(new Date(Date.parse(until) - 1).toISOString())
  if (last <= limit) return undefined
  return refusal('limit-exceeded', `It may last until ${limit} at most (Art. 68(12)).`, 'Choose an earlier end.')
}
