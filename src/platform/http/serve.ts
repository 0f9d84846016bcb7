/**
 * The one way into a node: HTTP, or HTTPS with mutual TLS. Handlers are plain functions from Request to Response, so
 * they are tested without a socket.
 */
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import { failed, ok, type Result } from '../result/result.ts'
import { announcesTooMuch, limitBody } from './body-limit.ts'
import { type Connection, connectionOf } from './connection.ts'
import { type OnRefused, TOO_LARGE, watchRefusals } from './refusals.ts'
import { withSecurityHeaders } from './security-headers.ts'

export type Handler = (request: Request, connection: Connection) => Response | Promise<Response>

/** PEM texts. `ca`: the authorities whose client certificates are accepted. */
export interface ServerTls {
  readonly key: string
  readonly cert: string
  readonly ca?: string | readonly string[]
  /** Mutual TLS: a client without a certificate of `ca` does not get past the handshake. */
  readonly requireClientCertificate?: boolean
}

export interface ServerLimits {
  /** Bytes of a request's body; default 1 MiB. */
  readonly bodyBytes?: number
  /** Until all headers have arrived; default 10 s. */
  readonly headersTimeoutMs?: number
  /** Until the whole request has arrived; default 30 s. */
  readonly requestTimeoutMs?: number
  /** Between two requests on one connection; default 30 s. */
  readonly keepAliveTimeoutMs?: number
  /** Until a TLS handshake is done; default 10 s. */
  readonly handshakeTimeoutMs?: number
  /** Connections open at the same time; further ones are closed at once. Default 1000. */
  readonly connections?: number
  /** How long running requests may go on after `close`; default 5 s. */
  readonly closeGraceMs?: number
}

export interface ServeOptions {
  readonly handler: Handler
  /** 0 lets the system choose; see `HttpServer.port`. */
  readonly port: number
  readonly host: string
  readonly tls?: ServerTls
  readonly limits?: ServerLimits
  /** Told about programming errors inside the handler; the client only learns that there was one. */
  readonly onError?: (error: unknown) => void
  /** Told about what no handler was asked for: failed handshakes, requests that are malformed, too slow or too large. */
  readonly onRefused?: OnRefused
}

export interface HttpServer {
  readonly port: number
  /** E.g. `https://127.0.0.1:4011`. */
  readonly url: string
  /** Key and certificate for connections from now on; those that stand go on. Unusable ones change nothing. */
  renewTls(tls: Pick<ServerTls, 'key' | 'cert' | 'ca'>): Result<void, 'tls-material'>
  /** Takes no new connection, lets running requests end within the grace time, then cuts the rest. */
  close(): Promise<void>
}

export type ServeProblemCode = 'port-taken' | 'port-not-allowed' | 'host-unknown' | 'tls-material'

const MEBIBYTE = 1024 * 1024

/** Starts listening. Problems: the port is taken or not allowed, the address is not ours, key and certificate are unusable. */
export async function serve(options: ServeOptions): Promise<Result<HttpServer, ServeProblemCode>> {
  const { tls, host, port, limits = {} } = options
  let server: Server
  try {
    server = createServer(options)
  } catch (error) {
    return unusable(port, error)
  }
  server.headersTimeout = limits.headersTimeoutMs ?? 10_000
  server.requestTimeout = limits.requestTimeoutMs ?? 30_000
  server.keepAliveTimeout = limits.keepAliveTimeoutMs ?? 30_000
  server.maxConnections = limits.connections ?? 1000
  const listening = await listen(server, port, host)
  if (!listening.ok) return listening
  // E.g. no file descriptor left for a new connection: no reason to end the process.
  server.on('error', (error) => options.onError?.(error))
  watchRefusals(server, (code, connection) => options.onRefused?.(code, connection))
  const bound = listening.value
  const shownHost = host.includes(':') ? `[${host}]` : host
  return ok({
    port: bound,
    url: `${tls ? 'https' : 'http'}://${shownHost}:${bound}`,
    renewTls: (renewed) => renewTls(server, renewed, bound),
    close: () => closeGracefully(server, limits.closeGraceMs ?? 5000),
  })
}

