/** One thread of the server: content, routes and a listening socket; the content can be replaced while it serves. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MessagePort } from 'node:worker_threads'
import { createHealth, type Health } from '#platform/health/health.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { MountedApp, Served } from './applications.ts'
import { type Content, openContent } from './content.ts'
import type { ContentPlan } from './plan.ts'
import { terminologyRoutes } from './routes.ts'
import type { ServeSettings } from './settings.ts'
import { answerOthers, askingFirst } from './shared-calls.ts'

export interface ServingThread {
  /** Starts listening; the port really taken. */
  listen(port: number): Promise<Result<number>>
  /** Opens the new content beside the old one and takes it over. */
  replace(plan: ContentPlan): Promise<Result<void>>
  /** Calls that lean on earlier ones are answered for the thread at the other end. */
  answerOther(port: MessagePort): void
  /** Calls that lean on earlier ones are answered by the thread at the other end. */
  askFirst(port: MessagePort): void
  /** Takes no new connection, lets running requests end, then cuts the rest. */
  close(): Promise<void>
}

const CLOSE_GRACE_MS = 5000
const OLD_CONTENT_MS = 60_000

export async function openThread(
  settings: ServeSettings,
  plan: ContentPlan,
  onError: (error: unknown) => void,
): Promise<Result<ServingThread>> {
  const opened = await openContent(settings, plan)
  if (!opened.ok) return opened
  let served: Served = { plan, content: opened.value }
  const asking = askingFirst(() => served.content.handlers)
  let base = settings.base
  let listener: RequestListener | undefined
  let opening: Promise<readonly MountedApp[]> | undefined
  const open = async (): Promise<readonly MountedApp[]> => {
    const { applicationsOf } = await import('./applications.ts')
    return applicationsOf({ settings, base: base ?? '', served: () => served, onError })
  }
  const route = (): void => {
    const { version, origins } = settings
    const { date } = served.content
    const health = healthOf(served.content)
    const at = base ?? ''
    listener = terminologyRoutes({
      handlers: asking.handlers,
      health,
      // More code than all of FHIR: who only asks in FHIR does not wait for it, nor pay its memory.
      apps: () => {
        opening ??= open()
        return opening
      },
      base: at,
      version,
      date,
      origins,
      onError,
    })
  }
  const server = createServer(
    { connectionsCheckingInterval: 5000, maxHeaderSize: 32 * 1024, noDelay: true },
    (request, response) => listener?.(request, response),
  )
  bound(server)
  server.on('error', onError)
  return ok({
    async listen(port) {
      const taken = await listen(server, settings, port)
      if (taken.ok) {
        base ??= `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${taken.value}`
        route()
      }
      return taken
    },
    async replace(next) {
      const fresh = await openContent(settings, next)
      if (!fresh.ok) return fresh
      const before = served.content
      served = { plan: next, content: fresh.value }
      route()
      // Answers under way still read from it.
      setTimeout(() => before.close(), OLD_CONTENT_MS).unref()
      return ok(undefined)
    },
    answerOther: (port) => answerOthers(port, () => served.content.handlers, onError),
    askFirst: (port) => asking.connect(port),
    close: () => close(server),
  })
}

function bound(server: Server): void {
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 30_000
  server.maxConnections = 2000
}

function healthOf(content: Content): Health {
  const health = createHealth()
  for (const [part, probe] of content.parts) health.part(part, probe)
  return health
}

function listen(server: Server, { host, threads }: ServeSettings, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      resolve(
        error.code === 'EADDRINUSE'
          ? failed(
              'port-taken',
              `Port ${port} on ${host} is already in use.`,
              'Stop the program that uses it, or choose another port.',
            )
          : failed(
              'cannot-listen',
              `This machine cannot listen on ${host}:${port} (${error.code ?? 'unknown reason'}).`,
              'Check host and port.',
            ),
      )
    server.once('error', refused)
    server.listen({ port, host, ...(threads > 1 ? { reusePort: true } : {}) }, () => {
      server.off('error', refused)
      const address = server.address() as AddressInfo
      resolve(ok(address.port))
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(idle)
      resolve()
    })
    server.closeIdleConnections()
  })
}
