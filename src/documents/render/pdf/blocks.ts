/** The view → blocks of print: paragraphs of runs, each run in one language and one weight. */
import { plainText } from '#platform/html/sanitise.ts'
import { rowMarks } from '../row-marks.ts'
import type { Inline, Line, Row, SummaryView, Tag } from '../summary-view.ts'

export type Tone = 'ink' | 'quiet' | 'danger' | 'warn' | 'good'

export interface Run {
  readonly text: string
  /** BCP-47; the reader's language when undefined. */
  readonly language?: string
}

export interface Paragraph {
  readonly runs: readonly Run[]
  readonly bold: boolean
  readonly size: number
  readonly tone: Tone
}

/** One cell of a table or one block across the page. */
export type Block = readonly Paragraph[]

/** Longest text of one paragraph, so that a row can always be split between pages. */
const LONGEST = 900

function runOf(inline: Inline): Run {
  if (typeof inline === 'string') return { text: inline }
  switch (inline.kind) {
    case 'words':
    case 'link':
      return inline.language ? { text: inline.text, language: inline.language } : { text: inline.text }
    case 'coding': {
      const text = [inline.systemName, inline.code, inline.display].filter((part) => part).join(' ')
      return inline.language ? { text, language: inline.language } : { text }
    }
    case 'mark':
      return { text: ` (${inline.text})` }
    case 'narrative':
      return inline.language
        ? { text: plainText(inline.html), language: inline.language }
        : { text: plainText(inline.html) }
    default:
      return { text: inline.text }
  }
}

/** Neighbours in one language become one run. */
export function runsOf(line: Line): Run[] {
  const runs: Run[] = []
  for (const inline of line) {
    const run = runOf(inline)
    if (run.text === '') continue
    const last = runs.at(-1)
    if (last && last.language === run.language) runs[runs.length - 1] = { ...last, text: last.text + run.text }
    else runs.push(run)
  }
  return runs
}

function pieces(text: string): string[] {
  if (text.length <= LONGEST) return [text]
  const cut = text.lastIndexOf(' ', LONGEST)
  const at = cut > LONGEST / 2 ? cut : LONGEST
  return [text.slice(0, at), ...pieces(text.slice(at).trimStart())]
}

/** A line as paragraphs, split where it is too long for one. */
export function paragraphs(line: Line, style: Partial<Omit<Paragraph, 'runs'>> = {}): Paragraph[] {
  const { bold = false, size = 8.5, tone = 'ink' } = style
  const runs = runsOf(line)
  const length = runs.reduce((sum, { text }) => sum + text.length, 0)
  if (runs.length === 0) return []
  if (length <= LONGEST && !runs.some(({ text }) => text.includes('\n'))) return [{ runs, bold, size, tone }]
  return runs.flatMap((run) =>
    run.text
      .split('\n')
      .flatMap((part) => pieces(part).map((text) => ({ runs: [{ ...run, text }], bold, size, tone }))),
  )
}

function tagTone(tags: readonly Tag[]): Tone {
  if (tags.some(({ tone }) => tone === 'danger')) return 'danger'
  return tags.some(({ tone }) => tone === 'warn') ? 'warn' : 'quiet'
}

/** Tags in words, in brackets, because colour may not survive the printer. */
export function tagParagraphs(tags: readonly Tag[]): Paragraph[] {
  if (tags.length === 0) return []
  const line: Inline[] = tags.flatMap(({ text }, position) => [position > 0 ? '  [' : '[', text, ']'])
  return paragraphs(line, { bold: true, size: 7.5, tone: tagTone(tags) })
}

/** The cells of a row: reader's words, value or date, original. */
export function rowBlocks(row: Row, view: SummaryView): readonly Block[] {
  const marks = rowMarks(row, view)
  const tags: Tag[] = [...marks.map((text): Tag => ({ text, tone: 'warn' })), ...row.tags]
  const codes = row.codes.join(', ')
  const first = [
    ...paragraphs(row.term, { bold: true, size: 9 }),
    ...tagParagraphs(tags),
    ...row.subs.flatMap((line) => paragraphs(line, { tone: 'quiet', size: 8 })),
    ...(codes === '' ? [] : paragraphs([codes], { tone: 'quiet', size: 7 })),
  ]
  const trend: Inline[] = (row.trend?.points ?? []).flatMap(({ number, time }, position) => [
    position > 0 ? ' · ' : '',
    number,
    ' (',
    time,
    ')',
  ])
  const second = [...row.second.flatMap((line) => paragraphs(line)), ...paragraphs(trend, { tone: 'quiet', size: 8 })]
  const original = row.original.flatMap((line) => paragraphs(line, { tone: 'quiet', size: 8 }))
  return view.sameLanguage ? [first, second] : [first, second, original]
}
