/** What a release changes, as tables that a person can read through. */

import { isEmptyDifference } from '#terminology/releases/diff/diff.ts'
import type {
  Bounded,
  ConceptChanges,
  MeaningChange,
  ReleaseDifference,
  SystemDifference,
} from '#terminology/releases/diff/difference.ts'
import { table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { Visit } from './visit.ts'

export function differenceBlock(visit: Visit, difference: ReleaseDifference): Html {
  const { words } = visit
  if (isEmptyDifference(difference)) return html`<p>${words('terminology.release.same')}</p>`
  const { documents, systems, valueSets, maps } = difference
  return html`${documents && documents.total > 0 && documentsTable(visit, documents)}${
    systems.length > 0 && systemsBlock(visit, systems)
  }${valueSets.slice(0, SHOWN).map(({ url, kind, gained, lost }) =>
    details(visit, html`<code>${url}</code> ${kindTag(visit, kind)}`, [
      ['gained', listed(visit, gained, ({ system, code, display }) => html`<code>${system}|${code}</code> ${display}`)],
      ['lost', listed(visit, lost, ({ system, code, display }) => html`<code>${system}|${code}</code> ${display}`)],
    ]),
  )}${maps
    .slice(0, SHOWN)
    .map(({ url, kind, targets }) =>
      details(visit, html`<code>${url}</code> ${kindTag(visit, kind)}`, [
        [
          'targets',
          listed(
            visit,
            targets,
            ({ code, before, after }) => html`<code>${code}</code> ${before.join('; ')} → ${after.join('; ')}`,
          ),
        ],
      ]),
    )}`
}

const MEANING = ['document', 'code', 'aspect', 'before', 'after'] as const

function documentsTable(visit: Visit, documents: NonNullable<ReleaseDifference['documents']>): Html {
  const { words } = visit
  const { touched, total, shown } = documents
  return html`<h3>${words('terminology.release.documents', { count: total })}</h3>
<p>${words('terminology.release.touched', { touched, documents: documents.documents })}</p>
<div class="framed stacked">${table({
    caption: words('terminology.release.documents', { count: total }),
    columns: MEANING.map((column) => words(`terminology.release.column.${column}`)),
    labels: MEANING.map((column) => words.messages.text(`terminology.release.column.${column}`)),
    rows: shown.map((change) => meaningRow(visit, change)),
  })}</div>${more(visit, documents)}`
}

function meaningRow({ words }: Visit, { document, system, code, aspect, of, before, after }: MeaningChange) {
  const language = aspect === 'display' && of !== undefined ? html` lang="${of}"` : undefined
  return [
    html`${document}`,
    html`<code>${code}</code> <span class="sub">${system}</span>`,
    html`${words(`terminology.release.aspect.${aspect}`)}${of && html` <span class="sub">${of}</span>`}`,
    html`<span${language}>${before || '–'}</span>`,
    html`<span${language}>${after || '–'}</span>`,
  ]
}

/** What a screen shows of each; the command lists everything. */
const SHOWN = 30

function systemsBlock(visit: Visit, systems: readonly SystemDifference[]): Html {
  return html`${systems.slice(0, SHOWN).map(({ url, kind, before, after, concepts }) => {
    const versions = before === after ? after : `${before ?? '–'} → ${after ?? '–'}`
    const title = html`<code>${url}</code> ${versions} ${kindTag(visit, kind)}`
    return details(visit, title, [...conceptLists(visit, concepts), ...wordLists(visit, concepts)])
  })}${more(visit, { total: systems.length, shown: systems.slice(0, SHOWN) })}`
}

type Named = readonly [name: string, list: Html | undefined, language?: string]

function conceptLists(visit: Visit, concepts: ConceptChanges): readonly Named[] {
  return (['added', 'removed', 'inactivated', 'reactivated'] as const).map((which) => [
    which,
    listed(visit, concepts[which], ({ code, display }) => html`<code>${code}</code> ${display}`),
  ])
}

function wordLists(visit: Visit, { words: languages }: ConceptChanges): readonly Named[] {
  return Object.entries(languages).map(([language, changes]) => [
    'words',
    listed(
      visit,
      changes,
      ({ code, before, after }) =>
        html`<code>${code}</code> <span lang="${language}"><del>${before.filter((word) => !after.includes(word)).join('; ')}</del> <ins>${after
          .filter((word) => !before.includes(word))
          .join('; ')}</ins></span>`,
    ),
    language,
  ])
}

function details({ words }: Visit, title: Html, lists: readonly Named[]): Html {
  return html`<details><summary>${title}</summary>${lists.map(
    ([name, list, language]) =>
      list && html`<h4>${words(`terminology.release.list.${name}`)}${language && html` (${language})`}</h4>${list}`,
  )}</details>`
}

function listed<T>(visit: Visit, list: Bounded<T>, line: (item: T) => Html): Html | undefined {
  if (list.total === 0) return undefined
  return html`<ul>${list.shown.map((item) => html`<li>${line(item)}</li>`)}</ul>${more(visit, list)}`
}

function more({ words }: Visit, { total, shown }: Bounded<unknown>): Html | undefined {
  const count = total - shown.length
  return count > 0 ? html`<p class="quiet">${words('terminology.release.more', { count })}</p>` : undefined
}

function kindTag({ words }: Visit, kind: 'added' | 'removed' | 'changed'): Html {
  return tag(words(`terminology.release.kind.${kind}`), kind === 'removed' ? 'warn' : 'plain')
}
