/** Works off tasks on several connections at once, each as soon as what it waits for is done. */

export interface Task<Lane> {
  /** Numbers of tasks before it in the list. */
  readonly after: readonly number[]
  run(lane: Lane): Promise<void>
}

/**
 * Resolves when all are done. Rejects with the first failure, once what was running has ended; nothing is begun after it.
 * @param failed called at the first failure, so that what runs can be told to end
 */
export async function workOff<Lane>(
  tasks: readonly Task<Lane>[],
  lanes: readonly Lane[],
  failed: () => void,
): Promise<void> {
  const free = [...lanes]
  const waiting = new Set(tasks.keys())
  const done = new Set<number>()
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const begin = (): void => {
    for (const number of waiting) {
      const task = tasks[number]
      if (!task?.after.every((one) => done.has(one))) continue
      const lane = free.pop()
      if (lane === undefined) return
      waiting.delete(number)
      const work = task.run(lane).then(
        () => {
          done.add(number)
        },
        (error: unknown) => {
          failures.push(error)
          if (failures.length === 1) failed()
        },
      )
      const ended = work.then(() => {
        free.push(lane)
        running.delete(ended)
      })
      running.add(ended)
    }
  }
  for (begin(); running.size > 0; ) {
    await Promise.race(running)
    if (failures.length === 0) begin()
  }
  if (failures.length > 0) throw failures[0]
}
