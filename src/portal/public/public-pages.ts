/** What everybody may read: the catalogue of datasets, the register of decisions, the numbers of the activity report. */
import { type Context, Hono } from 'hono'
import { openVisit } from '../ui/site.ts'
import { cataloguePages, publicAssets } from './catalogue-pages.ts'
import { showEntry, showRegister } from './pages/register.ts'
import { downloadReport, showReport } from './pages/report.ts'
import type { PublicPageOptions } from './public-options.ts'
import { refused } from './refusal.ts'
import { openReportShelf } from './report-shelf.ts'
import { CATALOGUE, navigation, REGISTER, REPORT, type RegisterSite, type RegisterVisit, siteName } from './visit.ts'

export { publicStylesheet } from './catalogue-pages.ts'

/** To be mounted at `/`: it answers `/catalogue`, `/register` and what is below them, and nothing else. */
export function publicPages(given: PublicPageOptions): Hono {
  const options = { ...given, body: { researcherPages: given.researcherPages ?? '/research' } }
  const site: RegisterSite = {
    ...{ options, base: '', home: CATALOGUE, assets: publicAssets(), name: siteName, navigation },
  }
  const reports = openReportShelf(options)
  const register = new Hono()
  const route = (answer: (visit: RegisterVisit) => Response | Promise<Response>) => (context: Context) =>
    answer(openVisit(site, context))
  register.get(REGISTER, route(showRegister))
  register.get(
    REPORT,
    route((visit) => showReport(visit, reports)),
  )
  register.get(
    `${REPORT}.csv`,
    route((visit) => downloadReport(visit, reports)),
  )
  register.get(
    `${REGISTER}/:case`,
    route((visit) => showEntry(visit, visit.context.req.param('case') ?? '')),
  )
  register.all(
    `${REGISTER}/*`,
    route((visit) => refused(visit, 'not-found')),
  )
  register.onError((error, context) => {
    options.onError?.(error)
    return refused(openVisit(site, context), 'server-error')
  })
  return new Hono().route('/', cataloguePages(options)).route('/', register)
}
