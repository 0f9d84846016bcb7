/** The numbers of an answer, each with a picture and its table. What is hidden is said, never drawn as zero. */
import type { TotalTable } from '#research/federation/merge.ts'
import { type Bar, barChart } from '../../ui/charts/bars.ts'
import { lineChart, type Series, thinned, ticksTo } from '../../ui/charts/lines.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { TaskAnswer } from '../researcher-options.ts'
import type { Visit } from '../visit.ts'
import { type AnswerRow, type AnswerRows, byFirst, isHidden, ratesOf, rowsOf } from './answer-rows.ts'
import { dimensionWords, type LevelWords, placesOf } from './level-words.ts'
import { attritionStep, type QuestionKind } from './question-form.ts'
import { survivalFigure } from './survival-figure.ts'

export interface Figured {
  readonly visit: Pick<Visit, 'words'>
  readonly nodes: TaskAnswer['nodes']
  readonly levels: LevelWords
}

export interface FigureTable {
  readonly title: string
  readonly picture: Html | undefined
  readonly columns: readonly string[]
  /** Texts; the last columns are numbers. */
  readonly rows: readonly (readonly string[])[]
  readonly numbers: number
}

const MOST_ROWS = 400
const MOST_BARS = 40

/** @param step days, of survival */
export function figuresOf(figured: Figured, kind: QuestionKind, tables: readonly TotalTable[], step: number): Html {
  const table = (name: string): AnswerRows | undefined => {
    const found = tables.find((one) => one.name === name)
    return found && rowsOf(found)
  }
  const [entries, time, classes, values, steps] = ['entries', 'time', 'classes', 'values', 'steps'].map(table)
  if (kind === 'rate' && entries && time) return figure('answer-0', rateFigure(figured, entries, time))
  if (kind === 'survival' && steps) return figure('answer-0', survivalFigure(figured, steps, step))
  if (kind === 'distribution' && classes) {
    const means = values && meansFigure(figured, values)
    return html`${figure('answer-0', countFigure(figured, classes, 'answer-0'))}${means && figure('answer-1', means)}`
  }
  const [persons] = tables
  if (kind === 'attrition' && persons) return figure('answer-0', attritionFigure(figured, rowsOf(persons)))
  if (kind === 'cohort-counts' && persons && persons.dimensions.length > 1) {
    const [all, groups] = [byFirst(persons), rowsOf(persons)]
    const names = groups.dimensions.map((name) => dimensionWords(figured.visit, name)).join(', ')
    const title = `${figured.visit.words.messages.text('research.figure.persons')} (${names})`
    return html`${figure('answer-0', countFigure(figured, all, 'answer-0'))}${figure('answer-1', countFigure(figured, groups, 'answer-1', title))}`
  }
  return html`${tables.map((one, index) => {
    const id = `answer-${index}`
    const title =
      kind === 'characterisation' ? figured.visit.words.messages.text(`research.domain.${one.name}`) : undefined
    return figure(id, countFigure(figured, rowsOf(one), id, title))
  })}`
}

export function figure(id: string, { title, picture, columns, rows, numbers }: FigureTable): Html {
  const isNumber = (column: number): boolean => column >= columns.length - numbers
  return html`<figure><figcaption>${title}</figcaption>${picture}<div class="wide" tabindex="0" role="region" aria-labelledby="${id}-table"><table class="result-table"><caption class="vh" id="${id}-table">${title}</caption><thead><tr>${columns.map(
    (column, index) => html`<th scope="col"${isNumber(index) && html` class="number"`}>${column}</th>`,
  )}</tr></thead><tbody>${rows
    .slice(0, MOST_ROWS)
    .map(
      (cells) =>
        html`<tr>${cells.map((cell, column) => (column === 0 && columns.length > numbers ? html`<th scope="row">${cell}</th>` : html`<td${isNumber(column) && html` class="number"`}>${cell}</td>`))}</tr>`,
    )}</tbody></table></div></figure>`
}

/** A number of persons, or why there is none. */
export function shownPersons({ visit, nodes }: Figured, row: Pick<AnswerRow, 'persons' | 'hiddenIn'>): string {
  const { messages } = visit.words
  if (isHidden(row)) return messages.text('research.hidden')
  const number = messages.formats.number(row.persons)
  if (row.hiddenIn.length === 0) return number
  return messages.text('research.hidden.partly', { number, countries: placesOf(visit, nodes, row.hiddenIn) })
}

function wordsOfRow({ levels }: Figured, dimensions: readonly string[], row: AnswerRow): readonly string[] {
  return row.levels.map((level, at) => levels(dimensions[at] ?? '', level))
}

/** Persons by their groups: a line where time runs along it, otherwise bars. */
function countFigure(figured: Figured, all: AnswerRows, id: string, own?: string): FigureTable {
  const { words } = figured.visit
  const { dimensions, rows, everybody } = all
  const title = own ?? words.messages.text('research.figure.persons')
  const listed = everybody && dimensions.length > 0 ? [...rows, everybody] : rows
  const allTogether = words.messages.text('research.everybody')
  const named = (row: AnswerRow): readonly string[] =>
    row.levels.length === dimensions.length
      ? wordsOfRow(figured, dimensions, row)
      : [allTogether, ...dimensions.slice(1).map(() => '')]
  const byPersons = dimensions[0] === 'concept' ? [...rows].sort((a, b) => b.persons - a.persons) : rows
  const isTime = TIME.test(dimensions[0] ?? '')
  const picture = isTime
    ? timePicture(figured, all, id, title)
    : bars(
        figured,
        id,
        title,
        byPersons.map((row) => barOf(figured, dimensions, row)),
      )
  return {
    ...{ title, picture, numbers: 1 },
    columns: [
      ...dimensions.map((name) => dimensionWords(figured.visit, name)),
      words.messages.text('research.column.persons'),
    ],
    rows: (dimensions[0] === 'concept' ? byPersons : listed).map((row) => [...named(row), shownPersons(figured, row)]),
  }
}

