/** What harvests leave to be said of a dataset: it is no longer listed where it came from, or what is shown is an older version. */
import type { DatasetMark, DatasetMarks, DescriptionKey } from '#research/catalogue/harvest/reports.ts'
import { alert, tag } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { countryName } from '../ui/site.ts'
import { HARVESTS, type Visit } from './visit.ts'

export async function marksOf({ options }: Visit, descriptions: readonly DescriptionKey[]): Promise<DatasetMarks> {
  return (await options.harvested?.reports.marks(descriptions)) ?? (() => undefined)
}

/** In a list of datasets: the mark and its sentence. */
export function markLines(visit: Visit, key: DescriptionKey, mark: DatasetMark): Html {
  return html`${said(visit, key, mark).map(
    ({ title, text }) => html`<p class="small">${tag(title, 'warn')} ${text}</p>`,
  )}`
}

/** On the dataset's own page. */
export function markAlerts(visit: Visit, key: DescriptionKey, mark: DatasetMark): Html {
  return html`${said(visit, key, mark).map(({ title, text, way }) =>
    alert('warning', title, html`<p>${text}</p>${way && html`<p>${way}</p>`}`),
  )}`
}

/** Where the reasons stand for which a description was kept out. */
export function reasonsAddress(visit: Visit, { source, iri }: DescriptionKey): string {
  return visit.address(HARVESTS, { source, dataset: iri })
}

interface Said {
  readonly title: Html
  readonly text: Html
  readonly way?: Html
}

function said(visit: Visit, key: DescriptionKey, { staleSince, isOutdated }: DatasetMark): readonly Said[] {
  const { words } = visit
  const country = countryName(visit, key.source)
  const stale = staleSince !== undefined && {
    title: words('catalogue.page.stale.title'),
    text: words('catalogue.page.stale.text', { country, date: words.messages.formats.date(staleSince.slice(0, 10)) }),
  }
  const outdated = isOutdated && {
    title: words('catalogue.page.outdated.title'),
    text: words('catalogue.page.outdated.text', { country }),
    way: html`<a href="${reasonsAddress(visit, key)}">${words('catalogue.page.outdated.reasons')}</a>`,
  }
  return [stale, outdated].filter((one) => one !== false)
}
