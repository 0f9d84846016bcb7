/**
 * The professional portal: server-rendered pages that need no JavaScript. Handlers are Request → Response; sessions
 * and journeys stand in the database, so any replica may answer any request.
 */
import { type Context, Hono } from 'hono'
import { openSessions } from '#trust/people/sessions.ts'
import { answerAsset, openAssets } from '../ui/assets.ts'
import { openJourneys } from './journey-store.ts'
import { openNotices } from './notices.ts'
import type { PortalOptions } from './portal-options.ts'
import { showNotice, showRelationship, submitNotice, submitRelationship } from './routes/declarations.ts'
import {
  confirmDispensation,
  discardDispensation,
  prescriptionOriginal,
  showDispensation,
  showDispensations,
} from './routes/dispensations.ts'
import {
  bilingualPdf,
  documentJson,
  embeddedFile,
  endJourney,
  originalPdf,
  showDocuments,
  showSummary,
} from './routes/documents.ts'
import { anybody, withJourney, withProfessional, withRole, withSession } from './routes/guards.ts'
import {
  notFound,
  serverError,
  showAccesses,
  showAccessibility,
  showHelp,
  showHome,
  showNoticeAlone,
  showSignedOut,
} from './routes/open-pages.ts'
import { previewOriginal, saveOriginal, showOriginal, showOriginals } from './routes/originals.ts'
import {
  reviewDispensation,
  showPrescription,
  showPrescriptionDocument,
  showPrescriptions,
  submitPrescriptionSearch,
} from './routes/prescriptions.ts'
import {
  beginJourney,
  showCountries,
  showIdentify,
  showIdentity,
  submitIdentify,
  submitIdentity,
} from './routes/search.ts'
import {
  beginSignIn,
  chooseExercise,
  completeSignIn,
  extendSession,
  openSignIn,
  showExercise,
  showSession,
  signOut,
} from './routes/sign-in.ts'
import { openVisit, type Portal, writeCookie } from './visit.ts'

export type { DocumentRendering, PortalOptions } from './portal-options.ts'

const SWEEP_EVERY = 10 * 60_000
const ONE_YEAR = 31_536_000

export function professionalPortal(options: PortalOptions): Hono {
  const now = (): number => options.now().getTime()
  const { country, idleMinutes, longestMinutes } = options
  const limits = {
    ...(idleMinutes === undefined ? {} : { idleMinutes }),
    ...(longestMinutes === undefined ? {} : { longestMinutes }),
  }
  const portal: Portal = {
    options,
    sessions: openSessions(options.database, { country, now, ...limits }),
    journeys: openJourneys(options.database, { country, now, ...limits }),
    assets: openAssets({ before: options.rendering.stylesheets }),
    notices: openNotices(options.data),
    secure: new URL(options.origin).protocol === 'https:',
  }
  const app = new Hono()
  app.get('/assets/:name', (context) => answerAsset(portal.assets, context.req.raw))
  app.use(chooseLanguage(portal))
  app.use(sweeping(portal, now))
  pages(app, portal)
  journeyPages(app, portal)
  pharmacyPages(app, portal)
  originalPages(app, portal)
  // A route and not `notFound`, which would be lost when a node mounts this application inside its own.
  app.all('*', anybody(portal, notFound))
  app.onError((error, context) => {
    options.onError?.(error)
    return serverError(openVisit(portal, context))
  })
  return app
}

function pages(app: Hono, portal: Portal): void {
  app.get('/', anybody(portal, showHome))
  app.get('/help', anybody(portal, showHelp))
  app.get('/accessibility', anybody(portal, showAccessibility))
  app.get('/notices/:version/:language', anybody(portal, showNoticeAlone))
  app.get('/sign-in', openSignIn(portal, beginSignIn))
  app.get('/sign-in/callback', openSignIn(portal, completeSignIn))
  app.get('/signed-out', anybody(portal, showSignedOut))
  app.post('/sign-out', withSession(portal, signOut))
  app.get('/exercise', withSession(portal, showExercise))
  app.post('/exercise', withSession(portal, chooseExercise))
  app.get('/session', withSession(portal, showSession, 'quiet'))
  app.post('/session', withSession(portal, extendSession))
  app.get('/accesses', withProfessional(portal, showAccesses))
  app.get('/patients', withRole(portal, showCountries))
  app.post('/patients', withRole(portal, beginJourney))
}

