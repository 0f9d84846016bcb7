/** What every node does around its pages: health, figures, one log line and one count per answer. */
import type { Hono } from 'hono'
import { createHealth, type Health } from '#platform/health/health.ts'
import { createMetrics, type Metrics } from '#platform/health/metrics.ts'
import { createLog, type Log } from '#platform/log/log.ts'
import { routeOf } from './routes.ts'

export interface Surroundings {
  readonly health: Health
  readonly metrics: Metrics
  readonly log: Log
}

export function surroundings(name: string): Surroundings {
  return { health: createHealth(), metrics: createMetrics(), log: createLog({ level: 'info', name }) }
}

/** Adds `GET /health` and `GET /metrics`, and tells the log about errors that no page has caught. */
export function addVitalSigns(app: Hono, { health, metrics, log }: Surroundings): void {
  app.onError((error) => {
    log.failure('answer-failed', error)
    return new Response('This node could not answer because of an error of its own.\n', { status: 500 })
  })
  app.get('/health', (context) => health.respond(context.req.raw))
  app.get('/metrics', () => metrics.respond())
}

/** Counts and times an answer. */
export async function measured(
  { metrics }: Surroundings,
  door: 'border' | 'portal',
  request: Request,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  const begun = performance.now()
  const response = await answer()
  metrics.request({
    method: request.method,
    route: routeOf(door, new URL(request.url).pathname),
    status: response.status,
    seconds: (performance.now() - begun) / 1000,
  })
  return response
}
