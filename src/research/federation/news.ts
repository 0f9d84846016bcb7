/** Tells all who wait that there is something new; unlike a bell, many may wait. */
export interface News {
  tell(): void
  /** Resolves at the next news, or after so many milliseconds. */
  next(milliseconds: number): Promise<void>
}

export function createNews(): News {
  let waiting: (() => void)[] = []
  return {
    tell() {
      const told = waiting
      waiting = []
      for (const wake of told) wake()
    },
    next: (milliseconds) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(() => {
          waiting = waiting.filter((one) => one !== wake)
          resolve()
        }, milliseconds)
        timer.unref()
        waiting.push(wake)
      }),
  }
}
