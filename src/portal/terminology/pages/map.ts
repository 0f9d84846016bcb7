/** One concept map, row by row, with relationship and comment. */
import { summaryList, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { MapRow, MapView, Slice } from '../browser.ts'
import { counted, foreignLink, pager, plainText } from '../terms.ts'
import type { Visit } from '../visit.ts'

export interface MapPage {
  readonly map: MapView
  readonly rows: Slice<MapRow>
  readonly page: number
}

const HEADINGS = ['source', 'relationship', 'target'] as const

export function mapPage(visit: Visit, { map, rows, page }: MapPage): Html {
  const { words } = visit
  const href = (number: number): string =>
    visit.address('/map', { url: map.url, version: map.version, page: number > 1 ? number : undefined })
  return html`<p class="crumbs"><a href="${visit.address('/maps')}">${words('terminology.nav.maps')}</a></p>
<h1>${plainText(visit, map.name)}</h1>
${map.description && html`<p class="lead">${plainText(visit, map.description)}</p>`}
${summaryList([
  [words('terminology.column.from'), map.from ? html`${map.from}` : undefined],
  [words('terminology.column.to'), map.to ? html`${map.to}` : undefined],
  [words('terminology.address'), html`<code>${map.url}</code>`],
  [words('terminology.version'), map.version ? html`<code>${map.version}</code>` : undefined],
  [words('terminology.publisher'), map.publisher ? html`${map.publisher}` : undefined],
  [words('terminology.status'), map.status ? html`<span lang="en">${map.status}</span>` : undefined],
])}
${
  rows.items.length === 0
    ? html`<p class="quiet">${words('terminology.map.empty')}</p>`
    : html`<div class="framed stacked">${table({
        caption: counted(visit, 'terminology.map.count', map.mappings),
        columns: HEADINGS.map((heading) => words(`terminology.column.${heading}`)),
        labels: HEADINGS.map((heading) => words.messages.text(`terminology.column.${heading}`)),
        rows: rows.items.map((row) => mapRow(visit, row)),
      })}</div>`
}
${pager(visit, { slice: rows, page, href, label: words.messages.text('terminology.nav.maps') })}`
}

function mapRow(visit: Visit, { source, target, relationship, comment }: MapRow): readonly Html[] {
  const { words } = visit
  return [
    foreignLink(visit, source),
    html`${words(`terminology.relationship.${target ? (relationship ?? 'unstated') : 'no-target'}`)}${
      comment && html`<span class="sub">${plainText(visit, comment)}</span>`
    }`,
    target ? foreignLink(visit, target) : html`–`,
  ]
}
