/**
 * What one body tells the others about a case, and what it may be told. Art. 67(3): the application is forwarded. Art.
 * 68(5): each body decides for what it holds, and they inform each other. Pure.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type CaseEvent, type EventKind, isPartEvent, type Role } from '../case/events.ts'
import type { CaseState } from '../case/state.ts'
import { APPLICANT_ROLES, type PartRow, TABLE } from '../case/table.ts'

/** For the house only: drafts, notes on criteria, and that something was forwarded. */
const KEPT: readonly EventKind[] = [
  'drafted',
  'edited',
  'member-added',
  'member-removed',
  'submitted',
  'forwarded',
  'criteria-assessed',
]
/** For every body of the case, as it may take them into account for its own decision (Art. 68(5)). */
const FOR_ALL: readonly EventKind[] = ['granted', 'refused', 'lapsed', 'excluded', 'ended']

export interface Telling {
  readonly to: string
  readonly events: readonly CaseEvent[]
}

/** Whom the events just made must be told, in their order. */
export function tellingsOf(state: CaseState, events: readonly CaseEvent[], country: string): readonly Telling[] {
  const others = Object.keys(state.parts).filter((memberState) => memberState !== country)
  const told = new Map<string, CaseEvent[]>()
  const tell = (to: string, event: CaseEvent) => {
    if (to !== country) told.set(to, [...(told.get(to) ?? []), event])
  }
  for (const event of events) {
    // What another body told is not told on.
    if (event.country !== country) continue
    if (event.kind === 'forwarded') tell(event.memberState, receivedOf(state, event))
    else if (event.kind === 'withdrawn') for (const other of others) tell(other, event)
    else if (isPartEvent(event) && !KEPT.includes(event.kind)) {
      const bodies = FOR_ALL.includes(event.kind) ? [...others, state.homeCountry] : [state.homeCountry]
      for (const to of new Set([event.memberState, ...bodies])) tell(to, event)
    }
  }
  return [...told].map(([to, list]) => ({ to, events: list }))
}

/** The application as the other body's stream begins with it. */
function receivedOf(state: CaseState, forwarded: CaseEvent): CaseEvent {
  const { caseId, ruleSet, homeCountry, application, submittedAt } = state
  if (!application || !submittedAt) throw new Error('Only what was submitted is forwarded.')
  const { at, country, by } = forwarded
  return { kind: 'received', at, country, by, caseId, ruleSet, homeCountry, application, submittedAt }
}

export type TellingProblemCode = 'telling-not-entitled' | 'telling-out-of-place'

/** May this body say this, and does it fit what is known here? */
export function checkTelling(
  state: CaseState | undefined,
  event: CaseEvent,
  from: string,
  country: string,
): Result<void, TellingProblemCode> {
  if (event.country !== from) return notEntitled(from)
  if (event.kind === 'received') {
    if (state) return outOfPlace('The case is known here already.')
    const concerned = event.application.datasets.some(({ memberState }) => memberState === country)
    if (event.homeCountry !== from) return notEntitled(from)
    return concerned ? ok(undefined) : outOfPlace('No data of this Member State are asked for.')
  }
  if (!state) return outOfPlace('The case is not known here.')
  if (event.kind === 'withdrawn') {
    return from === state.homeCountry && state.stage === 'submitted' ? ok(undefined) : notEntitled(from)
  }
  if (!isPartEvent(event) || KEPT.includes(event.kind) || !state.parts[event.memberState]) return notEntitled(from)
  const row = rowOf(event.kind)
  const speaker = APPLICANT_ROLES.includes(event.by.role) ? state.homeCountry : event.memberState
  if (speaker !== from || !mayMake(event.kind, event.by.role)) return notEntitled(from)
  // What another body decides for itself is its word. What the applicant says to this body must fit its own state.
  if (event.memberState !== country) return ok(undefined)
  const part = state.parts[country]
  if (!row || !part || !row.from.includes(part.status)) return outOfPlace(`The part here is: ${part?.status}.`)
  if (event.kind === 'completed' && !sameDatasets(state, event.application)) {
    return outOfPlace('The datasets of a submitted application stay.')
  }
  return ok(undefined)
}

function rowOf(kind: EventKind): PartRow | undefined {
  const rows = Object.values(TABLE).filter((row): row is PartRow => row.level === 'part')
  return rows.find(({ makes }) => makes === kind)
}

/** `excluded` follows from a concluded finding and has no command of its own. */
function mayMake(kind: EventKind, role: Role): boolean {
  if (kind === 'excluded') return role === 'coordinator'
  return rowOf(kind)?.by.includes(role) ?? false
}

function sameDatasets(state: CaseState, application: CaseState['application']): boolean {
  return JSON.stringify(state.application?.datasets) === JSON.stringify(application?.datasets)
}

function notEntitled(from: string): Result<never, TellingProblemCode> {
  return failed('telling-not-entitled', `The body of ${from} may not say this.`, 'Let the competent body say it.')
}

function outOfPlace(sentence: string): Result<never, TellingProblemCode> {
  return failed('telling-out-of-place', sentence, 'Compare the case at both bodies.')
}
