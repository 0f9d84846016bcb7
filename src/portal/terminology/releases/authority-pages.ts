/** The pages of the release centre: list, one release with its difference and history, and the steps as forms. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import type { Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import type { ReleaseCentre } from '#terminology/releases/centre.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { Release } from '#terminology/releases/release.ts'
import { openAssets } from '../../ui/assets.ts'
import { linkButton } from '../../ui/components.ts'
import { openSignedIn, readForm, type SignedInOptions } from '../../ui/signed-in.ts'
import { refusal, type SignedIn, show } from '../../ui/site.ts'
import { type Action, actionsOf, listPage, releasePage } from './pages.ts'
import { type AuthoritySite, type AuthorityVisit, navigation, siteName, type Visit } from './visit.ts'

/** Somebody who may take steps; the name is remembered in the history. */
export type AuthorityPerson = SignedIn

/** Mounted at `/authority/terminology` unless told otherwise. */
export interface AuthorityPageOptions extends SignedInOptions<AuthorityPerson> {
  readonly centre: ReleaseCentre
  readonly diff: (from: readonly ArtifactId[], to: readonly ArtifactId[]) => Promise<Result<ReleaseDifference>>
  /** What is served now. */
  readonly served: () => Promise<Result<readonly ArtifactId[]>>
}

export function authorityPages(options: AuthorityPageOptions): Hono {
  const base = options.base ?? '/authority/terminology'
  const css = readFileSync(join(import.meta.dirname, '..', 'terminology.css'), 'utf8')
  const assets = openAssets({ before: [tokensStylesheet()], after: [css], base: `${base}/assets` })
  const remembering = { ...options, diff: remembered(options.diff) }
  const site: AuthoritySite = { options: remembering, base, assets, name: siteName, navigation }
  const { app, route } = openSignedIn<AuthorityPageOptions, AuthorityPerson>(site, {
    nobody: (visit) => refused(visit, 'nobody', 403),
    failed: (visit) => refused(visit, 'server-error', 500),
  })
  app.get('/', route(showList))
  app.get('/:number{[1-9][0-9]{0,8}}', route(showRelease))
  app.post('/:number{[1-9][0-9]{0,8}}/:action{approve|reject|publish|rollback}', route(takeStep))
  app.all(
    '*',
    route((visit) => refused(visit, 'not-found', 404)),
  )
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
  visit: AuthorityVisit,
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

async function takeStep(visit: AuthorityVisit): Promise<Response> {
  const { context, site, person } = visit
  const { centre } = site.options
  const form = await readForm(visit)
  if (!form) return refused(visit, 'foreign-form', 403)
  const number = Number(context.req.param('number'))
  const action = context.req.param('action') as Action
  const release = await centre.release(number)
  if (!release.ok) return refused(visit, 'not-found', 404)
  // Named after its action, since a page with two forms needs two ids.
  const step = { by: person.name, note: form.get(`note-${action}`) ?? '' }
  const taken = actionsOf(release.value.state).includes(action)
    ? await (action === 'publish'
        ? centre.publish(number, { ...step, over: form.get('over') === 'yes' })
        : centre[action](number, step))
    : await centre.release(number)
  if (!taken.ok) return showRelease(visit, taken.problem)
  return context.redirect(visit.address(`/${number}`), 303)
}

type Why = 'nobody' | 'not-found' | 'foreign-form' | 'server-error'

function refused(visit: Visit | AuthorityVisit, why: Why, status: 403 | 404 | 500): Response {
  const { words, options } = visit
  const { signIn } = options
  const way =
    why === 'nobody' && signIn
      ? linkButton(signIn.href, words('portal.home.sign-in', { provider: signIn.provider }), 'main')
      : linkButton(visit.address(''), words('terminology.release.back'), 'main')
  const [title, text] = [`terminology.release.refused.${why}.title`, `terminology.release.refused.${why}.text`]
  return show(visit, { title: words.messages.text(title), status, content: refusal(words(title), words(text), way) })
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
