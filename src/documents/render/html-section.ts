/** Sections and their rows → HTML tables: reader's words large, original beside them in the same row. */
import { escapeHtml } from '#platform/html/escape.ts'
import { factsHtml, inlineHtml, lineHtml, linesHtml, phraseHtml, tagsHtml } from './html-inline.ts'
import { foreignLanguage, rowMarks } from './row-marks.ts'
import type { Row, Section, SummaryView, Trend } from './summary-view.ts'
import { plain } from './values.ts'

const WIDTH = 220
const HEIGHT = 56
const SHOWN = 6

/** A trend as a small picture with its values written under it. */
export function trendHtml(trend: Trend): string {
  const values = trend.points.map(({ value }) => value)
  const all = [
    ...values,
    ...(trend.low === undefined ? [] : [trend.low]),
    ...(trend.high === undefined ? [] : [trend.high]),
  ]
  const least = Math.min(...all)
  const span = Math.max(...all) - least || 1
  const y = (value: number): number => Math.round((HEIGHT - 8 - ((value - least) / span) * (HEIGHT - 16)) * 10) / 10
  const x = (position: number): number =>
    Math.round((10 + (position * (WIDTH - 22)) / Math.max(1, values.length - 1)) * 10) / 10
  let band = ''
  if (trend.low !== undefined || trend.high !== undefined) {
    const top = trend.high === undefined ? 0 : y(trend.high)
    const bottom = trend.low === undefined ? HEIGHT : y(trend.low)
    band = `<rect class="trend-band" x="0" y="${top}" width="${WIDTH}" height="${Math.max(0, bottom - top)}"/>`
  }
  const line = trend.points.map(({ value }, position) => `${x(position)},${y(value)}`).join(' ')
  const dots = trend.points
    .map(({ value, outside }, position) => {
      const last = position === values.length - 1
      return `<circle class="${outside ? 'trend-out' : 'trend-in'}" cx="${x(position)}" cy="${y(value)}" r="${last ? 4.5 : 3}"/>`
    })
    .join('')
  const spoken = `${trend.label}: ${trend.points.map(({ number }) => number.text).join('; ')}`
  const recent = trend.points.slice(-SHOWN)
  const caption = recent
    .map(({ number, time }, position) => {
      const value = inlineHtml(number)
      return `${position === recent.length - 1 ? `<b>${value}</b>` : value} (${inlineHtml(time)})`
    })
    .join(' · ')
  const more = trend.points.length > SHOWN ? '… ' : ''
  return `<figure><svg width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(spoken)}">${band}<polyline class="trend-line" points="${line}"/>${dots}</svg><figcaption>${more}${caption}</figcaption></figure>`
}

function termHtml(row: Row, reader: string): string {
  const [first, ...rest] = row.term
  if (foreignLanguage(row, reader) !== undefined && first !== undefined)
    return `<span class="foreign">${inlineHtml(first)}</span>${lineHtml(rest)}`
  return lineHtml(row.term)
}

function rowHtml(row: Row, view: SummaryView, words: Words, columns: number): string {
  const id = row.id === '' ? '' : ` id="${row.id}"`
  const level = row.level === 0 ? '' : ` l${row.level}`
  const mark = rowMarks(row, view)
    .map((words) => ` <span class="tag warn">${escapeHtml(words)}</span>`)
    .join('')
  let html = `<tr class="row${level}"${id}><th scope="row">${termHtml(row, view.language)}${mark}${tagsHtml(row.tags)}${linesHtml(row.subs, 'sub')}</th><td>`
  html += linesHtml(row.second, 'line')
  if (row.trend) html += trendHtml(row.trend)
  html += '</td>'
  if (columns === 3) html += `<td class="orig">${linesHtml(row.original, 'line')}</td>`
  html += '</tr>'
  if (row.details.length > 0) {
    html += `<tr class="more"><td colspan="${columns}"><details class="more"><summary>${words.details}<span class="vh"> ${escapeHtml(plain(row.term))}</span></summary>${factsHtml(row.details, view.language)}</details></td></tr>`
  }
  return html
}

interface Words {
  readonly details: string
}

/** Words that every row repeats, made once per page. */
export function rowWords({ messages, language }: SummaryView): Words {
  return { details: phraseHtml(messages.phrase('summary.details'), language) }
}

/** Whether a section needs the column of the original. */
export function hasOriginal(section: Section): boolean {
  return section.rows.some(({ original }) => original.length > 0)
}

function headHtml(section: Section, view: SummaryView): string {
  const { messages, language } = view
  const first = phraseHtml(messages.phrase(`summary.columns.${section.columns}.first`), language)
  const second = phraseHtml(messages.phrase(`summary.columns.${section.columns}.second`), language)
  const original = !hasOriginal(section)
    ? ''
    : `<th scope="col">${phraseHtml(messages.phrase('summary.columns.original', { language: view.sourceLanguageName }), language)}</th>`
  return `<thead><tr><th scope="col">${first}</th><th scope="col">${second}</th>${original}</tr></thead>`
}

export function sectionHtml(section: Section, view: SummaryView, words: Words): string {
  const { messages, language } = view
  const heading = section.level === 0 ? 'h2' : 'h3'
  const columns = hasOriginal(section) ? 3 : 2
  const beside = section.originalTitle ? `<span class="sub">${lineHtml(section.originalTitle)}</span>` : ''
  let html = `<section class="card${section.level === 0 ? '' : ' inner'}" id="${section.id}" aria-labelledby="${section.id}-h">`
  // People and the making of the document are there for who looks for them: what is clinical comes first.
  const folded = section.group === 'people' || section.group === 'document'
  const head = `<header><${heading} id="${section.id}-h">${lineHtml(section.title)}</${heading}>${beside}</header>`
  html += folded ? `<details class="fold"><summary>${head}</summary>` : head
  if (section.sentence) html += `<p>${lineHtml(section.sentence)}</p>`
  if (section.rows.length > 0) {
    html += `<table class="rows">${headHtml(section, view)}<tbody>`
    for (const row of section.rows) html += rowHtml(row, view, words, columns)
    html += '</tbody></table>'
  }
  const told = section.narrative && section.narrative.html !== '' ? section.narrative : undefined
  if (told) {
    const label = phraseHtml(messages.phrase('summary.narrative'), language)
    const open = section.state === 'text' ? ' open' : ''
    const text = `<div class="told" tabindex="0" role="group" aria-label="${escapeHtml(`${messages.text('summary.narrative')} – ${plain(section.title)}`)}" lang="${escapeHtml(told.language)}">${told.html}</div>`
    html += `<details${open}><summary>${label}<span class="vh"> ${escapeHtml(plain(section.title))}</span></summary>${text}${section.details.length > 0 ? factsHtml(section.details, language) : ''}</details>`
  }
  if (!told && section.details.length > 0) {
    const label = phraseHtml(messages.phrase('summary.sectionDetails'), language)
    html += `<details><summary>${label}<span class="vh"> ${escapeHtml(plain(section.title))}</span></summary>${factsHtml(section.details, language)}</details>`
  }
  return `${html}${folded ? '</details>' : ''}</section>`
}
