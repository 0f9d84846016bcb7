/** Work of which many pieces together cost hardly more than one, such as what must be flushed to a disk. */
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What is given while earlier pieces are worked on is worked on together next. All of a batch share its fate.
 * @param gatherMs how long a first piece waits for others
 */
export function gathered<Piece>(
  work: (pieces: readonly Piece[]) => Promise<void>,
  gatherMs = 0,
): (piece: Piece) => Promise<void> {
  let waiting: Piece[] = []
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    const pieces = waiting
    waiting = []
    next = undefined
    const done = work(pieces)
    running = done.catch(() => undefined)
    return done
  }
  return (piece) => {
    waiting.push(piece)
    next ??= running.then(() => (gatherMs > 0 ? sleep(gatherMs) : undefined)).then(begin)
    return next
  }
}
