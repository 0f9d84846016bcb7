/** A survival curve, and its table of those who left and those who were still there. */
import { lineChart, thinned, ticksTo } from '../../ui/charts/lines.ts'
import { html } from '../../ui/markup.ts'
import { type AnswerRows, type Curve, curvesOf } from './answer-rows.ts'
import type { Figured, FigureTable } from './figures.ts'
import { dimensionWords } from './level-words.ts'

export function survivalFigure(figured: Figured, steps: AnswerRows, length: number): FigureTable {
  const { text, formats } = figured.visit.words.messages
  const curves = curvesOf(steps, length)
  const dimensions = steps.dimensions.slice(0, -2)
  const percent = (share: number): string => `${formats.number((share * 100).toFixed(1))} %`
  const named = ({ group }: Curve): readonly string[] =>
    group.map((level, at) => figured.levels(dimensions[at] ?? '', level))
  const end = Math.max(0, ...curves.flatMap((curve) => curve.steps.map(({ to }) => to)))
  const least = Math.min(1, ...curves.flatMap((curve) => curve.steps.map(({ survival }) => survival)))
  const title = text('research.figure.survival')
  const picture = lineChart({
    ...{ id: 'answer-0', title, steps: true },
    description: text('research.picture.survival', { days: formats.number(end), least: percent(least) }),
    series: curves.map((curve) => ({
      label: named(curve).join(', ') || text('research.everybody'),
      points: [{ x: 0, y: 1 }, ...curve.steps.map(({ to, survival }) => ({ x: to, y: survival }))],
    })),
    across: thinned(ticksTo(end, (value) => formats.number(value)).filter(({ at }) => at <= end)),
    up: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: `${formats.number(at * 100)} %` })),
  })
  const note = curves.some(({ partial }) => partial) && html`<p class="small">${text('research.survival.partial')}</p>`
  return {
    ...{ title, numbers: 3, picture: html`${picture}<p class="small">${text('research.survival.days')}</p>${note}` },
    columns: [
      ...dimensions.map((name) => dimensionWords(figured.visit, name)),
      ...['days', 'at-risk', 'events', 'survival'].map((name) => text(`research.column.${name}`)),
    ],
    rows: curves.flatMap((curve) =>
      curve.steps.map(({ from, to, atRisk, events, survival }) => [
        ...named(curve),
        `${formats.number(from)} – ${formats.number(to)}`,
        formats.number(atRisk),
        formats.number(events),
        percent(survival),
      ]),
    ),
  }
}
