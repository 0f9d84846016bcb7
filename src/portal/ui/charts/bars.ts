/** Horizontal bars, one below the other, each under its own label: readable at any width. */
import { type Html, html } from '../markup.ts'

export interface Bar {
  /** Plain text, as the picture shows it. */
  readonly label: string
  /** Not negative; undefined: it is not shown, for the reason that `shown` gives. */
  readonly value: number | undefined
  /** The value with its unit, or why there is none. */
  readonly shown: string
}

export interface BarChart {
  /** Of the page, for assistive programs. */
  readonly id: string
  readonly title: string
  readonly description: string
  readonly bars: readonly Bar[]
  /** The end of the scale; the largest value when absent. */
  readonly most?: number
}

const ROW = 46
const LONGEST_LABEL = 36
/** Taller pictures are read as their table. */
const MOST_BARS = 60

export function barChart({ id, title, description, bars, most }: BarChart): Html {
  const shown = bars.slice(0, MOST_BARS)
  const scale = most ?? Math.max(0, ...shown.map(({ value }) => value ?? 0))
  return html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="${shown.length * ROW}"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${shown.map(
    (bar, index) => row(bar, index * ROW, scale),
  )}</svg>`
}

function row({ label, value, shown }: Bar, top: number, scale: number): Html {
  const share = value === undefined || scale <= 0 ? 0 : Math.min(1, value / scale)
  const bar =
    value === undefined
      ? html`<rect class="hidden-bar" x="1" y="${top + 21}" width="30%" height="14" rx="3"/>`
      : html`<rect class="bar-fill" x="0" y="${top + 21}" width="${percent(share)}" height="14" rx="3"/>`
  return html`<text x="0" y="${top + 15}">${cut(label)}</text><text class="value" x="100%" y="${top + 15}" text-anchor="end">${shown}</text><rect class="bar-ground" x="0" y="${top + 21}" width="100%" height="14" rx="3"/>${bar}`
}

function cut(label: string): string {
  return label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}
