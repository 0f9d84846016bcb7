/**
 * State after an event. Total and without judgement: whether something may happen is `decide`'s question; what has
 * happened, here or at another body, is taken as it is.
 */
import type { Application, Person } from '../rules/application.ts'
import { type Actor, type CaseEvent, type EventOf, isPartEvent, type PartEvent, type PermitEvent } from './events.ts'
import { type CaseState, type Part, UNDECIDED } from './state.ts'

/** The state that a stream of events leads to; undefined for an empty stream. */
export function replay(events: Iterable<CaseEvent>): CaseState | undefined {
  let state: CaseState | undefined
  for (const event of events) state = evolve(state, event)
  return state
}

/** Throws only when a stream does not begin with the beginning, which no store lets happen. */
export function evolve(state: CaseState | undefined, event: CaseEvent): CaseState {
  if (event.kind === 'drafted' || event.kind === 'received') return begin(event)
  if (!state) throw new Error(`A case cannot begin with ${event.kind}.`)
  const hands = withHand(state.hands, event.by)
  const next = { ...state, version: state.version + 1, hands }
  if (isPartEvent(event)) {
    const part = state.parts[event.memberState]
    if (!part) return next
    const parts = { ...state.parts, [event.memberState]: evolvePart(part, event) }
    if (event.kind !== 'completed') return { ...next, parts }
    return { ...next, parts, application: event.application, answers: event.application.answers }
  }
  switch (event.kind) {
    case 'edited':
      return { ...next, answers: { ...state.answers, ...event.answers } }
    case 'member-added':
      return withPersons(next, [...personsOf(next), event.person])
    case 'member-removed':
      return withPersons(
        next,
        personsOf(next).filter(({ identifier }) => identifier !== event.identifier),
      )
    case 'submitted':
      return submitted(next, event.application, event.at)
    case 'withdrawn':
      return { ...next, stage: 'withdrawn', parts: mapParts(state.parts, withdrawn) }
  }
}

function begin(event: EventOf<'drafted'> | EventOf<'received'>): CaseState {
  const { caseId, ruleSet, homeCountry } = event
  const beginning = { caseId, ruleSet, homeCountry, version: 1, createdAt: event.at, parts: {} }
  if (event.kind === 'drafted') {
    return {
      ...beginning,
      kind: event.applicationKind,
      stage: 'draft',
      owner: event.by.person,
      answers: event.answers,
      hands: withHand({}, event.by),
    }
  }
  const { application } = event
  const state: CaseState = { ...beginning, kind: application.kind, stage: 'draft', answers: {}, hands: {} }
  // One application is submitted through one body (Art. 67(3)): the clocks of all run from that moment, so that a line
  // that was down between two bodies costs the applicant nothing.
  return submitted(state, application, event.submittedAt)
}

function submitted(state: CaseState, application: Application, at: string): CaseState {
  const parts: Record<string, Part> = {}
  for (const { memberState } of application.datasets) {
    parts[memberState] ??= {
      memberState,
      kind: application.kind,
      status: 'completeness-check',
      datasets: application.datasets.filter((dataset) => dataset.memberState === memberState),
      firstReceivedAt: at,
      receivedAt: at,
      questions: [],
      criteria: {},
      extraMonths: 0,
      permitExtended: false,
      deliveries: {},
      findings: {},
      exclusions: [],
    }
  }
  return { ...state, stage: 'submitted', submittedAt: at, application, answers: application.answers, parts }
}

function withdrawn(part: Part): Part {
  return UNDECIDED.includes(part.status) ? { ...part, status: 'withdrawn' } : part
}

function evolvePart(part: Part, event: PartEvent): Part {
  const { at } = event
  switch (event.kind) {
    case 'forwarded':
      return part
    case 'completion-asked':
      return { ...part, status: 'incomplete', completionAskedAt: at, questions: event.questions }
    case 'completed':
      return { ...part, status: 'completeness-check', receivedAt: at, questions: [] }
    case 'completeness-confirmed':
      return { ...part, status: 'assessment' }
    case 'lapsed':
      return { ...part, status: 'lapsed' }
    case 'criteria-assessed':
      return { ...part, criteria: withNotes(part.criteria, event) }
    case 'question-asked':
      return { ...part, openQuestion: { question: event.question, askedAt: at } }
    case 'question-answered':
      return without(part, 'openQuestion')
    case 'sent-to-trusted-holder':
      return { ...part, status: 'with-trusted-holder', trustedHolder: { holder: event.holder, sentAt: at } }
    case 'proposal-made': {
      const { proposal, reasons } = event
      return { ...part, status: 'proposal-received', proposal: { proposal, reasons, at } }
    }
    case 'decision-extended':
      return { ...part, extraMonths: part.extraMonths + event.months }
    case 'fee-estimated': {
      const cents = event.items.reduce((sum, item) => sum + item.cents, 0)
      return { ...part, fee: { items: event.items, cents, accepted: cents === 0 } }
    }
    case 'fee-accepted':
      return part.fee ? { ...part, fee: { ...part.fee, accepted: true } } : part
    case 'costs-charged':
      return { ...part, costsChargedCents: event.cents }
    case 'conversion-proposed':
      return { ...part, status: 'conversion-proposed' }
    case 'conversion-answered':
      return { ...part, status: 'assessment', ...(event.agreed ? { kind: 'data-request' } : {}) }
    case 'refused':
      return { ...part, status: 'refused', decidedAt: at, justification: event.justification }
    case 'decision-published':
      return { ...part, publishedAt: at, publishedSummary: event.summary }
    case 'part-closed':
      return { ...part, status: 'closed' }
    default:
      return evolvePermit(part, event)
  }
}

