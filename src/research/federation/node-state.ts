/** How far each node is with a task; shown by name, so that nobody takes an answer of some for an answer of all. Pure. */
import type { Outcome } from './node-result.ts'

export type NodeState =
  /** Knows of the task as soon as it asks for work. */
  | 'waiting'
  /** Has fetched it. */
  | 'taken'
  | 'answered'
  | 'refused'
  /** Its time was over, though the node is there. */
  | 'late'
  /** Has not asked for work for a while. */
  | 'unreachable'

export interface NodeProgress {
  readonly node: string
  readonly memberState: string
  readonly taken: boolean
  readonly outcome?: Outcome
  /** ISO 8601; absent: never asked for work. */
  readonly lastSeen?: string
}

/** A node asks for work at least twice a minute; silent for so long, it is away. */
export const AWAY_MS = 90_000

export function nodeState(
  { outcome, lastSeen, taken }: NodeProgress,
  task: { readonly notAfter: string },
  now: Date,
): NodeState {
  if (outcome) return outcome.kind === 'refused' ? 'refused' : 'answered'
  if (lastSeen === undefined || now.getTime() - Date.parse(lastSeen) > AWAY_MS) return 'unreachable'
  if (now.getTime() > Date.parse(task.notAfter)) return 'late'
  return taken ? 'taken' : 'waiting'
}
