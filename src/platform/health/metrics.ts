/** Figures of the process in OpenMetrics text: the process itself, the requests it answers, and what rooms add. */
import { Counter, collectDefaultMetrics, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'

export interface RequestFigures {
  readonly method: string
  /** The pattern of the route, e.g. `/fhir/Bundle/:id`; never the path itself, which may name a patient. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

export interface Metrics {
  /** Counts an answered request and its time. */
  request(figures: RequestFigures): void
  /** A counter, e.g. `ledger_entries`; `labels` are few and fixed. Returns the function that adds to it. */
  counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): (values: Readonly<Record<Label, string>>, amount?: number) => void
  /** A histogram of seconds. Returns the function that observes one. */
  histogram<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): (values: Readonly<Record<Label, string>>, seconds: number) => void
  /** OpenMetrics 1.0 text. */
  text(): Promise<string>
  /** `GET /metrics`. */
  respond(): Promise<Response>
}

/** Seconds: from a page out of memory to another country that hangs. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const PREFIX = 'tessera_'

export function createMetrics(): Metrics {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectDefaultMetrics({ register: registry })
  const counter: Metrics['counter'] = (name, help, labels) => {
    const made = new Counter({ name: `${PREFIX}${name}`, help, labelNames: [...labels], registers: [registry] })
    return (values, amount = 1) => made.inc(values, amount)
  }
  const histogram: Metrics['histogram'] = (name, help, labels) => {
    const made = new Histogram({
      name: `${PREFIX}${name}`,
      help,
      labelNames: [...labels],
      buckets: BUCKETS,
      registers: [registry],
    })
    return (values, seconds) => made.observe(values, seconds)
  }
  const requests = counter('http_requests', 'Requests answered.', ['method', 'route', 'status'])
  const durations = histogram('http_request_duration_seconds', 'Time until the answer began.', ['method', 'route'])
  return {
    counter,
    histogram,
    request({ method, route, status, seconds }) {
      requests({ method, route, status: String(status) })
      durations({ method, route }, seconds)
    },
    text: () => registry.metrics(),
    respond: async () => new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } }),
  }
}
