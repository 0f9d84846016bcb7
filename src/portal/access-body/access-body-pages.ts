/** The pages of a health data access body (EHDS Art. 55 to 59): cases, decisions, outputs, register, report. */
import type { Hono } from 'hono'
import { performAct, showAct } from '../case-desk/act-page.ts'
import { openDesk } from '../case-desk/desk.ts'
import { refused } from '../case-desk/refusal.ts'
import { type AccessBodyPageOptions, BODY_ROLES, type BodyOfficer } from './access-body-options.ts'
import { BODY_ACTS } from './acts.ts'
import { actorsOf } from './body-visit.ts'
import { showBoard } from './pages/board.ts'
import { showApplication, showCase, showHistory } from './pages/case.ts'
import { showCases } from './pages/cases.ts'
import { stopWarning } from './stop-warning.ts'

const AREAS = ['', 'cases', 'outputs', 'register', 'report', 'exclusions'] as const

/** To be mounted at `/access-body`. For somebody without a role at this body every address is one without a page. */
export function accessBodyPages(options: AccessBodyPageOptions): Hono {
  const { app, route } = openDesk<AccessBodyPageOptions, BodyOfficer>(
    {
      options,
      base: '/access-body',
      title: (words, country) => words.messages.text('access-body.portal', { country }),
      areas: AREAS.map((path) => ({
        path,
        label: (words) => words(`access-body.area.${path === '' ? 'board' : path}`),
      })),
    },
    refused,
  )
  const acts = {
    acts: BODY_ACTS,
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
  app.all(
    '*',
    route((visit) => Promise.resolve(refused(visit, 'not-found'))),
  )
  return app
}
