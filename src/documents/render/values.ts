/** Quantities, dates, ranges and timings → what a reader reads, with the machine's value kept beside. */
import { writtenDigits } from '../fhir/decimals.ts'
import { choice, type Node, node, nodes, text, texts } from '../fhir/node.ts'
import { type Build, say, sourceWords } from './build.ts'
import type { Inline, Line, NumberValue, TimeValue } from './summary-view.ts'
import { unitWords } from './units.ts'
import { codeWords, term } from './words.ts'

export function time(build: Build, iso: string): TimeValue {
  return { kind: 'time', iso, text: build.messages.formats.date(iso) }
}

export function numeral(build: Build, literal: string): NumberValue {
  return { kind: 'number', value: literal, text: build.messages.formats.number(literal) }
}

/** `≥ 5,5 mmol/L`. Undefined without a value. */
export function quantity(build: Build, value: unknown): Inline[] | undefined {
  const found = node(value)
  if (!found) return undefined
  const literal = writtenDigits(found, 'value')
  if (literal === undefined) return undefined
  const measured = unitWords(build, found, literal)
  const comparator = text(found.comparator)
  const sign = comparator === '>=' ? '≥' : comparator === '<=' ? '≤' : comparator
  const out: Inline[] = sign === undefined ? [] : [{ kind: 'number', value: comparator ?? '', text: sign }, '\u00a0']
  out.push(numeral(build, literal))
  if (measured !== undefined) out.push('\u00a0', measured)
  return out
}

export function range(build: Build, value: Node): Inline[] | undefined {
  const low = node(value.low)
  const high = node(value.high)
  const from = low && writtenDigits(low, 'value') !== undefined ? low : undefined
  const to = high && writtenDigits(high, 'value') !== undefined ? high : undefined
  if (from && to) {
    const first = writtenDigits(from, 'value') ?? ''
    if (first === writtenDigits(to, 'value')) return quantity(build, to)
    return [numeral(build, first), ' – ', ...(quantity(build, to) ?? [])]
  }
  if (from) return ['≥ ', ...(quantity(build, from) ?? [])]
  if (to) return ['≤ ', ...(quantity(build, to) ?? [])]
  return undefined
}

export function ratio(build: Build, value: Node): Inline[] | undefined {
  const above = quantity(build, value.numerator)
  const below = node(value.denominator)
  if (!above) return undefined
  if (!below) return above
  const per = writtenDigits(below, 'value')
  const measured = unitWords(build, below, '1')
  if (per === '1' || per === undefined) return measured === undefined ? above : [...above, ' / ', measured]
  const denominator = quantity(build, below)
  return denominator ? [...above, ' / ', ...denominator] : above
}

/** `depuis le 03.11.2026`, but `depuis 1994`, `depuis 05.2009`: an article stands before a day only. */
export function dated(build: Build, key: 'since' | 'until', iso: string): Inline[] {
  return [say(build, `summary.${key}${iso.length >= 10 ? '' : 'Partial'}`), ' ', time(build, iso)]
}

/** `03.11.2026`, `depuis le 03.11.2026`, `03.11.2026 – 05.11.2026`. */
export function period(build: Build, value: Node): Inline[] | undefined {
  const start = text(value.start)
  const end = text(value.end)
  if (start !== undefined && end !== undefined) {
    return start === end ? [time(build, start)] : [time(build, start), ' – ', time(build, end)]
  }
  if (start !== undefined) return dated(build, 'since', start)
  if (end !== undefined) return dated(build, 'until', end)
  return undefined
}

/** A choice element (`onset[x]`, `effective[x]`, `value[x]`) in words. */
export function chosen(build: Build, parent: Node, prefix: string): Inline[] | undefined {
  const found = choice(parent, prefix)
  if (!found) return undefined
  const { type, value } = found
  if (value === undefined || value === null) return undefined
  switch (type) {
    case 'DateTime':
    case 'Date':
    case 'Instant': {
      const iso = text(value)
      return iso === undefined ? undefined : [time(build, iso)]
    }
    case 'Period':
      return period(build, node(value) ?? {})
    case 'Quantity':
    case 'Age':
    case 'Duration':
    case 'Count':
    case 'Distance':
    case 'Money':
      return quantity(build, value)
    case 'Range':
      return range(build, node(value) ?? {})
    case 'Ratio':
      return ratio(build, node(value) ?? {})
    case 'CodeableConcept':
    case 'Coding':
    case 'Concept': {
      const words = term(build, value)
      return words ? [words.words] : undefined
    }
    case 'Boolean':
      return [say(build, value === true ? 'summary.yes' : 'summary.no')]
    case 'Timing':
      return timing(build, node(value) ?? {})
    default: {
      const literal = text(value)
      if (literal === undefined) return undefined
      return [typeof value === 'number' ? numeral(build, literal) : sourceWords(build, literal)]
    }
  }
}

