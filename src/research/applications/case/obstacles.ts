/**
 * What stands against an act here and now, whatever its form would say: asked before a form is shown, and again before the
 * details of a command are looked at. Pure; who may act at all is `guard.ts`'s answer.
 */
import { decisionClockOf, owesDeletion, owesPublication } from '../clocks/clocks.ts'
import { latestDayBefore, mostExtraMonths } from '../clocks/deadline.ts'
import { calendarOf } from '../procedure.ts'
import { clockRule } from '../rules/rule-set.ts'
import type { PartCommand } from './commands.ts'
import { checkConclusion, checkViews } from './decide-supervision.ts'
import { checkAsking, checkDelay, checkDelivery, checkExpiry } from './decide-use.ts'
import type { Actor } from './events.ts'
import type { Refusal } from './guard.ts'
import { alreadyDone, dueDay, refusal, type Situation } from './situation.ts'
import { holdersOf, openFindings } from './state.ts'

type Obstacle = (situation: Situation, by: Actor) => Refusal

/** Undefined: it can be done, with the right details. @param by somebody whom the guard lets through */
export function obstacleTo(kind: PartCommand['kind'], by: Actor, situation: Situation): Refusal {
  return OBSTACLES[kind]?.(situation, by)
}

const OBSTACLES: { readonly [Kind in PartCommand['kind']]?: Obstacle } = {
  lapse: lapse,
  'ask-question': ({ part }) =>
    part.openQuestion ? refusal('question-open', 'A question is open.', 'Wait for its answer.') : undefined,
  'answer-question': ({ part }) => (part.openQuestion ? undefined : nothingAsked('No question is open.')),
  'send-to-trusted-holder': trustedHolder,
  'extend-decision': extendDecision,
  'accept-fee': ({ part }) => {
    if (!part.fee) return refusal('nothing-asked', 'No fee has been estimated.', 'Wait for the estimate.')
    return part.fee.accepted ? alreadyDone('The fee is accepted') : undefined
  },
  'charge-costs': ({ part }) => done(part.costsChargedCents !== undefined, 'The costs were charged'),
  grant: (situation) => openCriteria(situation) ?? openFee(situation),
  'publish-decision': ({ part }) => done(part.publishedAt !== undefined, 'The decision is published'),
  'ask-amendment': ({ part }) => done(part.amendmentAsked !== undefined, 'An amendment is asked for'),
  'decide-amendment': ({ part }) => missing(part.amendmentAsked, 'No amendment is asked for.'),
  'ask-extension': askExtension,
  'decide-extension': ({ part }) => missing(part.extensionAsked && part.permit, 'No extension is asked for.'),
  'ask-holder': (situation) =>
    unlessOne(holdersOf(situation.part), (holder) => checkAsking(holder, situation), noHolder()),
  deliver: (situation, { organisation = '' }) => checkDelivery(organisation, organisation, situation),
  'delay-delivery': (situation, { organisation = '' }) => checkDelay(organisation, organisation, situation),
  end: (situation, by) => (by.role === 'applicant' ? undefined : checkExpiry(situation)),
  'delete-data': ({ part }) => done(!owesDeletion(part), 'There are no data here, or they are deleted'),
  'extend-publication': ({ part }) => done(!owesPublication(part), 'The results are published'),
  close: obligations,
  'state-views': ({ part, today }, by) =>
    unlessOne(openFindings(part), ([, finding]) => checkViews(finding, by, today), noFinding()),
  'conclude-finding': ({ part, today }) =>
    unlessOne(openFindings(part), ([, finding]) => checkConclusion(finding, today), noFinding()),
  suspend: ({ part }) => done(part.suspendedAt !== undefined, 'The permit is suspended'),
  resume: ({ part }) => done(part.suspendedAt === undefined, 'The permit is in force'),
  'dispute-fee': ({ part }) =>
    missing(part.fee, 'There is no fee.') ?? done(part.feeDisputedAt !== undefined, 'The fee is disputed'),
  'set-fee': setFee,
}

function lapse(situation: Situation): Refusal {
  const due = dueDay(situation, 'completeApplication')
  if (due === undefined || situation.today > due) return undefined
  return refusal('not-yet-due', `The applicant has until ${due} to complete it.`, 'Wait until then.')
}

/** Art. 72(5): only when all that is asked for here is with one holder, and it is a trusted one. */
function trustedHolder({ part }: Situation): Refusal {
  if (holdersOf(part).length === 1 && part.datasets.every((dataset) => dataset.trustedHolder)) return undefined
  const sentence = 'Not all data asked for here are with one trusted holder.'
  return refusal('not-a-trusted-holder', sentence, 'Assess it in the ordinary procedure.')
}

