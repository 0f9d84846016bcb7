/** What the node itself does when a last day is over: incomplete applications lapse (Art. 68(4)), permits expire (68(12)). */
import type { PartCommand } from '../case/commands.ts'
import type { Actor } from '../case/events.ts'
import type { BoardRow } from '../clocks/board.ts'
import type { CaseLists } from './case-lists.ts'
import type { CaseStore } from './case-store.ts'

export interface Nightly {
  readonly store: CaseStore
  readonly lists: CaseLists
  /** Of the body. */
  readonly country: string
}

/** Safe to run at any time, on every replica, as often as one likes. `now`: ISO 8601. */
export async function runNightly(
  { store, lists, country }: Nightly,
  now: string,
): Promise<{ readonly lapsed: number; readonly expired: number }> {
  const done = { lapsed: 0, expired: 0 }
  for (const row of await lists.overdue(now)) {
    const command = row.memberState === country ? commandFor(row, country, now) : undefined
    if (!command || !(await store.handle(row.caseId, command)).ok) continue
    done[command.kind === 'lapse' ? 'lapsed' : 'expired'] += 1
  }
  return done
}

function commandFor({ id }: BoardRow, country: string, at: string): PartCommand | undefined {
  const by: Actor = { person: country, role: 'system' }
  if (id === 'completeApplication') return { kind: 'lapse', at, by, memberState: country }
  if (id !== 'permitMax') return undefined
  return { kind: 'end', at, by, memberState: country, why: 'expired', reasons: 'The permit has reached its last day.' }
}
