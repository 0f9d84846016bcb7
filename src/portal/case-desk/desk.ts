/** One request to the pages of somebody with a duty in secondary use: who asks, in which language, and the frame around every page. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import { readerOf } from '../terminology/reader.ts'
import { type Assets, answerAsset, dutyStylesheet, openAssets } from '../ui/assets.ts'
import { type FrameSession, page } from '../ui/layout.ts'
import { type Html, html, type Words, wordsOf } from '../ui/markup.ts'
import { pageResponse } from '../ui/page-response.ts'

/** Somebody who is signed in and may see the pages. */
export interface DeskPerson {
  /** `system|value`, as it stands in the events of cases. */
  readonly identifier: string
  readonly name: string
  /** Proof that a form came from this session: for the next form, and whether one that came back has it. */
  readonly token: string
  isToken(token: string): boolean
  readonly session?: FrameSession
}

/** What every desk needs of the node that mounts it. */
export interface DeskOptions<Person extends DeskPerson> {
  /** ISO 3166-1 alpha-2, of this node. */
  readonly country: string
  /** Who asks; undefined for somebody who may not see these pages. */
  readonly person: (request: Request) => Promise<Person | undefined>
  readonly messages: (language: string) => Messages
  /** Languages of the interface, the house's own first. */
  readonly languages: readonly string[]
  /** Where the pages are mounted, without a slash at the end. */
  readonly base?: string
  /** Where somebody who is not signed in can sign in, and what the provider is called. */
  readonly signIn?: { readonly href: string; readonly provider: string }
  readonly formOrigins?: readonly string[]
  /** Told about programming errors; the page only says that there was one. */
  readonly onError?: (error: unknown) => void
  readonly now?: () => Date
}

/** One entry of the header; `path` is the first part of its address, empty for the first page. */
export interface Area {
  readonly path: string
  readonly label: (words: Words) => Html
}

export interface Desk<Options> {
  readonly options: Options
  readonly base: string
  readonly assets: Assets
  readonly title: (words: Words, country: string) => string
  readonly areas: readonly Area[]
}

export interface Visit<Options> {
  readonly desk: Desk<Options>
  readonly options: Options
  readonly context: Context
  readonly words: Words
  readonly now: Date
  /** Address of a page of this desk; keeps the language that was chosen. */
  address(path: string, query?: Readonly<Record<string, string>>): string
}

export interface PersonVisit<Options, Person> extends Visit<Options> {
  readonly person: Person
}

export interface DeskDescription<Options> {
  readonly options: Options
  readonly base: string
  readonly title: Desk<Options>['title']
  readonly areas: readonly Area[]
}

/** The application of a desk without its pages, and what its routes are made of. */
export function openDesk<Options extends DeskOptions<Person>, Person extends DeskPerson>(
  { options, base: usual, title, areas }: DeskDescription<Options>,
  refused: (visit: Visit<Options>, why: 'not-found' | 'server-error') => Response,
) {
  const base = options.base ?? usual
  const css = readFileSync(join(import.meta.dirname, 'desk.css'), 'utf8')
  const assets = openAssets({ before: [tokensStylesheet()], after: [dutyStylesheet(), css], base: `${base}/assets` })
  const desk: Desk<Options> = { options, base, assets, title, areas }
  const app = new Hono()
  const route =
    (answer: (visit: PersonVisit<Options, Person>) => Promise<Response>) =>
    async (context: Context): Promise<Response> => {
      const visit = openVisit<Options, Person>(desk, context)
      const person = await options.person(context.req.raw)
      return person ? answer({ ...visit, person }) : refused(visit, 'not-found')
    }
  app.get('/assets/:name', (context) => answerAsset(assets, context.req.raw))
  app.onError((error, context) => {
    options.onError?.(error)
    return refused(openVisit<Options, Person>(desk, context), 'server-error')
  })
  return { app, route }
}

function openVisit<Options extends DeskOptions<Person>, Person extends DeskPerson>(
  desk: Desk<Options>,
  context: Context,
): Visit<Options> {
  const { options, base } = desk
  const { languages, messages, now } = options
  const reader = readerOf(context.req.query('language'), context.req.header('accept-language'), languages)
  return {
    desk,
    options,
    context,
    words: wordsOf(messages(reader.page)),
    now: now?.() ?? new Date(),
    address(path, query = {}) {
      const kept = new URLSearchParams(query)
      if (reader.chosen !== undefined) kept.set('language', reader.chosen)
      return `${base}${path}${kept.size > 0 ? `?${kept}` : ''}`
    },
  }
}

/** The form that was sent, or undefined when it did not come from this session. */
export async function readForm(visit: PersonVisit<unknown, DeskPerson>): Promise<URLSearchParams | undefined> {
  const form = new URLSearchParams(await visit.context.req.text())
  return visit.person.isToken(form.get('form-token') ?? '') ? form : undefined
}

export interface PageContent {
  readonly title: string
  readonly content: Html
  readonly status?: 200 | 400 | 403 | 404 | 409 | 422 | 500
}

export function show(
  visit: Visit<DeskOptions<DeskPerson>> | PersonVisit<DeskOptions<DeskPerson>, DeskPerson>,
  { title, content, status = 200 }: PageContent,
): Response {
  const { desk, options, words, context, address } = visit
  const person = 'person' in visit ? visit.person : undefined
  const portal = desk.title(words, countryName(visit, options.country))
  const { path } = context.req
  const within = path.slice(desk.base.length).replace(/^\//, '').split(/[/.]/, 1)[0] ?? ''
  const entries = desk.areas.map((area) => ({
    href: address(area.path === '' ? '' : `/${area.path}`),
    label: area.label(words),
    current: within === area.path,
  }))
  const markup = page({
    words,
    title,
    stylesheet: desk.assets.stylesheet,
    script: desk.assets.script,
    path,
    languages: options.languages,
    portal,
    home: address(''),
    icon: desk.assets.mark,
    navigation: { label: portal, entries: person ? entries : [] },
    inLanguage: (language) => addressIn(visit, language),
    links: [],
    session: person?.session,
    content,
  })
  return pageResponse(context, { markup, language: words.language, status, formOrigins: options.formOrigins })
}

/** The same page in another language; what a form led to is begun again. */
function addressIn({ desk, context }: Visit<unknown>, language: string): string {
  if (context.req.method !== 'GET') return `${desk.base}?language=${language}`
  const query = new URLSearchParams(new URL(context.req.url).search)
  query.set('language', language)
  return `${context.req.path}?${query}`
}

export function countryName({ words }: Pick<Visit<unknown>, 'words'>, country: string): string {
  return words.messages.formats.countryName(country) ?? country
}

/** A moment or a day. */
export function moment({ words }: Pick<Visit<unknown>, 'words'>, at: string): Html {
  return html`<time datetime="${at}">${words.messages.formats.date(at)}</time>`
}

/** What the program says by itself, in English. */
export function english(sentence: string): Html {
  return html`<span lang="en">${sentence}</span>`
}

/** Cells with their heads for a table that becomes a list on narrow screens. */
export function headed(words: Words, keys: readonly string[]) {
  return { columns: keys.map((key) => words(key)), labels: keys.map((key) => words.messages.text(key)) }
}

/** A file for a spreadsheet; cells that a spreadsheet would take for a formula are shown as text. */
export function csvFile(name: string, rows: readonly (readonly (string | number)[])[]): Response {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const text = rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
  return new Response(text, { headers: downloadHeaders(name, 'text/csv; charset=utf-8; header=present') })
}

export function downloadHeaders(name: string, type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]+/g, '-')}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}
