/** The first page: one field, where to look, and what was found. */
import { alert, button } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { Hit, SearchRequest, Slice, SystemEntry, ValueSetEntry } from '../browser.ts'
import {
  conceptAddress,
  counted,
  inactiveTag,
  isForeign,
  languageMark,
  languageTag,
  numberText,
  pager,
  plainText,
} from '../terms.ts'
import type { Visit } from '../visit.ts'

export interface SearchPage {
  readonly asked: Pick<SearchRequest, 'text' | 'systems' | 'valueSet' | 'inactive'>
  readonly page: number
  /** Undefined before anything was asked. */
  readonly found?: Slice<Hit> | undefined
  /** Not every code system can be searched yet. */
  readonly preparing: boolean
  /** Systems to choose from, the largest first; the chosen ones are among them. */
  readonly systems: readonly SystemEntry[]
  readonly moreSystems: boolean
  readonly valueSet?: ValueSetEntry | undefined
  readonly languages: readonly string[]
}

export function searchPage(visit: Visit, view: SearchPage): Html {
  const { words } = visit
  const { asked, found } = view
  return html`<h1>${words('terminology.search.title')}</h1>
${!found && html`<p class="lead">${words('terminology.search.lead')}</p>`}
${searchForm(visit, view)}
${
  view.preparing &&
  alert(
    'information',
    words('terminology.search.preparing.title'),
    html`<p>${words('terminology.search.preparing.text')}</p>`,
  )
}
${found && results(visit, view, found)}
${!found && asked.text === '' && entries(visit)}`
}

function searchForm(visit: Visit, view: SearchPage): Html {
  const { words } = visit
  const { asked } = view
  return html`<form class="search" role="search" action="${visit.site.base}" method="get">
<label class="field-label" for="q">${words('terminology.search.label')}</label>
<div class="search-row"><div class="combobox"><input id="q" name="q" type="text" value="${asked.text}" maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="q-help" data-suggest="${visit.site.base}/suggest" data-count="${words.messages.text('terminology.suggest.count')}" data-none="${words.messages.text('terminology.suggest.none')}" data-label="${words.messages.text('terminology.suggest.label')}"></div>${button(
    words('terminology.search.button'),
  )}</div>
<p class="help" id="q-help">${words('terminology.search.help')}</p>
${scope(visit, view)}
</form>`
}

/** Where to look and how to read: folded, because most people never need it. */
function scope(visit: Visit, { asked, systems, moreSystems, valueSet, languages }: SearchPage): Html {
  const { words, reader } = visit
  const narrowed = asked.systems.length > 0 || asked.valueSet !== undefined || asked.inactive
  const now = reader.terms[0] ?? reader.page
  return html`<details class="scope"${narrowed && html` open`}><summary>${words('terminology.search.scope')}</summary>
<fieldset class="field"><legend>${words('terminology.search.systems')}</legend><p class="help">${words(
    'terminology.search.systems.help',
  )}</p><div class="checks">${systems.map(
    (system, index) =>
      html`<div class="choice"><input type="checkbox" id="system-${index}" name="system" value="${system.url}"${
        asked.systems.includes(system.url) && html` checked`
      }><label for="system-${index}">${plainText(visit, system.name)}</label></div>`,
  )}</div>${moreSystems && html`<p><a href="${visit.address('/systems')}">${words('terminology.search.systems.all')}</a></p>`}</fieldset>
${
  valueSet &&
  html`<div class="field"><div class="choice"><input type="checkbox" id="value-set" name="value-set" value="${valueSet.url}" checked><label for="value-set"><span>${words(
    'terminology.search.within',
  )} ${plainText(visit, valueSet.name)}</span></label></div></div>`
}
<div class="field"><label for="language">${words('terminology.search.language')}</label><select id="language" name="language">${[
    ...new Set([now, ...languages]),
  ].map(
    (language) =>
      html`<option value="${language}"${language === now && html` selected`}>${
        words.messages.formats.languageName(language) ?? language
      }</option>`,
  )}</select></div>
<div class="field"><div class="choice"><input type="checkbox" id="inactive" name="inactive" value="yes"${
    asked.inactive && html` checked`
  }><label for="inactive">${words('terminology.search.inactive')}</label></div></div>
${!valueSet && html`<p><a href="${visit.address('/value-sets')}">${words('terminology.search.value-sets')}</a></p>`}
</details>`
}

function results(visit: Visit, { asked, page }: SearchPage, slice: Slice<Hit>): Html {
  const { words } = visit
  if (slice.items.length === 0) {
    return alert(
      'information',
      words('terminology.search.none.title'),
      html`<p>${words('terminology.search.none.text')}</p>`,
    )
  }
  const href = (number: number): string =>
    visit.address('', {
      q: asked.text,
      system: asked.systems,
      'value-set': asked.valueSet,
      inactive: asked.inactive,
      page: number > 1 ? number : undefined,
    })
  return html`<section aria-labelledby="results"><h2 id="results">${
    slice.total === undefined
      ? words('terminology.search.results')
      : counted(visit, 'terminology.search.count', slice.total)
  }</h2>
${hitList(visit, slice.items)}
${pager(visit, { slice, page, href, label: words.messages.text('terminology.search.results') })}</section>`
}

/** Hits, one under another: the term, then what matched, the system and the code. */
export function hitList(
  visit: Visit,
  hits: readonly Hit[],
  named: 'with system' | 'without system' = 'with system',
): Html {
  return html`<ol class="hits">${hits.map((hit) => hitRow(visit, hit, named === 'with system'))}</ol>`
}

function hitRow(visit: Visit, hit: Hit, withSystem: boolean): Html {
  const { words } = visit
  const { term, code, found } = hit
  const href = conceptAddress(visit, hit)
  const foreign = term !== undefined && isForeign(visit, term)
  return html`<li><div><a href="${href}"${foreign && html` class="foreign" lang="${term.language ?? 'und'}"`}>${
    term ? (foreign ? term.text : plainText(visit, term)) : code
  }</a>${foreign && html` ${languageTag(visit, term)}`}${!hit.active && html` ${inactiveTag(visit)}`}${
    found &&
    html`<span class="sub">${words('terminology.search.found')} ${plainText(visit, found)} (${languageMark(visit, found.language)})</span>`
  }</div><div class="where"><code>${code}</code>${withSystem && html`<span>${plainText(visit, hit.systemName)}</span>`}</div></li>`
}

/** Where else one can begin. */
function entries(visit: Visit): Html {
  const { words } = visit
  const list = ['systems', 'value-sets', 'maps', 'ecl', 'coverage', 'releases'] as const
  return html`<ul class="cards entries">${list.map(
    (one) =>
      html`<li><a class="pick plain-pick" href="${visit.address(`/${one}`)}"><strong>${words(
        `terminology.nav.${one}`,
      )}</strong><span class="sub">${words(`terminology.entry.${one}`)}</span></a></li>`,
  )}</ul>`
}

export function countText(visit: Visit, count: number | undefined): Html {
  return count === undefined
    ? visit.words('terminology.count.grammar')
    : html`<span class="num">${numberText(visit, count)}</span>`
}
