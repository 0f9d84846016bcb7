/** A group of pages at one address: who reads in which language, addresses that keep it, and the frame around each page. */
import type { Context } from 'hono'
import type { Messages } from '#platform/i18n/messages.ts'
import { readerOf } from '../terminology/reader.ts'
import type { Assets } from './assets.ts'
import { type FrameSession, type Navigation, page } from './layout.ts'
import { type Html, html, type Words, wordsOf } from './markup.ts'
import { type PageResponse, pageResponse } from './page-response.ts'

export interface SiteOptions {
  readonly messages: (language: string) => Messages
  /** Languages of the interface, the house's own first. */
  readonly languages: readonly string[]
  readonly formOrigins?: readonly string[]
  /** Told about programming errors; the page only says that there was one. */
  readonly onError?: (error: unknown) => void
  readonly now?: () => Date
}

export interface Site<Options extends SiteOptions> {
  readonly options: Options
  /** Where the pages are mounted, without a slash at the end. */
  readonly base: string
  /** Path of its first page; empty when absent. */
  readonly home?: string
  readonly assets: Assets
  /** Name of the group of pages, in the header and in titles. */
  name(visit: Visit<Options>): string
  /** @param visit one of `PersonVisit` when somebody is signed in */
  navigation(visit: Visit<Options>): Navigation
}

/** Somebody who is signed in and may see the pages. */
export interface SignedIn {
  readonly name: string
  /** Proof that a form came from this session: for the next form, and whether one that came back has it. */
  readonly token: string
  isToken(token: string): boolean
  /** For the head of the page: who it is, and the way out. */
  readonly session?: FrameSession
}

export type Query = Readonly<Record<string, string | readonly string[]>>

export interface Visit<Options extends SiteOptions> {
  readonly site: Site<Options>
  readonly options: Options
  readonly context: Context
  readonly words: Words
  readonly now: Date
  /** Path inside the site; empty for its first page. */
  readonly path: string
  /** Address of a page of this site; keeps the language that was chosen. */
  address(path: string, query?: Query): string
}

/** A visit of somebody who is signed in. */
export interface PersonVisit<Options extends SiteOptions, Person extends SignedIn> extends Visit<Options> {
  readonly person: Person
}

export function openVisit<Options extends SiteOptions>(site: Site<Options>, context: Context): Visit<Options> {
  const { options, base } = site
  const reader = readerOf(context.req.query('language'), context.req.header('accept-language'), options.languages)
  return {
    site,
    options,
    context,
    words: wordsOf(options.messages(reader.page)),
    now: options.now?.() ?? new Date(),
    path: context.req.path.slice(base.length).replace(/\/$/, ''),
    address: (path, query = {}) =>
      `${base}${path}${searchOf(query, reader.chosen === undefined ? {} : { language: reader.chosen })}`,
  }
}

/** `?a=1&b=2`, or nothing; empty values are left out. */
function searchOf(...queries: readonly Query[]): string {
  const pairs = queries.flatMap((query) =>
    Object.entries(query).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, String(value)]),
    ),
  )
  const kept = new URLSearchParams(pairs.filter(([, value]) => value !== ''))
  return kept.size > 0 ? `?${kept}` : ''
}

export interface PageContent {
  readonly title: string
  readonly content: Html
  readonly status?: PageResponse['status']
}

export function show<Options extends SiteOptions>(
  visit: Visit<Options> | PersonVisit<Options, SignedIn>,
  { title, content, status = 200 }: PageContent,
): Response {
  const { site, options, words, context } = visit
  const markup = page({
    words,
    title,
    stylesheet: site.assets.stylesheet,
    script: site.assets.script,
    path: context.req.path,
    languages: options.languages,
    portal: site.name(visit),
    home: visit.address(site.home ?? ''),
    icon: site.assets.mark,
    navigation: site.navigation(visit),
    inLanguage: (language) => inLanguage(visit, language),
    links: [],
    session: 'person' in visit ? visit.person.session : undefined,
    content,
  })
  return pageResponse(context, { markup, language: words.language, status, formOrigins: options.formOrigins })
}

/** The page that was asked for, in another language; after a form the first page, as forms are not sent twice. */
function inLanguage<Options extends SiteOptions>({ context, site }: Visit<Options>, language: string): string {
  if (context.req.method !== 'GET') return `${site.base}${site.home ?? ''}?language=${language}`
  return `${context.req.path}${searchOf({ ...context.req.queries(), language })}`
}

/** Whatever has words: most of a page needs no more of the visit. */
export type WithWords = Pick<Visit<SiteOptions>, 'words'>

/** ISO 3166-1 alpha-2; `EU` is the Union. */
export function countryName({ words }: WithWords, country: string): string {
  return words.messages.formats.countryName(country) ?? country
}

/** A day or a moment; the times are UTC, like those of the ledger. */
export function moment({ words }: WithWords, at: string): Html {
  return html`<time datetime="${at}">${words.messages.formats.date(at)}</time>`
}

/** The day of a moment in the reader's order. */
export function day({ words }: WithWords, at: string): Html {
  return html`<time datetime="${at}">${words.messages.formats.date(at.slice(0, 10))}</time>`
}

/** Words of others in a language that is known. */
export function inTongue({ words }: WithWords, language: string, text: string): Html {
  return language === words.language ? html`${text}` : html`<span lang="${language}">${text}</span>`
}

/** What the program says by itself, in English. */
export function english(sentence: string): Html {
  return html`<span lang="en">${sentence}</span>`
}

/** The same where paragraphs stand. */
export function englishParagraph(sentence: string): Html {
  return html`<p>${english(sentence)}</p>`
}

/** Where there is nothing, or something went wrong: what, and how to go on. */
export function refusal(title: Html, text: Html, way?: Html): Html {
  return html`<div class="refusal"><h1>${title}</h1><p>${text}</p>${way && html`<div class="actions">${way}</div>`}</div>`
}
