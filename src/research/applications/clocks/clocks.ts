/** The clocks that run in a case, computed from its state: nothing about deadlines is stored but the events. */
import { type Day, daysBetween } from '../calendar/civil-day.ts'
import type { CaseState, Part } from '../case/state.ts'
import { LIVE, openFindings } from '../case/state.ts'
import { calendarOf, type Procedure } from '../procedure.ts'
import { type ClockId, clockRule } from '../rules/rule-set.ts'
import { deadlineOf } from './deadline.ts'

export interface Clock {
  readonly id: ClockId
  /** T1 to T20 of docs/RESEARCH.md. */
  readonly number: string
  readonly article: string
  readonly memberState: string
  /** Role that must act. */
  readonly responsible: string
  /** Day of the event it runs from. */
  readonly from: Day
  /** Last day; it ends with its last hour, where the body sits. Absent while the clock is paused. */
  readonly due?: Day
  readonly extended: boolean
  /** The law says `where possible`: passing it is shown, not counted as overdue. */
  readonly soft: boolean
  /** Data holder or finding that it is about. */
  readonly about?: string
}

/** Every clock that runs or is paused, first those that end first. */
export function clocksOf(state: CaseState, procedure: Procedure): readonly Clock[] {
  const clocks = Object.values(state.parts).flatMap((part) => clocksOfPart(state, part, procedure))
  return clocks.sort((a, b) => ((a.due ?? '9999') < (b.due ?? '9999') ? -1 : 1))
}

export interface Standing extends Clock {
  readonly standing: 'running' | 'overdue' | 'paused'
  /** Whole days until the last day; negative when it has passed. */
  readonly daysLeft?: number
}

/** A clock at a moment. */
export function standingOf(clock: Clock, procedure: Pick<Procedure, 'calendars'>, now: string): Standing {
  if (clock.due === undefined) return { ...clock, standing: 'paused' }
  const daysLeft = daysBetween(calendarOf(procedure, clock.memberState).dayOf(now), clock.due)
  return { ...clock, standing: daysLeft < 0 && !clock.soft ? 'overdue' : 'running', daysLeft }
}

function clocksOfPart(state: CaseState, part: Part, procedure: Procedure): readonly Clock[] {
  const start = starter(part, procedure)
  return [
    ...decisionClocks(state, part, start),
    ...permitClocks(part, start),
    ...obligationClocks(part, start),
    ...openFindings(part).flatMap(([finding, { notifiedAt, viewsUntil, views }]) =>
      views === undefined ? [start('viewsOnFinding', notifiedAt, { due: viewsUntil, about: finding })] : [],
    ),
  ]
}

interface Start {
  readonly extraMonths?: number
  /** Set by the body within what the rule allows. */
  readonly due?: Day
  /** The moment at which a permit ends; midnight belongs to the day before. */
  readonly until?: string
  readonly about?: string
  readonly paused?: boolean
}
type Starter = (id: ClockId, from: string, options?: Start) => Clock

function starter(part: Part, procedure: Procedure): Starter {
  const calendar = calendarOf(procedure, part.memberState)
  return (id, from, { extraMonths = 0, due, until, about, paused = false } = {}) => {
    const rule = clockRule(procedure.rules, id)
    const set = until === undefined ? due : calendar.dayOf(new Date(Date.parse(until) - 1).toISOString())
    return {
      id,
      number: rule.number,
      article: rule.article,
      memberState: part.memberState,
      responsible: rule.responsible,
      from: calendar.dayOf(from),
      ...(paused ? {} : { due: set ?? deadlineOf(rule, from, calendar, extraMonths) }),
      extended: extraMonths > 0 || (due !== undefined && id !== 'viewsOnFinding'),
      soft: rule.soft ?? false,
      ...(about === undefined ? {} : { about }),
    }
  }
}

/** Which clock the decision of a part is under: Art. 68(4), 68(6) or 69(4). A conversion changes nothing of it. */
export function decisionClockOf(state: CaseState): ClockId {
  if (state.kind === 'data-request') return 'requestAssessment'
  return state.application?.accelerated ? 'decisionAccelerated' : 'decision'
}

function decisionClocks(state: CaseState, part: Part, start: Starter): readonly Clock[] {
  const id = decisionClockOf(state)
  // Art. 69(4) speaks of receiving the request, Art. 68(4) of receiving a complete application.
  const from = id === 'requestAssessment' ? part.firstReceivedAt : part.receivedAt
  const { extraMonths } = part
  switch (part.status) {
    case 'incomplete':
      return [
        start('completeApplication', part.completionAskedAt ?? part.receivedAt),
        start(id, from, { extraMonths, paused: id !== 'requestAssessment' }),
      ]
    case 'completeness-check':
    case 'assessment':
    case 'conversion-proposed':
      return [start(id, from, { extraMonths })]
    case 'with-trusted-holder':
      return part.trustedHolder
        ? [start('trustedHolderAssessment', part.trustedHolder.sentAt, { about: part.trustedHolder.holder })]
        : []
    case 'proposal-received':
      return part.proposal ? [start('trustedHolderDecision', part.proposal.at)] : []
    default:
      return []
  }
}

function permitClocks(part: Part, start: Starter): readonly Clock[] {
  const { decidedAt, permit } = part
  if (!LIVE.includes(part.status) || !decidedAt || !permit) return []
  const clocks = [start('permitMax', permit.issued, { until: permit.until })]
  if (part.feeDisputedAt) clocks.push(start('feeAgreement', decidedAt))
  if (part.kind === 'data-request') clocks.push(start('requestResponse', decidedAt))
  else if (part.status === 'granted') clocks.push(start('askHolder', decidedAt))
  for (const [holder, { askedAt, extraMonths, deliveredAt }] of Object.entries(part.deliveries)) {
    if (deliveredAt === undefined) clocks.push(start('holderDelivery', askedAt, { extraMonths, about: holder }))
  }
  if (part.status === 'data-received' && part.kind === 'data-permit' && part.dataReceivedAt) {
    const { preparationUntil } = part
    clocks.push(start('makeAvailable', part.dataReceivedAt, preparationUntil ? { due: preparationUntil } : {}))
  }
  return clocks
}

function obligationClocks(part: Part, start: Starter): readonly Clock[] {
  const clocks: Clock[] = []
  const decided = part.status !== 'closed'
  if (decided && part.decidedAt !== undefined && part.publishedAt === undefined)
    clocks.push(start('publishDecision', part.decidedAt))
  if (part.status === 'ended' && part.endedAt && owesDeletion(part)) clocks.push(start('speDeletion', part.endedAt))
  const processed = part.status === 'responded' ? part.respondedAt : part.endedAt
  if (processed && owesPublication(part)) {
    clocks.push(start('publishResults', processed, part.publicationUntil ? { due: part.publicationUntil } : {}))
  }
  return clocks
}

/** Data that came into the environment and are still there (Art. 68(12)). */
export function owesDeletion(part: Part): boolean {
  return part.status === 'ended' && part.dataReceivedAt !== undefined && part.dataDeletedAt === undefined
}

/** Results of a use of data that has taken place (Art. 61(4)). */
export function owesPublication(part: Part): boolean {
  const used = part.status === 'responded' || (part.status === 'ended' && part.availableAt !== undefined)
  return used && part.resultsPublishedAt === undefined
}
