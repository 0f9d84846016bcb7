/** How many concepts of each value set have words in a language. */
import { alert, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { CoverageTable } from '../browser.ts'
import { counted, languageName, numberText, plainText } from '../terms.ts'
import type { Visit } from '../visit.ts'
import { share } from './share.ts'

export function coveragePage(visit: Visit, coverage: CoverageTable, language: string): Html {
  const { words } = visit
  if (coverage.rows.length === 0) {
    return html`<h1>${words('terminology.nav.coverage')}</h1>${alert(
      'information',
      words('terminology.coverage.empty.title'),
      html`<p>${words('terminology.coverage.empty.text')}</p>`,
    )}`
  }
  return html`<h1>${words('terminology.nav.coverage')}</h1><p class="lead">${words('terminology.coverage.lead')}</p>
<div class="concept coverage"><div>${valueSets(visit, coverage, language)}</div><div>${languages(visit, coverage, language)}</div></div>`
}

function valueSets(visit: Visit, { rows }: CoverageTable, language: string): Html {
  const { words } = visit
  const name = words.messages.formats.languageName(language) ?? language
  return html`<div class="framed stacked">${table({
    caption: counted(visit, 'terminology.coverage.caption', rows.length, { language: name }),
    columns: [words('terminology.column.value-set'), words('terminology.column.share')],
    labels: ['', words.messages.text('terminology.column.share')],
    rows: rows.map(({ valueSet, concepts, byLanguage }) => [
      html`<a href="${visit.address('/value-set', { url: valueSet.url, version: valueSet.version })}">${plainText(visit, valueSet.name)}</a>`,
      share(visit, byLanguage[language] ?? 0, concepts),
    ]),
  })}</div>`
}

/** Every language with its sum over all value sets; each leads to its own table. */
function languages(visit: Visit, { rows, languages: all }: CoverageTable, language: string): Html {
  const { words, site } = visit
  const whole = rows.reduce((sum, { concepts }) => sum + concepts, 0)
  const sums = all
    .map((tag) => ({ tag, part: rows.reduce((sum, { byLanguage }) => sum + (byLanguage[tag] ?? 0), 0) }))
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
