/** The holder's datasets: state of each description, when it is to be looked at again, releases. */
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { headed } from '../../case-desk/desk.ts'
import { linkButton, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import type { HolderVisit } from '../holder-visit.ts'
import { ownDatasets } from '../own-datasets.ts'

const COLUMNS = ['dataset', 'state', 'review', 'releases'] as const

export async function showDatasets(visit: HolderVisit): Promise<Response> {
  const { words, options, person } = visit
  const datasets = await ownDatasets(visit)
  const releases = await Promise.all(datasets.map(({ iri }) => options.releases.releases(iri)))
  const content = html`<h1>${words('holder.area.datasets')}</h1><p class="lead">${person.organisation.name}</p>${
    datasets.length === 0
      ? html`<p>${words('holder.datasets.none')}</p>`
      : html`<div class="framed stacked">${table({
          caption: words('holder.datasets.count', { count: datasets.length }),
          ...headed(
            words,
            COLUMNS.map((column) => `holder.column.${column}`),
          ),
          rows: datasets.map((one, index) => [
            html`<a href="${visit.address('/dataset', { dataset: one.iri })}">${one.title}</a> <span class="sub">${one.iri}</span>`,
            stateTag(visit, one),
            reviewCell(visit, one),
            html`${releases[index]?.length ?? 0}`,
          ]),
        })}</div>`
  }<div class="actions">${linkButton(visit.address('/new'), words('holder.datasets.new'), 'main')}${linkButton(
    visit.address('/import'),
    words('holder.area.import'),
  )}</div>`
  return show(visit, { title: words.messages.text('holder.area.datasets'), content })
}

export function stateTag({ words }: HolderVisit, { state, draft }: StoredRecord): Html {
  const tone = state === 'published' ? 'good' : 'plain'
  return html`${tag(words(`holder.state.${state}`), tone)}${draft && html` ${tag(words('holder.state.changed'), 'warn')}`}`
}

/** EHDS Art. 60(3): looked at once a year. */
export function reviewCell(visit: HolderVisit, { state, reviewDue }: StoredRecord): Html {
  if (state !== 'published') return html`–`
  const isDue = reviewDue <= visit.now.toISOString().slice(0, 10)
  return html`${moment(visit, reviewDue)}${isDue && html` ${tag(visit.words('holder.review.due'), 'warn')}`}`
}
