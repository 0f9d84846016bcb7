/** What every node does around its pages: health, figures, one log line and one count per answer. */
import type { Hono } from 'hono'
import { createHealth, type Health } from '#platform/health/health.ts'
import { createMetrics, type Metrics } from '#platform/health/metrics.ts'
import { createLog, type Log } from '#platform/log/log.ts'

export interface Surroundings {
  readonly health: Health
  readonly metrics: Metrics
  readonly log: Log
}

export function surroundings(name: string): Surroundings {
  return { health: createHealth(), metrics: createMetrics(), log: createLog({ level: 'info', name }) }
}

/** Adds `GET /health` and `GET /metrics`. */
export function addVitalSigns(app: Hono, { health, metrics }: Pick<Surroundings, 'health' | 'metrics'>): void {
  app.get('/health', (context) => health.respond(context.req.raw))
  app.get('/metrics', () => metrics.respond())
}
