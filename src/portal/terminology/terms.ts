/** How terms look: in the reader's language as they are, otherwise in their own with a dotted line and a tag in words. */
import { tag } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import type { ForeignReference, Reference, Slice, Term } from './browser.ts'
import { baseOf } from './reader.ts'
import { PAGE_SIZE, type Query, type Visit } from './visit.ts'

/** A term; `lang` whenever it is not the language of the page, a mark whenever the reader did not ask for its language. */
export function termText(visit: Visit, term: Term): Html {
  if (!isForeign(visit, term)) return plainText(visit, term)
  return html`<span class="foreign" lang="${term.language ?? 'und'}">${term.text}</span> ${languageTag(visit, term)}`
}

/** Words that need no mark, because another column says their language, or because they are a name. */
export function plainText({ words }: Visit, { text, language }: Term): Html {
  return language === undefined || language === words.language
    ? html`${text}`
    : html`<span lang="${language}">${text}</span>`
}

export function isForeign({ reader }: Visit, { language }: Term): boolean {
  return language === undefined || baseOf(language) !== baseOf(reader.terms[0] ?? reader.page)
}

/** `in English`, or that nobody said which language it is. */
export function languageTag(visit: Visit, { language }: Term): Html {
  return tag(html`${languageMark(visit, language)}`, 'warn')
}

export function languageMark({ words }: Visit, language: string | undefined): string {
  const name = language === undefined ? undefined : words.messages.formats.languageName(language)
  return name === undefined
    ? words.messages.text('terminology.language.unknown')
    : words.messages.text('terminology.language.in', { language: name })
}

/** Name of a language in the reader's words, with a capital where it stands alone in a list. */
export function languageName({ words }: Visit, language: string): string {
  const name = words.messages.formats.languageName(language) ?? language
  return name.charAt(0).toLocaleUpperCase(words.language) + name.slice(1)
}

export function conceptAddress(
  visit: Visit,
  { system, code, version }: Pick<Reference, 'system' | 'code' | 'version'>,
  query: Query = {},
): string {
  return visit.address('/concept', { system, code, version, ...query })
}

/** A concept as a link: its term and its code, or the code alone; what is inactive says so. */
export function conceptLink(visit: Visit, reference: Reference): Html {
  const { term, code, active } = reference
  const href = conceptAddress(visit, reference)
  const link = term
    ? html`<a href="${href}">${plainText(visit, term)}</a>${isForeign(visit, term) && html` ${languageTag(visit, term)}`} <code>${code}</code>`
    : html`<a href="${href}"><code>${code}</code></a>`
  return html`${link}${!active && html` ${inactiveTag(visit)}`}`
}

/** A concept of a system that may not be loaded: then its words without a link. */
export function foreignLink(visit: Visit, reference: ForeignReference): Html {
  if (reference.loaded) return html`${conceptLink(visit, reference)}<span class="sub">${reference.systemName}</span>`
  const { term, code, systemName } = reference
  return html`${term && html`${termText(visit, term)} `}<code>${code}</code><span class="sub">${systemName} · ${visit.words(
    'terminology.not-loaded',
  )}</span>`
}

export function inactiveTag({ words }: Visit): Html {
  return tag(words('terminology.inactive'), 'warn')
}

/** `1 204` in the reader's digits. */
export function numberText({ words }: Visit, value: number): string {
  return words.messages.formats.number(value)
}

/** Words that bend with a number; the number itself stands in the house's digits. */
export function counted(visit: Visit, key: string, count: number, more: Readonly<Record<string, string>> = {}): Html {
  return visit.words(key, { ...more, count, number: numberText(visit, count) })
}

export interface Paging {
  readonly slice: Slice<unknown>
  readonly page: number
  readonly href: (page: number) => string
  /** Plain text that tells this navigation from another of the same page. */
  readonly label: string
  readonly size?: number
}

/** Earlier and further; nothing when everything is shown. */
export function pager({ words }: Visit, { slice, page, href, label, size = PAGE_SIZE }: Paging): Html {
  if (page === 1 && !slice.more) return html``
  const last = slice.total === undefined ? undefined : Math.max(1, Math.ceil(slice.total / size))
  return html`<nav class="pager" aria-label="${label}">${
    page > 1 &&
    html`<a class="btn other" rel="prev" href="${href(page - 1)}">${words('terminology.pager.previous')}</a>`
  }<span class="num">${
    last === undefined ? words('terminology.pager.page', { page }) : words('terminology.pager.page-of', { page, last })
  }</span>${
    slice.more && html`<a class="btn other" rel="next" href="${href(page + 1)}">${words('terminology.pager.next')}</a>`
  }</nav>`
}
