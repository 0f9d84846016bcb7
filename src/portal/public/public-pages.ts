/** What everybody may read: the catalogue of datasets, the register of decisions, the numbers of the activity report. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { answerAsset, openAssets } from '../ui/assets.ts'
import { chartsStylesheet } from '../ui/charts/stylesheet.ts'
import { openVisit } from '../ui/site.ts'
import { downloadDataset, showDataset } from './pages/dataset.ts'
import { showEntry, showRegister } from './pages/register.ts'
import { downloadReport, showReport } from './pages/report.ts'
import { showSearch } from './pages/search.ts'
import type { PublicPageOptions } from './public-options.ts'
import { refused } from './refusal.ts'
import { openReportShelf } from './report-shelf.ts'
import { CATALOGUE, navigation, type PublicSite, REGISTER, REPORT, siteName, type Visit } from './visit.ts'

export const publicStylesheet = (): string => readFileSync(join(import.meta.dirname, 'public.css'), 'utf8')

/** To be mounted at `/`: it answers `/catalogue`, `/register` and what is below them, and nothing else. */
export function publicPages(options: PublicPageOptions): Hono {
  const site: PublicSite = {
    options,
    base: '',
    home: CATALOGUE,
    assets: openAssets({
      before: [tokensStylesheet()],
      after: [chartsStylesheet(), publicStylesheet()],
      base: `${CATALOGUE}/assets`,
    }),
    name: siteName,
    navigation,
  }
  const reports = openReportShelf(options)
  const app = new Hono()
  const route = (answer: (visit: Visit) => Response | Promise<Response>) => (context: Context) =>
    answer(openVisit(site, context))
  app.get(`${CATALOGUE}/assets/:name`, (context) => answerAsset(site.assets, context.req.raw))
  app.get(CATALOGUE, route(showSearch))
  app.get(`${CATALOGUE}/dataset`, route(showDataset))
  app.get(`${CATALOGUE}/dataset.rdf`, route(downloadDataset))
  app.get(REGISTER, route(showRegister))
  app.get(
    REPORT,
    route((visit) => showReport(visit, reports)),
  )
  app.get(
    `${REPORT}.csv`,
    route((visit) => downloadReport(visit, reports)),
  )
  app.get(
    `${REGISTER}/:case`,
    route((visit) => showEntry(visit, visit.context.req.param('case') ?? '')),
  )
  for (const place of [CATALOGUE, REGISTER]) {
    app.all(
      `${place}/*`,
      route((visit) => refused(visit, 'not-found')),
    )
  }
  app.onError((error, context) => {
    options.onError?.(error)
    return refused(openVisit(site, context), 'server-error')
  })
  return app
}
