/** In which of his roles a person can do something in a case, and if in none, why not: the separation of duties, seen from a page. */
import type { PartCommand } from '#research/applications/case/commands.ts'
import type { Actor, Role } from '#research/applications/case/events.ts'
import { guardPart } from '#research/applications/case/guard.ts'
import { obstacleTo } from '#research/applications/case/obstacles.ts'
import { type CaseProblemCode, situationOf } from '#research/applications/case/situation.ts'
import type { CaseState, Part } from '#research/applications/case/state.ts'
import { TABLE } from '#research/applications/case/table.ts'
import type { Procedure } from '#research/applications/procedure.ts'

export type PartCommandKind = PartCommand['kind']

export type Standing =
  | { readonly kind: PartCommandKind; readonly actor: Actor }
  /** It could be done now, by somebody else. `by`: the roles whose task it is. */
  | { readonly kind: PartCommandKind; readonly why: CaseProblemCode; readonly by: readonly Role[] }

export interface PartSeen {
  readonly state: CaseState
  readonly part: Part
  readonly procedure: Procedure
}

/**
 * What can be done now by somebody of this side, each with the role in which this person can do it or the reason why he cannot.
 * @param actors this person, once for each role that he holds
 * @param side roles of this desk; commands that are nobody's of them are left out
 * @param at now, ISO 8601
 */
export function standingsOf(
  seen: PartSeen,
  actors: readonly Actor[],
  side: readonly Role[],
  at: string,
): readonly Standing[] {
  const kinds = Object.keys(TABLE).filter((kind): kind is PartCommandKind => isPart(kind))
  return kinds.flatMap((kind) => {
    const by = tasksOf(kind, side)
    const nobody = by.map((role) => somebodyElse(role, actors)).find((one) => isOpenFor(kind, one, seen))
    const against = nobody && foreseen(kind, nobody, seen, at)
    if (!nobody || (against !== undefined && POINTLESS.includes(against))) return []
    const standing = standingOf(kind, seen, actors, by)
    return 'actor' in standing && against !== undefined && TOLD.includes(against)
      ? [{ kind, why: against, by }]
      : [standing]
  })
}

/** Nothing asks for it, or its time is not now: not worth a word. */
const POINTLESS: readonly CaseProblemCode[] = [
  'nothing-asked',
  'already-done',
  'finding-unknown',
  'not-a-trusted-holder',
  'no-extension',
  'not-yet-due',
  'too-late',
]
/** It is wanted, and something must come first: told in the place of a button. */
const TOLD: readonly CaseProblemCode[] = [
  'criteria-open',
  'criteria-not-met',
  'fee-open',
  'question-open',
  'views-awaited',
  'obligations-open',
]

/** What the case itself would say to anybody in this role, whatever the form held. */
function foreseen(kind: PartCommandKind, by: Actor, { state, part, procedure }: PartSeen, at: string) {
  const against = obstacleTo(kind, by, situationOf(state, part, procedure, at))
  return against && !against.ok ? against.problem.code : undefined
}

/** A person who has done nothing yet: only the role, the place and the state of the case can stand against him. */
function somebodyElse(role: Role, actors: readonly Actor[]): Actor {
  const organisation = actors.find((actor) => actor.role === role)?.organisation
  return { person: 'urn:nobody|0', role, ...(organisation === undefined ? {} : { organisation }) }
}

function isOpenFor(kind: PartCommandKind, by: Actor, { state, part, procedure }: PartSeen): boolean {
  return guardPart(kind, by, state, part, procedure) === undefined
}

/** The roles of this side whose task it is. */
export function tasksOf(kind: PartCommandKind, side: readonly Role[]): readonly Role[] {
  return TABLE[kind].by.filter((role) => side.includes(role))
}

function isPart(kind: string): boolean {
  return Object.entries(TABLE).some(([name, row]) => name === kind && row.level === 'part')
}

export function standingOf(
  kind: PartCommandKind,
  { state, part, procedure }: PartSeen,
  actors: readonly Actor[],
  by: readonly Role[] = TABLE[kind].by,
): Standing {
  let why: CaseProblemCode = 'role-not-allowed'
  for (const actor of actors.filter(({ role }) => by.includes(role))) {
    const refusal = guardPart(kind, actor, state, part, procedure)
    if (refusal === undefined) return { kind, actor }
    if (!refusal.ok) why = refusal.problem.code
  }
  return { kind, why, by }
}