/** Each rule with how many are left. */
function attritionFigure(figured: Figured, { rows }: AnswerRows): FigureTable {
  const { text } = figured.visit.words.messages
  const levels = (_: string, level: string): string => {
    const { number, rule } = attritionStep(level)
    return number === 0 ? text('research.attrition.entry') : `${number}. ${rule}`
  }
  const steps = { dimensions: ['rule'], rows, everybody: undefined }
  return countFigure({ ...figured, levels }, steps, 'answer-0', text('research.figure.attrition'))
}

const TIME = /^(month|year|calendar-month|calendar-year)$/

function barOf(figured: Figured, dimensions: readonly string[], row: AnswerRow): Bar {
  const [first = '', ...others] = wordsOfRow(figured, dimensions, row)
  // Names of cohorts are long, and may be cut off: what tells the bars of one apart comes before.
  const label = (dimensions[0] === 'cohort' ? [...others, first] : [first, ...others]).join(', ')
  return {
    label: label === '' ? figured.visit.words.messages.text('research.everybody') : label,
    value: isHidden(row) ? undefined : row.persons,
    shown: shownPersons(figured, row),
  }
}

function bars({ visit }: Figured, id: string, title: string, list: readonly Bar[], rate = false): Html | undefined {
  if (list.length === 0) return undefined
  const key = rate ? 'research.picture.rates' : 'research.picture.bars'
  const description = visit.words.messages.text(key, { count: Math.min(list.length, MOST_BARS) })
  return barChart({ id, title, description, bars: list.slice(0, MOST_BARS) })
}

/** One line for each group of the other dimensions; a gap where a value is hidden. */
function timePicture(figured: Figured, { dimensions, rows }: AnswerRows, id: string, title: string): Html {
  const { formats, text } = figured.visit.words.messages
  const times = [...new Set(rows.map(({ levels }) => levels[0] ?? ''))]
  const groups = new Map<string, AnswerRow[]>()
  for (const row of rows) {
    const name = wordsOfRow(figured, dimensions, row).slice(1).join(', ')
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  const series: readonly Series[] = [...groups].map(([label, members]) => ({
    label,
    points: times.map((time, x) => {
      const row = members.find(({ levels }) => levels[0] === time)
      return { x, y: row && !isHidden(row) ? row.persons : undefined }
    }),
  }))
  const most = Math.max(0, ...rows.map(({ persons }) => persons))
  return lineChart({
    ...{ id, title, series },
    description: text('research.picture.lines', {
      from: times[0] ?? '',
      to: times.at(-1) ?? '',
      number: formats.number(most),
    }),
    across: thinned(times.map((label, at) => ({ at, label }))),
    up: ticksTo(most, (value) => formats.number(value)),
  })
}

function rateFigure(figured: Figured, entries: AnswerRows, time: AnswerRows): FigureTable {
  const { text, formats } = figured.visit.words.messages
  const title = text('research.figure.rate')
  const rates = ratesOf(entries, time)
  const digits = (value: number): string => formats.number(value.toFixed(2))
  const hidden = text('research.hidden')
  const list = rates.map((row): Bar => {
    const label = wordsOfRow(figured, entries.dimensions, row).join(', ')
    return {
      label: label === '' ? text('research.everybody') : label,
      value: row.rate?.perThousandPersonYears,
      shown: row.rate ? digits(row.rate.perThousandPersonYears) : hidden,
    }
  })
  return {
    ...{ title, numbers: 3, picture: bars(figured, 'answer-0', title, list, true) },
    columns: [
      ...entries.dimensions.map((name) => dimensionWords(figured.visit, name)),
      ...['entries', 'rate', 'interval'].map((name) => text(`research.column.${name}`)),
    ],
    rows: rates.map((row) => [
      ...wordsOfRow(figured, entries.dimensions, row),
      shownPersons(figured, { persons: row.sums.entries ?? row.persons, hiddenIn: row.hiddenIn }),
      row.rate ? digits(row.rate.perThousandPersonYears) : hidden,
      row.rate ? `${digits(row.rate.low)} – ${digits(row.rate.high)}` : '',
    ]),
  }
}

function meansFigure(figured: Figured, { dimensions, rows, everybody }: AnswerRows): FigureTable | undefined {
  const { text, formats } = figured.visit.words.messages
  const told = [...rows, ...(everybody && dimensions.length > 0 ? [everybody] : [])]
  if (told.length === 0) return undefined
  const mean = ({ sums }: AnswerRow): string => {
    const [sum, persons] = [sums.value, sums['value persons']]
    return sum === undefined || !persons ? text('research.hidden') : formats.number((sum / persons).toFixed(1))
  }
  return {
    ...{ title: text('research.figure.means'), picture: undefined, numbers: 2 },
    columns: [
      ...dimensions.map((name) => dimensionWords(figured.visit, name)),
      text('research.column.persons'),
      text('research.column.mean'),
    ],
    rows: told.map((row) => [
      ...(row.levels.length === dimensions.length
        ? wordsOfRow(figured, dimensions, row)
        : [text('research.everybody'), ...dimensions.slice(1).map(() => '')]),
      shownPersons(figured, row),
      mean(row),
    ]),
  }
}
