/** Lists of what is loaded: code systems, value sets, maps. */
import { table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { MapEntry, Slice, SystemEntry, ValueSetEntry } from '../browser.ts'
import { counted, numberText, pager, plainText } from '../terms.ts'
import type { Visit } from '../visit.ts'
import { filterForm } from './filter.ts'
import { countText } from './search.ts'

export interface Listed<T> {
  readonly slice: Slice<T>
  readonly page: number
  readonly text: string
}

export function systemsPage(visit: Visit, list: Listed<SystemEntry>): Html {
  const { words } = visit
  const headings = ['system', 'version', 'concepts', 'languages'] as const
  return catalogue(visit, {
    list,
    kind: 'systems',
    headings,
    row: (system) => [
      html`<a href="${visit.address('', { system: system.url })}">${plainText(visit, system.name)}</a>${!system.complete && html` ${tag(words('terminology.partial'))}`}<span class="sub"><code>${system.url}</code></span>`,
      system.version ? html`<code>${system.version}</code>` : html`${words('terminology.no-version')}`,
      countText(visit, system.concepts),
      languagesText(visit, system.languages),
    ],
  })
}

export function valueSetsPage(visit: Visit, list: Listed<ValueSetEntry>): Html {
  return catalogue(visit, {
    list,
    kind: 'value-sets',
    headings: ['value-set', 'version', 'systems'],
    row: (valueSet) => [
      html`<a href="${visit.address('/value-set', { url: valueSet.url, version: valueSet.version })}">${plainText(
        visit,
        valueSet.name,
      )}</a><span class="sub"><code>${valueSet.url}</code></span>`,
      valueSet.version ? html`<code>${valueSet.version}</code>` : html`${visit.words('terminology.no-version')}`,
      html`<span class="small">${valueSet.systems.map((system, index) => html`${index > 0 && html`<br>`}${system}`)}</span>`,
    ],
  })
}

export function mapsPage(visit: Visit, list: Listed<MapEntry>): Html {
  return catalogue(visit, {
    list,
    kind: 'maps',
    headings: ['map', 'from', 'to', 'mappings'],
    row: (map) => [
      html`<a href="${visit.address('/map', { url: map.url, version: map.version })}">${plainText(
        visit,
        map.name,
      )}</a><span class="sub"><code>${map.url}${map.version && `|${map.version}`}</code></span>`,
      html`<span class="small">${map.from ?? '–'}</span>`,
      html`<span class="small">${map.to ?? '–'}</span>`,
      html`<span class="num">${numberText(visit, map.mappings)}</span>`,
    ],
  })
}

interface Catalogue<T> {
  readonly list: Listed<T>
  readonly kind: 'systems' | 'value-sets' | 'maps'
  readonly headings: readonly string[]
  readonly row: (entry: T) => readonly Html[]
}

function catalogue<T>(visit: Visit, { list, kind, headings, row }: Catalogue<T>): Html {
  const { words } = visit
  const { slice, page, text } = list
  const href = (number: number): string => visit.address(`/${kind}`, { q: text, page: number > 1 ? number : undefined })
  return html`<h1>${words(`terminology.nav.${kind}`)}</h1><p class="lead">${words(`terminology.entry.${kind}`)}</p>
${filterForm(visit, { path: `/${kind}`, text })}
${
  slice.items.length === 0
    ? html`<p class="quiet">${words('terminology.filter.none')}</p>`
    : html`<div class="framed stacked">${table({
        caption: counted(visit, `terminology.${kind}.count`, slice.total ?? slice.items.length),
        columns: headings.map((heading) => words(`terminology.column.${heading}`)),
        labels: headings.map((heading) => words.messages.text(`terminology.column.${heading}`)),
        rows: slice.items.map(row),
      })}</div>`
}
${pager(visit, { slice, page, href, label: words.messages.text(`terminology.nav.${kind}`) })}`
}

function languagesText(visit: Visit, languages: readonly string[]): Html {
  const { words } = visit
  if (languages.length === 0) return html`–`
  return languages.length > 4
    ? counted(visit, 'terminology.languages.count', languages.length)
    : html`${words.messages.formats.list(languages.map((tag) => words.messages.formats.languageName(tag) ?? tag))}`
}
