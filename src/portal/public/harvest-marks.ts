/** What harvests leave to be said of a dataset: it is no longer listed where it came from, or what is shown is an older version. */
import type { DatasetMark, DatasetMarks, DescriptionKey, HarvestReports } from '#research/catalogue/harvest/reports.ts'
import { alert, tag } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { countryName, type WithWords } from '../ui/site.ts'
import { HARVESTS, type Visit } from './visit.ts'

/** Of a node that harvests. */
interface WithHarvests {
  readonly options: { readonly harvested?: { readonly reports: Pick<HarvestReports, 'marks'> } }
}

export async function marksOf(
  { options }: WithHarvests,
  descriptions: readonly DescriptionKey[],
): Promise<DatasetMarks> {
  return (await options.harvested?.reports.marks(descriptions)) ?? (() => undefined)
}

/** In a list of datasets: the mark and its sentence. */
export function markLines(visit: WithWords, key: DescriptionKey, mark: DatasetMark): Html {
  return html`${said(visit, key, mark).map(
    ({ title, text }) => html`<p class="small">${tag(title, 'warn')} ${text}</p>`,
  )}`
}

/** On the dataset's own page. */
export function markAlerts(visit: Visit, key: DescriptionKey, mark: DatasetMark): Html {
  const way = html`<p><a href="${reasonsAddress(visit, key)}">${visit.words('catalogue.page.outdated.reasons')}</a></p>`
  return html`${said(visit, key, mark).map(({ title, text, hasReasons }) =>
    alert('warning', title, html`<p>${text}</p>${hasReasons && way}`),
  )}`
}

/** Where the reasons stand for which a description was kept out. */
export function reasonsAddress(visit: Visit, { source, iri }: DescriptionKey): string {
  return visit.address(HARVESTS, { source, dataset: iri })
}

interface Said {
  readonly title: Html
  readonly text: Html
  readonly hasReasons: boolean
}

function said(visit: WithWords, key: DescriptionKey, { staleSince, isOutdated }: DatasetMark): readonly Said[] {
  const { words } = visit
  const country = countryName(visit, key.source)
  const stale = staleSince !== undefined && {
    title: words('catalogue.page.stale.title'),
    text: words('catalogue.page.stale.text', { country, date: words.messages.formats.date(staleSince.slice(0, 10)) }),
    hasReasons: false,
  }
  const outdated = isOutdated && {
    title: words('catalogue.page.outdated.title'),
    text: words('catalogue.page.outdated.text', { country }),
    hasReasons: true,
  }
  return [stale, outdated].filter((one) => one !== false)
}
