/** The pages of who runs a country's node: what it is connected to, what goes over it, what waits, what runs out. */
import type { Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { dutyStylesheet, openAssets } from '../ui/assets.ts'
import { openSignedIn } from '../ui/signed-in.ts'
import type { Operator, OperatorPageOptions } from './operator-options.ts'
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
import { navigation, type OperatorSite, siteName } from './visit.ts'

/** To be mounted at `/operator`. For somebody without the office every address is one without a page. */
export function operatorPages(options: OperatorPageOptions): Hono {
  const base = options.base ?? '/operator'
  const assets = openAssets({ before: [tokensStylesheet()], after: [dutyStylesheet()], base: `${base}/assets` })
  const site: OperatorSite = { options, base, assets, name: siteName, navigation }
  const { app, route } = openSignedIn<OperatorPageOptions, Operator>(site, {
    nobody: (visit) => refused(visit, 'not-found'),
    failed: (visit) => refused(visit, 'server-error'),
  })
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
    route((visit) => refused(visit, 'not-found')),
  )
  return app
}
