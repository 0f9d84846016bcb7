/**
 * The public pages of the terminology server: search, concepts, value sets, maps, expressions, coverage, releases.
 * Nobody signs in and nothing is remembered: every page is a function of its address and of Accept-Language.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { answerAsset, openAssets } from '../ui/assets.ts'
import { showMap, showMaps, showSystems, showValueSet, showValueSets } from './routes/catalogue.ts'
import { showConcept } from './routes/concept.ts'
import { showEcl } from './routes/ecl.ts'
import { refusal } from './routes/refusals.ts'
import { coverageJson, showCoverage, showReleases } from './routes/reports.ts'
import { showSearch, suggest } from './routes/search.ts'
import { openVisit, type Site, type TerminologyPageOptions, type Visit } from './visit.ts'

export type { TerminologyBrowser } from './browser.ts'
export type { TerminologyPageOptions } from './visit.ts'

/** Addresses under the base, and who answers them. */
const ROUTES: readonly (readonly [string, (visit: Visit) => Promise<Response>])[] = [
  ['/', showSearch],
  ['/suggest', suggest],
  ['/concept', showConcept],
  ['/systems', showSystems],
  ['/value-sets', showValueSets],
  ['/value-set', showValueSet],
  ['/maps', showMaps],
  ['/map', showMap],
  ['/ecl', showEcl],
  ['/coverage', showCoverage],
  ['/coverage.json', coverageJson],
  ['/releases', showReleases],
]

/** To be mounted with `app.route(base, terminologyPages(…))`, base being `/terminology` unless the options say otherwise. */
export function terminologyPages(options: TerminologyPageOptions): Hono {
  const base = options.base ?? '/terminology'
  const own = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
  const site: Site = {
    options,
    base,
    assets: openAssets({
      before: [tokensStylesheet()],
      after: [own('terminology.css')],
      script: own('terminology.client.js'),
      base: `${base}/assets`,
    }),
  }
  const app = new Hono()
  app.get('/assets/:name', (context) => answerAsset(site.assets, context.req.raw))
  for (const [path, answer] of ROUTES) app.get(path, (context) => answer(openVisit(site, context)))
  // A route and not `notFound`, which would be lost when a node mounts this application inside its own.
  app.all('*', (context: Context) => {
    const { pathname, search } = new URL(context.req.url)
    const bare = pathname.replace(/\/+$/, '')
    // Somebody typed a slash too many; only addresses of these pages are led on.
    if (bare !== pathname && bare.startsWith(base)) return context.redirect(bare + search, 301)
    return refusal(openVisit(site, context), 'not-found')
  })
  app.onError((error, context) => {
    options.onError?.(error)
    return refusal(openVisit(site, context), 'server-error')
  })
  return app
}
