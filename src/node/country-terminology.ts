/** The terminology pages of a country's node, over what the node serves: opened when somebody first looks, so that a start does not wait. */
import { Hono } from 'hono'
import type { Messages } from '#platform/i18n/messages.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { ReleaseEntry } from '#portal/terminology/browser.ts'
import { type TerminologyPageOptions, terminologyPages } from '#portal/terminology/terminology-pages.ts'
import type { BrowseSources } from '#terminology/browse/index.ts'
import type { Content } from './terminology/content.ts'
import type { ContentPlan } from './terminology/plan.ts'

export interface CountryTerminology {
  /** Folder of compiled files. */
  readonly cache: string
  /** Where the operator's own terminology is. */
  readonly home: string
  readonly languages: readonly string[]
  readonly messages: (language: string) => Messages
  readonly house: NonNullable<TerminologyPageOptions['house']>
  /** What was published, newest first. */
  readonly releases: () => Promise<readonly ReleaseEntry[]>
  readonly onError: (error: unknown) => void
}

/** To be mounted at `/terminology`. */
export function countryTerminology(options: CountryTerminology): Hono {
  const { onError } = options
  let opened: Promise<Hono> | undefined
  const app = new Hono()
  app.all('*', async (context) => {
    opened ??= openPages(options)
    try {
      return await (await opened).fetch(context.req.raw)
    } catch (error) {
      // What is damaged may be repaired while the node runs: the next visitor tries again.
      opened = undefined
      onError(error)
      return context.text('The terminology of this node cannot be opened at the moment.\n', 503)
    }
  })
  return app
}

const BASE = '/terminology'

/** Everything that is needed is loaded here and not before: a node that nobody asks for terminology does not hold it. */
async function openPages({
  languages,
  messages,
  house,
  releases,
  onError,
  ...where
}: CountryTerminology): Promise<Hono> {
  const { openBrowser } = await import('#terminology/browse/index.ts')
  const served = openServed(where)
  let sources = await served()
  const now = (): BrowseSources => ({ ...sources, releases })
  const app = new Hono()
  app.use(async (_, next) => {
    sources = await served()
    await next()
  })
  const pages = terminologyPages({ browser: openBrowser(now), languages, messages, house, onError, base: BASE })
  return app.route(BASE, pages)
}

/** How often a request looks whether another release is served: one small file is read. */
const LOOK_EVERY_MS = 1000
/** Requests that began with the earlier content have long ended by then. */
const CLOSE_AFTER_MS = 60_000

interface Opened {
  readonly plan: ContentPlan
  readonly content: Content
}

/**
 * The content of the served release; a newly published one is taken over by the next visitor. Editions that both have are
 * read once.
 */
function openServed({ cache, home }: Pick<CountryTerminology, 'cache' | 'home'>): () => Promise<BrowseSources> {
  let current: Promise<Opened> | undefined
  let looked = 0
  const open = async (before: Opened | undefined): Promise<Opened> => {
    const [{ planContent }, { openContent }] = await Promise.all([
      import('./terminology/plan.ts'),
      import('./terminology/content.ts'),
    ])
    const plan = await planContent(home, before?.plan)
    if (!plan.ok) throw new ProblemError(plan.problem)
    const { release, publishedAt } = plan.value
    if (before && before.plan.release === release && before.plan.publishedAt === publishedAt) return before
    const content = await openContent({ home, cache, flat: true }, plan.value)
    if (!content.ok) throw new ProblemError(content.problem)
    if (before) setTimeout(() => before.content.close(), CLOSE_AFTER_MS).unref()
    return { plan: plan.value, content: content.value }
  }
  return async () => {
    if (!current || Date.now() - looked > LOOK_EVERY_MS) {
      looked = Date.now()
      const before = current
      current = (async () => open(await before))()
      // What is damaged may be repaired while the node runs; until then the earlier content stays.
      current.catch(() => {
        current = before
        looked = 0
      })
    }
    return (await current).content.sources
  }
}
