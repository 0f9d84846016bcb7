/** The terminology pages of a country's node, over what the node serves: opened when somebody first looks, so that a start does not wait. */
import { Hono } from 'hono'
import type { Messages } from '#platform/i18n/messages.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { type TerminologyPageOptions, terminologyPages } from '#portal/terminology/terminology-pages.ts'
import { type BrowseSources, openBrowser } from '#terminology/browse/index.ts'
import { type Content, openContent } from './terminology/content.ts'
import { type ContentPlan, planContent } from './terminology/plan.ts'

export interface CountryTerminology {
  /** Folder of compiled files. */
  readonly cache: string
  /** Where the operator's own terminology is. */
  readonly home: string
  readonly languages: readonly string[]
  readonly messages: (language: string) => Messages
  readonly house: NonNullable<TerminologyPageOptions['house']>
  readonly onError: (error: unknown) => void
}

/** To be mounted at `/terminology`. */
export function countryTerminology(options: CountryTerminology): Hono {
  const { languages, messages, house, onError } = options
  const served = openServed(options)
  let sources: BrowseSources | undefined
  const now = (): BrowseSources => {
    if (!sources) throw new Error('The pages are asked before the content is open.')
    return sources
  }
  const pages = terminologyPages({ browser: openBrowser(now), languages, messages, house, onError })
  const app = new Hono()
  app.use(async (_, next) => {
    sources = await served()
    await next()
  })
  return app.route('/', pages)
}

/** How often a request looks whether another release is served. */
const LOOK_EVERY_MS = 30_000
/** Requests that began with the earlier content have long ended by then. */
const CLOSE_AFTER_MS = 60_000

interface Opened {
  readonly plan: ContentPlan
  readonly content: Content
}

/** The content of the served release; a newly published one is taken over by the next visitor. */
function openServed({ cache, home }: Pick<CountryTerminology, 'cache' | 'home'>): () => Promise<BrowseSources> {
  let current: Promise<Opened> | undefined
  let looked = 0
  const open = async (before: Opened | undefined): Promise<Opened> => {
    const plan = await planContent(home, before?.plan)
    if (!plan.ok) throw new ProblemError(plan.problem)
    if (before && before.plan.release === plan.value.release) return before
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
