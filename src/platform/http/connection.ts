/** What a handler may know about the connection under a request. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** The client's certificate, already verified against the server's authorities by TLS. */
export interface PeerCertificate {
  /** DER. */
  readonly raw: Uint8Array
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint: string
  /** Subject `C=`, ISO 3166-1 alpha-2 in capitals. */
  readonly country: string | undefined
  /** Subject `CN=`. */
  readonly commonName: string | undefined
}

export interface Connection {
  readonly encrypted: boolean
  readonly remoteAddress: string | undefined
  /** Undefined on plain HTTP, and when a certificate was not asked for or not verified. */
  readonly certificate: PeerCertificate | undefined
}

/** The connection of tests and of handlers called without a socket. */
export const NO_CONNECTION: Connection = { encrypted: false, remoteAddress: undefined, certificate: undefined }

const known = new WeakMap<object, Connection>()

/** The connection of a request; computed once for each socket. */
export function connectionOf(incoming: IncomingMessage): Connection {
  return connectionOfSocket(incoming.socket)
}

/** The same before there is a request. */
export function connectionOfSocket(socket: Socket): Connection {
  const found = known.get(socket)
  if (found) return found
  const connection: Connection = {
    encrypted: socket instanceof TLSSocket,
    remoteAddress: socket.remoteAddress,
    certificate: socket instanceof TLSSocket && socket.authorized ? certificateOf(socket) : undefined,
  }
  known.set(socket, connection)
  return connection
}

function certificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return undefined
  return {
    raw: certificate.raw,
    fingerprint: plainFingerprint(certificate.fingerprint256),
    country: subjectPart(certificate.subject, 'C')?.toUpperCase(),
    commonName: subjectPart(certificate.subject, 'CN'),
  }
}

/** `AB:CD:…` as written by Node → `abcd…`. */
export function plainFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase()
}

/**
 * One attribute of a subject as Node prints it: one `NAME=value` on each line, special characters escaped. A name that
 * occurs twice says nothing certain, so it counts as absent.
 */
function subjectPart(subject: string | undefined, name: string): string | undefined {
  const values = (subject ?? '')
    .split('\n')
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1))
  return values.length === 1 ? values[0] : undefined
}
