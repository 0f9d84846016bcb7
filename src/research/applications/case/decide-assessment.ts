/** From receipt to the decision: completeness, criteria, trusted holders, extension, fees (Art. 62, 68, 69, 72). */
import { failed, ok } from '#platform/result/result.ts'
import { decisionClockOf } from '../clocks/clocks.ts'
import { mostExtraMonths } from '../clocks/deadline.ts'
import { readApplication } from '../rules/check-answers.ts'
import { clockRule } from '../rules/rule-set.ts'
import type { CommandOf, PartCommand } from './commands.ts'
import type { Refusal } from './guard.ts'
import { type Decided, refusal, type Situation } from './situation.ts'
import { holdersOf } from './state.ts'

export function decideAssessment(command: PartCommand, situation: Situation): Decided {
  switch (command.kind) {
    case 'complete':
      return complete(command, situation)
    case 'assess':
      return assess(command, situation)
    case 'send-to-trusted-holder': {
      const isTheirs = situation.part.datasets.every(({ holder }) => holder === command.holder)
      if (isTheirs) return undefined
      const sentence = 'Not all data asked for here are with this holder.'
      return refusal('not-a-trusted-holder', sentence, 'Assess it in the ordinary procedure.')
    }
    case 'propose':
      return isHolder(command.by.organisation, command.holder, situation)
    case 'extend-decision':
      return extendDecision(command, situation)
    case 'estimate-fee': {
      const known = new Set(situation.procedure.rules.fees.components.map(({ code }) => code))
      const wrong = command.items.find(({ component }) => !known.has(component))
      if (!wrong) return undefined
      return refusal('command-incomplete', `There is no fee ${wrong.component}.`, 'Choose one of the list (Art. 62).')
    }
    case 'charge-costs':
      return chargeCosts(command, situation)
    default:
      return undefined
  }
}

/** What the application now says, as a whole. The datasets stay: for others a new application is made. */
function complete(command: CommandOf<'complete'>, { state, procedure, today }: Situation): Decided {
  const answers = { ...state.answers, ...command.answers }
  const read = readApplication(state.kind, answers, procedure.rules, today)
  if (!read.ok) return read
  if (JSON.stringify(read.value.datasets) !== JSON.stringify(state.application?.datasets)) {
    return refusal('datasets-fixed', 'The datasets of a submitted application stay.', 'Apply anew for other ones.')
  }
  return ok([{ kind: 'completed', application: read.value }])
}

function assess(command: CommandOf<'assess'>, { part, procedure }: Situation): Decided {
  const known = new Set(procedure.rules.criteria[part.kind].map(({ code }) => code))
  const wrong = command.criteria.find(({ code }) => !known.has(code))
  if (!wrong) return undefined
  return refusal('command-incomplete', `There is no criterion ${wrong.code}.`, 'Choose one of the list (Art. 68).')
}

function extendDecision({ months }: CommandOf<'extend-decision'>, { state, procedure }: Situation): Decided {
  const most = mostExtraMonths(clockRule(procedure.rules, decisionClockOf(state))) ?? 0
  if (months <= most) return undefined
  return refusal('limit-exceeded', `At most ${most} months can be added.`, 'Choose fewer.')
}

/** Art. 62(5): who withdraws pays the costs incurred, and no more than was estimated. */
function chargeCosts({ cents }: CommandOf<'charge-costs'>, { part }: Situation): Decided {
  const most = part.fee?.cents ?? 0
  if (cents <= most) return undefined
  return failed('limit-exceeded', 'This is more than was estimated.', 'Charge the costs incurred, up to the estimate.')
}

/** A data holder speaks for itself only. */
export function isHolder(organisation: string | undefined, holder: string, { part }: Situation): Refusal {
  if (organisation === holder && holdersOf(part).includes(holder)) return undefined
  return refusal(
    'holder-unknown',
    'This data holder has no part in this.',
    'Choose a holder of the datasets asked for.',
  )
}
