/** The pages of who runs a country's node: what it is connected to, what goes over it, what waits, what runs out. */
import { type Context, Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { answerAsset, dutyStylesheet, openAssets } from '../ui/assets.ts'
import type { OperatorPageOptions } from './operator-options.ts'
import { showAlerts } from './pages/alerts.ts'
import { showCertificates } from './pages/certificates.ts'
import { settleSubmission, showDeliveries, showSubmission } from './pages/deliveries.ts'
import { downloadFigures, showFigures } from './pages/figures.ts'
import { showMasks } from './pages/masks.ts'
import { showOverview } from './pages/overview.ts'
import { enterPeer, showPeerForm } from './pages/peer-form.ts'
import { removePeerOf, showPeer, showPeers, testPeers } from './pages/peers.ts'
import { showTransaction, showTransactions } from './pages/transactions.ts'
import { refused } from './refusal.ts'
import { type OperatorVisit, openVisit, type Site } from './visit.ts'

/** To be mounted at `/operator`. For somebody without the office every address is one without a page. */
export function operatorPages(options: OperatorPageOptions): Hono {
  const base = options.base ?? '/operator'
  const site: Site = {
    options,
    base,
    assets: openAssets({ before: [tokensStylesheet()], after: [dutyStylesheet()], base: `${base}/assets` }),
  }
  const app = new Hono()
  const route = (answer: (visit: OperatorVisit) => Promise<Response>) => async (context: Context) => {
    const visit = openVisit(site, context)
    const operator = await options.person(context.req.raw)
    return operator ? answer({ ...visit, operator }) : refused(visit, 'not-found')
  }
  app.get('/assets/:name', (context) => answerAsset(site.assets, context.req.raw))
  app.get('/', route(showOverview))
  app.get('/peers', route(showPeers))
  app.post('/peers/test', route(testPeers))
  app.get('/peers/enter', route(showPeerForm))
  app.post('/peers/enter', route(enterPeer))
  app.get('/peers/:country{[A-Z]{2}}', route(showPeer))
  app.post('/peers/:country{[A-Z]{2}}/test', route(testPeers))
  app.post('/peers/:country{[A-Z]{2}}/remove', route(removePeerOf))
  app.get('/certificates', route(showCertificates))
  app.get('/transactions', route(showTransactions))
  app.get('/transactions/:id', route(showTransaction))
  app.get('/deliveries', route(showDeliveries))
  app.get('/deliveries/:submission', route(showSubmission))
  app.post('/deliveries/:submission', route(settleSubmission))
  app.get('/masks', route(showMasks))
  app.get('/alerts', route(showAlerts))
  app.get('/figures', route(showFigures))
  app.get('/figures.csv', route(downloadFigures))
  app.all(
    '*',
    route((visit) => Promise.resolve(refused(visit, 'not-found'))),
  )
  app.onError((error, context) => {
    options.onError?.(error)
    return refused(openVisit(site, context), 'server-error')
  })
  return app
}
