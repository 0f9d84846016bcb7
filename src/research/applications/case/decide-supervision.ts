/** Findings of non-compliance and what follows from them; disputes about fees (Art. 62(4), 63, 64). */
import { ok } from '#platform/result/result.ts'
import type { Day } from '../calendar/civil-day.ts'
import { limitOf } from '../calendar/period.ts'
import { clockRule } from '../rules/rule-set.ts'
import type { CommandOf, PartCommand } from './commands.ts'
import type { Actor } from './events.ts'
import type { Refusal } from './guard.ts'
import { alreadyDone, type Decided, type Fact, refusal, type Situation } from './situation.ts'
import { type FindingState, holdersOf, LIVE } from './state.ts'

export function decideSupervision(command: PartCommand, situation: Situation): Decided {
  switch (command.kind) {
    case 'notify-finding':
      return notify(command, situation)
    case 'state-views':
      return stateViews(command, situation)
    case 'conclude-finding':
      return conclude(command, situation)
    default:
      return undefined
  }
}

/** Art. 63(2): the addressee is given a time to speak, four weeks at most. */
function notify(command: CommandOf<'notify-finding'>, { part, procedure, today }: Situation): Decided {
  if (part.findings[command.finding]) return alreadyDone('This finding was notified')
  const isHolders = command.against === 'holder'
  if (isHolders !== (command.holder !== undefined && holdersOf(part).includes(command.holder))) {
    return refusal(
      'holder-unknown',
      'The holder that the finding is about is missing or has no part in this.',
      'Name it.',
    )
  }
  const { length } = clockRule(procedure.rules, 'viewsOnFinding')
  if (length === 'immediately' || 'workingDays' in length) return undefined
  const limit = limitOf(today, length)
  if (command.viewsUntil > today && command.viewsUntil <= limit) return undefined
  return refusal('limit-exceeded', `Views can be asked for until ${limit} at most (Art. 63(2)).`, 'Choose another day.')
}

function stateViews({ finding, by }: CommandOf<'state-views'>, { part, today }: Situation): Decided {
  return checkViews(part.findings[finding], by, today)
}

/** Only whom a finding is about states views on it, once and in time. */
export function checkViews(found: FindingState | undefined, by: Actor, today: Day): Refusal {
  const isAddressee =
    found?.against === 'holder'
      ? by.role === 'data-holder' && by.organisation === found.holder
      : by.role === 'applicant'
  if (!found || !isAddressee) {
    return refusal('finding-unknown', 'There is no such finding for you.', 'Check its number.')
  }
  if (found.views !== undefined || found.concluded !== undefined) return alreadyDone('Views were stated')
  if (today <= found.viewsUntil) return undefined
  return refusal('too-late', `Views could be stated until ${found.viewsUntil}.`, 'Write to the body.')
}

/** Not before its addressee has spoken, or has let the time pass. */
export function checkConclusion(found: FindingState | undefined, today: Day): Refusal {
  if (!found) return refusal('finding-unknown', 'There is no such finding.', 'Check its number.')
  if (found.concluded !== undefined) return alreadyDone('The finding is concluded')
  if (found.views !== undefined || today > found.viewsUntil) return undefined
  const sentence = `The addressee may state views until ${found.viewsUntil} (Art. 63(2)).`
  return refusal('views-awaited', sentence, 'Wait for them.')
}

function conclude(command: CommandOf<'conclude-finding'>, situation: Situation): Decided {
  const { part, today } = situation
  const { finding, confirmed, reasons, fineCents, revoke = false, exclude } = command
  const found = part.findings[finding]
  const early = checkConclusion(found, today)
  if (early) return early
  if (!confirmed && (revoke || exclude || fineCents !== undefined)) {
    return refusal(
      'command-incomplete',
      'A finding that is dismissed has no consequences.',
      'Confirm it, or drop them.',
    )
  }
  const wrong = exclude ? checkExclusion(exclude, situation, found?.holder) : undefined
  if (wrong) return wrong
  const fine = fineCents === undefined ? {} : { fineCents }
  const facts: Fact[] = [{ kind: 'finding-concluded', finding, confirmed, reasons, ...fine }]
  if (revoke && LIVE.includes(part.status)) facts.push({ kind: 'ended', why: 'revoked', reasons })
  if (exclude) facts.push({ kind: 'excluded', finding, ...exclude })
  return ok(facts)
}

/** Art. 63(3), (4): at most five years; of the user, or of a holder as an applicant. */
function checkExclusion(
  exclude: { readonly party: string; readonly until: string },
  { state, procedure, today }: Situation,
  holder: string | undefined,
): Decided {
  if (exclude.party !== (holder ?? state.application?.applicant.identifier)) {
    return refusal('holder-unknown', 'Only whom the finding is about can be excluded.', 'Name that party.')
  }
  const { length } = clockRule(procedure.rules, 'exclusionMax')
  if (length === 'immediately' || 'workingDays' in length) return undefined
  const limit = limitOf(today, length)
  if (exclude.until <= limit) return undefined
  return refusal(
    'limit-exceeded',
    `An exclusion may last until ${limit} at most (Art. 63(3)).`,
    'Choose an earlier day.',
  )
}
