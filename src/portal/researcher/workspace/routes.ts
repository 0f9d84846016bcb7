/** The addresses of the workspace: outside it only the way in, inside it everything, and nothing without a permit. */
import type { Context, Hono } from 'hono'
import { refused } from '../refusal.ts'
import type { Answering, CaseVisit } from '../visit.ts'
import { changeRequest, collectRelease, requestRelease } from './airlock-blocks.ts'
import { beginFactor, confirmFactor, enterWorkspace, leaveWorkspace, showEntry } from './entry-page.ts'
import { runWork, showInside } from './inside-page.ts'
import { runRegression } from './regression-block.ts'
import { type InsideVisit, insideVisit, type WorkspaceVisit, workspaceVisit } from './visit.ts'

type CaseRoute = (answer: Answering<CaseVisit>) => (context: Context) => Promise<Response>

export function workspaceRoutes(app: Hono, path: string, caseRoute: CaseRoute): void {
  const outside = (answer: Answering<WorkspaceVisit>) =>
    caseRoute((visit) => {
      const within = workspaceVisit(visit)
      return within ? answer(within) : refused(visit, 'not-found')
    })
  /** Whoever is not inside (any more) is shown the way in. */
  const inside = (answer: Answering<InsideVisit>) =>
    outside(async (visit) => {
      const within = await insideVisit(visit)
      return within ? answer(within) : showEntry(visit)
    })
  app.get(path, inside(showInside))
  app.post(`${path}/factor`, outside(beginFactor))
  app.post(`${path}/factor/confirm`, outside(confirmFactor))
  app.post(`${path}/enter`, outside(enterWorkspace))
  app.post(
    `${path}/leave`,
    outside(async (visit) => leaveWorkspace(visit, (await insideVisit(visit))?.holder.session)),
  )
  app.post(`${path}/run`, inside(runWork))
  app.post(`${path}/regression`, inside(runRegression))
  app.post(`${path}/request`, inside(requestRelease))
  app.post(`${path}/requests/:request/:what{answer|withdraw}`, inside(changeRequest))
  app.get(`${path}/requests/:request/collect`, inside(collectRelease))
}
