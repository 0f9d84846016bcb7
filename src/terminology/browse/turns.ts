/** Long work in slices: others have their turn in between. */
import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work after which others have their turn. */
const SLICE_MS = 10

/** Asked after each small piece of work; gives way when the slice is used up. */
export type Turn = () => Promise<void>

export function turns(): Turn {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < SLICE_MS) return
    await setImmediate()
    since = performance.now()
  }
}
