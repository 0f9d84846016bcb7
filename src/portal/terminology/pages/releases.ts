/** What was published when, and what changed with it. */
import { alert, summaryList, table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { ReleaseChange, ReleaseEntry } from '../browser.ts'
import { numberText, plainText } from '../terms.ts'
import type { Visit } from '../visit.ts'

export function releasesPage(visit: Visit, releases: readonly ReleaseEntry[]): Html {
  const { words } = visit
  return html`<h1>${words('terminology.nav.releases')}</h1><p class="lead">${words('terminology.releases.lead')}</p>
${
  releases.length === 0
    ? alert(
        'information',
        words('terminology.releases.none.title'),
        html`<p>${words('terminology.releases.none.text')}</p>`,
      )
    : releases.map((release) => releaseBlock(visit, release))
}`
}

function releaseBlock(visit: Visit, release: ReleaseEntry): Html {
  const { words } = visit
  const { number, publishedAt, publishedBy, state, notes, content, changes, moreChanges = 0 } = release
  const id = `release-${number}`
  return html`<section class="block release" aria-labelledby="${id}"><h2 id="${id}">${words(
    'terminology.releases.number',
    {
      number,
    },
  )} ${stateTag(visit, state)}</h2>
${notes && html`<p>${plainText(visit, notes)}</p>`}
${summaryList([
  [
    words('terminology.releases.published'),
    html`<time datetime="${publishedAt}">${words.messages.formats.date(publishedAt)}</time>`,
  ],
  [words('terminology.releases.by'), publishedBy ? html`${publishedBy}` : undefined],
  [
    words('terminology.releases.content'),
    content.length > 0 ? html`<ul class="plain">${content.map((title) => html`<li>${title}</li>`)}</ul>` : undefined,
  ],
])}
${changes && changesTable(visit, changes)}${
  moreChanges > 0 && html`<p class="quiet">${words('terminology.releases.more', { count: moreChanges })}</p>`
}</section>`
}

function stateTag({ words }: Visit, state: ReleaseEntry['state']): Html {
  const said = words(`terminology.releases.state.${state}`)
  return state === 'served' ? tag(said, 'good') : tag(said, state === 'rolled-back' ? 'warn' : 'plain')
}

const COLUMNS = ['subject', 'added', 'inactivated', 'designations'] as const

function changesTable(visit: Visit, changes: readonly ReleaseChange[]): Html {
  const { words } = visit
  if (changes.length === 0) return html`<p class="quiet">${words('terminology.releases.unchanged')}</p>`
  return html`<div class="framed stacked">${table({
    caption: words('terminology.releases.changes'),
    columns: COLUMNS.map((column) => words(`terminology.releases.column.${column}`)),
    labels: COLUMNS.map((column) => words.messages.text(`terminology.releases.column.${column}`)),
    rows: changes.map(({ subject, kind, added, inactivated, designations }) => [
      html`${subject}<span class="sub">${words(`terminology.releases.kind.${kind}`)}</span>`,
      ...[added, inactivated, designations].map((count) => html`<span class="num">${numberText(visit, count)}</span>`),
    ]),
  })}</div>`
}
