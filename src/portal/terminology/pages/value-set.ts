/** One value set: its definition in words, how much of it has words in which language, and what is in it. */
import { alert, linkButton, summaryList } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { Clause, Hit, LanguageCoverage, Slice, ValueSetView } from '../browser.ts'
import { counted, languageName, numberText, pager, plainText } from '../terms.ts'
import { queryText, type Visit } from '../visit.ts'
import { filterForm } from './filter.ts'
import { hitList } from './search.ts'
import { covered } from './share.ts'

export interface ValueSetPage {
  readonly valueSet: ValueSetView
  readonly text: string
  readonly page: number
  /** Undefined when it could not be expanded; then `refusal` says why, in English. */
  readonly members?: Slice<Hit> | undefined
  readonly refusal?: string | undefined
}

export function valueSetPage(visit: Visit, view: ValueSetPage): Html {
  const { words } = visit
  const { valueSet } = view
  return html`<p class="crumbs"><a href="${visit.address('/value-sets')}">${words('terminology.nav.value-sets')}</a></p>
<h1>${plainText(visit, valueSet.name)}</h1>
${valueSet.description && html`<p class="lead">${plainText(visit, valueSet.description)}</p>`}
<div class="concept"><div>
${membersSection(visit, view)}
</div><div>
${definitionSection(visit, valueSet)}
${coverageSection(visit, valueSet)}
${aboutSection(visit, valueSet)}
</div></div>`
}

function membersSection(visit: Visit, { valueSet, text, page, members, refusal }: ValueSetPage): Html {
  const { words } = visit
  const place = { url: valueSet.url, version: valueSet.version }
  const href = (number: number): string =>
    visit.address('/value-set', { ...place, q: text, page: number > 1 ? number : undefined })
  return html`<section class="block" aria-labelledby="members"><h2 id="members">${words('terminology.value-set.members')}${
    members?.total !== undefined &&
    html` <span class="quiet num">${text === '' ? numberText(visit, members.total) : counted(visit, 'terminology.search.count', members.total)}</span>`
  }</h2>
${filterForm(visit, { path: '/value-set', text, kept: { url: valueSet.url, version: valueSet.version }, label: 'terminology.value-set.filter' })}
${memberList(visit, valueSet, members, refusal)}
${members && pager(visit, { slice: members, page, href, label: words.messages.text('terminology.value-set.members') })}</section>`
}

function memberList(
  visit: Visit,
  valueSet: ValueSetView,
  members: Slice<Hit> | undefined,
  refusal: string | undefined,
): Html {
  const { words } = visit
  if (!members) {
    return alert(
      'warning',
      words('terminology.refused.not-expandable.title'),
      html`<p>${words('terminology.refused.not-expandable.meaning')}</p>${refusal && html`<p class="small" lang="en">${refusal}</p>`}`,
    )
  }
  if (members.items.length === 0) return html`<p class="quiet">${words('terminology.value-set.empty')}</p>`
  return hitList(visit, members.items, valueSet.systems.length === 1 ? 'without system' : 'with system')
}

function definitionSection(visit: Visit, { include, exclude }: ValueSetView): Html {
  const { words } = visit
  return html`<section class="block" aria-labelledby="definition"><h2 id="definition">${words(
    'terminology.value-set.definition',
  )}</h2>
${include.length > 0 && html`<p>${words('terminology.value-set.include')}</p><ul class="clauses">${include.map((one) => clause(visit, one))}</ul>`}
${exclude.length > 0 && html`<p>${words('terminology.value-set.exclude')}</p><ul class="clauses">${exclude.map((one) => clause(visit, one))}</ul>`}</section>`
}

/** `42 codes of LOINC`, `every code of X whose concept is-a Y`, `what is in value set Z`. */
function clause(visit: Visit, { system, codes, filters, valueSets }: Clause): Html {
  const { words } = visit
  const what =
    codes !== undefined
      ? counted(visit, 'terminology.clause.codes', codes)
      : system && words(filters.length > 0 ? 'terminology.clause.filtered' : 'terminology.clause.all')
  return html`<li>${what}${
    system && html` <b>${plainText(visit, system.name)}</b>${system.version && html` <code>${system.version}</code>`}`
  }${filters.length > 0 && html`<ul>${filters.map((filter) => html`<li>${filterText(visit, filter)}</li>`)}</ul>`}${
    valueSets.length > 0 &&
    html`${words('terminology.clause.value-sets')}<ul>${valueSets.map(
      ({ url, name, loaded }) =>
        html`<li>${loaded ? html`<a href="${visit.address('/value-set', { url })}">${plainText(visit, name)}</a>` : html`${plainText(visit, name)} <span class="quiet">${words('terminology.not-loaded')}</span>`}</li>`,
    )}</ul>`
  }</li>`
}

function filterText(visit: Visit, { property, operator, value }: Clause['filters'][number]): Html {
  if (property === 'constraint') {
    return html`${visit.words('terminology.clause.expression')} <a href="${visit.address('/ecl', { expression: value })}"><code>${value}</code></a>`
  }
  return html`<code>${property}</code> ${visit.words(`terminology.filter-operator.${FILTER_OPERATORS.has(operator) ? operator : 'other'}`, { operator })} <code>${value}</code>`
}

const FILTER_OPERATORS = new Set([
  ...['=', 'is-a', 'descendent-of', 'is-not-a', 'regex', 'in', 'not-in', 'generalizes', 'child-of', 'descendent-leaf'],
  'exists',
])

function coverageSection(visit: Visit, { coverage, concepts }: ValueSetView): Html {
  const { words } = visit
  if (concepts === undefined || concepts === 0) return html``
  const rows = [...coverage].sort((a, b) => b.named - a.named)
  return html`<section class="block" aria-labelledby="coverage"><h2 id="coverage">${words('terminology.value-set.coverage')}</h2>${
    rows.length === 0
      ? html`<p class="quiet">${words('terminology.coverage.none')}</p>`
      : html`<ul class="shares">${rows.map((row) => coverageRow(visit, row, concepts))}</ul>`
  }</section>`
}

function coverageRow(visit: Visit, { language, named, usable }: LanguageCoverage, total: number): Html {
  return html`<li><span>${languageName(visit, language)}</span>${covered(visit, { named, usable }, total)}</li>`
}

function aboutSection(visit: Visit, { url, version, publisher, status }: ValueSetView): Html {
  const { words, site } = visit
  const { r4, r5 } = site.options.fhir ?? {}
  const expand = (base: string): string =>
    `${base}/ValueSet/$expand${queryText({ url, valueSetVersion: version, count: 100, _format: 'json' })}`
  return html`<section class="block" aria-labelledby="about"><h2 id="about">${words('terminology.value-set.about')}</h2>${summaryList(
    [
      [words('terminology.address'), html`<code>${url}</code>`],
      [words('terminology.version'), version ? html`<code>${version}</code>` : undefined],
      [words('terminology.publisher'), publisher ? html`${publisher}` : undefined],
      [words('terminology.status'), status ? html`<span lang="en">${status}</span>` : undefined],
    ],
  )}<p class="actions">${linkButton(visit.address('', { 'value-set': url }), words('terminology.value-set.search'))}${
    r4 && linkButton(expand(r4), words('terminology.concept.fhir', { version: 'R4' }))
  }${r5 && linkButton(expand(r5), words('terminology.concept.fhir', { version: 'R5' }))}</p></section>`
}