/** From the decision on. */
function evolvePermit(part: Part, event: PermitEvent): Part {
  const { at } = event
  switch (event.kind) {
    case 'granted':
      return { ...part, status: 'granted', decidedAt: at, permit: event.permit }
    case 'data-asked':
      return {
        ...part,
        status: 'data-asked',
        deliveries: { ...part.deliveries, [event.holder]: { askedAt: at, extraMonths: 0 } },
      }
    case 'delivery-delayed':
      return withDelivery(part, event.holder, { extraMonths: event.months })
    case 'delivered':
      return received(withDelivery(part, event.holder, { deliveredAt: at, release: event.release }), at)
    case 'preparation-extended':
      return { ...part, preparationUntil: event.until }
    case 'made-available':
      return { ...part, status: 'available', availableAt: at, environment: event.environment }
    case 'responded':
      return { ...part, status: 'responded', respondedAt: at }
    case 'amendment-asked':
      return { ...part, amendmentAsked: event.reasons }
    case 'amendment-decided':
      return { ...without(part, 'amendmentAsked'), ...(event.permit ? { permit: event.permit } : {}) }
    case 'extension-asked':
      return { ...part, extensionAsked: { until: event.until, evidence: event.evidence } }
    case 'extension-decided': {
      const decided = without(part, 'extensionAsked')
      return event.permit ? { ...decided, permit: event.permit, permitExtended: true } : decided
    }
    case 'fee-disputed':
      return { ...part, feeDisputedAt: at }
    case 'fee-set':
      return without({ ...part, fee: { items: [], cents: event.cents, accepted: true } }, 'feeDisputedAt')
    case 'suspended':
      return { ...part, suspendedAt: at }
    case 'resumed':
      return without(part, 'suspendedAt')
    case 'ended':
      return without({ ...part, status: 'ended', endedAt: at, endedWhy: event.why }, 'suspendedAt')
    case 'data-deleted':
      return { ...part, dataDeletedAt: at }
    case 'results-published':
      return { ...part, resultsPublishedAt: at }
    case 'publication-extended':
      return { ...part, publicationUntil: event.until }
    case 'finding-notified':
    case 'views-stated':
    case 'finding-concluded':
      return { ...part, findings: { ...part.findings, [event.finding]: evolveFinding(part, event) } }
    case 'excluded':
      return { ...part, exclusions: [...part.exclusions, { party: event.party, until: event.until }] }
  }
}

function evolveFinding(
  part: Part,
  event: EventOf<'finding-notified' | 'views-stated' | 'finding-concluded'>,
): Part['findings'][string] {
  if (event.kind === 'finding-notified') {
    const { against, holder, description, viewsUntil } = event
    return { against, ...(holder ? { holder } : {}), description, notifiedAt: event.at, viewsUntil }
  }
  // Told by another body without its notification: its substance is not known here.
  const known = part.findings[event.finding] ?? {
    against: 'user',
    description: '',
    notifiedAt: event.at,
    viewsUntil: event.at.slice(0, 10),
  }
  if (event.kind === 'views-stated') return { ...known, views: event.views }
  return { ...known, concluded: event.confirmed ? 'confirmed' : 'dismissed' }
}

/** All holders that were asked have delivered: the next clock runs from the last one (Art. 68(7)). */
function received(part: Part, at: string): Part {
  const asked = Object.values(part.deliveries)
  const holders = new Set(part.datasets.map(({ holder }) => holder))
  const all = asked.length >= holders.size && asked.every(({ deliveredAt }) => deliveredAt !== undefined)
  return all ? { ...part, status: 'data-received', dataReceivedAt: at } : part
}

function withDelivery(part: Part, holder: string, change: Partial<Part['deliveries'][string]>): Part {
  const delivery = part.deliveries[holder]
  if (!delivery) return part
  return { ...part, deliveries: { ...part.deliveries, [holder]: { ...delivery, ...change } } }
}

function withNotes(criteria: Part['criteria'], event: EventOf<'criteria-assessed'>): Part['criteria'] {
  const by = event.by.person
  return {
    ...criteria,
    ...Object.fromEntries(event.criteria.map(({ code, met, reason }) => [code, { met, reason, by }])),
  }
}

function withHand(hands: CaseState['hands'], { person, role }: Actor): CaseState['hands'] {
  const roles = hands[person] ?? []
  return roles.includes(role) ? hands : { ...hands, [person]: [...roles, role] }
}

function withPersons(state: CaseState, persons: readonly Person[]): CaseState {
  return { ...state, answers: { ...state.answers, persons: [...persons] } }
}

/** Persons with access, as far as the form names them. */
export function personsOf({ answers }: Pick<CaseState, 'answers'>): readonly Person[] {
  const { persons } = answers
  return Array.isArray(persons) ? persons.filter((one) => typeof one === 'object' && 'identifier' in one) : []
}

function mapParts(parts: CaseState['parts'], change: (part: Part) => Part): CaseState['parts'] {
  return Object.fromEntries(Object.entries(parts).map(([memberState, part]) => [memberState, change(part)]))
}

function without<Key extends keyof Part>(part: Part, key: Key): Omit<Part, Key> {
  const { [key]: _gone, ...rest } = part
  return rest
}
