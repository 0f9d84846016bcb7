/**
 * The one way out to another node: HTTPS with this node's own certificate, the peer's name and authority verified,
 * and its certificate compared with the trust list. Never trust on first sight (a weakness of the reference
 * implementation, where the peer's certificate was written into the trust store on discovery).
 */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { failed, ok, type Result } from '../result/result.ts'
import { plainFingerprint } from './connection.ts'

export type PeerProblemCode = 'connection-refused' | 'connection-lost' | 'timeout' | 'tls-untrusted' | 'too-large'

export interface PeerFetchOptions {
  /** PEM of this node's client key, certificate, and the authorities accepted for peers. */
  readonly key: string
  readonly cert: string
  readonly ca: string | readonly string[]
  /** Hex SHA-256 of the certificates accepted, unless a request names its own. */
  readonly pinnedFingerprints?: readonly string[]
  /** For the whole exchange, from connecting to the last byte. */
  readonly timeoutMs: number
  /** Bytes of an answer's body. */
  readonly maxBytes: number
}

export interface PeerRequest {
  /** `https:` only. */
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly pinnedFingerprints?: readonly string[]
  readonly timeoutMs?: number
  readonly maxBytes?: number
  /**
   * A POST that only reads: it may be sent once more when a kept connection turns out to be closed. Without it a POST is
   * sent at most once.
   */
  readonly repeatable?: boolean
}

export interface PeerResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

export interface PeerFetch {
  /** Redirects are not followed. Failures are values; nothing is thrown. */
  fetch(request: PeerRequest): Promise<Result<PeerResponse, PeerProblemCode>>
  close(): void
}

export interface RenewablePeerFetch extends PeerFetch {
  /** Key, certificate and authorities for connections from now on; what is under way ends on the old ones. */
  renewTls(tls: Pick<PeerFetchOptions, 'key' | 'cert' | 'ca'>): void
}

/** More sets of pins than this at once means old ones are stale; the oldest agents are then dropped. */
const MOST_AGENTS = 64
/** To one peer. */
export const MOST_CONNECTIONS = 32

/** A client with kept-alive connections, one pool for each set of pinned certificates. */
export function createPeerFetch(options: PeerFetchOptions): RenewablePeerFetch {
  const agents = new Map<string, Agent>()
  let { key, cert, ca }: Pick<PeerFetchOptions, 'key' | 'cert' | 'ca'> = options

  function agentFor(pins: readonly string[] | undefined): Agent {
    const name = pins === undefined ? '*' : [...pins].sort().join(' ')
    const existing = agents.get(name)
    if (existing) return existing
    const agent = new Agent({
      key,
      cert,
      ca: typeof ca === 'string' ? ca : [...ca],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      keepAlive: true,
      maxSockets: MOST_CONNECTIONS,
      // All of them are kept: a handshake of mutual TLS costs more than most requests.
      maxFreeSockets: MOST_CONNECTIONS,
      // A resumed session would skip the comparison with the trust list.
      maxCachedSessions: 0,
      checkServerIdentity: (host, certificate) => identityProblem(host, certificate, pins),
    })
    for (const [oldest, old] of agents) {
      if (agents.size < MOST_AGENTS) break
      old.destroy()
      agents.delete(oldest)
    }
    agents.set(name, agent)
    return agent
  }

  return {
    fetch(request) {
      const agent = agentFor(request.pinnedFingerprints ?? options.pinnedFingerprints)
      return exchange(request, agent, request.timeoutMs ?? options.timeoutMs, request.maxBytes ?? options.maxBytes)
    },
    renewTls(tls) {
      ;({ key, cert, ca } = tls)
      for (const agent of agents.values()) retire(agent)
      agents.clear()
    },
    close() {
      for (const agent of agents.values()) agent.destroy()
      agents.clear()
    },
  }
}

/** Requests under way end; no connection is kept for another one. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
}

/** The host's name first, then the trust list. */
function identityProblem(
  host: string,
  certificate: PeerCertificate,
  pins: readonly string[] | undefined,
): Error | undefined {
  const wrongName = checkServerIdentity(host, certificate)
  if (wrongName || pins === undefined) return wrongName
  if (pins.includes(plainFingerprint(certificate.fingerprint256))) return undefined
  return Object.assign(new Error('The certificate of the peer is not on the trust list.'), {
    code: 'ERR_TLS_NOT_PINNED',
  })
}

