/** Key figures of a period added up: how many of each kind, how they ended, how long they took. Pure but for the reading. */
import type { KeyFigure } from '#care/key-figures/key-figure.ts'

export interface FigureRow {
  readonly peer: string
  readonly side: 'A' | 'B'
  readonly transaction: string
  readonly service: string
  readonly all: number
  readonly refused: number
  readonly failed: number
  readonly meanMs: number
  readonly longestMs: number
}

export const PERIODS = ['today', 'week'] as const
export type PeriodName = (typeof PERIODS)[number]

/** Midnight UTC of today, or of Monday. */
export function periodStart(name: PeriodName, now: Date): string {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()))
  if (name === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString()
}

export async function summarise(pages: AsyncIterable<readonly KeyFigure[]>): Promise<readonly FigureRow[]> {
  const rows = new Map<string, FigureRow>()
  for await (const page of pages) {
    for (const figure of page) {
      const { side, transaction, service, outcome, durationMs } = figure
      const peer = side === 'A' ? figure.asking : figure.answering
      const key = JSON.stringify([peer, side, transaction, service])
      const before = rows.get(key) ?? { peer, side, transaction, service, ...NOTHING }
      const all = before.all + 1
      rows.set(key, {
        ...before,
        all,
        refused: before.refused + (outcome === 'refused' ? 1 : 0),
        failed: before.failed + (outcome === 'failed' ? 1 : 0),
        meanMs: before.meanMs + (durationMs - before.meanMs) / all,
        longestMs: Math.max(before.longestMs, durationMs),
      })
    }
  }
  return [...rows.entries()].sort(([one], [other]) => one.localeCompare(other)).map(([, row]) => row)
}

const NOTHING = { all: 0, refused: 0, failed: 0, meanMs: 0, longestMs: 0 }
