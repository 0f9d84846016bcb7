/**
 * "No document", "unknown patient" and "opted out" must not be told apart by the clock. Empty answers leave at the same
 * age: as old as a listing usually gets, and never younger than a floor.
 */
export interface EvenAnswers {
  /** Milliseconds of any running clock. */
  now(): number
  /** Remembers how old a request was when its listing had really run. */
  observe(age: number): void
  /** Waits until a request that began at `began` has the age of empty answers. */
  settle(began: number): Promise<void>
}

export interface EvenAnswersOptions {
  readonly floorMs?: number
  readonly now?: () => number
  readonly wait?: (ms: number) => Promise<void>
}

const REMEMBERED = 64
/** Empty answers are not held back longer than this, even when the national side is slow. */
const CEILING_MS = 2000

export function evenAnswers(options: EvenAnswersOptions = {}): EvenAnswers {
  const { floorMs = 40, now = () => performance.now(), wait = sleep } = options
  const ages: number[] = []
  return {
    now,
    observe(age) {
      ages.push(age)
      if (ages.length > REMEMBERED) ages.shift()
    },
    async settle(began) {
      const slowest = ages.reduce((most, age) => Math.max(most, age), 0)
      const target = Math.min(CEILING_MS, Math.max(floorMs, Math.ceil(slowest / floorMs) * floorMs))
      const left = began + target - now()
      if (left > 0) await wait(left)
    },
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
