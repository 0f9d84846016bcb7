/** What was odd and did not stop the import: counted by kind, with the first place of each. */
import type { Place } from '#platform/result/result.ts'

export interface Notice {
  readonly code: string
  readonly sentence: string
  readonly count: number
  /** Of the first occurrence. */
  readonly place?: Place
}

export interface Notices {
  add(code: string, sentence: string, place?: Place): void
  count(code: string): number
  list(): readonly Notice[]
}

export function collectNotices(): Notices {
  const found = new Map<string, { sentence: string; count: number; place?: Place }>()
  return {
    add(code, sentence, place) {
      const known = found.get(code)
      if (known) known.count += 1
      else found.set(code, { sentence, count: 1, ...(place && { place }) })
    },
    count: (code) => found.get(code)?.count ?? 0,
    list: () => [...found].map(([code, notice]) => ({ code, ...notice })),
  }
}

/** One line: sentence, how often, where first. */
export function describeNotice({ sentence, count, place }: Notice): string {
  const where =
    place?.file === undefined ? '' : ` (first: ${place.file}${place.line === undefined ? '' : `:${place.line}`})`
  return `${sentence}${count > 1 ? ` ${count} times.` : ''}${where}`
}
