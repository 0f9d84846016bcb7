/** In which of his roles a person can do something in a case, and if in none, why not: the separation of duties, seen from a page. */
import type { PartCommand } from '#research/applications/case/commands.ts'
import type { Actor, Role } from '#research/applications/case/events.ts'
import { guardPart } from '#research/applications/case/guard.ts'
import type { CaseProblemCode } from '#research/applications/case/situation.ts'
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
 */
export function standingsOf(seen: PartSeen, actors: readonly Actor[], side: readonly Role[]): readonly Standing[] {
  const kinds = Object.keys(TABLE).filter((kind): kind is PartCommandKind => isPart(kind))
  return kinds.flatMap((kind) => {
    const by = TABLE[kind].by.filter((role) => side.includes(role))
    return by.some((role) => isOpenFor(kind, role, seen, actors)) ? [standingOf(kind, seen, actors, by)] : []
  })
}

function isPart(kind: string): boolean {
  return Object.entries(TABLE).some(([name, row]) => name === kind && row.level === 'part')
}

/** Whether the case is in a state for it, whoever does it. */
function isOpenFor(kind: PartCommandKind, role: Role, { state, part, procedure }: PartSeen, actors: readonly Actor[]) {
  const organisation = actors.find((actor) => actor.role === role)?.organisation
  // A person who has done nothing yet: only the role, the place and the state of the case can stand against him.
  const nobody: Actor = { person: 'urn:nobody|0', role, ...(organisation === undefined ? {} : { organisation }) }
  return guardPart(kind, nobody, state, part, procedure) === undefined
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
