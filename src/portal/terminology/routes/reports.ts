/** Coverage of languages, and the published releases. */
import { coveragePage } from '../pages/coverage.ts'
import { releasesPage } from '../pages/releases.ts'
import { baseOf } from '../reader.ts'
import { json, pageNumber, parameter, show, type Visit } from '../visit.ts'

/** `/coverage[?for=fr]`: the reader's language unless another one is asked for. */
export async function showCoverage(visit: Visit): Promise<Response> {
  const { reader, words, site } = visit
  const coverage = await site.options.browser.coverage({ languages: reader.terms })
  const wished = parameter(visit, 'for', 35) || reader.terms[0] || reader.page
  const language = coverage.languages.find((tag) => tag === wished) ?? baseOf(wished)
  return show(visit, {
    title: words.messages.text('terminology.nav.coverage'),
    place: 'coverage',
    content: coveragePage(visit, coverage, { language, page: pageNumber(visit), text: parameter(visit, 'q', 200) }),
  })
}

/** The whole table for programs: by value set the number of concepts; of those with words, and of those with words that can be shown, by language. */
export async function coverageJson(visit: Visit): Promise<Response> {
  const { rows } = await visit.site.options.browser.coverage({ languages: visit.reader.terms })
  return json(
    visit,
    rows.map(({ valueSet, concepts, byLanguage }) => ({
      url: valueSet.url,
      version: valueSet.version,
      name: valueSet.name.text,
      concepts,
      languages: Object.fromEntries(Object.entries(byLanguage).map(([tag, { named }]) => [tag, named])),
      usable: Object.fromEntries(Object.entries(byLanguage).map(([tag, { usable }]) => [tag, usable])),
    })),
  )
}

export async function showReleases(visit: Visit): Promise<Response> {
  return show(visit, {
    title: visit.words.messages.text('terminology.nav.releases'),
    place: 'releases',
    content: releasesPage(visit, await visit.site.options.browser.releases()),
  })
}
