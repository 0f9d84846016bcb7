/**
 * What a server refuses before any handler has seen it: handshakes, requests that are no HTTP, that do not end, or that are
 * larger than allowed. Node answers most of these by itself and tells nobody; here they get a code and are told.
 */
import type { Server } from 'node:http'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type Connection, connectionOfSocket, NO_CONNECTION } from './connection.ts'

/** `code`: stable, e.g. `tls-no-certificate`. The connection names a certificate only when it was verified. */
export type OnRefused = (code: string, connection: Connection) => void

export const TOO_LARGE = 'http-too-large'

/** Answers what cannot become a request, closes its connection, and tells of it. */
export function watchRefusals(server: Server, onRefused: OnRefused): void {
  const established = new WeakSet<object>()
  // Where a connection came from cannot be asked any more when it is closed; asked once, a socket remembers it.
  server.prependListener('connection', (socket) => void socket.remoteAddress)
  server.on('secureConnection', (socket: TLSSocket) => established.add(socket))
  // node:https hands failed handshakes on as `clientError`, too.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket instanceof TLSSocket && !established.has(socket)) {
      const code = handshakeCode(error, socket)
      if (code !== undefined)
        onRefused(code, { ...NO_CONNECTION, encrypted: true, remoteAddress: addressUnder(socket) })
      socket.destroy()
      return
    }
    const refusal = refusalOf(error)
    if (refusal === undefined || !socket.writable) {
      socket.destroy()
      return
    }
    onRefused(refusal.code, connectionOfSocket(socket as Socket))
    // A response that has begun cannot be taken back: a second head inside it would be read as its content.
    if (hasAnswered(socket)) socket.destroy()
    else socket.end(`HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  server.on('drop', (data) => {
    onRefused('too-many-connections', { ...NO_CONNECTION, remoteAddress: data?.remoteAddress })
  })
}

/** node:tls keeps the socket that it secures, and does not show it. */
function addressUnder(socket: TLSSocket): string | undefined {
  const under: unknown = '_parent' in socket ? socket._parent : undefined
  return under instanceof Socket ? under.remoteAddress : socket.remoteAddress
}

/** Undefined: the client went away by itself, e.g. the probe of a load balancer; nobody was refused. */
function handshakeCode({ code = 'unknown' }: NodeJS.ErrnoException, socket: TLSSocket): string | undefined {
  if (socket.authorizationError) return 'tls-certificate-not-accepted'
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'tls-no-certificate'
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'tls-handshake-timeout'
  if (/UNSUPPORTED_PROTOCOL|VERSION|NO_PROTOCOLS/.test(code)) return 'tls-version-not-accepted'
  return ABANDONED.has(code) ? undefined : 'tls-handshake-failed'
}

const ABANDONED = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED'])

/** As node:http answers where nobody listens for the event. */
function refusalOf({
  code = '',
}: NodeJS.ErrnoException): { readonly code: string; readonly status: string } | undefined {
  if (ABANDONED.has(code)) return undefined
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'http-timeout', status: '408 Request Timeout' }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { code: 'http-header-overflow', status: '431 Request Header Fields Too Large' }
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { code: TOO_LARGE, status: '413 Payload Too Large' }
  return { code: 'http-malformed', status: '400 Bad Request' }
}

/** node:http keeps the response under way at the socket, and looks there itself before it answers. */
function hasAnswered(socket: object): boolean {
  const message: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined
  return typeof message === 'object' && message !== null && '_headerSent' in message && message._headerSent === true
}
