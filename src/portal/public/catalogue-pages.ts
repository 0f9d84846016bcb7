/** The catalogue for everybody: finding datasets, one page for each, and how the catalogues of others got in. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { type Assets, answerAsset, openAssets } from '../ui/assets.ts'
import { chartsStylesheet } from '../ui/charts/stylesheet.ts'
import { openVisit } from '../ui/site.ts'
import { downloadDataset, showDataset } from './pages/dataset.ts'
import { showHarvests } from './pages/harvests.ts'
import { showSearch } from './pages/search.ts'
import type { CataloguePageOptions } from './public-options.ts'
import { refused } from './refusal.ts'
import { CATALOGUE, type CatalogueSite, HARVESTS, navigation, siteName, type Visit } from './visit.ts'

export const publicStylesheet = (): string => readFileSync(join(import.meta.dirname, 'public.css'), 'utf8')

/** Files that the catalogue's pages answer for all public pages. */
export function publicAssets(): Assets {
  return openAssets({
    before: [tokensStylesheet()],
    after: [chartsStylesheet(), publicStylesheet()],
    base: `${CATALOGUE}/assets`,
  })
}

/** To be mounted at `/`: it answers `/catalogue` and what is below it, and nothing else. */
export function cataloguePages(options: CataloguePageOptions): Hono {
  const site: CatalogueSite = {
    ...{ options, base: '', home: CATALOGUE, assets: publicAssets(), name: siteName, navigation },
  }
  const app = new Hono()
  const route = (answer: (visit: Visit) => Response | Promise<Response>) => (context: Context) =>
    answer(openVisit(site, context))
  app.get(`${CATALOGUE}/assets/:name`, (context) => answerAsset(site.assets, context.req.raw))
  app.get(CATALOGUE, route(showSearch))
  app.get(`${CATALOGUE}/dataset`, route(showDataset))
  app.get(`${CATALOGUE}/dataset.rdf`, route(downloadDataset))
  app.get(HARVESTS, route(showHarvests))
  app.all(
    `${CATALOGUE}/*`,
    route((visit) => refused(visit, 'not-found')),
  )
  app.onError((error, context) => {
    options.onError?.(error)
    return refused(openVisit(site, context), 'server-error')
  })
  return app
}
