/** After the decision: data, access, answer, and what is owed at the end (Art. 60(2), 61(4), 68(7), 68(12)). */
import { mostExtraMonths } from '../clocks/deadline.ts'
import { clockRule } from '../rules/rule-set.ts'
import type { CommandOf, PartCommand } from './commands.ts'
import { isHolder } from './decide-assessment.ts'
import type { Refusal } from './guard.ts'
import { alreadyDone, type Decided, dueDay, refusal, type Situation } from './situation.ts'

export function decideUse(command: PartCommand, situation: Situation): Decided {
  switch (command.kind) {
    case 'ask-holder':
      return checkAsking(command.holder, situation)
    case 'delay-delivery':
      return delayDelivery(command, situation)
    case 'deliver':
      return checkDelivery(command.by.organisation, command.holder, situation)
    case 'extend-preparation':
      return mustBeLater(command.until, dueDay(situation, 'makeAvailable'))
    case 'end':
      return end(command, situation)
    case 'extend-publication':
      return mustBeLater(command.until, dueDay(situation, 'publishResults'))
    default:
      return undefined
  }
}

/** Each holder is asked once. */
export function checkAsking(holder: string, situation: Situation): Refusal {
  if (situation.part.deliveries[holder]) return alreadyDone('This holder was asked')
  return isHolder(holder, holder, situation)
}

/** May this organisation say of this holder's data that they were delivered? */
export function checkDelivery(organisation: string | undefined, holder: string, situation: Situation): Refusal {
  const wrong = isHolder(organisation, holder, situation)
  if (wrong) return wrong
  const delivery = situation.part.deliveries[holder]
  if (!delivery) return refusal('nothing-asked', 'This holder was not asked for data.', 'Wait until it is.')
  return delivery.deliveredAt === undefined ? undefined : alreadyDone('The data were delivered')
}

/** Art. 60(2): once, with a justification, before the time has passed. */
export function checkDelay(organisation: string | undefined, holder: string, situation: Situation): Refusal {
  const wrong = checkDelivery(organisation, holder, situation)
  if (wrong) return wrong
  if ((situation.part.deliveries[holder]?.extraMonths ?? 0) > 0) return alreadyDone('The time was extended')
  const due = dueDay(situation, 'holderDelivery', holder)
  if (due === undefined || situation.today <= due) return undefined
  return refusal('too-late', `The time ended on ${due}; it can only be extended before.`, 'Deliver now.')
}

function delayDelivery({ holder, months, by }: CommandOf<'delay-delivery'>, situation: Situation): Decided {
  const wrong = checkDelay(by.organisation, holder, situation)
  if (wrong) return wrong
  const most = mostExtraMonths(clockRule(situation.procedure.rules, 'holderDelivery')) ?? 0
  if (months <= most) return undefined
  return refusal('limit-exceeded', `At most ${most} months can be added.`, 'Choose fewer.')
}

function mustBeLater(until: string, due: string | undefined): Decided {
  if (due === undefined || until > due) return undefined
  return refusal('limit-exceeded', `The time runs until ${due} anyway.`, 'Choose a later day.')
}

/** A permit expires by itself; whoever has it may give it back earlier. */
function end({ why, by }: CommandOf<'end'>, situation: Situation): Decided {
  if (why === 'expired') return checkExpiry(situation)
  if (by.role === 'applicant') return undefined
  return refusal('role-not-allowed', 'Only the user gives a permit back.', 'Ask the user, or revoke it.')
}

export function checkExpiry({ part, at }: Situation): Refusal {
  if (part.permit && Date.parse(at) >= Date.parse(part.permit.until)) return undefined
  return refusal('not-yet-due', `The permit is valid until ${part.permit?.until ?? 'later'}.`, 'Wait until then.')
}
