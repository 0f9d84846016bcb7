/** Short ways to ask for something in the French part of a case, and to see what became of it. */
import type { Command, PartCommand } from '../case/commands.ts'
import type { Role } from '../case/events.ts'
import type { PartStatus } from '../case/state.ts'
import { clocksOf } from '../clocks/clocks.ts'
import type { Procedure } from '../procedure.ts'
import { actor, type Desk } from './example-case.ts'

/** Fields that a command of this kind does not have are refused as `command-incomplete`. */
export function wish(kind: PartCommand['kind'], role: Role, at: string, more: object = {}): Command {
  return { kind, by: actor(role), at, memberState: 'FR', ...more } as Command
}

export function statusOf(made: Desk): PartStatus | undefined {
  return made.state().parts.FR?.status
}

export function dueIn(made: Desk, procedure: Procedure, id: string): string | undefined {
  return clocksOf(made.state(), procedure).find((clock) => clock.id === id)?.due
}