function exchange(
  request: PeerRequest,
  agent: Agent,
  timeoutMs: number,
  maxBytes: number,
): Promise<Result<PeerResponse, PeerProblemCode>> {
  const host = hostOf(request.url)
  if (host === undefined) {
    return Promise.resolve(
      failed('tls-untrusted', 'The address of the peer is not an https address.', 'Correct it in the directory.'),
    )
  }
  return new Promise((resolve) => {
    let outgoing: ClientRequest | undefined
    let settled = false
    // Until the handshake is done nothing of the request has left.
    let connection: Connection = { secure: false }
    const finish = (result: Result<PeerResponse, PeerProblemCode>): void => {
      settled = true
      clearTimeout(timer)
      resolve(result)
      if (!result.ok) outgoing?.destroy()
    }
    const timer = setTimeout(
      () => finish(connection.secure ? timedOut(host, timeoutMs) : noAnswer(host, timeoutMs)),
      timeoutMs,
    )
    const send = (mayRepeat: boolean): void => {
      const sent = httpsRequest(request.url, {
        agent,
        method: request.method ?? 'GET',
        headers: { 'accept-encoding': 'identity', ...request.headers },
      })
      outgoing = sent
      connection = { secure: false }
      sent.on('socket', (socket) => {
        connection = connectionOf(socket)
      })
      sent.on('error', (error) => {
        if (settled) return
        // A kept connection that the peer closed at the same moment says nothing about the peer: ask once more.
        const stale = sent.reusedSocket && CLOSED.has(codeOf(error) ?? '')
        const repeatable = sent.method === 'GET' || request.repeatable === true
        if (stale && repeatable && mayRepeat) send(false)
        else finish(connectionProblem(host, codeOf(error), connection.secure))
      })
      sent.on('response', (incoming) => collect(incoming, host, maxBytes, finish))
      sent.end(request.body)
    }
    send(true)
  })
}

interface Connection {
  secure: boolean
}

const connections = new WeakMap<Socket, Connection>()

/** The same for every request on a socket: one that waited for its turn gets a connection without being told that it is used. */
function connectionOf(socket: Socket): Connection {
  const known = connections.get(socket)
  if (known) return known
  const connection: Connection = { secure: false }
  connections.set(socket, connection)
  socket.once('secureConnect', () => {
    connection.secure = true
  })
  return connection
}

function collect(
  incoming: IncomingMessage,
  host: string,
  maxBytes: number,
  finish: (result: Result<PeerResponse, PeerProblemCode>) => void,
): void {
  const chunks: Uint8Array[] = []
  let received = 0
  const tooLarge = (): void =>
    finish(failed('too-large', `${host} answered with more than ${maxBytes} bytes.`, 'Tell the operator of that node.'))
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) {
    tooLarge()
    return
  }
  incoming.on('data', (chunk: Uint8Array) => {
    received += chunk.byteLength
    if (received > maxBytes) tooLarge()
    else chunks.push(chunk)
  })
  incoming.on('error', (error) => finish(connectionProblem(host, codeOf(error), true)))
  incoming.on('end', () => {
    if (!incoming.complete) finish(connectionProblem(host, undefined, true))
    else finish(ok({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), body: Buffer.concat(chunks) }))
  })
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
  }
  return headers
}

function hostOf(url: string): string | undefined {
  try {
    const parsed = new URL(url)
    return parsed.protocol === 'https:' ? parsed.host : undefined
  } catch {
    return undefined
  }
}

function timedOut(host: string, timeoutMs: number): Result<never, PeerProblemCode> {
  return failed('timeout', `${host} did not answer within ${timeoutMs / 1000} s.`, 'Try again in a moment.')
}

/** Time ran out before there was a connection: the request was never sent. */
function noAnswer(host: string, timeoutMs: number): Result<never, PeerProblemCode> {
  const sentence = `${host} cannot be reached: there was no connection within ${timeoutMs / 1000} s.`
  return failed('connection-refused', sentence, 'Try again later.')
}

const NOT_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])
const CLOSED = new Set(['ECONNRESET', 'EPIPE'])
const LOST = new Set([...CLOSED, 'ECONNABORTED', 'HPE_INVALID_CONSTANT'])

/** Alerts of the peer, e.g. that it does not take our certificate, arrive after the handshake in TLS 1.3. */
const ALERT = /^ERR_(SSL|TLS)_/

function connectionProblem(host: string, code: string | undefined, connected: boolean): Result<never, PeerProblemCode> {
  if (code !== undefined && !connected && (NOT_THERE.has(code) || code === 'ETIMEDOUT')) {
    return failed('connection-refused', `${host} cannot be reached (${code}).`, 'Try again later.')
  }
  if (code === 'ETIMEDOUT') return failed('timeout', `${host} did not answer.`, 'Try again in a moment.')
  if (code === undefined || LOST.has(code) || code.startsWith('HPE_') || (connected && !ALERT.test(code))) {
    return failed('connection-lost', `The connection to ${host} broke off.`, 'Try again in a moment.')
  }
  // Everything else comes from the TLS layer: unknown authority, expired, wrong name, not on the list, our own
  // certificate refused.
  return failed(
    'tls-untrusted',
    `No trusted connection to ${host} (${code}).`,
    'Compare its certificate, and ours, with the trust list.',
  )
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
