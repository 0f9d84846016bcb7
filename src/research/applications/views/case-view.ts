/** A case as a page shows it to one person: what stands, what runs, what he can do, what happened. No words, only codes. */

import type { CaseCommand, CommandKind, PartCommand } from '../case/commands.ts'
import { type Actor, type CaseEvent, isPartEvent, type Role } from '../case/events.ts'
import { guardCase, guardPart } from '../case/guard.ts'
import type { CaseState, Part } from '../case/state.ts'
import { APPLICANT_ROLES, TABLE } from '../case/table.ts'
import { clocksOf, type Standing, standingOf } from '../clocks/clocks.ts'
import type { Procedure } from '../procedure.ts'

export interface CaseView {
  readonly caseId: string
  readonly version: number
  readonly kind: CaseState['kind']
  readonly stage: CaseState['stage']
  readonly ruleSet: string
  readonly homeCountry: string
  readonly title: string
  readonly applicant: string
  /** What this person can do with the whole application. */
  readonly commands: readonly CaseCommand['kind'][]
  readonly parts: readonly PartView[]
}

export interface PartView {
  readonly part: Part
  readonly clocks: readonly Standing[]
  /** What this person can do here now; the details may still be refused, with a reason. */
  readonly commands: readonly PartCommand['kind'][]
}

const CASE_COMMANDS = commandsAt('case') as readonly CaseCommand['kind'][]
const PART_COMMANDS = commandsAt('part') as readonly PartCommand['kind'][]

/** @param now ISO 8601 */
export function caseView(state: CaseState, actor: Actor, procedure: Procedure, now: string): CaseView {
  const clocks = clocksOf(state, procedure).map((clock) => standingOf(clock, procedure, now))
  const { application, answers } = state
  return {
    caseId: state.caseId,
    version: state.version,
    kind: state.kind,
    stage: state.stage,
    ruleSet: state.ruleSet,
    homeCountry: state.homeCountry,
    title: application?.title ?? (typeof answers.title === 'string' ? answers.title : ''),
    applicant: application?.applicant.name ?? '',
    commands: CASE_COMMANDS.filter((kind) => guardCase(kind, actor, state, procedure) === undefined),
    parts: Object.values(state.parts).map((part) => ({
      part: visiblePart(part, actor.role),
      clocks: clocks.filter(({ memberState }) => memberState === part.memberState),
      commands: PART_COMMANDS.filter((kind) => guardPart(kind, actor, state, part, procedure) === undefined),
    })),
  }
}

/** Until the decision, notes on criteria and the proposal of a trusted holder are the body's own. */
function visiblePart(part: Part, role: Role): Part {
  if (!isOutside(role) || part.decidedAt !== undefined) return part
  const { proposal: _proposal, ...visible } = part
  return { ...visible, criteria: {} }
}

export interface TimelineEntry {
  readonly at: string
  readonly kind: CaseEvent['kind']
  readonly role: Role
  /** Body of which country it is about. */
  readonly memberState?: string
}

/** What happened, in order; what is the body's own is left out for those outside it. */
export function timeline(events: readonly CaseEvent[], role: Role): readonly TimelineEntry[] {
  return events
    .filter(({ kind }) => !isOutside(role) || !(kind === 'criteria-assessed' || kind === 'proposal-made'))
    .map((event) => ({
      at: event.at,
      kind: event.kind,
      role: event.by.role,
      ...(isPartEvent(event) ? { memberState: event.memberState } : {}),
    }))
}

function isOutside(role: Role): boolean {
  return APPLICANT_ROLES.includes(role) || role === 'public'
}

function commandsAt(level: 'case' | 'part'): readonly CommandKind[] {
  return (Object.keys(TABLE) as CommandKind[]).filter((kind) => TABLE[kind].level === level)
}
