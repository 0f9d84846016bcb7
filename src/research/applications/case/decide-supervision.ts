/** Findings of non-compliance and what follows from them; disputes about fees (Art. 62(4), 63, 64). */
import { ok } from '#platform/result/result.ts'
import { limitOf } from '../calendar/period.ts'
import { clockRule } from '../rules/rule-set.ts'
import type { CommandOf, PartCommand } from './commands.ts'
import { alreadyDone, type Decided, dueDay, type Fact, refusal, type Situation } from './situation.ts'
import { holdersOf, LIVE } from './state.ts'

export function decideSupervision(command: PartCommand, situation: Situation): Decided {
  const { part } = situation
  switch (command.kind) {
    case 'notify-finding':
      return notify(command, situation)
    case 'state-views':
      return stateViews(command, situation)
    case 'conclude-finding':
      return conclude(command, situation)
    case 'suspend':
      return part.suspendedAt === undefined ? undefined : alreadyDone('The permit is suspended')
    case 'resume':
      return part.suspendedAt === undefined ? alreadyDone('The permit is in force') : undefined
    case 'dispute-fee':
      if (!part.fee) return refusal('nothing-asked', 'There is no fee.', 'Nothing is to be done.')
      return part.feeDisputedAt === undefined ? undefined : alreadyDone('The fee is disputed')
    case 'set-fee': {
      // Art. 62(4): the two have a month from the permit to agree; then the body may set it.
      const due = dueDay(situation, 'feeAgreement')
      if (due === undefined) return refusal('nothing-asked', 'Nobody disputes the fee.', 'Nothing is to be done.')
      return situation.today > due
        ? undefined
        : refusal('not-yet-due', `They may agree until ${due}.`, 'Wait until then.')
    }
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
  const found = part.findings[finding]
  const isAddressee =
    found?.against === 'holder'
      ? by.role === 'data-holder' && by.organisation === found.holder
      : by.role === 'applicant'
  if (!found || !isAddressee)
    return refusal('finding-unknown', 'There is no such finding for you.', 'Check its number.')
  if (found.views !== undefined || found.concluded !== undefined) return alreadyDone('Views were stated')
  if (today <= found.viewsUntil) return undefined
  return refusal('too-late', `Views could be stated until ${found.viewsUntil}.`, 'Write to the body.')
}

function conclude(command: CommandOf<'conclude-finding'>, situation: Situation): Decided {
  const { part, today } = situation
  const { finding, confirmed, reasons, fineCents, revoke = false, exclude } = command
  const found = part.findings[finding]
  if (!found) return refusal('finding-unknown', 'There is no such finding.', 'Check its number.')
  if (found.concluded !== undefined) return alreadyDone('The finding is concluded')
  if (found.views === undefined && today <= found.viewsUntil) {
    const sentence = `The addressee may state views until ${found.viewsUntil} (Art. 63(2)).`
    return refusal('views-awaited', sentence, 'Wait for them.')
  }
  if (!confirmed && (revoke || exclude || fineCents !== undefined)) {
    return refusal(
      'command-incomplete',
      'A finding that is dismissed has no consequences.',
      'Confirm it, or drop them.',
    )
  }
  const wrong = exclude ? checkExclusion(exclude, situation, found.holder) : undefined
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
