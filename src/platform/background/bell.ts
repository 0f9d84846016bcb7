/** Waiting that somebody else may end. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Bell {
  /** Ends the waiting under way; when there is none, the next one ends at once. */
  ring(): void
  /** Waits for the bell, at most so long. Keeps no process alive. */
  wait(milliseconds: number): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let wake: () => void = () => {}
  return {
    ring() {
      rung = true
      wake()
    },
    async wait(milliseconds) {
      if (!rung) {
        const stop = new AbortController()
        wake = () => stop.abort()
        await sleep(milliseconds, undefined, { signal: stop.signal, ref: false }).catch(() => {})
        wake = () => {}
      }
      rung = false
    },
  }
}
