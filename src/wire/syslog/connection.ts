/** One TLS connection to an audit repository: own certificate, the repository's name and authority verified. */
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import { plainFingerprint } from '#platform/http/connection.ts'

/** PEM texts, as for `platform/http`. */
export interface RepositoryTls {
  readonly key: string
  readonly cert: string
  readonly ca: string | readonly string[]
  /** Hex SHA-256 of the certificates accepted; any certificate of `ca` when absent. */
  readonly pinnedFingerprints?: readonly string[]
}

export interface RepositoryAddress {
  readonly host: string
  /** 2862 in MyHealth@EU; RFC 5425 names 6514. */
  readonly port: number
  readonly tls: RepositoryTls
}

export interface RepositoryConnection {
  /** Resolves when the bytes have left this process; rejects when the connection broke or nothing moved in time. */
  write(bytes: Uint8Array): Promise<void>
  /** Tells the repository that nothing follows; true when it had read everything and closed in turn. */
  end(graceMs: number): Promise<boolean>
  readonly open: boolean
  /** Resolves once, when the connection is gone. */
  readonly gone: Promise<void>
  destroy(): void
}

/** Rejects with Node's error when there is no connection in time. */
export function connectRepository(address: RepositoryAddress, timeoutMs: number): Promise<RepositoryConnection> {
  const { host, port, tls } = address
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      key: tls.key,
      cert: tls.cert,
      ca: typeof tls.ca === 'string' ? tls.ca : [...tls.ca],
      minVersion: 'TLSv1.2',
      checkServerIdentity: (name, certificate) => {
        const wrong = checkServerIdentity(name, certificate)
        const { pinnedFingerprints: pins } = tls
        if (wrong || pins === undefined || pins.includes(plainFingerprint(certificate.fingerprint256))) return wrong
        return Object.assign(new Error('Not the certificate of the repository.'), { code: 'ERR_TLS_NOT_PINNED' })
      },
    })
    const timer = setTimeout(
      () => fail(Object.assign(new Error('No connection in time.'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    )
    const fail = (error: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      socket.setKeepAlive(true, 30_000)
      resolve(connectionOver(socket, timeoutMs))
    })
  })
}

function connectionOver(socket: TLSSocket, stalledMs: number): RepositoryConnection {
  let failure: Error | undefined
  let ended = false
  /** Those that wait for their bytes to leave. Nothing may be hung on `gone` for each: it would keep them all. */
  const writing = new Set<(error: Error) => void>()
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', (error) => {
    failure = error
  })
  socket.once('close', () => {
    const error = failure ?? Object.assign(new Error('The connection is gone.'), { code: 'EPIPE' })
    for (const settle of writing) settle(error)
  })
  // A repository says nothing; what it says is read away so that its end is seen.
  socket.resume()
  socket.once('end', () => {
    ended = true
  })
  return {
    gone,
    get open() {
      return !socket.destroyed && !ended
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const stalled = setTimeout(() => {
          socket.destroy()
          reject(Object.assign(new Error('The repository reads nothing.'), { code: 'ETIMEDOUT' }))
        }, stalledMs)
        const settle = (error?: Error | null): void => {
          writing.delete(settle)
          clearTimeout(stalled)
          if (error) reject(error)
          else resolve()
        }
        writing.add(settle)
        socket.write(bytes, settle)
      }),
    async end(graceMs) {
      const cut = setTimeout(() => socket.destroy(Object.assign(new Error('No end.'), { code: 'ETIMEDOUT' })), graceMs)
      socket.end()
      await gone
      clearTimeout(cut)
      return ended && failure === undefined
    },
    destroy: () => socket.destroy(),
  }
}