function createServer({ handler, tls, limits = {}, onError, onRefused }: ServeOptions): Server {
  const bodyBytes = limits.bodyBytes ?? MEBIBYTE
  const listener = getRequestListener(
    (request, env) => {
      // HTTP/2 is not offered, so the incoming message is always that of node:http.
      const connection = connectionOf((env as { incoming: Parameters<typeof connectionOf>[0] }).incoming)
      return answer({ handler, request, connection, bodyBytes, onError, onRefused })
    },
    {
      overrideGlobalObjects: false,
      errorHandler: () => withSecurityHeaders(plain(400, 'The request is not valid HTTP.'), tls !== undefined),
    },
  )
  const shared = { connectionsCheckingInterval: 5000, maxHeaderSize: 32 * 1024 }
  if (!tls) return createHttpServer(shared, listener)
  return createHttpsServer(
    {
      ...shared,
      ...secureContext(tls),
      requestCert: tls.requireClientCertificate === true,
      rejectUnauthorized: tls.requireClientCertificate === true,
      handshakeTimeout: limits.handshakeTimeoutMs ?? 10_000,
    },
    listener,
  )
}

/** What belongs to each connection, and can be renewed while the server runs. */
function secureContext({ key, cert, ca }: Pick<ServerTls, 'key' | 'cert' | 'ca'>): SecureContextOptions {
  return {
    key,
    cert,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
  }
}

function renewTls(
  server: Server,
  tls: Pick<ServerTls, 'key' | 'cert' | 'ca'>,
  port: number,
): Result<void, 'tls-material'> {
  try {
    // Tried before: a server that was given half a pair would present neither.
    createSecureContext(secureContext(tls))
    if (server instanceof HttpsServer) server.setSecureContext(secureContext(tls))
    return ok(undefined)
  } catch (error) {
    return unusable(port, error)
  }
}

function unusable(port: number, error: unknown): Result<never, 'tls-material'> {
  const sentence = `The TLS key or certificate for port ${port} cannot be used (${codeOf(error) ?? 'not PEM'}).`
  return failed('tls-material', sentence, 'Issue the key and certificate of this node again.')
}

interface Answering {
  readonly handler: Handler
  readonly request: Request
  readonly connection: Connection
  readonly bodyBytes: number
  readonly onError: ((error: unknown) => void) | undefined
  readonly onRefused: OnRefused | undefined
}

async function answer(answering: Answering): Promise<Response> {
  const { handler, request, connection, bodyBytes, onError } = answering
  const { encrypted } = connection
  const tooLarge = (): Response => {
    answering.onRefused?.(TOO_LARGE, connection)
    return tooLargeAnswer()
  }
  if (announcesTooMuch(request, bodyBytes)) return withSecurityHeaders(tooLarge(), encrypted)
  const limited = limitBody(request, bodyBytes)
  try {
    const response = await handler(limited.request, connection)
    return withSecurityHeaders(limited.exceeded() ? tooLarge() : response, encrypted)
  } catch (error) {
    if (limited.exceeded()) return withSecurityHeaders(tooLarge(), encrypted)
    onError?.(error)
    return withSecurityHeaders(plain(500, 'This node could not answer because of an error of its own.'), encrypted)
  }
}

function tooLargeAnswer(): Response {
  const response = plain(413, 'The request is larger than this node accepts.')
  response.headers.set('connection', 'close')
  return response
}

function plain(status: number, sentence: string): Response {
  return new Response(`${sentence}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function listen(server: Server, port: number, host: string): Promise<Result<number, ServeProblemCode>> {
  return new Promise((resolve) => {
    const refused = (error: Error): void => resolve(listenProblem(codeOf(error), port, host))
    server.once('error', refused)
    server.listen(port, host, () => {
      server.off('error', refused)
      const address = server.address() as AddressInfo
      resolve(ok(address.port))
    })
  })
}

function listenProblem(code: string | undefined, port: number, host: string): Result<never, ServeProblemCode> {
  if (code === 'EADDRINUSE') {
    return failed(
      'port-taken',
      `Port ${port} on ${host} is already in use.`,
      'Stop the program that uses it, or choose another port.',
      { path: String(port) },
    )
  }
  if (code === 'EACCES') {
    return failed('port-not-allowed', `This user may not listen on port ${port}.`, 'Choose a port above 1023.', {
      path: String(port),
    })
  }
  return failed(
    'host-unknown',
    `This machine cannot listen on ${host} (${code ?? 'unknown reason'}).`,
    'Check the host.',
  )
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function closeGracefully(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    // Kept-alive connections become idle one by one, as their last request ends.
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(idle)
      resolve()
    })
    server.closeIdleConnections()
  })
}
