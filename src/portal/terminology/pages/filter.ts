/** Narrowing a list by words of its names. */
import { button } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { Slice, Term, Window } from '../browser.ts'
import type { Query, Visit } from '../visit.ts'

export interface FilterForm {
  readonly path: string
  readonly text: string
  /** Further parameters of the address that stay. */
  readonly kept?: Query
  /** Key of the label; words of a name or address when absent. */
  readonly label?: string
}

export function filterForm(
  visit: Visit,
  { path, text, kept = {}, label = 'terminology.filter.label' }: FilterForm,
): Html {
  const { words, site, reader } = visit
  const hidden = Object.entries({ ...kept, language: reader.chosen }).filter(([, value]) => value !== undefined)
  return html`<form class="search" action="${site.base}${path}" method="get">${hidden.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${String(value)}">`,
  )}<label class="field-label" for="q">${words(label)}</label><div class="search-row"><input id="q" name="q" type="text" value="${text}" maxlength="200" autocomplete="off" spellcheck="false">${button(
    words('terminology.filter.button'),
    'other',
  )}</div></form>`
}

/** The entries in which every word stands, one window of them. */
export function matching<T>(
  all: readonly T[],
  text: string,
  termsOf: (entry: T) => readonly Term[],
  { offset, count }: Window,
): Slice<T> & { readonly total: number } {
  const wanted = fold(text).split(/\s+/)
  const found = all.filter((entry) => {
    const said = fold(
      termsOf(entry)
        .map((term) => term.text)
        .join(' '),
    )
    return wanted.every((word) => said.includes(word))
  })
  const items = found.slice(offset, offset + count)
  return { items, total: found.length, more: found.length > offset + items.length }
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
