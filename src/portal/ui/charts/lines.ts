/** Series over time, and curves in steps (survival). The lines are stretched to the width; the words are not. */
import { type Html, html } from '../markup.ts'
import { percent } from './bars.ts'

export interface Point {
  readonly x: number
  /** Undefined: not shown; the line has a gap here. */
  readonly y: number | undefined
}

export interface Series {
  readonly label: string
  /** By rising `x`. */
  readonly points: readonly Point[]
}

export interface Tick {
  readonly at: number
  readonly label: string
}

export interface LineChart {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly series: readonly Series[]
  /** What lies along the picture, and up it. */
  readonly across: readonly Tick[]
  readonly up: readonly Tick[]
  /** Each value holds until the next one, as the share of those without an event does. */
  readonly steps?: boolean
}

/** More lines than this cannot be told apart; they are read in the table. */
export const MOST_SERIES = 6
const HEIGHT = 260
const TOP = 10
const BOTTOM = 28
const LEFT = 0.13
const RIGHT = 0.03

export function lineChart({ id, title, description, series, across, up, steps = false }: LineChart): Html {
  const shown = series.slice(0, MOST_SERIES)
  const xs = [...shown.flatMap(({ points }) => points.map(({ x }) => x)), ...across.map(({ at }) => at)]
  const ys = [...shown.flatMap(({ points }) => points.flatMap(({ y }) => y ?? [])), ...up.map(({ at }) => at)]
  const x = scaleOf(xs)
  const y = scaleOf([0, ...ys])
  const wide = 1 - LEFT - RIGHT
  const left = (at: number): string => percent(LEFT + wide * x(at))
  const top = (at: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - y(at))
  return html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="${HEIGHT}"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${up.map(
    ({ at, label }) =>
      html`<line class="grid" x1="${percent(LEFT)}" x2="${percent(1 - RIGHT)}" y1="${top(at)}" y2="${top(at)}"/><text class="tick" x="${percent(LEFT - 0.01)}" y="${top(at) + 4}" text-anchor="end">${label}</text>`,
  )}${across.map(({ at, label }) => html`<text class="tick" x="${left(at)}" y="${HEIGHT - 8}" text-anchor="middle">${label}</text>`)}<svg x="${percent(LEFT)}" y="${TOP}" width="${percent(wide)}" height="${HEIGHT - TOP - BOTTOM}" viewBox="0 0 1000 1000" preserveAspectRatio="none" overflow="visible">${shown.map(
    ({ points }, index) =>
      html`<path class="line s${index + 1}" vector-effect="non-scaling-stroke" d="${pathOf(
        points,
        (at) => x(at) * 1000,
        (at) => (1 - y(at)) * 1000,
        steps,
      )}"/>`,
  )}</svg>${shown.flatMap(({ points }) => lonely(points).map((point) => html`<circle class="dot" cx="${left(point.x)}" cy="${top(point.y)}" r="3"/>`))}</svg>${
    shown.length > 1 && legend(shown)
  }`
}

function legend(series: readonly Series[]): Html {
  return html`<ul class="legend" aria-hidden="true">${series.map(
    ({ label }, index) =>
      html`<li><svg width="36" height="12"><line class="line s${index + 1}" x1="0" x2="36" y1="6" y2="6"/></svg> ${label}</li>`,
  )}</ul>`
}

function scaleOf(values: readonly number[]): (value: number) => number {
  const least = Math.min(...values)
  const most = Math.max(...values)
  return (value) => (most > least ? (value - least) / (most - least) : 0.5)
}

/** Pieces between the gaps; the second value of a step is reached at its own `x`. */
function pathOf(
  points: readonly Point[],
  x: (at: number) => number,
  y: (at: number) => number,
  steps: boolean,
): string {
  let path = ''
  let before: number | undefined
  for (const point of points) {
    if (point.y === undefined) {
      before = undefined
      continue
    }
    const [across, up] = [round(x(point.x)), round(y(point.y))]
    if (before === undefined) path += `M${across} ${up}`
    else path += steps ? `H${across}V${up}` : `L${across} ${up}`
    before = up
  }
  return path
}

/** Points between two gaps, which a line would not show. */
function lonely(points: readonly Point[]): readonly { readonly x: number; readonly y: number }[] {
  return points.flatMap(({ x, y }, index) =>
    y !== undefined && points[index - 1]?.y === undefined && points[index + 1]?.y === undefined ? [{ x, y }] : [],
  )
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** About five round numbers from zero to the end. */
export function ticksTo(most: number, label: (value: number) => string): readonly Tick[] {
  if (!(most > 1e-9)) return [{ at: 0, label: label(0) }]
  const rough = most / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const unit = [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= rough) ?? power * 10
  return Array.from({ length: Math.ceil(most / unit) + 1 }, (_, index) => {
    const at = Number((index * unit).toPrecision(12))
    return { at, label: label(at) }
  })
}

/** At most `count` of them, evenly, so that the words along the picture do not run into each other. */
export function thinned(ticks: readonly Tick[], count = 6): readonly Tick[] {
  const every = Math.ceil(ticks.length / count)
  return ticks.filter((_, index) => index % every === 0)
}
