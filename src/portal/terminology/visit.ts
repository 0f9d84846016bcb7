/** One request to the terminology pages: in which language, and how the page leaves the house. */
import type { Context } from 'hono'
import type { Messages } from '#platform/i18n/messages.ts'
import { type Assets, acceptedEncoding, compress } from '../ui/assets.ts'
import { page } from '../ui/layout.ts'
import { type Html, type Words, wordsOf } from '../ui/markup.ts'
import type { TerminologyBrowser, Window } from './browser.ts'
import { type Reader, readerOf } from './reader.ts'

export interface TerminologyPageOptions {
  readonly browser: TerminologyBrowser
  readonly messages: (language: string) => Messages
  /** Languages of the interface (BCP-47), the house's own first. */
  readonly languages: readonly string[]
  /** Where the pages are mounted, without a slash at the end; `/terminology` when absent. */
  readonly base?: string
  /** Addresses of the FHIR endpoints, for links; a version without an address gets no link. */
  readonly fhir?: { readonly r4?: string; readonly r5?: string }
  /** A page of the same house that the footer leads to, e.g. the portal for professionals. */
  readonly house?: { readonly href: string; readonly name: (messages: Messages) => string }
  /** Told about programming errors; the page only says that there was one. */
  readonly onError?: (error: unknown) => void
}

export interface Site {
  readonly options: TerminologyPageOptions
  readonly base: string
  readonly assets: Assets
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface Visit {
  readonly site: Site
  readonly context: Context
  readonly words: Words
  readonly reader: Reader
  /** Address of a page of this site; keeps the language that was chosen. */
  address(path: string, query?: Query): string
}

/** Where a page stands in the header. */
export type Place = '' | 'systems' | 'value-sets' | 'maps' | 'ecl' | 'coverage' | 'releases'
const PLACES: readonly Place[] = ['', 'systems', 'value-sets', 'maps', 'ecl', 'coverage', 'releases']

export interface PageContent {
  readonly title: string
  readonly place?: Place | undefined
  readonly content: Html
  readonly status?: 200 | 400 | 404 | 422 | 500
}

export function openVisit(site: Site, context: Context): Visit {
  const { languages, messages } = site.options
  const reader = readerOf(context.req.query('language'), context.req.header('accept-language'), languages)
  return {
    site,
    context,
    words: wordsOf(messages(reader.page)),
    reader,
    address: (path, query = {}) => site.base + path + queryText({ ...query, language: reader.chosen }),
  }
}

/** `?a=1&b=2`, without what is absent, empty or false. */
export function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value]
    for (const one of values) {
      if (one !== undefined && one !== '' && one !== false) parameters.append(name, one === true ? 'yes' : String(one))
    }
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

/** A whole page, compressed, with its headers. */
export function show(visit: Visit, { title, place, content, status = 200 }: PageContent): Response {
  const { site, words, context } = visit
  const { options, assets } = site
  const markup = page({
    words,
    title,
    stylesheet: assets.stylesheet,
    script: assets.script,
    path: context.req.path,
    languages: options.languages,
    portal: words.messages.text('terminology.name'),
    home: visit.address(''),
    icon: assets.mark,
    navigation: {
      label: words.messages.text('terminology.nav.label'),
      entries: PLACES.map((one) => ({
        href: visit.address(one === '' ? '' : `/${one}`),
        label: words(`terminology.nav.${one === '' ? 'search' : one}`),
        current: one === place,
      })),
    },
    inLanguage: (language) => samePage(visit, language),
    links: footerLinks(visit),
    content,
  })
  const encoding = acceptedEncoding(context.req.header('accept-encoding'))
  return context.body(compress(String(markup), encoding), status, {
    'content-type': 'text/html; charset=utf-8',
    'content-language': words.language,
    vary: 'accept-encoding, accept-language',
    ...(encoding ? { 'content-encoding': encoding } : {}),
    ...HEADERS,
  })
}

/** Strict: nothing but this origin, no inline script or style. The content is public, but a new release must show at once. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

/** The same page in another language of the interface: its whole question is kept. */
function samePage({ context }: Visit, language: string): string {
  const address = new URL(context.req.url)
  address.searchParams.set('language', language)
  return address.pathname.replace(/^\/+/, '/') + address.search
}

function footerLinks({ site, words }: Visit) {
  const { fhir, house } = site.options
  return [
    ...(house
      ? [{ href: house.href, label: words('terminology.footer.house', { name: house.name(words.messages) }) }]
      : []),
    ...(fhir?.r4 ? [{ href: `${fhir.r4}/metadata`, label: words('terminology.footer.fhir', { version: 'R4' }) }] : []),
    ...(fhir?.r5 ? [{ href: `${fhir.r5}/metadata`, label: words('terminology.footer.fhir', { version: 'R5' }) }] : []),
  ]
}

/** Data for the script of the search field, and for programs. */
export function json({ context }: Visit, value: unknown, status: 200 | 400 = 200): Response {
  return context.json(value, status, { ...HEADERS, vary: 'accept-language' })
}

export const PAGE_SIZE = 25
/** Nobody reads the ten-thousandth page; a program asks the FHIR endpoint. */
const LAST_PAGE = 4000

/** The page asked for by `?page=`, counted from 1. */
export function pageNumber({ context }: Visit, name = 'page'): number {
  const text = context.req.query(name) ?? ''
  return /^\d{1,4}$/.test(text) ? Math.min(Math.max(Number(text), 1), LAST_PAGE) : 1
}

export function windowOf(number: number, count = PAGE_SIZE): Window {
  return { offset: (number - 1) * count, count }
}

/** A parameter of the address, without the blanks around it; longer ones than any real one are cut. */
export function parameter({ context }: Visit, name: string, longest = 500): string {
  return (context.req.query(name) ?? '').trim().slice(0, longest)
}
