/** The pages of the release centre: list, one release with its difference and history, and the steps as forms. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import type { Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import type { ReleaseCentre } from '#terminology/releases/centre.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { Release } from '#terminology/releases/release.ts'
import { answerAsset, openAssets } from '../../ui/assets.ts'
import type { FrameSession } from '../../ui/layout.ts'
import { type Action, actionsOf, listPage, messagePage, releasePage } from './pages.ts'
import { openVisit, type Site, show, type Visit } from './visit.ts'

/** Somebody who may take steps. */
export interface AuthorityPerson {
  /** As it is remembered in the history. */
  readonly name: string
  /** Proof that a form came from this session: for the next form, and whether one that came back has it. */
  readonly token: string
  isToken(token: string): boolean
  /** For the head of the page: who it is, and the way out. */
  readonly session?: FrameSession
}

export interface AuthorityPageOptions {
  readonly centre: ReleaseCentre
  readonly diff: (from: readonly ArtifactId[], to: readonly ArtifactId[]) => Promise<Result<ReleaseDifference>>
  /** What is served now. */
  readonly served: () => Promise<Result<readonly ArtifactId[]>>
  /** Who asks; undefined for somebody who may not see these pages. */
  readonly person: (request: Request) => Promise<AuthorityPerson | undefined>
  readonly messages: (language: string) => Messages
  /** Languages of the interface, the house's own first. */
  readonly languages: readonly string[]
  /** Where the pages are mounted; `/authority/terminology` when absent. */
  readonly base?: string
  /** Where somebody who is not signed in can sign in, and what the provider is called. */
  readonly signIn?: { readonly href: string; readonly provider: string }
  /** Origins that a form may lead to, e.g. of the identity provider when somebody signs out. */
  readonly formOrigins?: readonly string[]
  /** Told about programming errors; the page only says that there was one. */
  readonly onError?: (error: unknown) => void
}

export function authorityPages(options: AuthorityPageOptions): Hono {
  const base = options.base ?? '/authority/terminology'
  const css = readFileSync(join(import.meta.dirname, '..', 'terminology.css'), 'utf8')
  const assets = openAssets({ before: [tokensStylesheet()], after: [css], base: `${base}/assets` })
  const site: Site = { options: { ...options, diff: remembered(options.diff) }, base, assets }
  const app = new Hono()
  app.get('/assets/:name', (context) => answerAsset(assets, context.req.raw))
  const route = (answer: (visit: Visit) => Promise<Response>) => async (context: Context) => {
    const person = await options.person(context.req.raw)
    const visit = openVisit(site, context, person)
    return person ? answer(visit) : refused(visit, 'nobody', 403)
  }
  app.get('/', route(showList))
  app.get('/:number{[1-9][0-9]{0,8}}', route(showRelease))
  app.post('/:number{[1-9][0-9]{0,8}}/:action{approve|reject|publish|rollback}', route(takeStep))
  app.all(
    '*',
    route((visit) => Promise.resolve(refused(visit, 'not-found', 404))),
  )
  app.onError((error, context) => {
    options.onError?.(error)
    return refused(openVisit(site, context, undefined), 'server-error', 500)
  })
  return app
}

async function showList(visit: Visit): Promise<Response> {
  const releases = await visit.site.options.centre.releases()
  return show(visit, {
    title: visit.words.messages.text('terminology.release.title'),
    content: listPage(visit, releases),
  })
}

async function showRelease(
  visit: Visit,
  problem?: { readonly sentence: string; readonly next: string },
): Promise<Response> {
  const { centre } = visit.site.options
  const number = Number(visit.context.req.param('number'))
  const release = await centre.release(number)
  if (!release.ok) return refused(visit, 'not-found', 404)
  const difference = await differenceOf(visit, release.value)
  const history = await centre.history(number)
  return show(visit, {
    title: visit.words.messages.text('terminology.release.number', { number }),
    status: problem ? 409 : 200,
    content: releasePage(visit, release.value, { history, difference, problem }),
  })
}

/** Against what is served; of the release that is served, against what was served when it was staged. */
async function differenceOf(visit: Visit, release: Release): Promise<Result<ReleaseDifference>> {
  const { diff, served } = visit.site.options
  if (release.state === 'published') return diff(release.base, release.artifacts)
  const now = await served()
  return now.ok ? diff(now.value, release.artifacts) : now
}

async function takeStep(visit: Visit): Promise<Response> {
  const { context, site, person } = visit
  const { centre } = site.options
  const form = await context.req.parseBody()
  const token = form['form-token']
  if (!person || typeof token !== 'string' || !person.isToken(token)) return refused(visit, 'foreign-form', 403)
  const number = Number(context.req.param('number'))
  const action = context.req.param('action') as Action
  const release = await centre.release(number)
  if (!release.ok) return refused(visit, 'not-found', 404)
  // Named after its action, since a page with two forms needs two ids.
  const note = form[`note-${action}`]
  const step = { by: person.name, note: typeof note === 'string' ? note : '' }
  const taken = actionsOf(release.value.state).includes(action)
    ? await (action === 'publish'
        ? centre.publish(number, { ...step, over: form.over === 'yes' })
        : centre[action](number, step))
    : await centre.release(number)
  if (!taken.ok) return showRelease(visit, taken.problem)
  return context.redirect(visit.address(`/${number}`), 303)
}

function refused(visit: Visit, why: 'nobody' | 'not-found' | 'foreign-form' | 'server-error', status: 403 | 404 | 500) {
  const title = visit.words.messages.text(`terminology.release.refused.${why}.title`)
  return show(visit, { title, status, content: messagePage(visit, why) })
}

const REMEMBERED = 8

/** Both lists are immutable, so the answer is too; those of today are few. */
function remembered(diff: AuthorityPageOptions['diff']): AuthorityPageOptions['diff'] {
  const known = new Map<string, Promise<Result<ReleaseDifference>>>()
  return async (from, to) => {
    const key = `${from.join()} ${to.join()}`
    const running = known.get(key) ?? diff(from, to)
    known.set(key, running)
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break
      known.delete(oldest)
    }
    const found = await running.catch((error: unknown) => {
      known.delete(key)
      throw error
    })
    if (!found.ok) known.delete(key)
    return found
  }
}
