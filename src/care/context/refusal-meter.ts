/**
 * How much of what is refused is written down at once. Whoever knocks without end must not fill the ledger: of each source
 * the first refusals of a period are entries of their own, the rest is counted and told in one entry when it is over. Pure.
 */

/** Who was refused: the holder of a verified certificate, or a mere address. */
export interface RefusalSource {
  readonly key: string
  readonly known: boolean
}

export interface RefusalLimits {
  /** Entries of their own in a period, for a source that holds an accepted certificate. */
  readonly known: number
  /** For any other address. */
  readonly unknown: number
  /** Different sources in a period; further ones share one count. */
  readonly sources: number
}

export const REFUSAL_PERIOD_MS = 60_000

/** At most 51 × 11 entries a minute from strangers. Hundreds a minute from a country are an error of its program: each is told. */
export const REFUSAL_LIMITS: RefusalLimits = { known: 300, unknown: 10, sources: 50 }

export interface RefusalMeter<About> {
  /** True: write it down now. False: it has been counted. `about` is what a later entry says of the source. */
  count(source: RefusalSource, code: string, about: About): boolean
  /** What was only counted since the last call, by source and code; counting begins anew. */
  takeCounted(): readonly CountedRefusals<About>[]
}

export interface CountedRefusals<About> {
  readonly code: string
  readonly count: number
  /** Undefined for sources beyond the limit. */
  readonly about: About | undefined
}

interface Seen<About> {
  written: number
  readonly about: About | undefined
  readonly counted: Map<string, number>
}

/** Codes are few and the program's own, so only sources need a bound. */
export function refusalMeter<About>(limits: RefusalLimits = REFUSAL_LIMITS): RefusalMeter<About> {
  let seen = new Map<string, Seen<About>>()
  const others: Seen<About> = { written: 0, about: undefined, counted: new Map() }

  const sourceOf = ({ key }: RefusalSource, about: About): Seen<About> => {
    const found = seen.get(key)
    if (found) return found
    if (seen.size >= limits.sources) return others
    const made: Seen<About> = { written: 0, about, counted: new Map() }
    seen.set(key, made)
    return made
  }
  return {
    count(source, code, about) {
      const one = sourceOf(source, about)
      if (one !== others && one.written < (source.known ? limits.known : limits.unknown)) {
        one.written += 1
        return true
      }
      one.counted.set(code, (one.counted.get(code) ?? 0) + 1)
      return false
    },
    takeCounted() {
      const taken = [...seen.values(), others].flatMap(({ counted, about }) =>
        [...counted].map(([code, count]) => ({ code, count, about })),
      )
      seen = new Map()
      others.counted.clear()
      return taken
    },
  }
}
