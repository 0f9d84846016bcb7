/** Which address is answered by what: FHIR without detours, everything else through Hono. */
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Health } from '#platform/health/health.ts'
import { withSecurityHeaders } from '#platform/http/security-headers.ts'
import { ENDPOINT_LIMITS, type Endpoint, terminologyEndpoint } from '#wire/terminology/endpoint.ts'
import type { TerminologyHandlers } from '#wire/terminology/handlers.ts'
import { terminologyListener } from '#wire/terminology/listener.ts'

export interface RouteOptions {
  readonly handlers: TerminologyHandlers
  readonly health: Health
  /** Applications with their paths, e.g. the pages. */
  readonly apps: readonly (readonly [path: string, app: Hono])[]
  /** Without a slash at the end. */
  readonly base: string
  readonly version: string
  /** When the content that is served was published, ISO. */
  readonly date: string
  readonly origins: readonly string[] | '*'
  readonly onError: (error: unknown) => void
}

export function terminologyRoutes(options: RouteOptions): RequestListener {
  const { handlers, base, version, date, origins, onError } = options
  const software = { name: 'Tessera', version, releaseDate: date.slice(0, 10) }
  const common = { handlers, software, date, origins, onError }
  const endpoints: readonly Endpoint[] = [
    terminologyEndpoint({ ...common, fhirVersion: 'R4', base: `${base}/fhir/r4` }),
    terminologyEndpoint({ ...common, fhirVersion: 'R5', base: `${base}/fhir/r5` }),
  ]
  return terminologyListener({ endpoints, bodyBytes: ENDPOINT_LIMITS.bodyBytes, otherwise: otherRoutes(options) })
}

function otherRoutes({ health, apps, onError }: RouteOptions): RequestListener {
  const app = new Hono()
  app.get('/health', (context) => health.respond(context.req.raw))
  for (const [path, mounted] of apps) app.route(path, mounted)
  const [first] = apps
  if (first) app.get('/', (context) => context.redirect(first[0]))
  app.notFound((context) => context.text('There is nothing at this address. FHIR is at /fhir/r4 and /fhir/r5.\n', 404))
  app.onError((error, context) => {
    onError(error)
    return context.text('The server could not answer because of an error of its own.\n', 500)
  })
  return getRequestListener(async (request) => withSecurityHeaders(await app.fetch(request), false), {
    overrideGlobalObjects: false,
  })
}
