/**
 * A line to a node on which everything goes wrong that can. It ends TLS with the node's own key and speaks on with the key of
 * whoever asks, so that both sides believe to speak with each other, and messages can be lost and repeated one by one.
 */
import { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as httpsRequest, type Server } from 'node:https'
import { TLSSocket } from 'node:tls'
import type { NodeKeys } from '#trust/keys/node-keys.ts'
import type { Chance } from './random.ts'

export const FAULTS = [
  'request-lost',
  'answer-lost',
  'answer-cut',
  /** Arrives after who asked has given up. */
  'late',
  'twice-first-answer',
  'twice-second-answer',
  /** Arrives again when it is long answered. */
  'again-later',
  /** Something in between says 502 although it arrived. */
  'gateway-error',
  'answering-node-killed',
  'asking-node-killed',
] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultyLineOptions {
  /** Of the node behind the line. */
  readonly name: string
  readonly keys: NodeKeys
  readonly listen: number
  readonly target: number
  /** Everybody's keys, by the name of the node. */
  readonly askers: ReadonlyMap<string, NodeKeys>
  readonly chance: Chance
  /** Share of submissions, and of everything else, that a fault strikes. */
  readonly shares: { readonly submissions: number; readonly others: number }
  /** Longer than anybody waits for an answer. */
  readonly lateMs: number
  /** `kill -9`; does nothing when there were enough kills. */
  kill(name: string): void
}

export interface FaultyLine {
  readonly struck: ReadonlyMap<Fault, number>
  /** From now on the line is fine. */
  heal(): void
  close(): Promise<void>
}

interface Asked {
  readonly from: string
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Answered {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export async function faultyLine(options: FaultyLineOptions): Promise<FaultyLine> {
  const { keys, listen, chance, shares } = options
  const struck = new Map<Fault, number>()
  let healed = false
  const server = createServer(
    { key: keys.tls.key, cert: keys.tls.cert, ca: keys.tls.ca, requestCert: true, rejectUnauthorized: true },
    (incoming, outgoing) => {
      void asked(incoming, options.askers).then(async (one) => {
        if (!one) return outgoing.destroy()
        const share = isSubmission(one) ? shares.submissions : shares.others
        const fault = !healed && chance.happens(share) ? chance.oneOf(FAULTS) : undefined
        if (fault) struck.set(fault, (struck.get(fault) ?? 0) + 1)
        await carry(options, fault, one, outgoing)
      })
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen, '127.0.0.1', resolve)
  })
  return {
    struck,
    heal: () => {
      healed = true
    },
    close: () => closed(server),
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function asked(incoming: IncomingMessage, askers: ReadonlyMap<string, NodeKeys>): Promise<Asked | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  const { socket, method = 'GET', url: path = '/', headers } = incoming
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined
  const shown = certificate && new X509Certificate(certificate).toString()
  const from = [...askers].find(([, { tls }]) => new X509Certificate(tls.cert).toString() === shown)?.[0]
  return from === undefined ? undefined : { from, method, path, headers, body: Buffer.concat(chunks) }
}

/** ITI-41 and ITI-65 have nothing in common but what they hold. */
function isSubmission({ method, body }: Asked): boolean {
  return method === 'POST' && (body.includes('ProvideAndRegisterDocumentSet') || body.includes('"transaction"'))
}

async function carry(
  options: FaultyLineOptions,
  fault: Fault | undefined,
  one: Asked,
  outgoing: ServerResponse,
): Promise<void> {
  const { chance, lateMs, kill, name } = options
  const onward = () => forwarded(options, one)
  switch (fault) {
    case 'request-lost':
      outgoing.destroy()
      return
    case 'answer-lost':
      await onward()
      outgoing.destroy()
      return
    case 'answer-cut':
      return answer(outgoing, await onward(), 0.5)
    case 'late':
      await pause(lateMs)
      return answer(outgoing, await onward())
    case 'twice-first-answer':
    case 'twice-second-answer': {
      const both = [onward(), onward()] as const
      const [first, second] = await Promise.all(both)
      return answer(outgoing, fault === 'twice-first-answer' ? first : second)
    }
    case 'again-later':
      answer(outgoing, await onward())
      await pause(chance.between(50, 3000))
      await onward()
      return
    case 'gateway-error':
      await onward()
      return answer(outgoing, {
        status: 502,
        headers: { 'content-type': 'text/html' },
        body: Buffer.from('<p>502</p>'),
      })
    case 'answering-node-killed': {
      const pending = onward()
      await pause(chance.between(0, 120))
      kill(name)
      return answer(outgoing, await pending)
    }
    case 'asking-node-killed': {
      const pending = onward()
      if (chance.happens(0.5)) await pending
      kill(one.from)
      await pending
      outgoing.destroy()
      return
    }
    case undefined:
      return answer(outgoing, await onward())
  }
}

/** Undefined when no answer came. */
function forwarded({ target, askers }: FaultyLineOptions, one: Asked): Promise<Answered | undefined> {
  const keys = askers.get(one.from)
  return new Promise((resolve) => {
    if (!keys) return resolve(undefined)
    const { connection: _, ...headers } = one.headers
    const sent = httpsRequest({
      host: '127.0.0.1',
      port: target,
      method: one.method,
      path: one.path,
      headers,
      key: keys.tls.key,
      cert: keys.tls.cert,
      ca: keys.tls.ca,
      agent: false,
    })
    sent.once('error', () => resolve(undefined))
    sent.once('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.once('error', () => resolve(undefined))
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.end(one.body)
  })
}

/** `share`: of the body, after which the connection breaks. */
function answer(outgoing: ServerResponse, answered: Answered | undefined, share = 1): void {
  if (!answered || outgoing.destroyed) {
    outgoing.destroy()
    return
  }
  const { 'transfer-encoding': _, connection: __, ...headers } = answered.headers
  outgoing.writeHead(answered.status, { ...headers, 'content-length': answered.body.length })
  if (share === 1) {
    outgoing.end(answered.body)
    return
  }
  outgoing.write(answered.body.subarray(0, Math.floor(answered.body.length * share)), () => outgoing.destroy())
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
