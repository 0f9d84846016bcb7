/**
 * Fetches the permits of other countries as soon as their bodies tell of them, so that a question can be asked while one of
 * them is away. What is not had here is asked for again when it is needed.
 */
import type { CaseReceiver } from '#research/applications/exchange/receive.ts'
import type { Permit } from '#research/permits/permit.ts'
import { type PermitFetch, permitTextOf } from './permit-exchange.ts'

export interface PermitCollector {
  /** Takes messages like the one it is given, and notes the permits in them. */
  readonly receiver: CaseReceiver
  /** Tries what is noted; for a timer. */
  turn(): Promise<void>
}

/** The body signs a moment after it decides; one that cannot be reached for so many turns is asked when it is needed. */
const MOST_TRIES = 100

export function collectPermits(receiver: CaseReceiver, fetching: PermitFetch): PermitCollector {
  const wanted = new Map<string, { readonly permit: Pick<Permit, 'memberState' | 'id'>; readonly tries: number }>()
  return {
    receiver: {
      async receive(message) {
        const received = await receiver.receive(message)
        const permits = received.ok
          ? message.events.flatMap((event) => ('permit' in event ? (event.permit ?? []) : []))
          : []
        for (const { memberState, id } of permits) {
          if (memberState === message.from)
            wanted.set(`${memberState} ${id}`, { permit: { memberState, id }, tries: 0 })
        }
        return received
      },
    },
    async turn() {
      for (const [name, { permit, tries }] of wanted) {
        const had = await permitTextOf(fetching, permit)
        if (had.ok || tries === MOST_TRIES) wanted.delete(name)
        else wanted.set(name, { permit, tries: tries + 1 })
      }
    },
  }
}
