/** One request to the operator's pages: who asks, in which language, and the frame around every page. */
import type { Context } from 'hono'
import { readerOf } from '../terminology/reader.ts'
import type { Assets } from '../ui/assets.ts'
import { tag } from '../ui/components.ts'
import { page } from '../ui/layout.ts'
import { type Html, html, type Words, wordsOf } from '../ui/markup.ts'
import { pageResponse } from '../ui/page-response.ts'
import type { Operator, OperatorPageOptions } from './operator-options.ts'

export interface Site {
  readonly options: OperatorPageOptions
  readonly base: string
  readonly assets: Assets
}

export interface Visit {
  readonly site: Site
  readonly options: OperatorPageOptions
  readonly context: Context
  readonly words: Words
  readonly now: Date
  /** Address of a page of this site; keeps the language that was chosen. */
  address(path: string, query?: Readonly<Record<string, string>>): string
}

export interface OperatorVisit extends Visit {
  readonly operator: Operator
}

export function openVisit(site: Site, context: Context): Visit {
  const { options, base } = site
  const { languages, messages, now } = options
  const reader = readerOf(context.req.query('language'), context.req.header('accept-language'), languages)
  return {
    site,
    options,
    context,
    words: wordsOf(messages(reader.page)),
    now: now?.() ?? new Date(),
    address(path, query = {}) {
      const kept = new URLSearchParams({
        ...query,
        ...(reader.chosen === undefined ? {} : { language: reader.chosen }),
      })
      return `${base}${path}${kept.size > 0 ? `?${kept}` : ''}`
    },
  }
}

/** The form that was sent, or undefined when it did not come from this session. */
export async function readForm({ context, operator }: OperatorVisit): Promise<URLSearchParams | undefined> {
  const form = new URLSearchParams(await context.req.text())
  return operator.isToken(form.get('form-token') ?? '') ? form : undefined
}

/** The entries of the header, each a page of its own. */
export const AREAS = ['', 'peers', 'certificates', 'transactions', 'deliveries', 'masks', 'alerts', 'figures'] as const
export type Area = (typeof AREAS)[number]

export interface PageContent {
  readonly title: string
  readonly content: Html
  readonly status?: 200 | 400 | 403 | 404 | 409 | 422 | 500
}

export function show(visit: Visit | OperatorVisit, { title, content, status = 200 }: PageContent): Response {
  const { site, options, words, context } = visit
  const { path } = context.req
  const operator = 'operator' in visit ? visit.operator : undefined
  const portal = words.messages.text('operator.portal', { country: countryName(visit, options.country) })
  const markup = page({
    words,
    title,
    stylesheet: site.assets.stylesheet,
    script: site.assets.script,
    path,
    languages: options.languages,
    portal,
    home: visit.address(''),
    icon: site.assets.mark,
    navigation: {
      label: portal,
      entries: operator ? AREAS.map((area) => entryOf(visit, area)) : [],
    },
    inLanguage: (language) => `${context.req.method === 'GET' ? path : site.base}?language=${language}`,
    links: [],
    session: operator?.session,
    content,
  })
  return pageResponse(context, { markup, language: words.language, status, formOrigins: options.formOrigins })
}

function entryOf({ site, context, words, address }: Visit, area: Area) {
  const within = context.req.path.slice(site.base.length).replace(/^\//, '').split(/[/.]/, 1)[0] ?? ''
  return {
    href: address(area === '' ? '' : `/${area}`),
    label: words(`operator.area.${area === '' ? 'overview' : area}`),
    current: within === area,
  }
}

export function countryName({ words }: Pick<Visit, 'words'>, country: string): string {
  return words.messages.formats.countryName(country) ?? country
}

/** Times are those of the ledger: UTC. */
export function moment({ words }: Pick<Visit, 'words'>, at: string): Html {
  return html`<time datetime="${at}">${words.messages.formats.date(at)}</time>`
}

/** What the program says by itself, in English. */
export function english(sentence: string): Html {
  return html`<p><span lang="en">${sentence}</span></p>`
}

/** A state in words; those that need somebody stand out. */
export function stateTag({ words }: Pick<Visit, 'words'>, state: string, isGood: boolean): Html {
  return tag(words(`operator.state.${state}`), isGood ? 'good' : 'warn')
}
