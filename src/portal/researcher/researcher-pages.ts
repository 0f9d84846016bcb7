/** The pages of a researcher: applications, cohorts, questions and their answers, the workspace. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { publicStylesheet } from '../public/public-pages.ts'
import { openAssets } from '../ui/assets.ts'
import { chartsStylesheet } from '../ui/charts/stylesheet.ts'
import { openSignedIn } from '../ui/signed-in.ts'
import { performAct, showAct } from './applications/act-page.ts'
import { showCase } from './applications/case.ts'
import { completeApplication, showCompletion } from './applications/complete.ts'
import { saveSection, showSection } from './applications/form-page.ts'
import { showApplications } from './applications/list.ts'
import { beginApplication, showNew } from './applications/new.ts'
import { showReview, submitApplication } from './applications/review.ts'
import { changeCirce, showCirce } from './cohorts/circe-page.ts'
import { changeCohort, removeCohort, showCohort } from './cohorts/cohort-page.ts'
import { showAnswer } from './questions/answer-page.ts'
import { askQuestion, showAsk } from './questions/ask-page.ts'
import { keepAnswer } from './questions/keep-answer.ts'
import { refused, welcome } from './refusal.ts'
import type { Researcher, ResearcherPageOptions } from './researcher-options.ts'
import { showStudy } from './studies/study-page.ts'
import { type Answering, actorIn, type CaseVisit, navigation, type ResearcherSite, siteName } from './visit.ts'
import { workspaceRoutes } from './workspace/routes.ts'

/** To be mounted at `/research`. */
export function researcherPages(options: ResearcherPageOptions): Hono {
  const base = options.base ?? '/research'
  const own = readFileSync(join(import.meta.dirname, 'researcher.css'), 'utf8')
  const site: ResearcherSite = {
    options,
    base,
    assets: openAssets({
      before: [tokensStylesheet()],
      after: [chartsStylesheet(), publicStylesheet(), own],
      base: `${base}/assets`,
    }),
    name: siteName,
    navigation,
  }
  const { app, route } = openSignedIn<ResearcherPageOptions, Researcher>(site, {
    nobody: welcome,
    failed: (visit) => refused(visit, 'server-error'),
  })
  const caseRoute = (answer: Answering<CaseVisit>) =>
    route(async (visit) => {
      const state = await options.cases.load(visit.context.req.param('case') ?? '')
      const actor = state && actorIn(state, visit.person)
      return state && actor ? answer({ ...visit, state, actor }) : refused(visit, 'not-found')
    })

  app.get('/', route(showApplications))
  app.get('/applications/new', route(showNew))
  app.post('/applications/new', route(beginApplication))
  const one = '/applications/:case{[0-9a-f-]{36}}'
  app.get(one, caseRoute(showCase))
  app.get(`${one}/form/:section`, caseRoute(showSection))
  app.post(`${one}/form/:section`, caseRoute(saveSection))
  app.get(`${one}/review`, caseRoute(showReview))
  app.post(`${one}/review`, caseRoute(submitApplication))
  app.get(`${one}/complete/:state`, caseRoute(showCompletion))
  app.post(`${one}/complete/:state`, caseRoute(completeApplication))
  app.get(`${one}/act/:state/:act`, caseRoute(showAct))
  app.post(`${one}/act/:state/:act`, caseRoute(performAct))
  app.get(`${one}/study`, caseRoute(showStudy))
  app.get(`${one}/study/cohorts/:cohort`, caseRoute(showCohort))
  app.post(`${one}/study/cohorts/:cohort`, caseRoute(changeCohort))
  app.post(`${one}/study/cohorts/:cohort/remove`, caseRoute(removeCohort))
  app.get(`${one}/study/circe/:cohort`, caseRoute(showCirce))
  app.post(`${one}/study/circe/:cohort`, caseRoute(changeCirce))
  app.get(`${one}/study/ask`, caseRoute(showAsk))
  app.post(`${one}/study/ask`, caseRoute(askQuestion))
  app.get(`${one}/study/questions/:question`, caseRoute(showAnswer))
  app.post(`${one}/study/questions/:question/keep`, caseRoute(keepAnswer))
  workspaceRoutes(app, `${one}/workspace`, caseRoute)
  app.all(
    '*',
    route((visit) => refused(visit, 'not-found')),
  )
  return app
}
