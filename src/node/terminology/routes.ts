/** Which address is answered by what: FHIR without detours, everything else through Hono. */
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Health } from '#platform/health/health.ts'
import { withSecurityHeaders } from '#platform/http/security-headers.ts'
import { ENDPOINT_LIMITS, type Endpoint, terminologyEndpoint } from '#wire/terminology/endpoint.ts'
import type { TerminologyHandlers } from '#wire/terminology/handlers.ts'
import { terminologyListener } from '#wire/terminology/listener.ts'

export interface RouteOptions {
  readonly handlers: TerminologyHandlers
  readonly health: Health
  /** Applications with their paths, e.g. the pages; asked for by every request that is for none of the others. */
  readonly apps: () => Promise<readonly (readonly [path: string, app: Hono])[]>
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
  let mounted: { readonly apps: Awaited<ReturnType<typeof apps>>; readonly app: Hono } | undefined
  const beside = async (): Promise<Hono> => {
    const opened = await apps()
    if (mounted?.apps !== opened) mounted = { apps: opened, app: mount(opened, onError) }
    return mounted.app
  }
  const app = new Hono()
  app.get('/health', (context) => health.respond(context.req.raw))
  app.all('*', async (context) => (await beside()).fetch(context.req.raw))
  app.onError((error, context) => broken(error, context, onError))
  return getRequestListener(async (request) => withSecurityHeaders(await app.fetch(request), false), {
    overrideGlobalObjects: false,
  })
}

function mount(apps: readonly (readonly [path: string, app: Hono])[], onError: RouteOptions['onError']): Hono {
  const app = new Hono()
  for (const [path, mounted] of apps) app.route(path, mounted)
  const [first] = apps
  if (first) app.get('/', (context) => context.redirect(first[0]))
  app.notFound((context) => context.text('There is nothing at this address. FHIR is at /fhir/r4 and /fhir/r5.\n', 404))
  app.onError((error, context) => broken(error, context, onError))
  return app
}

function broken(error: unknown, context: Context, onError: RouteOptions['onError']): Response {
  onError(error)
  return context.text('The server could not answer because of an error of its own.\n', 500)
}
