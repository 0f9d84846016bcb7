/** How many concepts of each value set have words in a language. */
import { alert, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { CoverageTable } from '../browser.ts'
import { counted, languageName, numberText, pager, plainText } from '../terms.ts'
import { type Visit, windowOf } from '../visit.ts'
import { filterForm, matching } from './filter.ts'
import { covered, share } from './share.ts'

export interface CoverageQuestion {
  readonly language: string
  readonly page: number
  /** Words of the names of value sets. */
  readonly text: string
}

export function coveragePage(visit: Visit, coverage: CoverageTable, question: CoverageQuestion): Html {
  const { words } = visit
  if (coverage.rows.length === 0) {
    return html`<h1>${words('terminology.nav.coverage')}</h1>${alert(
      'information',
      words('terminology.coverage.empty.title'),
      html`<p>${words('terminology.coverage.empty.text')}</p>`,
    )}`
  }
  return html`<h1>${words('terminology.nav.coverage')}</h1><p class="lead">${words('terminology.coverage.lead')}</p>
${filterForm(visit, { path: '/coverage', text: question.text, kept: { for: question.language } })}
<div class="concept coverage"><div>${valueSets(visit, coverage, question)}</div><div>${languages(visit, coverage, question.language)}</div></div>`
}

/** More than on other pages: people look down the column. */
const ROWS = 60

function valueSets(visit: Visit, { rows }: CoverageTable, { language, page, text }: CoverageQuestion): Html {
  const { words } = visit
  const name = words.messages.formats.languageName(language) ?? language
  const { items, ...slice } = matching(
    rows,
    text,
    ({ valueSet }) => [valueSet.name, { text: valueSet.url }],
    windowOf(page, ROWS),
  )
  if (items.length === 0) return html`<p class="quiet">${words('terminology.filter.none')}</p>`
  const href = (number: number): string =>
    visit.address('/coverage', { for: language, q: text, page: number > 1 ? number : undefined })
  return html`<div class="framed stacked">${table({
    caption: counted(visit, 'terminology.coverage.caption', slice.total, { language: name }),
    columns: [words('terminology.column.value-set'), words('terminology.column.share')],
    labels: ['', words.messages.text('terminology.column.share')],
    rows: items.map(({ valueSet, concepts, byLanguage }) => [
      html`<a href="${visit.address('/value-set', { url: valueSet.url, version: valueSet.version })}">${plainText(visit, valueSet.name)}</a>`,
      covered(visit, byLanguage[language] ?? { named: 0, usable: 0 }, concepts),
    ]),
  })}</div>${pager(visit, { slice: { items, ...slice }, page, size: ROWS, href, label: words.messages.text('terminology.nav.coverage') })}`
}

/** Every language with its sum over all value sets; each leads to its own table. */
function languages(visit: Visit, { rows, languages: all }: CoverageTable, language: string): Html {
  const { words, site } = visit
  const whole = rows.reduce((sum, { concepts }) => sum + concepts, 0)
  const sums = all
    .map((tag) => ({ tag, part: rows.reduce((sum, { byLanguage }) => sum + (byLanguage[tag]?.named ?? 0), 0) }))
    .sort((a, b) => b.part - a.part)
  return html`<section class="block" aria-labelledby="languages"><h2 id="languages">${words('terminology.coverage.languages')}</h2>
<p class="quiet small">${words('terminology.coverage.sum', { whole: numberText(visit, whole) })}</p>
<ul class="shares">${sums.map(
    ({ tag, part }) =>
      html`<li>${
        tag === language
          ? html`<b aria-current="true">${languageName(visit, tag)}</b>`
          : html`<a href="${visit.address('/coverage', { for: tag })}">${languageName(visit, tag)}</a>`
      }${share(visit, part, whole)}</li>`,
  )}</ul>
<p class="actions"><a href="${site.base}/coverage.json">${words('terminology.coverage.json')}</a></p></section>`
}
