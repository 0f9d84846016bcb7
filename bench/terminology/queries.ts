/** The questions of the terminology benchmark: the same for Tessera and for the baseline. */
import { randomOf } from './generate-rf2.ts'

export interface Queries {
  /** Words to find by class of question, each with the concept under which it is asked where the class says so. */
  readonly classes: Readonly<Record<string, readonly { readonly text: string; readonly under?: string }[]>>
  readonly ids: readonly string[]
}

/** `termAt`: a random English term, folded and cut into words; `conceptAt`: a random concept; `under`: roots of subtrees. */
export function makeQueries(
  termAt: (random: number) => readonly string[],
  conceptAt: (random: number) => string,
  under: readonly string[],
  count = 400,
): Queries {
  const random = randomOf(11)
  const words = (): readonly string[] => {
    for (;;) {
      const found = termAt(random())
      if (found.length >= 3) return found
    }
  }
  const many = (text: (words: readonly string[]) => string, among?: readonly string[]) =>
    Array.from({ length: count }, () => {
      const question = { text: text(words()) }
      return among ? { ...question, under: among[Math.floor(random() * among.length)] ?? '' } : question
    })
  const cut = (word: string | undefined, length: number) => (word ?? '').slice(0, length)
  return {
    classes: {
      '1 letter': many(([a]) => cut(a, 1)),
      '2 letters': many(([a]) => cut(a, 2)),
      '3 letters': many(([, b]) => cut(b, 3)),
      'word + 3 letters': many(([a, b]) => `${a} ${cut(b, 3)}`),
      '3 × 3 letters': many(([a, b, c]) => `${cut(a, 3)} ${cut(b, 3)} ${cut(c, 3)}`),
      'word + 3 letters, is-a': many(([a, b]) => `${a} ${cut(b, 3)}`, under),
      '3 × 3 letters, is-a': many(([a, b, c]) => `${cut(a, 3)} ${cut(b, 3)} ${cut(c, 3)}`, under),
    },
    ids: Array.from({ length: 16_384 }, () => conceptAt(random())),
  }
}

export interface Spread {
  readonly p50: number
  readonly p95: number
}

/** Milliseconds of each question, after a first round of all that does not count. */
export function spread<Item>(items: readonly Item[], ask: (item: Item) => unknown): Spread {
  for (const item of items) ask(item)
  const times = items.map((item) => {
    const start = performance.now()
    ask(item)
    return performance.now() - start
  })
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95) }
}

/** Answers a second of processor time, over about half a second of it: what others do on the machine does not count. */
export function perSecond(ids: readonly string[], ask: (id: string, other: string) => unknown): number {
  const start = process.cpuUsage()
  let done = 0
  for (;;) {
    for (let index = 0; index < 1024; index += 1) {
      const at = (done + index) % ids.length
      ask(ids[at] ?? '', ids[(at * 7 + 1) % ids.length] ?? '')
    }
    done += 1024
    const { user, system } = process.cpuUsage(start)
    if (user + system > 500_000) return (done / (user + system)) * 1e6
  }
}

export interface Measured {
  readonly what: string
  /** Milliseconds from the start of the process to the first answer: on the clock, and of the processor. */
  readonly coldStart?: { readonly wall: number; readonly cpu: number }
  readonly residentMegabytes: number
  readonly classes: Readonly<Record<string, Spread>>
  readonly lookups: number
  readonly subsumptions: number
  readonly megabytes: number
}
