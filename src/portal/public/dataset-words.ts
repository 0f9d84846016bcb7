/** Codes and texts of a description as a reader reads them. */

import type { Text } from '#research/catalogue/record/shape.ts'
import type { Facet } from '#research/catalogue/store/facets.ts'
import { codeOf } from '#research/catalogue/store/facets.ts'
import { type Html, html, inLanguage } from '../ui/markup.ts'
import { countryName } from '../ui/site.ts'
import { countryOfCode, type Visit } from './visit.ts'

type Reader = Pick<Visit, 'words'>

/** The text in the reader's language, otherwise in English, otherwise the first; marked with its language. */
export function textOf({ words }: Reader, texts: readonly Text[] | undefined): Html | undefined {
  const all = texts ?? []
  const found = all.find(({ language }) => language === words.language) ?? all.find(({ language }) => language === 'en')
  const text = found ?? all[0]
  return text && inLanguage(text.value, text.language, words.language)
}

/** All texts that are alternatives of each other only by language: those of the language that `textOf` would choose. */
export function textsOf({ words }: Reader, texts: readonly Text[] | undefined): readonly Html[] {
  const all = texts ?? []
  const chosen = [words.language, 'en', all[0]?.language].find((one) => all.some(({ language }) => language === one))
  return all
    .filter(({ language }) => language === chosen || language === undefined)
    .map((text) => inLanguage(text.value, text.language, words.language))
}

/** Words for one value of a facet. */
export function facetWords(visit: Reader, facet: Facet, value: string): Html {
  const { words } = visit
  switch (facet) {
    case 'country':
      return html`${countryOfCode(visit, value)}`
    case 'category':
      return categoryWords(visit, value)
    case 'access':
      return words.messages.has(`catalogue.page.access.${value}`)
        ? words(`catalogue.page.access.${value}`)
        : html`${value}`
    case 'structured':
    case 'variables':
    case 'label':
    case 'trusted-holder':
      return words(`catalogue.page.truth.${value}`)
    default:
      return html`${value}`
  }
}

export function categoryWords({ words }: Reader, code: string): Html {
  const key = `catalogue.category.${code}`
  return words.messages.has(key) ? words(key) : html`${code}`
}

/** Whose catalogue a description comes from. */
export function sourceWords(visit: Visit, source: string): Html {
  return html`${countryName(visit, source === 'own' ? visit.options.country : source)}`
}

/** An address as a link when a browser can open it; its last part as words, or `label`. */
export function link(address: string, label?: Html): Html {
  const shown = label ?? html`${codeOf(address) || address}`
  return /^https?:/i.test(address) ? html`<a href="${address}" rel="noreferrer">${shown}</a>` : shown
}

/** Like `link`, with the whole address to be read. */
export function wholeLink(address: string): Html {
  return link(address.replace(/^mailto:/, ''), html`<span class="address">${address.replace(/^mailto:/, '')}</span>`)
}

export function listed(items: readonly Html[]): Html | undefined {
  if (items.length === 0) return undefined
  if (items.length === 1) return items[0]
  return html`<ul class="plain">${items.map((item) => html`<li>${item}</li>`)}</ul>`
}

/** `2015 to 2024`; what is open is left open. */
export function spanWords({ words }: Reader, start: string | undefined, end: string | undefined): Html | undefined {
  const { formats } = words.messages
  if (start === undefined && end === undefined) return undefined
  return words('catalogue.page.span', {
    from: start === undefined ? '…' : formats.date(start.slice(0, 10)),
    to: end === undefined ? '…' : formats.date(end.slice(0, 10)),
  })
}
