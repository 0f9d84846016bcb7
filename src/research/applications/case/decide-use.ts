/** After the decision: data, access, answer, and what is owed at the end (Art. 60(2), 61(4), 68(7), 68(12)). */

import { owesDeletion, owesPublication } from '../clocks/clocks.ts'
import { mostExtraMonths } from '../clocks/deadline.ts'
import { clockRule } from '../rules/rule-set.ts'
import type { CommandOf, PartCommand } from './commands.ts'
import { isHolder } from './decide-assessment.ts'
import { alreadyDone, type Decided, dueDay, refusal, type Situation } from './situation.ts'
import { openFindings } from './state.ts'

export function decideUse(command: PartCommand, situation: Situation): Decided {
  const { part } = situation
  switch (command.kind) {
    case 'ask-holder':
      if (part.deliveries[command.holder]) return alreadyDone('This holder was asked')
      return isHolder(command.holder, command.holder, situation)
    case 'delay-delivery':
      return delayDelivery(command, situation)
    case 'deliver':
      return checkDelivery(command.by.organisation, command.holder, situation)
    case 'extend-preparation':
      return mustBeLater(command.until, dueDay(situation, 'makeAvailable'))
    case 'end':
      return end(command, situation)
    case 'delete-data':
      return owesDeletion(part) ? undefined : alreadyDone('There are no data here, or they are deleted')
    case 'extend-publication':
      if (!owesPublication(part)) return alreadyDone('The results are published')
      return mustBeLater(command.until, dueDay(situation, 'publishResults'))
    case 'close':
      return close(situation)
    default:
      return undefined
  }
}

function checkDelivery(organisation: string | undefined, holder: string, situation: Situation): Decided {
  const wrong = isHolder(organisation, holder, situation)
  if (wrong) return wrong
  const delivery = situation.part.deliveries[holder]
  if (!delivery) return refusal('nothing-asked', 'This holder was not asked for data.', 'Wait until it is.')
  return delivery.deliveredAt === undefined ? undefined : alreadyDone('The data were delivered')
}

/** Art. 60(2): once, with a justification, before the time has passed. */
function delayDelivery(command: CommandOf<'delay-delivery'>, situation: Situation): Decided {
  const { holder, months, by } = command
  const wrong = checkDelivery(by.organisation, holder, situation)
  if (wrong) return wrong
  if ((situation.part.deliveries[holder]?.extraMonths ?? 0) > 0) return alreadyDone('The time was extended')
  const most = mostExtraMonths(clockRule(situation.procedure.rules, 'holderDelivery')) ?? 0
  if (months > most) return refusal('limit-exceeded', `At most ${most} months can be added.`, 'Choose fewer.')
  const due = dueDay(situation, 'holderDelivery', holder)
  if (due === undefined || situation.today <= due) return undefined
  return refusal('too-late', `The time ended on ${due}; it can only be extended before.`, 'Deliver now.')
}

function mustBeLater(until: string, due: string | undefined): Decided {
  if (due === undefined || until > due) return undefined
  return refusal('limit-exceeded', `The time runs until ${due} anyway.`, 'Choose a later day.')
}

/** A permit expires by itself; whoever has it may give it back earlier. */
function end({ why, by, at }: CommandOf<'end'>, { part }: Situation): Decided {
  if (why === 'given-back') {
    if (by.role === 'applicant') return undefined
    return refusal('role-not-allowed', 'Only the user gives a permit back.', 'Ask the user, or revoke it.')
  }
  if (part.permit && Date.parse(at) >= Date.parse(part.permit.until)) return undefined
  return refusal('not-yet-due', `The permit is valid until ${part.permit?.until ?? 'later'}.`, 'Wait until then.')
}

function close({ part }: Situation): Decided {
  const open = [
    owesDeletion(part) && 'the data are not deleted (Art. 68(12))',
    owesPublication(part) && 'the results are not public (Art. 61(4))',
    part.decidedAt !== undefined && part.publishedAt === undefined && 'the decision is not public (Art. 57(1)(j))',
    openFindings(part).length > 0 && 'a finding is open (Art. 63)',
  ].find((reason) => reason !== false)
  if (open === undefined) return undefined
  return refusal('obligations-open', `It cannot be closed: ${open}.`, 'Settle this first.')
}
