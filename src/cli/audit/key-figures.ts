/** `tessera audit key-figures`: a period in figures, or its transactions as CSV. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { csvHeader, csvRow } from '#care/key-figures/figures-csv.ts'
import type { KeyFigure } from '#care/key-figures/key-figure.ts'
import { type KeyFigureStore, openKeyFigureStore, type Period } from '#care/key-figures/key-figure-store.ts'
import { describeProblem } from '#platform/result/result.ts'
import type { KeyFigureOptions } from '../commands/audit.ts'
import { tryWriting } from '../output.ts'
import { EXIT } from '../program.ts'
import { withTrail } from './stores.ts'

export async function keyFiguresOf(options: KeyFigureOptions): Promise<number> {
  const wrong = [options.from, options.to].find((date) => date !== undefined && Number.isNaN(Date.parse(date)))
  if (wrong !== undefined) {
    console.error(`${wrong} is no date. Write it like 2026-11-01.`)
    return EXIT.usage
  }
  const period = { ...instant('from', options.from), ...instant('to', options.to) }
  return withTrail(options, async ({ database, node }) => {
    const store = openKeyFigureStore(database, node)
    return options.csv || options.out !== undefined
      ? printCsv(store, period, options)
      : printCounts(store, period, options)
  })
}

function instant(name: 'from' | 'to', date: string | undefined): Period {
  return date === undefined ? {} : { [name]: new Date(date).toISOString() }
}

async function printCsv(store: KeyFigureStore, period: Period, { out }: KeyFigureOptions): Promise<number> {
  const problem = await tryWriting(async () => {
    if (out === undefined) for await (const text of lines(store, period)) process.stdout.write(text)
    else await pipeline(lines(store, period), createWriteStream(out, { mode: 0o600 }))
  }, out ?? 'standard output')
  if (problem) console.error(describeProblem(problem))
  return problem ? EXIT.failed : EXIT.fine
}

async function* lines(store: KeyFigureStore, period: Period): AsyncGenerator<string> {
  yield csvHeader()
  for await (const page of store.pages(period)) yield page.map(csvRow).join('')
}

interface Counted {
  readonly side: string
  readonly peer: string
  readonly service: string
  readonly step: string
  readonly outcome: string
  readonly code: string | undefined
  transactions: number
  milliseconds: number
}

async function printCounts(store: KeyFigureStore, period: Period, { json }: KeyFigureOptions): Promise<number> {
  const counted = new Map<string, Counted>()
  for await (const page of store.pages(period)) for (const figure of page) count(counted, figure)
  const rows = [...counted.values()].map(({ milliseconds, ...row }) => ({
    ...row,
    meanMilliseconds: Math.round(milliseconds / row.transactions),
  }))
  if (json) console.log(JSON.stringify(rows, null, 2))
  else if (rows.length === 0) console.log('No transactions in this period.')
  else {
    for (const { transactions, side, peer, step, service, outcome, code, meanMilliseconds } of rows) {
      const end = code === undefined ? outcome : `${outcome} ${code}`
      console.log(
        `${String(transactions).padStart(7)}  country ${side} with ${peer}  ${step} ${service}  ${end}  ${meanMilliseconds} ms`,
      )
    }
  }
  return EXIT.fine
}

function count(counted: Map<string, Counted>, figure: KeyFigure): void {
  const { side, service, step, outcome, code, durationMs } = figure
  const peer = side === 'A' ? figure.asking : figure.answering
  const name = [side, peer, service, step, outcome, code].join(' ')
  const row = counted.get(name) ?? { side, peer, service, step, outcome, code, transactions: 0, milliseconds: 0 }
  row.transactions += 1
  row.milliseconds += durationMs
  counted.set(name, row)
}
