/** One request to the authority's pages: who asks, in which language, and how the page leaves the house. */
import type { Context } from 'hono'
import type { Assets } from '../../ui/assets.ts'
import { page } from '../../ui/layout.ts'
import { type Html, type Words, wordsOf } from '../../ui/markup.ts'
import { pageResponse } from '../../ui/page-response.ts'
import { readerOf } from '../reader.ts'
import type { AuthorityPageOptions, AuthorityPerson } from './authority-pages.ts'

export interface Site {
  readonly options: AuthorityPageOptions
  readonly base: string
  readonly assets: Assets
}

export interface Visit {
  readonly site: Site
  readonly context: Context
  readonly words: Words
  readonly person: AuthorityPerson | undefined
  /** Address of a page of this site; keeps the language that was chosen. */
  address(path: string): string
}

export function openVisit(site: Site, context: Context, person: AuthorityPerson | undefined): Visit {
  const { languages, messages } = site.options
  const reader = readerOf(context.req.query('language'), context.req.header('accept-language'), languages)
  const chosen = reader.chosen === undefined ? '' : `?language=${encodeURIComponent(reader.chosen)}`
  return {
    site,
    context,
    words: wordsOf(messages(reader.page)),
    person,
    address: (path) => `${site.base}${path}${chosen}`,
  }
}

export interface PageContent {
  readonly title: string
  readonly content: Html
  readonly status?: 200 | 403 | 404 | 409 | 500
}

export function show(visit: Visit, { title, content, status = 200 }: PageContent): Response {
  const { site, words, context } = visit
  const markup = page({
    words,
    title,
    stylesheet: site.assets.stylesheet,
    script: site.assets.script,
    path: context.req.path,
    languages: site.options.languages,
    portal: words.messages.text('terminology.release.portal'),
    home: visit.address(''),
    icon: site.assets.mark,
    navigation: {
      label: words.messages.text('terminology.release.portal'),
      entries: [{ href: visit.address(''), label: words('terminology.release.title'), current: true }],
    },
    inLanguage: (language) => `${context.req.method === 'GET' ? context.req.path : site.base}?language=${language}`,
    links: [],
    session: visit.person?.session,
    content,
  })
  const { formOrigins } = site.options
  return pageResponse(context, { markup, language: words.language, status, formOrigins })
}
