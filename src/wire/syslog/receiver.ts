/** A small receiver of audit messages: syslog over mutual TLS with octet counting (RFC 5425). For tests and demonstrations. */

import type { AddressInfo, Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { frameReader } from './frames.ts'
import { readSyslogMessage, type SyslogMessage } from './message.ts'

export interface ReceiverOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** PEM; clients need a certificate of `ca`. */
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string | readonly string[] }
  /** What came together on one connection, in order; the connection is read on when it resolves. */
  readonly onMessages: (messages: readonly ReceivedMessage[]) => Promise<void>
  /** A stable code: why a connection was cut, or a message not taken. */
  readonly onRefused?: (code: string) => void
  /** Bytes of one message; 4 MiB unless told. */
  readonly largestMessage?: number
  /** In the middle of a message, without a further byte; 30 s unless told. */
  readonly stalledMs?: number
}

export interface ReceivedMessage extends SyslogMessage {
  /** Header and body, as they came. */
  readonly raw: Uint8Array
}

export interface Receiver {
  readonly port: number
  close(): Promise<void>
}

const MOST_CONNECTIONS = 200
const LARGEST = 4 * 1024 * 1024

/** Starts listening. A connection that sends anything but frames is cut; one message without a syslog header is passed over. */
export function startReceiver(options: ReceiverOptions): Promise<Result<Receiver, 'port-taken' | 'tls-material'>> {
  const { tls, host, port } = options
  const open = new Set<Socket>()
  return new Promise((resolve) => {
    let server: ReturnType<typeof createServer>
    try {
      server = createServer(
        {
          key: tls.key,
          cert: tls.cert,
          ca: typeof tls.ca === 'string' ? tls.ca : [...tls.ca],
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: 'TLSv1.2',
          handshakeTimeout: 10_000,
          // The end is answered when the last message is stored: a sender takes it as the sign that all has arrived.
          allowHalfOpen: true,
        },
        (socket) => void receive(socket, options),
      )
    } catch {
      const sentence = 'The TLS key or certificate of the receiver cannot be used.'
      return resolve(failed('tls-material', sentence, 'Issue the key and certificate again.'))
    }
    server.maxConnections = MOST_CONNECTIONS
    // Those that are still shaking hands, too.
    server.on('connection', (socket) => {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    })
    server.on('tlsClientError', () => options.onRefused?.('tls-handshake'))
    server.once('error', () => {
      resolve(failed('port-taken', `Port ${port} on ${host} cannot be listened on.`, 'Choose another port.'))
    })
    server.listen(port, host, () => {
      resolve(ok({ port: (server.address() as AddressInfo).port, close: () => closeAll(server, open) }))
    })
  })
}

async function receive(socket: TLSSocket, options: ReceiverOptions): Promise<void> {
  const reader = frameReader(options.largestMessage ?? LARGEST)
  const refuse = (code: string): void => {
    options.onRefused?.(code)
    socket.destroy()
  }
  socket.setTimeout(options.stalledMs ?? 30_000, () => {
    // A lasting connection may be silent between two messages.
    if (reader.unfinished) refuse('stalled')
  })
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      const messages = reader.read(chunk as Uint8Array)
      if (messages === undefined) return refuse('not-octet-counted')
      const fine = messages.flatMap((raw) => {
        const read = readSyslogMessage(raw)
        if (!read.ok) options.onRefused?.(read.problem.code)
        return read.ok ? [{ ...read.value, raw }] : []
      })
      if (fine.length > 0) await options.onMessages(fine)
    }
    if (reader.unfinished) options.onRefused?.('cut-off')
    socket.end()
  } catch {
    refuse('connection-lost')
  }
}

function closeAll(server: ReturnType<typeof createServer>, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of open) socket.destroy()
  })
}