function journeyPages(app: Hono, portal: Portal): void {
  const at = '/patients/:journey'
  app.get(`${at}/identify`, withJourney(portal, 'identify', showIdentify))
  app.post(`${at}/identify`, withJourney(portal, 'identify', submitIdentify))
  app.get(`${at}/identity`, withJourney(portal, 'identity', showIdentity))
  app.post(`${at}/identity`, withJourney(portal, 'identity', submitIdentity))
  app.get(`${at}/notice`, withJourney(portal, 'notice', showNotice))
  app.post(`${at}/notice`, withJourney(portal, 'notice', submitNotice))
  app.get(`${at}/relationship`, withJourney(portal, 'relationship', showRelationship))
  app.post(`${at}/relationship`, withJourney(portal, 'relationship', submitRelationship))
  app.get(`${at}/documents`, withJourney(portal, 'documents', showDocuments))
  app.get(`${at}/documents/:document`, withJourney(portal, 'documents', showSummary))
  app.get(`${at}/documents/:document/summary.pdf`, withJourney(portal, 'documents', bilingualPdf))
  app.get(`${at}/documents/:document/original.pdf`, withJourney(portal, 'documents', originalPdf))
  app.get(`${at}/documents/:document/document.json`, withJourney(portal, 'documents', documentJson))
  app.get(`${at}/documents/:document/files/:position`, withJourney(portal, 'documents', embeddedFile))
  app.post(`${at}/end`, withJourney(portal, 'identify', endJourney))
}

function pharmacyPages(app: Hono, portal: Portal): void {
  const at = '/patients/:journey'
  app.get(`${at}/prescriptions`, withJourney(portal, 'documents', showPrescriptions))
  app.post(`${at}/prescriptions`, withJourney(portal, 'documents', submitPrescriptionSearch))
  app.get(`${at}/prescriptions/:prescription`, withJourney(portal, 'documents', showPrescription))
  app.get(`${at}/prescriptions/:prescription/document`, withJourney(portal, 'documents', showPrescriptionDocument))
  app.get(`${at}/prescriptions/:prescription/original.pdf`, withJourney(portal, 'documents', prescriptionOriginal))
  app.post(`${at}/prescriptions/:prescription/dispense`, withJourney(portal, 'documents', reviewDispensation))
  app.post(`${at}/prescriptions/:prescription/confirm`, withJourney(portal, 'documents', confirmDispensation))
  app.get(`${at}/dispensations/:submission`, withJourney(portal, 'documents', showDispensation))
  app.post(`${at}/dispensations/:submission/discard`, withJourney(portal, 'documents', discardDispensation))
  app.get('/dispensations', withRole(portal, showDispensations))
}

function originalPages(app: Hono, portal: Portal): void {
  const at = '/patients/:journey/originals'
  app.get(at, withJourney(portal, 'documents', showOriginals))
  app.get(`${at}/:original`, withJourney(portal, 'documents', showOriginal))
  app.get(`${at}/:original/preview`, withJourney(portal, 'documents', previewOriginal))
  app.get(`${at}/:original/file`, withJourney(portal, 'documents', saveOriginal))
}

/** `?language=xx` on any page: remembered for this browser, then the same page without it. */
function chooseLanguage(portal: Portal) {
  return async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const wished = context.req.query('language')
    if (wished === undefined || context.req.method !== 'GET') {
      await next()
      return undefined
    }
    if (portal.options.languages.includes(wished)) writeCookie(portal, context, 'language', wished, ONE_YEAR)
    const address = new URL(context.req.url)
    address.searchParams.delete('language')
    return context.redirect(address.pathname.replace(/^\/+/, '/') + address.search, 303)
  }
}

/** What has ended is deleted now and then by whichever replica is asked; nobody waits for it. */
function sweeping({ sessions, journeys, options }: Portal, now: () => number) {
  let last = 0
  return async (_: Context, next: () => Promise<void>): Promise<void> => {
    await next()
    if (now() - last < SWEEP_EVERY) return
    last = now()
    Promise.all([sessions.sweep(), journeys.sweep()]).catch((error: unknown) => options.onError?.(error))
  }
}