/** Art. 68(4): once, before the time has passed. */
function extendDecision(situation: Situation): Refusal {
  const { state, part, procedure, today } = situation
  const id = decisionClockOf(state)
  if (mostExtraMonths(clockRule(procedure.rules, id)) === undefined) {
    return refusal('no-extension', 'The law knows no extension here (Art. 69(4)).', 'Decide within the time.')
  }
  if (part.extraMonths > 0) return alreadyDone('The time was extended')
  const due = dueDay(situation, id)
  if (due === undefined || today <= due) return undefined
  return refusal('too-late', `The time ended on ${due}; it can only be extended before.`, 'Decide now.')
}

/** Art. 68(1): all of them. Art. 68(2): the risks have been weighed. */
function openCriteria({ part, procedure }: Situation): Refusal {
  if (part.openQuestion) return refusal('question-open', 'A question is open.', 'Wait for its answer.')
  const criteria = procedure.rules.criteria[part.kind]
  const open = criteria.find(({ code }) => part.criteria[code] === undefined)
  if (open) return refusal('criteria-open', `Criterion ${open.code} is not assessed.`, 'Have all criteria assessed.')
  const unmet = criteria.find(({ code }) => part.criteria[code]?.met === false)
  if (unmet) return refusal('criteria-not-met', `Criterion ${unmet.code} is not met.`, 'Refuse, or propose statistics.')
  return undefined
}

/** Art. 62(5): the applicant has been told the expected costs, and has not withdrawn. */
function openFee({ part }: Situation): Refusal {
  if (!part.fee) return refusal('fee-open', 'No fee has been estimated, not even none.', 'Estimate it first.')
  return part.fee.accepted ? undefined : refusal('fee-open', 'The fee is not accepted.', 'Wait for the applicant.')
}

/** Art. 68(12): once, with evidence one month before the end. */
function askExtension({ part, procedure, today }: Situation): Refusal {
  const { permit } = part
  if (!permit || part.permitExtended) return alreadyDone('The permit was extended')
  if (part.extensionAsked) return alreadyDone('An extension is asked for')
  const rule = clockRule(procedure.rules, 'permitMax')
  const latest = latestDayBefore(rule, permit.until, calendarOf(procedure, part.memberState))
  if (today <= latest) return undefined
  return refusal('too-late', `It had to be asked for by ${latest}.`, 'Make a new application.')
}

function obligations({ part }: Situation): Refusal {
  const open = [
    owesDeletion(part) && 'the data are not deleted (Art. 68(12))',
    owesPublication(part) && 'the results are not public (Art. 61(4))',
    part.decidedAt !== undefined && part.publishedAt === undefined && 'the decision is not public (Art. 57(1)(j))',
    openFindings(part).length > 0 && 'a finding is open (Art. 63)',
  ].find((reason) => reason !== false)
  if (open === undefined) return undefined
  return refusal('obligations-open', `It cannot be closed: ${open}.`, 'Settle this first.')
}

/** Art. 62(4): the two have a month from the permit to agree; then the body may set it. */
function setFee(situation: Situation): Refusal {
  const due = dueDay(situation, 'feeAgreement')
  if (due === undefined) return nothingAsked('Nobody disputes the fee.')
  return situation.today > due ? undefined : refusal('not-yet-due', `They may agree until ${due}.`, 'Wait until then.')
}

/** One of them is enough; otherwise what stands against the first. */
function unlessOne<T>(ones: readonly T[], check: (one: T) => Refusal, none: Refusal): Refusal {
  const refusals = ones.map(check)
  return refusals.includes(undefined) ? undefined : (refusals[0] ?? none)
}

function done(isDone: boolean, what: string): Refusal {
  return isDone ? alreadyDone(what) : undefined
}

function missing(asked: unknown, sentence: string): Refusal {
  return asked === undefined ? nothingAsked(sentence) : undefined
}

function nothingAsked(sentence: string): Refusal {
  return refusal('nothing-asked', sentence, 'Nothing is to be done.')
}

function noFinding(): Refusal {
  return refusal('finding-unknown', 'No finding is open.', 'Nothing is to be done.')
}

function noHolder(): Refusal {
  return refusal('holder-unknown', 'No data holder has a part in this.', 'Look at the datasets asked for.')
}
