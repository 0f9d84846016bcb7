/** A regression over several countries: coefficients with what is known of them, and how many persons of each country are inside. */
import type { ToldRegression } from '#research/federation/regression/told.ts'
import { alert, linkButton } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { problemAlert } from '../refusal.ts'
import type { TaskAnswer } from '../researcher-options.ts'
import type { Visit } from '../visit.ts'
import { type FigureTable, figure } from './figures.ts'
import { dimensionWords, type LevelWords, placesOf } from './level-words.ts'

export interface ModelView {
  readonly visit: Visit
  readonly nodes: TaskAnswer['nodes']
  readonly model: ToldRegression
  readonly levels: LevelWords
}

export function modelNumbers(view: ModelView): Html | undefined {
  const { visit, nodes, model } = view
  const { words, context } = visit
  const again = html`<p>${linkButton(context.req.path, words('research.answer.again'))}</p>`
  const inside = model.inside.length > 0 && figure('answer-1', personsFigure(view))
  switch (model.state) {
    case 'waiting':
      return undefined
    case 'fitting':
      return html`${alert('information', words('research.model.fitting', { number: model.round }), again)}${inside}`
    case 'failed':
      return html`${problemAlert(visit, model.problem)}${inside}`
    case 'fitted':
      return html`<p>${words('research.model.inside', { countries: placesOf(visit, nodes, model.inside) })}${
        model.rounds > 0 && html` ${words('research.model.rounds', { count: model.rounds })}`
      }</p>${figure('answer-0', coefficientsFigure(view, model))}${
        model.references.length > 0 &&
        html`<p class="small">${words('research.model.references', { groups: model.references.map((one) => termWords(view, one)).join(', ') })}</p>`
      }${inside}`
  }
}

function coefficientsFigure(
  view: ModelView,
  { coefficients }: Extract<ToldRegression, { state: 'fitted' }>,
): FigureTable {
  const { text, formats } = view.visit.words.messages
  const number = (value: number): string => formats.number(plain(value))
  return {
    ...{ title: text('research.figure.model'), picture: undefined, numbers: 4 },
    columns: ['term', 'coefficient', 'standard-error', 'interval', 'p'].map((name) => text(`research.column.${name}`)),
    rows: coefficients.map(({ name, value, standardError, low, high, p }) => [
      termWords(view, name),
      number(value),
      number(standardError),
      `${number(low)} – ${number(high)}`,
      p < LEAST_P ? `< ${number(LEAST_P)}` : number(p),
    ]),
  }
}

/** Smaller ones say nothing more. */
const LEAST_P = 0.001

/** As each node has released the number: with its noise. */
function personsFigure({ visit, nodes, model }: ModelView): FigureTable {
  const { text, formats } = visit.words.messages
  const rows = nodes.flatMap(({ node, outcome }) => {
    if (outcome?.kind !== 'answered' || !model.inside.includes(node)) return []
    const persons = outcome.tables.find(({ name }) => name === 'persons')?.cells[0]?.persons
    const shown = typeof persons === 'number' ? formats.number(persons) : text('research.hidden')
    return [[placesOf(visit, nodes, [node]), shown]]
  })
  return {
    ...{ title: text('research.figure.model-persons'), picture: undefined, numbers: 1, rows },
    columns: [text('research.column.country'), text('research.column.persons')],
  }
}

const AMOUNT = /^(age|follow-up-days|days-until|measurement) \d+$/
const GROUP = /^(condition \d+|\S+) (.+)$/

/** A column of the model in the reader's words: `sex male` is `sex: male`. */
export function termWords({ visit, levels }: Pick<ModelView, 'visit' | 'levels'>, name: string): string {
  const { messages } = visit.words
  const [, amount] = AMOUNT.exec(name) ?? []
  if (amount !== undefined) return messages.text(`research.measure.${amount}`)
  const [, dimension, level] = GROUP.exec(name) ?? []
  if (dimension === undefined || level === undefined) return messages.text('research.model.constant')
  const [kind = '', concept] = dimension.split(' ')
  const named = concept === undefined ? dimensionWords(visit, dimension) : levels(kind, concept)
  const told = levels(kind === 'condition' ? 'has' : kind, level)
  return messages.text('research.model.group', { group: named, level: told })
}

/** Without an exponent: small coefficients are written out. */
function plain(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  const digits = Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return value.toFixed(digits)
}