const PER = new Set(['h', 'd', 'wk', 'mo', 'a', 'min', 's'])

/** A message with a count that may be a range (`1–2`): the words bend with the larger number. */
function counted(
  build: Build,
  key: string,
  low: string,
  high: string | undefined,
  more: Record<string, string>,
): Inline {
  const count = Number(high ?? low)
  if (!Number.isFinite(count)) return `${low} × ${more.period ?? ''} ${more.unit ?? ''}`.trim()
  const said = say(build, key, { ...more, count })
  if (high === undefined || high === low) return said
  const range = (words: string): string => words.replace(build.messages.formats.number(count), `${low}–${high}`)
  if (typeof said === 'string') return range(said)
  return said.kind === 'words' ? { ...said, text: range(said.text) } : said
}

/** Intervals that divide a day are told as times a day: every 12 hours is twice a day. Shorter ones stay intervals. */
function perDay(repeat: Node): Readonly<Record<'every' | 'unitCode' | 'often', string | undefined>> {
  const every = text(repeat.period)
  const unitCode = text(repeat.periodUnit) ?? text(repeat.periodUnits)
  const often = text(repeat.frequency)
  const hours = Number(every)
  const single = (often ?? '1') === '1' && repeat.frequencyMax === undefined && repeat.periodMax === undefined
  if (unitCode === 'h' && single && (hours === 24 || hours === 12)) {
    return { every: '1', unitCode: 'd', often: String(24 / hours) }
  }
  return { every, unitCode, often }
}

/** `2 fois par jour`, `toutes les 8 heures`. */
function frequency(build: Build, repeat: Node): Inline[] {
  const { every, unitCode, often } = perDay(repeat)
  const most = text(repeat.frequencyMax)
  const longest = text(repeat.periodMax)
  if (every !== undefined && unitCode !== undefined && PER.has(unitCode)) {
    const per = build.messages.text(`summary.unit.${unitCode}`, { count: Number.parseFloat(every) || 2 })
    const once = (often ?? '1') === '1' && most === undefined
    const key =
      every === '1' && longest === undefined
        ? `summary.timing.${unitCode}`
        : once
          ? `summary.timing.interval.${unitCode}`
          : 'summary.timing.every'
    const period = longest === undefined || longest === every ? every : `${every}–${longest}`
    return [counted(build, key, often ?? '1', most, { period, unit: per })]
  }
  return often === undefined ? [] : [counted(build, 'summary.timing.times', often, most, {})]
}

/** Timing in words: `2 fois par jour`, `le matin`, `1 fois toutes les 8 heures`. */
export function timing(build: Build, value: Node): Inline[] | undefined {
  const repeat = node(value.repeat)
  const out: Inline[] = []
  if (repeat) {
    out.push(...frequency(build, repeat))
    for (const when of texts(repeat.when)) out.push(out.length ? ', ' : '', codeWords(build, 'event', when))
    for (const day of texts(repeat.dayOfWeek)) out.push(out.length ? ', ' : '', codeWords(build, 'day', day))
    for (const at of texts(repeat.timeOfDay)) out.push(out.length ? ', ' : '', at.slice(0, 5))
    const bounds = boundsOf(build, repeat)
    if (bounds) out.push(out.length ? ', ' : '', ...bounds)
  }
  const code = term(build, value.code)
  if (code) out.push(out.length ? ', ' : '', code.words)
  for (const event of texts(value.event)) out.push(out.length ? ', ' : '', time(build, event))
  const spoken = out.filter((inline) => inline !== '')
  return spoken.length > 0 ? spoken : undefined
}

/** From when to when, or for how long. */
function boundsOf(build: Build, repeat: Node): Inline[] | undefined {
  const lasting = quantity(build, repeat.boundsDuration)
  if (lasting === undefined) return chosen(build, repeat, 'bounds')
  return [say(build, 'posology.for', { duration: plain(lasting) })]
}

/** Joins lines into one with a separator, leaving out what is undefined. */
export function joined(separator: string, ...parts: readonly (Line | undefined)[]): Inline[] {
  const out: Inline[] = []
  for (const part of parts) {
    if (!part || part.length === 0) continue
    if (out.length > 0) out.push(separator)
    out.push(...part)
  }
  return out
}

/** Plain text of a line, for names and labels. */
export function plain(line: Line): string {
  let out = ''
  for (const inline of line) {
    if (typeof inline === 'string') out += inline
    else if (inline.kind === 'coding') out += inline.display ?? inline.code
    else if (inline.kind === 'mark') out += ` (${inline.text})`
    else if (inline.kind === 'narrative') out += ''
    else out += inline.text
  }
  return out
}

/** The texts of Annotation elements. */
export function notes(build: Build, value: unknown): readonly Line[] {
  return nodes(value).flatMap((note) => {
    const words = text(note.text)
    return words === undefined ? [] : [[sourceWords(build, words)]]
  })
}
