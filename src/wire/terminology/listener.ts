/** Endpoints on node:http without anything between: the hot path of a terminology server. Other paths go to `otherwise`. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Endpoint, WireReply } from './endpoint.ts'
import { outcomeOf, refuse } from './outcome.ts'

export interface ListenerOptions {
  readonly endpoints: readonly Endpoint[]
  /** Bytes of a body; more is refused before it is read. */
  readonly bodyBytes: number
  /** Everything that is no endpoint's. */
  readonly otherwise: RequestListener
}

export function terminologyListener({ endpoints, bodyBytes, otherwise }: ListenerOptions): RequestListener {
  return (request, response) => {
    const target = request.url ?? '/'
    const endpoint = endpoints.find(({ path }) => isBelow(target, path))
    if (!endpoint) otherwise(request, response)
    else if (request.method === 'GET' || request.method === 'HEAD') answer(endpoint, request, response, undefined)
    else readBody(request, response, bodyBytes, (body) => answer(endpoint, request, response, body))
  }
}

function isBelow(target: string, path: string): boolean {
  if (!target.startsWith(path)) return false
  const next = target.charAt(path.length)
  return next === '' || next === '/' || next === '?'
}

function answer(
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array | undefined,
): void {
  const reply = endpoint.handle({
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    header: (name) => {
      const value = request.headers[name]
      return typeof value === 'string' ? value : value?.join(', ')
    },
    ...(body === undefined ? {} : { body }),
  })
  if (reply instanceof Promise) reply.then((done) => write(response, done))
  else write(response, reply)
}

function write(response: ServerResponse, { status, headers, body }: WireReply): void {
  if (response.destroyed) return
  response.writeHead(
    status,
    status === 304 || status === 204 ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
  )
  response.end(body)
}

function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  most: number,
  done: (body: Uint8Array) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > most) {
    tooLarge(response, most)
    return
  }
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= most) chunks.push(chunk)
    else if (!response.headersSent) tooLarge(response, most)
  })
  request.on('end', () => {
    if (length <= most) done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length))
  })
  // The client went away in the middle of its request: there is nobody to answer.
  request.on('error', () => response.destroy())
}

function tooLarge(response: ServerResponse, most: number): void {
  const refusal = refuse(413, 'The request is larger than this server accepts.', `At most ${most} bytes are read.`)
  const body = JSON.stringify(outcomeOf(refusal))
  response.writeHead(413, {
    'content-type': 'application/fhir+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.end(body)
}
