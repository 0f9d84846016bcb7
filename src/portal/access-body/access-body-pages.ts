/** The pages of a health data access body (EHDS Art. 55 to 59): cases, decisions, outputs, register, report. */
import type { Hono } from 'hono'
import { performAct, showAct } from '../case-desk/act-page.ts'
import { openDesk } from '../case-desk/desk.ts'
import { refused } from '../case-desk/refusal.ts'
import { type AccessBodyPageOptions, BODY_ROLES, type BodyOfficer } from './access-body-options.ts'
import { PLAIN_ACTS } from './acts.ts'
import { ASSESS, ESTIMATE_FEE } from './assessment-acts.ts'
import { actorsOf } from './body-visit.ts'
import { recordFollowUp, showFollowUps } from './pages/audit-follow-up.ts'
import { recordAudit, showAudits, showNewAudit } from './pages/audits.ts'
import { showBoard } from './pages/board.ts'
import { showApplication, showCase, showHistory } from './pages/case.ts'
import { showCases } from './pages/cases.ts'
import { answerOptOuts, showOptOuts } from './pages/opt-outs.ts'
import { decideOutput, downloadOutput, showOutput, showOutputs } from './pages/outputs.ts'
import { downloadRegister, showExclusions, showRegister } from './pages/register.ts'
import { downloadReport, showReport } from './pages/report.ts'
import { permitActs } from './permit/permit-acts.ts'
import { stopWarning } from './stop-warning.ts'

const AREAS = ['', 'cases', 'outputs', 'register', 'report', 'audits', 'exclusions', 'opt-outs'] as const

/** To be mounted at `/access-body`. For somebody without a role at this body every address is one without a page. */
export function accessBodyPages(options: AccessBodyPageOptions): Hono {
  const { app, route } = openDesk<AccessBodyPageOptions, BodyOfficer>({
    options,
    base: '/access-body',
    title: (words, country) => words.messages.text('access-body.portal', { country }),
    areas: AREAS.map((path) => ({
      path,
      label: (words) => words(`access-body.area.${path === '' ? 'board' : path}`),
    })),
  })
  const acts = {
    acts: { ...PLAIN_ACTS, assess: ASSESS, 'estimate-fee': ESTIMATE_FEE, ...permitActs(options) },
    side: BODY_ROLES,
    actorsOf: (officer: BodyOfficer) => actorsOf(officer, options.procedures.body.id),
    warning: stopWarning(options.work),
  }
  app.get('/', route(showBoard))
  app.get('/cases', route(showCases))
  app.get('/cases/:case', route(showCase))
  app.get('/cases/:case/application', route(showApplication))
  app.get('/cases/:case/history', route(showHistory))
  app.get(
    '/cases/:case/:act',
    route((visit) => showAct(visit, acts)),
  )
  app.post(
    '/cases/:case/:act',
    route((visit) => performAct(visit, acts)),
  )
  app.get('/outputs', route(showOutputs))
  app.get('/outputs/:output', route(showOutput))
  app.post('/outputs/:output', route(decideOutput))
  app.get('/outputs/:output/file', route(downloadOutput))
  app.get('/register', route(showRegister))
  app.get('/register.csv', route(downloadRegister))
  app.get('/report', route(showReport))
  app.get('/report.csv', route(downloadReport))
  app.get('/audits', route(showAudits))
  app.get('/audits/new', route(showNewAudit))
  app.post('/audits/new', route(recordAudit))
  app.get('/audits/:audit/measures', route(showFollowUps))
  app.post('/audits/:audit/measures', route(recordFollowUp))
  app.get('/exclusions', route(showExclusions))
  app.get('/opt-outs', route(showOptOuts))
  app.post('/opt-outs', route(answerOptOuts))
  app.all(
    '*',
    route((visit) => refused(visit, 'not-found')),
  )
  return app
}
